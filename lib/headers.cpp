// Nothing of its own: the target that precompiles headers.hpp needs a file.
