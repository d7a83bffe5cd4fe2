"""Ports that are free, and waiting until somebody listens on one."""
import socket
import time

_given = set()


def free_port(address="127.0.0.1"):
    """A port that nobody has now and that was not given before."""
    for _ in range(200):
        with socket.socket() as probe:
            probe.bind((address, 0))
            port = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
    raise RuntimeError("no port is free")


def wait_for_port(port, seconds, alive=lambda: True):
    """True once somebody listens. `alive` says whether there is still somebody to wait for."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and alive():
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False
