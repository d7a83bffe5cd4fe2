"""Client and origin of one proxy in one thread, each acting only while the proxy's worker waits.

So the worker finds what it waits for complete, whatever the machine is busy with, and takes the same turns each time."""
import os
import pathlib
import socket
import ssl
import time

# epoll_wait and epoll_pwait on x86-64 and arm64.
_WAITS = {"x86_64": ("232 ", "281 "), "aarch64": ("22 ",)}.get(os.uname().machine, ())
_ROOM = 4 << 20  # bytes; more than any message, so that no send has to wait for a reader


def threads_in_epoll(pid):
    """The threads of a process, but for its first, that sleep in epoll."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if task.name != str(pid) and (task / "syscall").read_text().startswith(_WAITS):
            found.append(task)
    return found


class Worker:
    """The only worker of a process, as the kernel sees it."""

    def __init__(self, pid, seconds=60):
        end = time.monotonic() + seconds
        while len(found := threads_in_epoll(pid)) != 1:
            if time.monotonic() > end:
                raise RuntimeError(f"{len(found)} threads of sluice wait in epoll beside its first, instead of one worker")
            time.sleep(0.02)
        self._syscall = found[0] / "syscall"

    def wait_asleep(self, seconds=30):
        # A send that woke it has made it runnable before it returned, so that "asleep" means: after having read that.
        end = time.monotonic() + seconds
        while not self._syscall.read_text().startswith(_WAITS):
            if time.monotonic() > end:
                raise RuntimeError("the worker does not come to rest")
            time.sleep(0)


def read_message(connection, head_end=b"\r\n\r\n"):
    """One message with a Content-Length or no body, and nothing behind it."""
    data = bytearray()
    while head_end not in data:
        data += _some(connection)
    head = bytes(data[:data.index(head_end) + 4])
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(data) < len(head) + length:
        data += _some(connection)
    return bytes(data)


def _some(connection):
    data = connection.recv(1 << 20)
    if not data:
        raise RuntimeError("the proxy closed the connection")
    return data


class Origin:
    """Takes a request from wherever the proxy sends it: a connection that it has, or a new one."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
        self._listener.settimeout(60)
        self._connection = None
        self.port = self._listener.getsockname()[1]

    def request(self):
        if self._connection is None:
            self._connection, _ = self._listener.accept()
            self._connection.settimeout(60)
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return read_message(self._connection)

    def answer(self, message):
        self._connection.sendall(message)

    def close(self):
        self._listener.close()
        if self._connection:
            self._connection.close()


class Client:
    def __init__(self, port, tls):
        self._port = port
        self._connection = None
        self._tls = None
        if tls:
            self._tls = ssl.create_default_context()
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE

    def send(self, message):
        if self._connection is None:
            raw = socket.socket()
            raw.settimeout(60)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM)
            raw.connect(("127.0.0.1", self._port))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connection = self._tls.wrap_socket(raw, server_hostname="localhost") if self._tls else raw
        self._connection.sendall(message)

    def answer(self):
        return read_message(self._connection)

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None


def exchange(client, origin, worker, request, answer, close_after):
    """One request through the proxy and its answer back; raises RuntimeError where either is not what it should be."""
    client.send(request)
    body = request.partition(b"\r\n\r\n")[2]
    if not origin.request().endswith(b"\r\n\r\n" + body):
        raise RuntimeError("the request came to the origin with another body")
    worker.wait_asleep()
    origin.answer(answer)
    got = client.answer()
    if not got.startswith(b"HTTP/1.1 200 ") or got.partition(b"\r\n\r\n")[2] != answer.partition(b"\r\n\r\n")[2]:
        raise RuntimeError("not the origin's answer: " + got[:200].decode("latin-1"))
    worker.wait_asleep()
    if close_after:
        client.close()
        worker.wait_asleep()
