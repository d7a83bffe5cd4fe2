"""What is asked of the confs in whole/, each of which both proxies are started with as it stands."""
from asked import Case, make

whole = {}


def ask(conf, host, *lines, fields=(), body=None):
    for line in lines:
        label = f"{conf}: {host} {line}" + "".join(" " + field for field in fields)
        whole.setdefault(conf, []).append(Case(label, [make(host, line, fields, body)]))


def converse(conf, name, host, *lines):
    whole.setdefault(conf, []).append(Case(f"{conf}: {name}", [make(host, line, (), None, False) for line in lines]))


for number in range(1, 6):
    ask("two-backends.conf", "any.test", f"/{number}", f"HEAD /{number}", f"/chunked/{number}", f"/status/404/{number}")
ask("two-backends.conf", "any.test", "POST /form", body="a=b")
converse("two-backends.conf", "one connection", "any.test", "/1", "/2", "/3?x=y", "/status/500", "/4")

PATHS = "paths.conf"
ask(PATHS, "api.example.test", "/", "/deep/path?a=b", "HEAD /", "/status/500", "/chunked", "/admin", "/administrator", "/admin/x", "/inside", "/inside/x", "/user",
    "/user/", "/user/7?x=1", "/user/%41/..%2f", "/users", "//user//7", "/first-nothing", "DELETE /1")
ask(PATHS, "other.test", "/", "/user/")
ask(PATHS, "api.example.test", "/", "/user/", fields=("X-Forwarded-For: 10.0.0.1", "X-Real-IP: 10.0.0.1", "X-Forwarded-Proto: https"))
ask(PATHS, "api.example.test", "POST /", "POST /user/", "PUT /", body="x" * 3000)
converse(PATHS, "one connection", "api.example.test", "/", "/user/1", "/admin", "/2", "/inside")

HOSTS = "hosts.conf"
ask(HOSTS, "example.test", "/", "/a?b=c", "//x", "HEAD /")
for host in ("www.example.test", "a.shop.example.test", "acme.tenants.example.test", "ACME.tenants.example.test", "x.y.tenants.example.test", "unknown.test"):
    ask(HOSTS, host, "/", "/p/12", "/p/x", "/download/a/b.zip", "/old-home", "/blog/some-post.php", "/blog/Some.php", "/private/x", "/protected/a.txt", "/status")
    ask(HOSTS, host, "/", "/private/x", "/status", "/p/3?q=1", fields=("X-Forwarded-For: 10.1.2.3",))
    ask(HOSTS, host, "/", "/private/", fields=("X-Forwarded-For: 10.1.2.3, 203.0.113.7, 172.16.0.1",))
    ask(HOSTS, host, "/", "/private/", fields=("X-Closed: 1",))
for number in range(12):
    ask(HOSTS, "www.example.test", "/", fields=(f"User-Agent: browser {number}",))
ask(HOSTS, "www.example.test", "/?h=X-Accel-Redirect:+/protected/a.txt", "/?h=X-Accel-Redirect:+/protected/none", "/?h=Location:+http://backend.internal/x",
    "/status/302?h=Location:+http://backend.internal/x", "/?h=Set-Cookie:+a=b;+domain=backend.internal")

APP = "app.conf"
ask(APP, "elsewhere.test", "/", "/api/x?y=z")
ask(APP, "app.example.test", "/", "/index.html", "/any/route", "/a.txt", "/dir", "/dir/", "/with%20space/c%20d.css", "/pic.gif", "/none.png", "/.hidden", "/.git/config",
    "/.well-known/x", "/healthz", "HEAD /healthz", "/50x.html", "/api/", "/api/users?id=1", "/api", "HEAD /api/x", "DELETE /api/x", "/api/first-status/503", "/api/first-status/502",
    "/api/status/503", "/api/status/500", "/api/first-nothing", "/api/nothing", "/api/first-garbage", "POST /", "/ws", "/wsx")
ask(APP, "app.example.test", "POST /api/x", "PUT /api/x", "POST /api/first-status/503", "PUT /api/first-status/503", body="x" * 2000)
ask(APP, "app.example.test", "POST /api/x", "POST /", "POST /healthz", body="x" * 2049)
ask(APP, "app.example.test", "/a.txt", "/pic.gif", fields=("If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT",))
ask(APP, "app.example.test", "/a.txt", "/pic.gif", fields=("Range: bytes=0-1",))
converse(APP, "one connection", "app.example.test", "/", "/pic.gif", "/api/1", "/none", "/healthz", "/api/2")
upgrade = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
for path in ("/ws", "/ws/room?x=1"):
    case = Case(f"app.conf: a WebSocket at {path}", [make("app.example.test", path, upgrade, None, False)])
    case.through = b"hello " * 5000 + b"bye"
    whole[APP].append(case)
