"""What benchmarks/run and benchmarks/guard are made of. Python 3.11, standard library only."""
