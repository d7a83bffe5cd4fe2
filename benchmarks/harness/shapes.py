"""The fixed requests whose cost the guard watches: how sluice is started, what is asked and what the origin answers.

They are what a baseline was measured with: a change here is a new baseline."""
import os
from collections.abc import Callable
from dataclasses import dataclass

_KIB = 1024


@dataclass(frozen=True)
class Shape:
    name: str
    what: str
    # Of the port to listen on, the origin's, and the folder of certificate and key; none: by flags.
    conf: Callable[[int, int, object], str] | None = None
    answer_bytes: int = _KIB
    body_bytes: int = 0
    hosts: int = 1
    tls: bool = False
    new_connections: bool = False

    def requests(self):
        """One round of requests; all of them are asked in turn."""
        return [_request(self, host) for host in range(self.hosts)]

    def answer(self):
        return (b"HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Tue, 11 Jun 2024 09:14:02 GMT\r\n"
                b"Content-Type: text/plain\r\nETag: \"66681f1a-400\"\r\nCache-Control: max-age=3600\r\n"
                b"Content-Length: %d\r\n\r\n" % self.answer_bytes) + b"x" * self.answer_bytes


def _request(shape, host):
    """What a browser sends: 400 bytes."""
    method = "POST" if shape.body_bytes else "GET"
    fields = [
        f"Host: www.site{host}.example.com",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
        "Accept: text/css,*/*;q=0.1",
        "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
        "Accept-Encoding: gzip, deflate, br",
        "Referer: https://www.example.com/articles/2024/06/index.html",
        "Cookie: session=6f9b1c2e0a7d4e55; theme=dark",
        "Connection: close" if shape.new_connections else "Connection: keep-alive",
    ]
    if shape.body_bytes:
        fields.append(f"Content-Length: {shape.body_bytes}")
    head = f"{method} /area{host % 20}/styles/main.css?v=20240611 HTTP/1.1\r\n" + "\r\n".join(fields) + "\r\n\r\n"
    return head.encode() + b"b" * shape.body_bytes


_HTTP = """
worker_processes 1; daemon off; {user} pid pid; error_log error.log;
events {{ worker_connections 512; }}
http {{
  keepalive_requests 1000000; keepalive_timeout 600s;
  upstream app {{ server 127.0.0.1:{origin}; keepalive 16; keepalive_requests 1000000; }}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
{rest}
}}
"""


def _conf(origin, rest):
    # Files of the profiler are written by the worker, in a folder of who runs this.
    return _HTTP.format(origin=origin, rest=rest, user="user root;" if os.geteuid() == 0 else "")


def _plain(port, origin, _):
    return _conf(origin, f"""  access_log off;
  server {{ listen 127.0.0.1:{port}; server_name localhost; location / {{ proxy_pass http://app; }} }}""")


def _logged(port, origin, _):
    return _conf(origin, f"""
  log_format ten '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
                 '"$http_referer" "$http_user_agent" $request_time $upstream_addr';
  access_log access.log ten;
  add_header X-Frame-Options DENY;
  add_header X-Content-Type-Options nosniff;
  add_header X-Served-For $remote_addr always;
  server {{ listen 127.0.0.1:{port}; server_name localhost; location / {{ proxy_pass http://app; }} }}""")


def _sites(port, origin, _):
    locations = "".join(f"location /area{i}/ {{ proxy_pass http://app; }} " for i in range(20))
    locations += r"location ~ \.php$ { return 403; } location ~ ^/v\d+/[a-z]+/(\d+)$ { return 404; } "
    return _conf(origin, "  access_log off;\n" + "".join(
        f"  server {{ listen 127.0.0.1:{port}; server_name www.site{i}.example.com *.site{i}.example.org; {locations} }}\n"
        for i in range(100)))


def _tls(port, origin, folder):
    return _conf(origin, f"""  access_log off;
  server {{ listen 127.0.0.1:{port} ssl; server_name localhost; ssl_protocols TLSv1.3;
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem; location / {{ proxy_pass http://app; }} }}""")


SHAPES = [
    Shape("flags", "GET of 1 KiB, sluice started by flags"),
    Shape("log", "GET of 1 KiB, from a conf with an access log of ten variables and three add_header", _logged),
    Shape("sites", "GET of 1 KiB, from a conf of 100 sites with 22 locations each, asked in turn", _sites, hosts=100),
    Shape("medium", "GET of 64 KiB, from a conf", _plain, answer_bytes=64 * _KIB),
    Shape("post", "POST of 4 KiB, from a conf", _plain, body_bytes=4 * _KIB),
    Shape("tls", "GET of 1 KiB over a kept connection of TLS 1.3, from a conf", _tls, answer_bytes=_KIB, tls=True),
    Shape("conn", "GET of 1 KiB, a new connection for each, from a conf", _plain, new_connections=True),
]
