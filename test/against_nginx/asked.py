"""What both proxies are asked. A case is a name and the bytes sent on one connection, request by request."""
import urllib.parse


class Case:
    def __init__(self, name, requests, socket=None):
        self.name = name
        self.socket = socket  # of the proxy, if not its TCP port
        self.requests = requests  # (method, bytes)
        self.through = b""  # bytes for the tunnel that the last answer has opened, and that the other end closes


def make(host, line, fields=(), body=None, last=True):
    """`line`: "/uri", "POST /uri", or "POST /uri HTTP/1.0"."""
    words = line.split(" ")
    if len(words) == 1 or words[1].startswith("HTTP/"):
        words = ["GET"] + words
    if not words[-1].startswith("HTTP/"):
        words.append("HTTP/1.1")
    head = " ".join(words) + "\r\n"
    if host is not None:
        head += f"Host: {host}\r\n"
    for field in fields:
        head += field + "\r\n"
    if body is not None and not any(f.lower().startswith(("content-length", "transfer-encoding")) for f in fields):
        head += f"Content-Length: {len(body)}\r\n"
    if last:
        head += "Connection: close\r\n"
    return words[0], (head + "\r\n" + (body or "")).encode("latin-1")


cases = []


def ask(host, line, *fields, body=None, name=None):
    label = f"{host} {line}" + "".join(" " + field for field in fields) + (f" +{len(body)}" if body else "")
    cases.append(Case(name or label, [make(host, line, fields, body)]))


def ask_by(socket, name, host, line, *fields, first=b""):
    """`first`: bytes before the request."""
    method, request = make(host, line, fields)
    cases.append(Case(name, [(method, first + request)], socket))


def ask_all(host, lines):
    for line in lines.split("\n"):
        if line.strip():
            ask(host, line.strip())


def converse(name, *requests):
    """Several on one connection; only what the requests say themselves ends it."""
    cases.append(Case(name, [make(host, line, fields, body, False) for host, line, fields, body in requests]))


def raw(name, text, method="GET"):
    cases.append(Case(name, [(method, text.encode("latin-1"))]))


# Sites.
for host in """default.test site.test SITE.test site.test:99 site.test. www.site.test a.wild.test wild.test a.b.wild.test
        www.wild.test.org www.wild.test.x.y dot.test a.dot.test a.b.dot.test tail.org tail.a.b tail joe.re.test 12.num.test
        joe!.re.test nothing 127.0.0.1 [::1] [::1]:80 under_score.test a..b -a.test""".split():
    ask(host, "/")
ask("", "/", name="an empty Host")
ask(None, "/ HTTP/1.0", name="HTTP/1.0 without Host")
ask(None, "/", name="HTTP/1.1 without Host")
ask("a/b", "/")
ask("a b", "/")
ask("site.test", "http://a.wild.test/x", name="an absolute target beats Host")
ask("site.test", "http://a.wild.test", name="an absolute target without a path")
ask("site.test", "http://a.wild.test?x=1", name="an absolute target with arguments alone")
ask("site.test", "HTTP://A.WILD.TEST:81/x", name="an absolute target in capitals")

# Locations.
ask_all("loc.test", """
    /
    /exact
    /exact/
    /exact?x=1
    /Exact
    /prefix
    /prefixes
    /prefix/longer/x
    /prefix/long
    /images/a.php
    /images/regex/a.php
    /images/regexa.gif
    /x.php
    /x.PHP
    /x.jpg
    /x.JPG
    /x.gif
    /x.php.gif
    /named/a/b/c
    /named/a
    /outer/x
    /outer/inner/x
    /outer/inner/x.deep
    /outer/x.deep
    /outer/one
    /outer/one/
    /app
    /app?a=1
    /app/
    POST /app
    /secret
    /to-secret
    /with%20space
    /with%20space/more
    /empty
    /nothing
    HEAD /exact
    /method
    HEAD /method
    DELETE /method
    PUT /method
    OPTIONS /method
    POST /limited
    GET /limited
    HEAD /limited
""")
ask("loc.test", "POST /method", body="a=b")

# URIs.
ask_all("uri.test", r"""
    /a/../b
    /a/./b
    /a//b
    //a
    ///
    /a/..
    /a/.
    /a/b/../../c
    /..
    /../a
    /a/../../b
    /%41
    /%2e%2e/a
    /a/%2E%2E/b
    /a%2Fb
    /a%2F%2Fb
    /a%20b
    /a+b
    /a%3Fb?c
    /a%23b
    /a%25b
    /a%
    /a%4
    /a%zz
    /a%00b
    /%E4%BD%A0
    /a?b?c
    /a?
    /a??
    /?a=%41
    /a#frag
    /a?b#frag
    /a#
    /a;b=c
    /a:b
    /a\b
    /a'b"c
    /...
    /.a
    /..a
    /a..
    /a...
    /a/.b
    /a/..b
    /a/...
    /a%2e
    *
    OPTIONS *
    OPTIONS /
    ~a
    a
    ?a
""")
raw("a byte above 127 in the target", "GET /\xe4 HTTP/1.1\r\nHost: uri.test\r\nConnection: close\r\n\r\n")
ask_all("slashes.test", """
    /a//b
    //x
    /a//../b
    /a/b
    /x//y//z
""")

# The rewrite module.
ask_all("rw.test", """
    /site/a
    /site/a?b=c
    /site/a%20b
    /site-redirect
    /site-redirect?x=1
    /last/a
    /last/a?b=1
    /last/a%20b
    /last/a%2Fb
    /break/a
    /break-proxy/a
    /break-proxy/a?x=1
    /break-proxy/a%20b
    /break-uri/a
    /plain/a
    /twice/a
    /redirect/a
    /redirect/a?b=1
    /redirect/a%20b
    /redirect/a%3Fb
    /redirect/a+b
    /redirect/%E4
    /permanent/a
    /absolute/a
    /absolute/a?x=y
    /absolute/a%20b
    /absolute-s/a
    /args/a
    /args/a?old=1
    /args/a%26b?old=1
    /args/a%20b
    /args/a+b
    /drop/a?old=1
    /args-drop/a?old=1
    /redirect-args/a?old=1
    /redirect-args/a%20b
    /redirect-args/a%26b
    /redirect-drop/a?old=1
    /cycle
    /no-match/
    /case
    /Case
    /break-word
    /set?v=1
    /set-args?replaced=0
    /set-args-proxy/x?a=b
    /unset
    /later
    /if/eq?v=yes
    /if/eq?v=no
    /if/eq
    /if/ne?v=yes
    /if/ne
    /if/re?v=aab
    /if/re?v=b
    /if/rei?v=aB
    /if/nre?v=a
    /if/nre?v=b
    /if/nrei?v=a
    /if/nrei?v=b
    /if/true?v=0
    /if/true?v=1
    /if/true?v=00
    /if/true?v=
    /if/true
    /if/file
    /if/nofile?v=here
    /if/nofile?v=away
    /if/dir
    /if/exists?v=here
    /if/exists?v=away
    /if/exec
    /if/set?v=1
    /if/set?v=2
    /if/set?v=3
    /if/method
    /if/rewrite?v=go
    /if/rewrite?v=stay
    /if/proxy/x?v=other
    /if/proxy/x?v=pair
    /if/header?v=x
    /if/header?v=y
    /if/named/part
    /if/named/
    /if/host
    /if/captures?a=12&b=z
    /if/captures?a=12&b=y
""")
ask("rw.test", "POST /if/method", body="x")

# return.
ask_all("ret.test", """
    /200
    /201
    /204
    /text204
    /301
    /302
    /303
    /304
    /307
    /308
    /url
    /var?a=b
    /400
    /401
    /403
    /404
    /405
    /410
    /413
    /414
    /416
    /418
    /418text
    /421
    /429
    /444
    /494
    /495
    /497
    /499
    /500
    /501
    /502
    /503
    /504
    /505
    /507
    /599
    /301bare
    /301empty
    /type?a=1
    /off
    /type-of-arg?a=text/html
    /bytes
    HEAD /301
    HEAD /404
    HEAD /201
    HEAD /200
    POST /404
    /404 HTTP/1.0
    /201 HTTP/1.0
    /301 HTTP/1.0
""")
ask("RET.test:8080", "/301")
ask("relative.test", "/301")
ask("relative.test", "/app")
ask("relative.test", "/rw?x=1")
ask("primary.test", "/301")
ask("secondary.test", "/301")
ask("tokens.test", "/")

# error_page.
ask_all("err.test", """
    /do/404
    /do/404?x=1
    /do/500
    /do/503
    /do/403
    /do/401
    /do/405
    POST /do/405
    HEAD /do/404
    POST /do/404
    /do/410
    /do/418?p=variable
    /do/418
    /do/507
    /do/504
    /down
    POST /down
    /down-named
    /down-proxy
    /own-page
    /recursive
    /pages/404
    /intercept/status/404
    /intercept/status/500
    /intercept/status/418?p=x
    /intercept/status/409
    /intercept/status/200
    /intercept/status/403
    /intercept/status/405
    /pass/status/404
    /pass/status/500
    /pass/nothing
    /text404
    /unheard
""")
ask("err.test", "POST /small", body="12345")
ask("err.test", "POST /small", body="1234")
ask("cycle.test", "/")
ask("missing.test", "/")

# Variables.
for value in "a A b bcd bc%20d AbC abc cx CX default x \\default".split():
    ask("var.test", f"/map?m={value}")
ask("var.test", "/map")
ask("var.test", "/map?m=")
ask("var.test", "/map?m=v")
for address in "1.2.3.4 10.0.0.1 10.1.2.3 10.0.0.5 10.0.0.9 10.0.0.10 192.168.1.1 192.168.1.2 2001:db8::1 2001:db9::1 nonsense".split():
    ask("var.test", f"/geo?ip={address}")
for value in "a b c d e f g h i j 1 22 333 4444 longer-than-that".split():
    ask("var.test", f"/split?s={value}")
ask("var.test", "/request?a=b")
ask("VAR.test:81", "/request")
ask("var.test", "/request HTTP/1.0")
ask("var.test", "/headers", "X-A: one", "x-b: two", "User-Agent: agent", "Referer: http://r/", "Cookie: a=1; B=2", "X-Forwarded-For: 1.1.1.1")
ask("var.test", "/headers", "X-A: one", "X-A: two", "Cookie: a=1", "Cookie: b=3", "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2")
ask("var.test", "/headers", "X_A: under", "X-A:", "Cookie: aa=0;a=  1 ; b=\"2\"")
ask_all("var.test", """
    /args?a=1&b=2
    /args?A=1
    /args?a=1&a=2
    /args?xa=1&a=2
    /args?a
    /args?a=
    /args?a=%41+b
    /args?b&a=x=y
    /args
    /args?
    /conn
    /body
    /proxy
    /braces?a=1
    /user
    /sent
    /document
    /log-off
    /log-if?log=1
    /log-if?log=0
    /log-if
    /log-two
""")
ask("var.test", "POST /body", "Content-Type: text/x", body="12345")
ask("var.test", "/proxy", "X-Forwarded-For: 9.9.9.9")
ask("var.test", "/proxy", "X-Forwarded-For: 9.9.9.9", "X-Forwarded-For: 8.8.8.8")
ask("var.test", "/user", "Authorization: Basic am9lOnB3")
ask("var.test", "/user", "Authorization: Basic !!")
ask("var.test", "/user", "Authorization: Bearer am9lOnB3")
ask("var.test", "/log-json", 'User-Agent: a"b\\c\td')
ask("var.test", "/log-json", "User-Agent: \xe4\x01".replace("\x01", ""))
ask("var.test", "/log-is?log=%20x", 'User-Agent: a"b\\c')
ask("var.test", "/conn", 'X-Log: quote" back\\ high\xff')
for host in "exact.map.test sub.map.test a.sub.map.test b.map.test map.org".split():
    ask(host, "/")

# Response fields.
for path in "inherit own error redirect 201 203 empty twice cache".split():
    ask("head.test", f"/{path}?a=1")
ask("head.test", "/proxy/x?a=1")
ask("head.test", "/proxy/status/500?a=1")
ask("head.test", "/hide/x")
ask("head.test", "/show/x")

# Keeping connections.
converse("three requests on one connection", *[("keep.test", f"/{i}", (), None) for i in range(3)])
converse("Keep-Alive is told", ("keep.test", "/header", (), None), ("keep.test", "/", (), None))
converse("keepalive_timeout 0", ("keep.test", "/never", (), None))
converse("keepalive_requests 2", ("keep.test", "/two", (), None), ("keep.test", "/two", (), None))
converse("HTTP/1.0 closes", ("keep.test", "/ HTTP/1.0", (), None))
converse("HTTP/1.0 with keep-alive", ("keep.test", "/ HTTP/1.0", ("Connection: keep-alive",), None), ("keep.test", "/ HTTP/1.0", (), None))
converse("an error page keeps the connection", ("ret.test", "/404", (), None), ("keep.test", "/", (), None))
converse("a 400 ends the connection", ("ret.test", "/400", (), None))
converse("a 413 by return ends the connection", ("ret.test", "/413", (), None))
converse("a body that nobody reads", ("keep.test", "POST /", (), "12345"), ("keep.test", "/", (), None))
converse("a chunked body that nobody reads", ("keep.test", "POST /", ("Transfer-Encoding: chunked",), "3\r\nabc\r\n0\r\n\r\n"), ("keep.test", "/", (), None))
converse("sites change on one connection", ("site.test", "/", (), None), ("a.wild.test", "/", (), None), ("loc.test", "/exact", (), None))
converse("HEAD, then GET", ("keep.test", "HEAD /", (), None), ("keep.test", "/", (), None))
converse("a proxied answer keeps the connection", ("keep.test", "/proxy/a", (), None), ("keep.test", "/proxy/chunked", (), None), ("keep.test", "/proxy/close", (), None), ("keep.test", "/", (), None))
converse("204 and 304 keep the connection", ("ret.test", "/204", (), None), ("ret.test", "/304", (), None), ("keep.test", "/", (), None))
ask("keep.test", "/proxy/chunked")
ask("keep.test", "/proxy/close")
ask("keep.test", "/proxy/chunked HTTP/1.0")
ask("keep.test", "/proxy/close HTTP/1.0")
ask("keep.test", "/proxy/a HTTP/1.0")
ask("keep.test", "/unchunked/chunked")
ask("keep.test", "/unchunked/a")
ask("keep.test", "HEAD /proxy/a")
ask("keep.test", "HEAD /proxy/chunked")
for status in (201, 204, 206, 301, 304, 400, 404, 416, 500, 502, 504, 599):
    ask("keep.test", f"/proxy/status/{status}")

# proxy_pass.
ask_all("proxy.test", """
    /plain/a
    /plain/a?b=c
    /plain/a%20b
    /plain/a/../b
    /plain//a
    /plain/%41
    /slash/a
    /slash/a?b=c
    /slash/a%20b
    /slash/a%2Fb
    /slash/a/../b
    /slash/a%25b
    /slash/a%3Fb
    /slash/a;b
    /slash/%E4
    /slash
    /base/a
    /base/
    /base/a?x=1
    /no-slash
    /no-slash/x
    /no-slashed
    /short
    /short/x
    /exact
    /exact?a=b
    /regex/a?b
    /query/a
    /query/a?b=1
    /var/a
    /var/a?b=c
    /var/a%20b
    /var-uri/a?b=c
    /var-request/a%20b?c=d
    /var-args/x?a=1
    /var-address/x
    /regex-var/a/b
    /regex-var/a?b=c
    /regex-var/a%20b
    /regex-args/a?b=c
    /unix/a
    /unix-uri/a
    /rewritten/a
    /rewritten/a%20b?x=y
    /inner/b
    /method
    /no-headers
    /set-header?a=b
    /default-host
    /address-host
    /version
    /down
    /unknown
    /nested/x
    /nested/deep/x
    HEAD /slash/a
    DELETE /slash/a
    PATCH /slash/a
    OPTIONS /slash/a
    PROPFIND /slash/a
    OPTIONS *
    /slash/a HTTP/1.0
""")
for path in "/slash/a /no-body /size /unlimited /no-headers /method".split():
    ask("proxy.test", f"POST {path}", "Content-Type: text/x", body="body of 20 bytes....")
ask("proxy.test", "POST /size", body="ten bytes.")
ask("proxy.test", "POST /slash/a", body="")
ask("proxy.test", "/set-header", "X-Client: mine", "X-One: mine", "X-Forwarded-For: 9.9.9.9", "X-Other: kept")
ask("proxy.test", "/slash/a", "Accept: a", "Accept: b", "Accept-Encoding: gzip", "If-None-Match: x", "Range: bytes=1-2")
ask("proxy.test", "/slash/a", "X_Under: 1", "X-Fine: 2")
ask("proxy.test", "/slash/a", "Te: trailers", "Keep-Alive: 5", "Upgrade: h2c")
ask("proxy.test:8080", "/default-host")
ask("PROXY.test", "/slash/a")

# Who may come.
for client in (None, "10.0.0.1", "10.0.0.2", "192.0.2.1", "2001:db8::1", "2001:db9::1"):
    for path in """/open /return /redirect /nothing-serves /one /net /hole /late /six /not-six /four-only /six-only /unix /not-unix
            /any /outer /outer/open /outer/in /get /get-or-post /both /page /page-200 /page-url /page-named /page-shut
            /page-twice /to-shut /rewritten /broken /by-if?a=1 /own""".split():
        ask("access.test", path, *([f"X-Client: {client}"] if client else []))
    for method in "POST HEAD PUT".split():
        for path in "/get /get-or-post /both /get-return /page-named".split():
            ask("access.test", f"{method} {path}", *([f"X-Client: {client}"] if client else []))
ask("access.test", "POST /body", body="123")
ask("access.test", "POST /body", body="123456")
ask("access.test", "POST /one", "X-Client: 10.0.0.1", body="some")
converse("rules on a kept connection", ("access.test", "/one", ["X-Client: 10.0.0.1"], None), ("access.test", "/one", ["X-Client: 10.0.0.2"], None),
         ("access.test", "/one", [], None), ("access.test", "/one", ["X-Client: 10.0.0.1", "Connection: close"], None))
for path in "/open /unix /not-unix /net /six-only /four-only /any /one /page-200".split():
    ask_by("plain.sock", f"by a socket {path}", "access.test", path)
    ask_by("plain.sock", f"by a socket for 10.0.0.1 {path}", "access.test", path, "X-Client: 10.0.0.1")

# real_ip.
for value in """1.2.3.4 1.2.3.4:99 [2001:db9::1] [2001:db9::1]:99 2001:db9::1 256.1.1.1 1.2.3 1.2.3.4:0 1.2.3.4:70000 1.2.3.4:x 1.2.3.4, ,1.2.3.4
        1.2.3.4,5.6.7.8 1.2.3.4,,5.6.7.8 unix: localhost 1.2.3.4/8 ,""".split() + ["", "1.2.3.4 , 5.6.7.8", " 1.2.3.4 ", "a b", "1.2.3.4 x"]:
    ask("list.test", "/", f"X-Forwarded-For: {value}")
    ask("chain.test", "/", f"X-Forwarded-For: {value}")
    if not value.startswith(("256", "1.2.3.4:0")):
        ask("stranger.test", "/own", f"X-Real-IP: {value}")
for first, second in (("1.2.3.4", "5.6.7.8"), ("1.2.3.4", "10.0.0.1"), ("1.2.3.4, 10.0.0.2", "10.0.0.1, 10.0.0.3"), ("9.9.9.9, 1.2.3.4:7", "2001:db8::9"),
                      ("203.0.113.9", "x, 10.0.0.1"), ("x", "10.0.0.1"), ("10.0.0.5", "10.0.0.1"), ("", "10.0.0.1"), ("203.0.113.9", "")):
    ask("spelled.test", "/", f"X-Forwarded-For: {first}", f"X-Forwarded-For: {second}")
    for host in ("list.test", "chain.test"):
        for path in ("/", "/own", "/peer", "/rules"):
            ask(host, path, f"X-Forwarded-For: {first}", f"X-Forwarded-For: {second}")
ask("real.test", "/peer", "X-Real-IP: 1.2.3.4", "X-Forwarded-For: 9.9.9.9")
ask("real.test", "/peer")
ask("stranger.test", "/", "X-Real-IP: 1.2.3.4")
ask("stranger.test", "/own", "X-Real-IP: 10.0.0.1")
ask("stranger.test", "/own", "X-Real-IP: 10.0.0.2")

# The PROXY protocol.
def proxy_v2(version_and_command, family, rest):
    return b"\r\n\r\n\0\r\nQUIT\n" + bytes([version_and_command, family]) + len(rest).to_bytes(2, "big") + rest


FOUR = bytes([10, 0, 0, 1, 192, 0, 2, 1, 0x9c, 0x40, 0, 80])
SIX = bytes([0x20, 1, 0xd, 0xb8] + [0] * 11 + [9] + [0] * 15 + [1, 0x9c, 0x40, 0, 80])
for name, header in {
        "version 1": b"PROXY TCP4 10.0.0.1 192.0.2.1 40000 80\r\n",
        "version 1 from elsewhere": b"PROXY TCP4 10.0.0.2 192.0.2.1 40000 80\r\n",
        "version 1, IPv6": b"PROXY TCP6 2001:db8::9 ::1 1 65535\r\n",
        "version 1, unknown": b"PROXY UNKNOWN\r\n",
        "version 1, unknown with more": b"PROXY UNKNOWN a b c d\r\n",
        "version 1 without a port": b"PROXY TCP4 10.0.0.1 192.0.2.1 40000\r\n",
        "version 1 with a port too large": b"PROXY TCP4 10.0.0.1 192.0.2.1 40000 65536\r\n",
        "version 1 with a bare line feed": b"PROXY TCP4 10.0.0.1 192.0.2.1 40000 80\n",
        "version 1, another protocol": b"PROXY UDP4 10.0.0.1 192.0.2.1 40000 80\r\n",
        "no header": b"",
        "version 2": proxy_v2(0x21, 0x11, FOUR),
        "version 2 with TLVs": proxy_v2(0x21, 0x11, FOUR + b"\x01\0\x02h2\xea\0\x01x"),
        "version 2, IPv6": proxy_v2(0x21, 0x21, SIX),
        "version 2, LOCAL": proxy_v2(0x20, 0x11, FOUR),
        "version 2, LOCAL and empty": proxy_v2(0x20, 0, b""),
        "version 2, datagrams": proxy_v2(0x21, 0x12, FOUR),
        "version 2, Unix": proxy_v2(0x21, 0x31, b"x" * 216),
        "version 2, unspecified": proxy_v2(0x21, 0, b"abc"),
        "version 2, cut off": proxy_v2(0x21, 0x11, FOUR[:7]),
        "version 3": proxy_v2(0x31, 0x11, FOUR)}.items():
    for host, path in (("proxied.test", "/"), ("proxied.test", "/rules"), ("plain.test", "/")):
        ask_by("proxied.sock", f"PROXY {name} {host}{path}", host, path, first=header)

# Names of fields.
for host in ("names.test", "under.test", "invalid.test"):
    for path in ("/", "/peer"):
        for fields in (["X_A: 1"], ["X_A: 1", "X-B: 2"], ["X-A: 1", "X_A: 2"], ["X.A: 1", "X-B: 2"], ["1X: 1", "X-B: 2"], ["X!#$%&'*+^`|~: 1", "X-B: 2"],
                       ["X(A: 1", "X-B: 2"], ["X\xe4: 1", "X-B: 2"], ["X-A\x01: 1"], ["X-A\x7f: 1"], ["X-A\t: 1"], [": 1"], ["X-A: 1", "_: 2", "-: 3"]):
            ask(host, path, *fields)

# Files.
ask_all("files.test", """
    /
    /index.html
    HEAD /index.html
    POST /index.html
    PUT /index.html
    DELETE /a.txt
    OPTIONS /a.txt
    POST /
    PUT /
    POST /none
    /a.txt HTTP/1.0
    /a.txt?x=1
    /empty.txt
    HEAD /empty.txt
    /big.bin
    HEAD /big.bin
    /page.HTML
    /no-ending
    /.hidden
    /x.y/z
    /x.unknown
    /pic.gif
    /with%20space/c%20d.css
    /with%20space
    /with%20space?a=b%20c
    /with%20space/
    /%61.txt
    /dir
    HEAD /dir
    POST /dir
    /dir?x=1
    /dir/
    /dir/?x=1
    POST /dir/
    /dir/none
    /empty
    /empty/
    /empty/x
    /none
    /none/
    /none/x
    /a.txt/
    /a.txt/x
    /linked
    /linked/
    /link.txt
    /broken
    /locked
    /locked/
    /locked/secret.html
    /locked.txt
    /sendfile/a.txt
    /sendfile/big.bin
    HEAD /sendfile/big.bin
    /sendfile/empty.txt
    /chunk/big.bin
    /chunked-off
    /no-etag/a.txt
    /types-none
    /types-own
    /no-type
    /quiet/none
    /quiet/
    /links-on/a.txt
    /links-on/link.txt
    /links-on/linked/index.html
    /links-on/linked
    /links-on/none
    /links-on/dir
    /links-from/a.txt
    /links-from/link.txt
    /links-from/linked/index.html
    /links-owner/a.txt
    /links-owner/link.txt
    /links-owner/linked/index.html
    /al
    /al/
    /al/page.html
    /al/none
    /al-file
    /al-file/x
    /re/a.txt
    /re/dir
    /re/dir/
    /re/
    /re/none
    /moved/a.txt
    /var/a.txt?root=www
    /var/a.txt?root=
    /var/a.txt
    /relative
    /names
    /al/names
    /ret.gif
    /ret.txt
    /abs/
    /var-index/?i=page.html
    /var-index/?i=none
    /var-index/
    /var-index/?i=/a.txt
    /cached/a.txt
    /cached/a.txt
    /cached/none
    /cached/none
    /cached/dir
    /cached/dir/
    /cached-some/a.txt
    /cached-some/a.txt
    /cached-some/index.html
    /cached-some/big.bin
    /cached-some/a.txt
    /limited
    POST /limited
""" + "/" + "x" * 300 + """
""")
ask("files.test", "POST /a.txt", body="a=b")
ask("files.test", "GET /a.txt?with=body", body="a=b")
converse("files on one connection", ("files.test", "/a.txt", (), None), ("files.test", "/big.bin", (), None), ("files.test", "/none", (), None),
         ("files.test", "/sendfile/big.bin", (), None), ("files.test", "HEAD /big.bin", (), None), ("files.test", "GET /empty.txt?with=body", (), "body"),
         ("files.test", "/a.txt", ("Connection: close",), None))
converse("a file for HTTP/1.0 that is kept", ("files.test", "/a.txt HTTP/1.0", ("Connection: keep-alive",), None), ("files.test", "/a.txt HTTP/1.0", (), None))

SAME, OLDER, NEWER = ("Tue, 14 Nov 2023 22:13:%d GMT" % second for second in (20, 19, 21))
ETAG = '"6553f100-a"'
for fields in ([f"If-Modified-Since: {SAME}"], [f"If-Modified-Since: {OLDER}"], [f"If-Modified-Since: {NEWER}"], ["If-Modified-Since: x"],
               ["If-Modified-Since: Tuesday, 14-Nov-23 22:13:20 GMT"], ["If-Modified-Since: Tue Nov 14 22:13:20 2023"],
               [f"If-Modified-Since: {SAME}; length=10"], ["If-Modified-Since: "],
               [f"If-None-Match: {ETAG}"], [f"If-None-Match: W/{ETAG}"], ["If-None-Match: *"], ['If-None-Match: "x"'], [f'If-None-Match: "x", {ETAG}'],
               [f'If-None-Match: "x",W/{ETAG} ,"y"'], ["If-None-Match: "], [f"If-None-Match: {ETAG}x"],
               [f"If-None-Match: {ETAG}", f"If-Modified-Since: {OLDER}"], ['If-None-Match: "x"', f"If-Modified-Since: {SAME}"],
               [f"If-None-Match: {ETAG}", f"If-Modified-Since: {SAME}"],
               [f"If-Match: {ETAG}"], [f"If-Match: W/{ETAG}"], ["If-Match: *"], ['If-Match: "x"'], [f'If-Match: "x", {ETAG}'],
               [f"If-Unmodified-Since: {SAME}"], [f"If-Unmodified-Since: {OLDER}"], [f"If-Unmodified-Since: {NEWER}"], ["If-Unmodified-Since: x"]):
    ask("files.test", "/a.txt", *fields)
    ask("fields.test", "/own/a.txt", *fields)
for path in ("/no-etag/a.txt", "/since-off", "/since-before"):
    for field in (f"If-Modified-Since: {SAME}", f"If-Modified-Since: {NEWER}", f"If-Modified-Since: {OLDER}", f"If-None-Match: {ETAG}", "If-None-Match: *"):
        ask("files.test", path, field)
ask("files.test", "HEAD /a.txt", f"If-None-Match: {ETAG}")
ask("files.test", "/none", f"If-None-Match: {ETAG}")
ask("pages.test", "/none", f"If-Modified-Since: {SAME}")
ask("pages.test", "POST /a.txt?again", f"If-Modified-Since: {SAME}")
ask("fields.test", "/set", 'If-None-Match: "own"')
ask("fields.test", "/set", 'If-Range: "own"', "Range: bytes=0-1")
ask("fields.test", "/set", f"If-Range: {ETAG}", "Range: bytes=0-1")
ask("fields.test", "/unset", f"If-Range: {ETAG}", "Range: bytes=0-1")
for value in ("0-3", "3-3", "3-", "-3", "-99", "0-", "9-", "10-", "-0", "5-3", "0-0,2-3", "0-0,-1", "0-0,20-", "0-4,0-4", "0-5,0-5", "0-1,2-3,4-5", " 1 - 2 ", "x",
              "1", "-", "1-2,", "0-18446744073709551616", "2-1,0-0", "0-9"):
    ask("files.test", "/a.txt", f"Range: bytes={value}")
for path in ("/empty.txt", "/none", "/dir", "/ranges-0", "/ranges-1", "/ranges-2", "/names", "/types-none", "/no-type"):
    for value in ("0-1", "0-0,2-2", "0-0,2-2,4-4", "500-"):
        ask("files.test", path, f"Range: bytes={value}")
for path in ("/big.bin", "/sendfile/big.bin", "/chunk/big.bin"):
    for value in ("100-200", "100000-", "-100000", "0-99999,200000-299999"):
        ask("files.test", path, f"Range: bytes={value}")
ask("files.test", "/a.txt", "Range: lines=0-3")
ask("files.test", "/a.txt", "Range: BYTES=0-3")
ask("files.test", "HEAD /a.txt", "Range: bytes=0-3")
ask("files.test", "HEAD /a.txt", "Range: bytes=0-0,2-2")
ask("files.test", "/a.txt HTTP/1.0", "Range: bytes=0-3")
for value in (ETAG, '"x"', f"W/{ETAG}", SAME, OLDER, NEWER, "x", '""'):
    ask("files.test", "/a.txt", f"If-Range: {value}", "Range: bytes=0-3")
ask("files.test", "/a.txt", f"If-None-Match: {ETAG}", "Range: bytes=0-3")
ask("pages.test", "/none", "Range: bytes=0-3")
ask("pages.test", "POST /a.txt?again", "Range: bytes=0-3")
ask("pages.test", "/a.txt", "Range: bytes=99-")
ask("pages.test", "/a.txt", "If-Match: x")
ask_all("pages.test", """
    /none
    HEAD /none
    POST /none
    POST /a.txt
    PUT /a.txt
    /down
    /503
    /empty/
    /dir/none/
    /errors/404.html
""")
ask_all("try.test", """
    /page
    /page.html
    /dir
    /dir/
    /none
    /none?a=b
    /uri/x
    /uri/x?a=b
    /uri/with%20space%3fq
    /status/x
    /forbidden/x
    /folder/dir
    /folder/dir/
    /folder/page.html
    /folder/none
    /proxied/x
    /proxied/x?a=b
    POST /proxied/x
    /proxied-else/x%20y?a=b
    /none/x
    /cycle/x
    /al/page.html
    /al/page
    /al/none
    /al/dir
    /al-last/x
    /re/page.html
    /re/dir
    /re/none
    /if/x
    /if/x?if=1
    /arg/?f=a.txt
    /arg/?f=none
    /arg/
    /nested/x
    /nested/in/x
    POST /post/x
    HEAD /post/x
""")
ask_all("fields.test", """
    /a.txt
    HEAD /a.txt
    /none
    /dir
    /own/a.txt
    HEAD /own/a.txt
    /own/none
    /own/dir
    POST /own/a.txt
    /set
    /unset
    /peer/x
    /peer/status/404
    /trailer/a.txt
    HEAD /trailer/a.txt
    /trailer/a.txt HTTP/1.0
    /trailer/big.bin
    /trailer/empty.txt
    /trailer/none
    /trailer/dir
    /trailer-peer/x
    /trailer-peer/chunked
    /trailer-peer/close
    /trailer-peer/status/404
    /trailer-peer/status/204
    /trailer-text
    /exp/epoch
    /exp/max
    /exp/off
    /exp/zero
    /exp/hour
    /exp/past
    /exp/modified
    /exp/modified-past
    /exp/modified-text
    /exp/control
    /exp/var?e=1h
    /exp/var?e=max
    /exp/var?e=off
    /exp/var?e=x
    /exp/var?e=
    /exp/var?e=-5
    /exp/var-modified?e=1h
    /exp/var-modified?e=max
    /exp/404
    /exp/301
    /exp/peer/x
    /exp/peer/dated
    /exp/peer/status/500
    /exp/peer-modified/dated
    /in/none/a.txt
    /in/own/a.txt
    /inherited/in
    /inherited/own
    /if
    /if?a=1
""")
ask("fields.test", "/trailer/a.txt", "Range: bytes=0-3")

# What is wrong with requests.
raw("a bad method", "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n")
raw("a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n")
raw("no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n")
raw("a version that is none", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n")
raw("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n")
raw("HTTP/1.9", "GET / HTTP/1.9\r\nHost: site.test\r\nConnection: close\r\n\r\n")
raw("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
raw("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx")
raw("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx")
raw("a coding that is unknown", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: magic\r\n\r\nx")
raw("length and coding", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
raw("a space before the colon", "GET / HTTP/1.1\r\nHost: site.test\r\nX-A : b\r\nConnection: close\r\n\r\n")
raw("a line that starts with a space", "GET / HTTP/1.1\r\nHost: site.test\r\n X-A: b\r\nConnection: close\r\n\r\n")
raw("empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
raw("bare line feeds", "GET / HTTP/1.1\nHost: site.test\nConnection: close\n\n")
raw("HTTP/0.9", "GET /\r\n")
raw("TRACE", "TRACE / HTTP/1.1\r\nHost: site.test\r\n\r\n")
raw("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: site.test\r\n\r\n")
raw("a request line that is too long", "GET /" + "a" * 9000 + " HTTP/1.1\r\nHost: site.test\r\n\r\n")
raw("a field that is too long", "GET / HTTP/1.1\r\nHost: site.test\r\nX-A: " + "a" * 9000 + "\r\n\r\n")
raw("a long field that is fine", "GET / HTTP/1.1\r\nHost: site.test\r\nX-A: " + "a" * 7000 + "\r\nConnection: close\r\n\r\n")
raw("Expect", "POST /slash/a HTTP/1.1\r\nHost: proxy.test\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab")
raw("a chunk size that is none", "POST /slash/a HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n")
raw("a chunked body", "POST /slash/a HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
raw("a chunked body that is too large", "POST /size HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nc\r\n123456789012\r\n0\r\n\r\n")

# How large a head may be: what comes up to Host meets the default site's limits, the rest those of its own.
for host in ("small.test", "large.test", "site.test"):
    for size in (100, 190, 900, 1010, 1018, 1019, 1020, 1021, 1022, 1023, 1030, 2100, 5000, 8180, 8190, 20000, 31000):
        raw(f"{host} with a field of {size}", f"GET /x HTTP/1.1\r\nHost: {host}\r\nX: {'a' * size}\r\nConnection: close\r\n\r\n")
    for number in (1, 2, 3, 4, 5, 8, 40):
        fields = "".join(f"X{i}: {'a' * 500}\r\n" for i in range(number))
        raw(f"{host} with {number} fields of 500", f"GET /x HTTP/1.1\r\nHost: {host}\r\n{fields}Connection: close\r\n\r\n")
    raw(f"{host} with a long field before Host", f"GET /x HTTP/1.1\r\nX: {'a' * 3000}\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    raw(f"{host} with a field too long before Host", f"GET /x HTTP/1.1\r\nX: {'a' * 9000}\r\nHost: {host}\r\nConnection: close\r\n\r\n")
    for size in (500, 2000, 8170, 8176, 8177, 8178, 8179, 8180, 8190, 8300):
        raw(f"{host} with a request line of {size + 15}", f"GET /{'a' * size} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")

# What is refused before anything is decided has its error page, too.
for name, head in (("a bad field", "GET / HTTP/1.1\r\nHost: paged.test\r\nX\x01: a\r\n"), ("a bad length", "POST / HTTP/1.1\r\nHost: paged.test\r\nContent-Length: x\r\n"),
                   ("TRACE", "TRACE / HTTP/1.1\r\nHost: paged.test\r\n"), ("CONNECT to a path", "CONNECT /x HTTP/1.1\r\nHost: paged.test\r\n"),
                   ("CONNECT to an authority", "CONNECT paged.test:80 HTTP/1.1\r\nHost: paged.test\r\n"), ("a coding", "POST /x HTTP/1.1\r\nHost: paged.test\r\nTransfer-Encoding: gzip\r\n"),
                   ("an absolute CONNECT", "CONNECT http://paged.test/ HTTP/1.1\r\nHost: paged.test\r\n"),
                   ("a bad host", "GET / HTTP/1.1\r\nHost: paged.test/\r\n"), ("no host", "GET http://paged.test/x HTTP/1.1\r\n"),
                   ("a body too large", "POST /size HTTP/1.1\r\nHost: paged.test\r\nContent-Length: 5\r\n"),
                   ("a field too long", "POST /size HTTP/1.1\r\nHost: paged.test\r\nX: " + "a" * 9000 + "\r\n"),
                   ("HTTP/2.0", "GET / HTTP/2.0\r\nHost: paged.test\r\n"), ("HTTP/3.7", "GET / HTTP/3.7\r\nHost: paged.test\r\n")):
    raw(f"{name} where there is an error page", head + "Connection: close\r\n\r\n")
ask("paged.test", "/none")
ask("paged.test", "/x", "Expect: miracles")
ask("paged.test", "POST /x", "Expect: miracles", "Content-Length: 0")

# Browsers of old, and pages that are long enough for others.
agents = {"MSIE 6": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.0)", "MSIE 6 SP2": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
          "MSIE 8": "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0)", "Opera": "Mozilla/4.0 (compatible; MSIE 6.0; X11) Opera 8.5",
          "Chrome": "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", "Firefox": "Mozilla/5.0 (X11) Gecko/20100101 Firefox/120.0",
          "Safari": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 (KHTML, like Gecko) Version/17 Safari/605", "MSIE alone": "MSIE 6"}
for name, agent in agents.items():
    for path in ("/404", "/500", "/302", "/unpadded", "/404text", "HEAD /404"):
        ask("client.test", path, "User-Agent: " + agent, name=f"{path} for {name}")
    for path in ("/safari", "/msie", "/both", "/all"):
        for method in ("GET", "POST"):
            fields = ["User-Agent: " + agent] + (["Content-Length: 0"] if method == "POST" else [])
            converse(f"{method} {path} for {name}, kept or not", ("client.test", f"{method} {path}", fields, None))

ask_all("client.test", """
    /stub
    HEAD /stub
    POST /stub
    PUT /stub
    DELETE /stub
    /rate
    HEAD /rate
    /rate-variable?rate=10k
    /rate-variable?rate=nonsense
    /rate-variable
    /rate-set
    /linger
    /no-linger
    /nopush
    /reset
    /rewrites/x
    /tokens-off
    /tokens-on
    /logged?log=1
    /logged?log=2""")
ask("client.test", "POST /413", body="12345", name="client.test a body over 2 bytes")
ask("client.test", "POST /413", body="12", name="client.test a body of 2 bytes")
converse("two where the connection is kept, then a 404", ("client.test", "/", [], None), ("client.test", "/404", [], None), ("client.test", "/", [], None))
converse("limit_rate on a kept connection", ("client.test", "/rate", [], None), ("client.test", "/rate-set", [], None), ("client.test", "/", [], None))
# Bodies that are held, and those that are not.
for size in (0, 1, 99, 100, 101, 124, 125, 126, 1000, 20_000, 300_000):
    text = "0123456789" * (size // 10) + "x" * (size % 10)
    for place in ("held", "streamed", "streamed-old", "dropped", "again/status/503"):
        ask("proxy.test", f"POST /{place}/{size}", body=text, name=f"{size} bytes to {place}")
        parts = [text[i : i + 77] for i in range(0, size, 77)]
        chunks = "".join(f"{len(part):x}\r\n{part}\r\n" for part in parts) + "0\r\n\r\n"
        raw(f"{size} bytes in chunks to {place}", f"POST /{place}/{size} HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunks)
raw("trailers of a request", "POST /held/t HTTP/1.1\r\nHost: proxy.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n")
converse("bodies on one connection", ("proxy.test", "POST /held/a", (), "a" * 500), ("proxy.test", "POST /held/b", (), "b" * 50), ("proxy.test", "POST /streamed/c", (), "c" * 500), ("proxy.test", "/held/d", (), None))

for place in ("body", "body-streamed", "body-old", "empty-body", "body-off"):
    converse(f"bodies of our own in the place of others on one connection: {place}", *(("tell.test", f"POST /{place}/{size}", (), "x" * size) for size in (0, 3, 5_000, 100_000)), ("tell.test", f"/{place}/", (), None))
    raw(f"a body of our own in the place of chunks: {place}", f"POST /{place}/ HTTP/1.1\r\nHost: tell.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n")

# Heads of answers and the buffer for them.
for size in (4000, 4095, 4096, 4097, 8191, 8192, 8193):
    ask("proxy.test", f"/plain/head-of/{size}/")
    ask("proxy.test", f"/head-8k/head-of/{size}/")

for size in (60_000, 65_536, 70_000, 131_000, 131_072, 131_073):
    ask("large.test", f"/answer/head-of/{size}/")
for number in (1, 2, 3, 6):
    fields = [f"X-{i}: {'v' * 30_000}" for i in range(number)]
    for path in ("peer", "told"):
        converse(f"{number} fields of 30000 to {path}", ("large.test", f"/{path}/" + "u" * 30_000, fields, None), ("large.test", f"/{path}/", (), None))

# Fields that come twice.
for field in ("Authorization: Basic YTpi", "Content-Range: bytes 0-1/2", "Expect: x", "If-Match: *", "If-Modified-Since: x", 'If-None-Match: "x"', "If-Range: x",
              "If-Unmodified-Since: Tue, 14 Nov 2023 22:13:21 GMT", "Range: bytes=0-1", "Referer: x", "User-Agent: x", "Cookie: a=b", "Content-Type: a/b", "Via: x"):
    name, _, value = field.partition(":")
    for host, path in (("files.test", "/a.txt"), ("proxy.test", "/plain/twice"), ("ret.test", "/200")):
        ask(host, path, field, f"{name.upper()}: {value.strip()}0")

# IPv4 clients by their IPv6 name.
for address in ("127.0.0.1", "::ffff:127.0.0.1", "::1"):
    header = f"PROXY TCP{6 if ':' in address else 4} {address} {address} 1 2\r\n".encode()
    for place in ("", "four", "four-net", "six", "mapped", "mapped-net", "both", "six-first", "all", "six-only", "two-lists"):
        ask_by("proxied.sock", f"{address} to /mapped/{place}", "proxied.test", f"/mapped/{place}", first=header)

# X-Accel-Charset is for us alone.
for place in ("usual", "ignore", "pass"):
    for value in ("koi8-r", "", "a%22b"):
        ask("tell.test", f"/{place}/?h=X-Accel-Charset:+{value}")

# Redirects and cookies of peers.
def told(*fields, before=""):
    """Arguments that make the origin answer with these fields."""
    return before + "&".join("h=" + urllib.parse.quote(field, safe="/:=") for field in fields)


for location in ("/default/", "/default-no-uri/", "/default-exact", "/default-regex/", "/default-variable/", "/default-said/", "/off/", "/literal/",
                 "/relative/", "/empty/", "/not-absolute/", "/outer/", "/outer/inner/", "/outer/off/", "/if/"):
    for url in ("http://pair/base/x?y", "http://pair/base", "http://pair/x", "/x", "http://other/x", "http://a/x", "http://b/x", "http://pair/outer/x", "http://pair/inner/x"):
        ask("redirect.test", f"{location}?{told('Location: ' + url)}")
ask("redirect.test", f"/if/?v=other&{told('Location: http://pair/x')}")
ask("redirect.test", f"/if/?v=other&{told('Location: http://two/x')}")
for url in ("http://a/b/c", "http://h/x/y", "http://up/z", "/path", "//host", "", "relative", "http://nothing/"):
    ask("redirect.test", f"/several/?{told('Location: ' + url)}")
    ask("redirect.test", f"/several/status/302?{told('Location: ' + url)}")
for refresh in ("5; url=http://a/x", "0;URL=http://h/x/y", "3", "5; url=", "5; url=/p", "url=http://up/x", "1; url=http://no/ url=http://a/"):
    ask("redirect.test", f"/several/?{told('Refresh: ' + refresh)}")
ask("redirect.test", f"/variables/?from=back&to=there&{told('Location: http://back/z')}")
ask("redirect.test", f"/variables/?from=none&{told('Location: http://pair/z')}")
ask("redirect.test:81", f"/relative/?{told('Location: http://pair/base/z')}")
for cookie in ("a=b; domain=backend.test", "a=b; Domain=BACKEND.test; Path=/app/x", "a=b; domain=.backend.test", "a=b;domain=dotted.test;path=/app/",
               "a=b; domain=.dotted.test", "a=b; domain=x.y.re.test; secure", "a=b; path=/app", "a=b; path=/user/joe", "a=b; path=/sub/x", "a=b; path=/sub",
               "a; domain=backend.test", "a=; path=/app/", "a=b;; path = /app/ ; HttpOnly", "a=b; domain", "a=b; path=", "domain=backend.test; path=/app/",
               "a=b; path=/p/q", "a=b; domain=backend.test; domain=dotted.test", ""):
    ask("redirect.test", f"/cookies/?path=/p&{told('Set-Cookie: ' + cookie)}")
    ask("redirect.test", f"/cookies-all/?{told('Set-Cookie: ' + cookie)}")
ask("redirect.test", f"/cookies/?path=/p&{told('Set-Cookie: a=b; path=/app/', 'Set-Cookie: c=d; path=/app/x', 'Set-Cookie: e=f')}")
ask("redirect.test", f"/cookies-off/?{told('Set-Cookie: a=b; domain=backend.test; path=/app/')}")
for cookie in ("one=1", "one=1; Secure", "ONE=1; samesite=lax; path=/", "one=1; SameSite", "two=2; secure; HttpOnly; SameSite=Strict; path=/", "two=2; path=/",
               "red=1; samesite=Lax", "rex=1; SameSite=lax; Secure", "three=3", "one; secure", "two=2; secure=x; samesite"):
    ask("redirect.test", f"/flags/?{told('Set-Cookie: ' + cookie)}")
for flag in ("httponly", "HttpOnly", "nonsense", ""):
    ask("redirect.test", f"/flags/?name=three&flag={flag}&{told('Set-Cookie: three=3')}")

# Which peer's answer it is.
for where in "/on500 /on403 /on50x /error /half /header /no-header /non /tries /down /backup".split():
    for what in "/a /status/500 /status/404 /first-status/500 /second-status/404 /first-status/403 /status/429 /second-status/503 /status/504 /first-nothing /nothing /first-garbage /garbage".split():
        ask("next.test", where + what)
        ask("next.test", where + what)
for where in "/on500 /error /half /non /no-header".split():
    for what in "/a /first-status/500 /first-nothing /first-garbage".split():
        for method in "POST PATCH PUT DELETE".split():
            ask("next.test", f"{method} {where}{what}", body="body" if method[0] == "P" else None)
            ask("next.test", f"{method} {where}{what}", body="body" if method[0] == "P" else None)
for where in "/off /off-error".split():
    for _ in range(3):
        ask("next.test", where + "/a")
ask_all("next.test", """
    /intercept/status/404
    /intercept/first-status/404
    /intercept/first-status/404
    /intercept/status/500
    HEAD /on500/first-status/500
    HEAD /on500/first-status/500
    /auth/status/401
    /auth-no-page/status/401
""")
for challenges in (("Basic realm=a",), ("Basic realm=a", "Digest b")):
    fields = [f"WWW-Authenticate: {challenge}" for challenge in challenges]
    ask("next.test", f"/auth/status/401?{told(*fields)}")
    ask("next.test", f"/auth/status/200?{told(*fields)}")
    ask("next.test", f"/auth-no-page/status/401?{told(*fields)}")

# What goes to a peer, and what a peer tells us.
ask_all("tell.test", """
    /body/x?a=b
    HEAD /body/x?a=b
    /empty-body/x
    /body-off/x
    /method/x?m=PUT
    /method/x?m=head
    /method/x?m=
    HEAD /as-get/x
    HEAD /as-get/chunked
    /as-get/x
    HEAD /as-head/x
    /bind/x
    /bind-variable/x?address=127.0.0.3
    /bind-variable/x?address=127.0.0.3:0
    /bind-variable/x?address=
    /bind-variable/x?address=nonsense
    /bind-variable/x
    /bind-off/x
    /bind-foreign/x
    /keepalive/x
""")
for where in "/body/x?a=b /empty-body/x /body-off/x /as-get/x".split():
    ask("tell.test", f"POST {where}", body="12345")
for fields in (("X-Hidden: 1", "X-Both: 2", "X-Accel-Own: 3", "X-Accel-Expires: 4", "X-Pad: 5"), ("X-Accel-Charset: utf-8", "X-Accel-Limit-Rate: 0")):
    for where in "/hide/x /pass/x /usual/x".split():
        ask("tell.test", f"{where}?{told(*fields)}")
kept = ("Content-Disposition: attachment", "Cache-Control: no-cache", "Cache-Control: private", "Expires: fake", "Accept-Ranges: parrots", "Set-Cookie: c=d; path=/a",
        "ETag: x", "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT", "X-Other: gone", "Link: a")
for where in ("/inner/x", "/inner/x?c=d&e", "/inner/a%20b", "/inner/a%2Fb", "/inner/a%3Fb?c", "/inner/%2e%2e/x", "/inner/..", "/inner/../x", "../x", "..", "/..x/", "inner",
              "", "?a", "/inner/%00", "/inner/./x", "//inner/x", "/gone/x", "/moved/x", "/no-content/x", "/again/x", "/again/x?h=X-A:1", "@told", "@missing", "@second",
              "/xar/y", "/own-404", "/inner/a+b", "/inner/x#y", "/nowhere"):
    direction = "X-Accel-Redirect: " + where
    ask("tell.test", f"/xar/x?{told(direction)}")
    ask("tell.test", f"/xar/x?{told(direction, *kept)}")
    ask("tell.test", f"/xar-page/x?{told(direction, *kept)}")
for where in ("/inner/x", "@told"):
    direction = "X-Accel-Redirect: " + where
    ask("tell.test", f"/ignore/x?{told(direction)}")
    ask("tell.test", f"/ignore-pass/x?{told(direction)}")
    ask("tell.test", f"/xar-cookie/x?{told(direction, *kept)}")
    ask("tell.test", f"/xar/status/404?{told(direction)}")
    ask("tell.test", f"/xar-page/status/404?{told(direction)}")
    for method in "HEAD POST PUT".split():
        ask("tell.test", f"{method} /xar/x?{told(direction)}", body="12345" if method != "HEAD" else None)
ask("tell.test", f"/xar/x?{told('X-Accel-Redirect: @loop')}")
