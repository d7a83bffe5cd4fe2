"""The proxies that benchmarks/run knows: where each is from, how it is started, what it can do."""
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Peer:
    name: str
    package: str  # Debian's
    binary: str
    files: tuple  # of benchmarks/peers; the first is the conf
    command: Callable  # of binary, folder and a Setting
    version: tuple  # what to ask the binary for it
    tls: bool = True
    many_backends: bool = True
    most_routes: int = 10_000  # with more it does not start in reasonable time, or cannot
    logs: bool = True  # into a file, by itself
    threads: bool = True  # their number can be set
    note: str = ""


def _nginx(binary, folder, _):
    return [binary, "-p", f"{folder}/", "-c", f"{folder}/nginx.conf"]


def _varnish(binary, folder, setting):
    return [binary, "-F", "-a", f"127.0.0.1:{setting.port}", "-f", f"{folder}/varnish.vcl", "-n", f"{folder}/work", "-s",
            "malloc,64m", "-j", "none", "-p", "thread_pools=1", "-p", "thread_pool_min=100", "-p", "thread_pool_max=1000",
            "-p", "timeout_idle=600", "-p", "listen_depth=4096"]


OURS = "sluice"

PEERS = [
    Peer(OURS, "", "", ("nginx.conf",), _nginx, ("-v",)),
    Peer("nginx", "nginx", "/usr/sbin/nginx", ("nginx.conf",), _nginx, ("-v",)),
    Peer("HAProxy", "haproxy", "/usr/sbin/haproxy", ("haproxy.cfg", "haproxy-routes.map"),
         lambda binary, folder, _: [binary, "-f", f"{folder}/haproxy.cfg"], ("-v",), logs=False),
    Peer("h2o", "h2o", "/usr/bin/h2o", ("h2o.yaml",), lambda binary, folder, _: [binary, "-c", f"{folder}/h2o.yaml"], ("-v",),
         many_backends=False),
    Peer("nghttpx", "nghttp2-proxy", "/usr/sbin/nghttpx", ("nghttpx.conf",),
         lambda binary, folder, _: [binary, f"--conf={folder}/nghttpx.conf"], ("-v",)),
    Peer("lighttpd", "lighttpd lighttpd-mod-openssl", "/usr/sbin/lighttpd", ("lighttpd.conf",),
         lambda binary, folder, _: [binary, "-D", "-f", f"{folder}/lighttpd.conf"], ("-v",), threads=False,
         note="a new connection to the backend for each request"),
    Peer("Apache", "apache2", "/usr/sbin/apache2", ("apache.conf",),
         lambda binary, folder, _: [binary, "-D", "FOREGROUND", "-f", f"{folder}/apache.conf"], ("-v",), threads=False),
    Peer("Varnish", "varnish", "/usr/sbin/varnishd", ("varnish.vcl",), _varnish, ("-V",), tls=False, most_routes=0, logs=False, threads=False,
         note="its cache turned off"),
]


def _floor(how, binary):
    return Peer(f"floor, {how}", "", binary, (), lambda binary, _, setting: [binary, str(setting.port), str(setting.peers[0][1]), how],
                (), tls=False, many_backends=False, most_routes=0, threads=False, note="no proxy: bytes are passed on unread")


def floors(binary):
    """What relaying costs on this kernel at least; with io_uring where that is built in."""
    return [_floor("epoll", binary), _floor("io_uring", binary)]


def by_name(name):
    return next(p for p in PEERS + floors("") if p.name.lower() == name.lower())
