"""Many clients that do little: idle ones and slow readers. For memory; load comes from load.py."""
import socket
import ssl
import time

_PER_ADDRESS = 4000  # connections from one source address, so that ports do not run out


class Refused(Exception):
    pass


def _tls_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _connect(port, number, receive_room=0):
    connection = socket.socket()
    connection.settimeout(10)
    if receive_room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_room)
    connection.bind((f"127.2.{port % 250}.{number // _PER_ADDRESS + 1}", 0))
    connection.connect(("127.0.0.1", port))
    return connection


def _ask(connection, path):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


class Idle:
    """`count` connections that have made one request each and now wait."""

    def __init__(self, port, count, tls):
        context = _tls_context() if tls else None
        self._connections = []
        try:
            for number in range(count):
                connection = _connect(port, number)
                if context:
                    connection = context.wrap_socket(connection, server_hostname="localhost")
                self._connections.append(connection)
                _ask(connection, "/0")
                if not connection.recv(4096).startswith(b"HTTP/1.1 200"):
                    raise Refused(f"connection {number} of {count} was not answered")
        except OSError as error:
            self.close()
            raise Refused(f"connection {len(self._connections)} of {count}: {error}") from error
        except Refused:
            self.close()
            raise

    def close(self):
        for connection in self._connections:
            connection.close()


class Slow:
    """`count` clients that have asked for `size` bytes and take a KiB a second of them."""

    def __init__(self, port, count, size):
        self._connections = []
        try:
            for number in range(count):
                connection = _connect(port, number, 4096)
                self._connections.append(connection)
                _ask(connection, f"/{size}")
                connection.setblocking(False)
        except OSError as error:
            self.close()
            raise Refused(f"connection {len(self._connections)} of {count}: {error}") from error

    def read_for(self, seconds, after_each):
        """Calls `after_each` once a second; who was let down raises Refused."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            for connection in self._connections:
                try:
                    if not connection.recv(1024):
                        raise Refused("a slow client's connection was closed")
                except BlockingIOError:
                    pass
                except OSError as error:
                    raise Refused(f"a slow client's connection was ended: {error}") from error
            after_each()
            time.sleep(max(0.0, 1 - (time.monotonic() - began)))

    def close(self):
        for connection in self._connections:
            connection.close()
