"""What stands behind both proxies: tells in its answer what it was asked, and answers as the path wants."""
import socket
import threading
import urllib.parse


def read_request(stream):
    """(request line, [(name, value)], body), or None at the end."""
    line = stream.readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    fields = []
    while True:
        field = stream.readline().decode("latin-1").rstrip("\r\n")
        if not field:
            break
        name, _, value = field.partition(":")
        fields.append((name, value.strip()))
    values = {name.lower(): value for name, value in fields}
    body = b""
    if values.get("transfer-encoding", "") == "chunked":
        while size := int(stream.readline().split(b";")[0], 16):
            body += stream.read(size)
            stream.readline()
        while stream.readline().strip():
            pass
    else:
        body = stream.read(int(values.get("content-length", 0)))
    return line, fields, body


def answer_to(request, kind, client):
    """The answer's bytes, and whether the connection ends with it; None: it is a tunnel from here on. "/status/418", "/dated", "/chunked", "/close" and
    "/nothing"
    anywhere in the URI have their meaning; "/first-nothing" and "/first-status/503" only to the origin of that kind. An
    argument "h=Name:value" is a field of the answer."""
    line, fields, body = request
    method, uri, protocol = line.split(" ", 2)
    # Connection is each proxy's own business with its peer.
    told = sorted(f"{name}: {value}" for name, value in fields if name.lower() not in ("connection", "transfer-encoding"))
    text = f"{line}\n" + "".join(item + "\n" for item in told) + f"body: {body.decode('latin-1')}\n"
    if "/bind" in uri:
        text += f"from: {client}\n"
    status = 200
    for mark in ("/status/", f"/{kind}-status/"):
        if mark in uri:
            status = int(uri.split(mark)[1][:3])
    head = f"HTTP/1.1 {status} Made Up\r\nServer: origin\r\nDate: Sat, 01 Jan 2000 00:00:00 GMT\r\nX-Kind: {kind}\r\n"
    head += "X-Accel-Buffering: no\r\nContent-Type: text/x-echo\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX_Under: 1\r\n"
    if any(name.lower() == "upgrade" for name, _ in fields):
        return f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Asked: {uri}\r\n\r\n".encode("latin-1"), None
    if "/dated" in uri:
        head += "Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r\nExpires: Thu, 01 Jan 2037 00:00:00 GMT\r\nCache-Control: public\r\nCache-Control: a=b\r\n"
    for argument in uri.partition("?")[2].split("&"):
        if argument.startswith("h="):
            head += urllib.parse.unquote_plus(argument[2:], "latin-1") + "\r\n"
    # Said as well as done, or a proxy that does not heed its own word would sometimes be faster with its next request.
    asked_to_close = any(name.lower() == "connection" and value == "close" for name, value in fields)
    if asked_to_close and "/close" not in uri:
        head += "Connection: close\r\n"
    payload = text.encode("latin-1")
    if "/head-of/" in uri:  # a head of so many bytes
        head += "X-Long: " + "a" * (int(uri.split("/head-of/")[1].split("/")[0]) - len(head) - len(f"X-Long: \r\nContent-Length: {len(payload)}\r\n\r\n")) + "\r\n"
    if "/garbage" in uri or f"/{kind}-garbage" in uri:
        return b"HTTP/1.1 200 OK\r\nBad\0Name: x\r\n\r\n", True
    if "/nothing" in uri or f"/{kind}-nothing" in uri:
        return b"", True
    if status in (204, 304):
        return (head + "\r\n").encode("latin-1"), False
    if "/chunked" in uri:
        head += "Transfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (payload[:7], payload[7:]) if part)
        payload = chunks + b"0\r\n\r\n"
    elif "/close" in uri:
        head += "Connection: close\r\n\r\n"
    else:
        head += f"Content-Length: {len(payload)}\r\n\r\n"
    bytes_ = head.encode("latin-1") + (b"" if method == "HEAD" else payload)
    return bytes_, "/close" in uri or protocol == "HTTP/1.0" or asked_to_close


class Origin:
    """Serves on a thread until the program ends."""

    def __init__(self, kind, path=None):
        self.kind = kind
        if path:
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
        else:
            self.listener = socket.socket()
            self.listener.bind(("127.0.0.1", 0))
            self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.listener.listen(128)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, client = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection, client and client[0]), daemon=True).start()

    def serve(self, connection, client):
        with connection, connection.makefile("rb") as stream:
            try:
                while request := read_request(stream):
                    answer, ends = answer_to(request, self.kind, client)
                    connection.sendall(answer)
                    while ends is None and (text := stream.read1()):  # says everything back, up to "bye"
                        connection.sendall(text)
                        ends = text.endswith(b"bye") or None
                    if ends:
                        return
            except (ConnectionError, ValueError):
                return
