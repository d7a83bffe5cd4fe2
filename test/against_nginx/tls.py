#!/usr/bin/env python3
"""Asks nginx and sluice the same over TLS, with certificates made for the purpose, and compares what comes back.

  tls.py SLUICE [--nginx PATH] [--only WORD] [--keep]

Status 77 where there is no nginx: skipped. What may differ, and why, is in INTENDED."""
import argparse
import base64
import ctypes
import functools
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from replay import Answer, Proxy, differences, PATIENCE, PR_SET_CHILD_SUBREAPER

HERE = os.path.dirname(os.path.abspath(__file__))

INTENDED = {
    r"cached\.test by 1\.[23], taken up": "ssl_session_cache is each site's own, in nginx that of the default one",
    r"a session of first\.test, at verify\.test by 1\.[23]": "a session of another site is not taken up: a whole handshake takes its place",
}
# Lines of the access log that only one of them has.
INTENDED_LINES = {
    r"TLSv1\.[23]\|cached\.test\|r\|.*": "see cached.test above",
    r"TLSv1\.2\|first\.test\|r\|NONE\|-\|421\|/": "see a session of first.test above",
    r"TLSv1\.[23]\|ocsp\.test\|r\|FAILED:certificate revoked\|.*": "a session is taken up only if its certificate was found good",
}


class Case:
    """One handshake and what is asked then. `sni`: None for no name. `client`: whose certificate is shown. `again`: the
    session of the connection before is offered."""

    def __init__(self, name, sni, requests, client=None, versions=(None, None), ciphers=None, again=False, plain=False):
        self.name, self.sni, self.requests, self.client = name, sni, requests, client
        self.versions, self.ciphers, self.again, self.plain = versions, ciphers, again, plain


def get(host, target="/", *fields, last=True):
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", *fields] + (["Connection: close"] if last else [])
    return "GET", ("\r\n".join(lines) + "\r\n\r\n").encode()


V12, V13 = (None, ssl.TLSVersion.TLSv1_2), (ssl.TLSVersion.TLSv1_3, None)


def all_cases():
    for version, label in ((V12, "1.2"), (V13, "1.3")):
        for name in ("first.test", "FIRST.test", "unknown.test", "second.test", "both.test", None):
            yield Case(f"{name} by {label}", name, [get(name or "a")], versions=version)
        yield Case(f"several requests by {label}", "first.test", [get("first.test", last=False), get("first.test", "/session", last=False), get("first.test", "/status/1")], versions=version)
        for who in ("client", "revoked", "stranger", "leaf", None):
            for name in ("verify", "optional", "any", "shallow", "crl", "pages", "ocsp", "leaf", "broken", "nowhere", "first"):
                yield Case(f"{who} at {name}.test by {label}", f"{name}.test", [get(f"{name}.test"), ], client=who, versions=version)
        for name in ("cached", "first", "verify"):
            yield Case(f"{name}.test by {label}, kept", f"{name}.test", [get(f"{name}.test", "/session")], client="client", versions=version)
            yield Case(f"{name}.test by {label}, taken up", f"{name}.test", [get(f"{name}.test", "/session")], client="client", versions=version, again=True)
        yield Case(f"a session of first.test by {label}", "first.test", [get("first.test", "/session")], client="client", versions=version)
        yield Case(f"a session of first.test, at verify.test by {label}", "verify.test", [get("verify.test")], client="client", versions=version, again=True)
        yield Case(f"revoked at ocsp.test kept by {label}", "ocsp.test", [get("ocsp.test")], client="revoked", versions=version)
        yield Case(f"revoked at ocsp.test with its session by {label}", "ocsp.test", [get("ocsp.test")], client="revoked", versions=version, again=True)
        for name in ("a.named.test", "missing.named.test", "mapped.test", "rsa.test", "data.test", "nodata.test", "reject.test", "stapled.test"):
            yield Case(f"{name} by {label}", name, [get(name)], versions=version)
    for name, host in (("first", "verify"), ("first", "optional"), ("verify", "optional"), ("verify", "crl"), ("optional", "verify"), ("any", "verify"),
                       ("verify", "verify"), ("verify", "first"), ("leaf", "ocsp"), ("ocsp", "verify"), ("verify", "ocsp"), ("first", "second")):
        yield Case(f"Host {host}.test after {name}.test", f"{name}.test", [get(f"{host}.test")], client="client")
    for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", "AES128-GCM-SHA256"):
        for name in ("first", "both", "mapped", "rsa"):
            yield Case(f"{name}.test with {cipher}", f"{name}.test", [get(f"{name}.test", "/cipher")], versions=V12, ciphers=cipher)
    for target in ("/", "/named/x", "/trusted/x?a=b", "/stranger/", "/misnamed/", "/shown/", "/by/?who=client", "/by/?who=revoked", "/none/", "/plain/"):
        yield Case(f"peer.test {target}", "peer.test", [get("peer.test", target)])
    for name in ("first", "pages", "verify", "reject", "second"):
        yield Case(f"plain HTTP to {name}.test", None, [get(f"{name}.test", "/x?y")], plain=True)
    yield Case("plain HTTP without a Host", None, [("GET", b"GET / HTTP/1.0\r\n\r\n")], plain=True)
    yield Case("no HTTP at all", None, [("GET", b"nonsense\r\n\r\n")], plain=True)
    for bytes_ in (b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x01\xff\xff", b"\x80\x2e\x01"):
        yield Case(f"garbage {bytes_!r}", None, [("GET", bytes_)], plain=True)


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        subprocess.run([os.path.join(HERE, "..", "support", "certificates"), folder], check=True, timeout=120)
        for name, of in (("a.named.test", "second"), ("rsa", "rsa"), ("leaf", "leaf")):
            chain = {"second": "second-chain.pem", "rsa": "rsa-chain.pem", "leaf": "chain.pem"}[of]
            shutil.copy(self / chain, self / f"{name}.site.crt")
            shutil.copy(self / f"{of}.key", self / f"{name}.site.key")
        for name in ("a.named.test", "rsa", "leaf"):
            os.replace(self / f"{name}.site.crt", self / f"{name}.crt")
            os.replace(self / f"{name}.site.key", self / f"{name}.key")
        for name in os.listdir(folder):
            os.chmod(self / name, 0o644)  # workers read those whose names have variables
        os.chmod(folder, 0o755)

    def __truediv__(self, name):
        return os.path.join(self.folder, name)

    def text(self, name):
        with open(self / name) as file:
            return file.read()

    def bytes(self, name):
        with open(self / name, "rb") as file:
            return file.read()


def serve(take):
    """The address of a server that gives each connection to take()."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def one(connection):
        try:
            take(connection)
        except (OSError, ValueError):
            pass

    def accept():
        while True:
            threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return "127.0.0.1:%d" % listener.getsockname()[1]


def read_head(stream):
    lines = []
    while (line := stream.readline().rstrip(b"\r\n")) or not lines:
        lines.append(line.decode("latin-1"))
    return lines


def responder(certificates):
    answers = {}
    for name in ("", "-revoked", "-client", "-intermediate"):
        answers[certificates.bytes(f"request{name}.der")] = certificates.bytes(f"answer{name}.der")

    def take(connection):
        with connection:
            target = read_head(connection.makefile("rb"))[0].split(" ")[1]
            der = answers.get(base64.b64decode(urllib.parse.unquote(target.removeprefix("/path/"))))
            if der is None:
                connection.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
            else:
                connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: %d\r\n\r\n" % len(der) + der)

    return serve(take)


def tls_origin(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "chain.pem", certificates / "leaf.key")
    context.load_verify_locations(certificates / "authorities.pem")
    context.verify_mode = ssl.CERT_OPTIONAL
    context.set_ciphers("DEFAULT")
    names = {}
    context.sni_callback = lambda connection, name, _: names.__setitem__(id(connection), name)

    def take(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            lines = read_head(secured.makefile("rb"))
            shown = secured.getpeercert() or {}
            who = dict(pair for part in shown.get("subject", ()) for pair in part).get("commonName", "nobody")
            body = f"{lines[0]}|{names.get(id(secured))}|{who}|{sorted(lines[1:])}\n".encode()
            secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
            secured.unwrap()

    return serve(take)


class Sessions:
    """What each proxy has given for the connection before."""

    def __init__(self):
        self.last = {}


def client_context(case, certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    lowest, highest = case.versions
    if lowest:
        context.minimum_version = lowest
    if highest:
        context.maximum_version = highest
    if case.ciphers:
        context.set_ciphers(case.ciphers)
    context.set_alpn_protocols(["http/1.1"])
    if case.client:
        name = {"leaf": "chain.pem", "client": "client.crt"}.get(case.client, f"{case.client}.crt")
        context.load_cert_chain(certificates / name, certificates / f"{case.client}.key")
    return context


@functools.cache
def whose(certificate):
    words = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-subject", "-ext", "subjectAltName"], input=certificate, capture_output=True, timeout=PATIENCE)
    return words.stdout.decode()


def talk(case, proxy, connection, out):
    stream = connection.makefile("rb")
    for method, request in case.requests:
        connection.sendall(request)
        out.append(Answer(stream, method, proxy).parts())
    if case.plain:
        connection.shutdown(socket.SHUT_WR)
    out.append({"end": proxy.plain(stream.read().decode("latin-1"))})


def play(case, proxy, certificates, sessions):
    """What the handshake came to, the answers, then how the connection ended."""
    out = []
    try:
        with proxy.connect() as connection:
            if case.plain:
                talk(case, proxy, connection, out)
                return out
            context, session = sessions.last.get(proxy.name, (None, None)) if case.again else (None, None)
            context = context or client_context(case, certificates)
            with context.wrap_socket(connection, server_hostname=case.sni, session=session) as secured:
                out.append({"agreed": (secured.version(), secured.cipher()[0] if case.versions == V12 else "", secured.selected_alpn_protocol(), whose(secured.getpeercert(True)))})
                talk(case, proxy, secured, out)
                sessions.last[proxy.name] = (context, secured.session)
    except ssl.SSLError as error:
        out.append({"end": error.reason})
    except (ConnectionError, TimeoutError, OSError) as error:
        out.append({"end": type(error).__name__})
    return out


def staple(proxy, name):
    """What openssl says of the answer that came with the certificate."""
    said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{proxy.port}", "-servername", name, "-status"], input=b"", capture_output=True, timeout=PATIENCE).stdout.decode("latin-1")
    return re.findall(r"OCSP response: no response sent|Cert Status: \w+|Serial Number: \w+", said)


def wait_for_staple(proxy, name):
    """nginx fetches it for the first who asks, and that one gets none."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := [word for word in staple(proxy, name) if word.startswith("Cert")]:
            return found
    return ["none"]


def log_of(proxy):
    with open(os.path.join(proxy.root, "access.log"), encoding="latin-1") as file:
        return proxy.plain(file.read()).splitlines()


def compare_logs(one, other):
    lines = [(line, "-") for line in sorted(one - other)] + [(line, "+") for line in sorted(other - one)]
    return [(line, [f"{sign} in access.log"]) for line, sign in lines]


def judge(problems, only):
    """How many nobody expected. One that was expected and is not there any more counts, too."""
    intended = INTENDED | INTENDED_LINES
    failed, seen = 0, set()
    for name, found in problems:
        reasons = [key for key in intended if re.fullmatch(key, name)]
        seen.update(reasons)
        if not reasons:
            failed += 1
            print(f"DIFFERS {name}\n  " + "\n  ".join(found))
    stale = [] if only else [key for key in intended if key not in seen]
    for key in stale:
        print(f"INTENDED, but not seen: {key}")
    return failed + len(stale)


def compare(proxies, certificates, only):
    problems, asked = [], 0
    sessions = Sessions()
    for case in all_cases():
        if only not in case.name:
            continue
        asked += 1
        found = differences(*[play(case, proxy, certificates, sessions) for proxy in proxies])
        if found:
            problems.append((case.name, found))
    for name in ("stapled.test", "fetched.test"):
        said = [wait_for_staple(proxy, name) for proxy in proxies]
        asked += 1
        if said[0] != said[1]:
            problems.append((f"staple of {name}", [str(said)]))
    return asked, problems


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("sluice")
    arguments.add_argument("--nginx", default=shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"))
    arguments.add_argument("--only", default="")
    arguments.add_argument("--keep", action="store_true")
    given = arguments.parse_args()
    if not given.nginx:
        print("there is no nginx on this machine: skipped")
        return 77
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    root = tempfile.mkdtemp(prefix="sluice-nginx-tls-")
    os.chmod(root, 0o755)
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    proxies = []
    try:
        certificates = Certificates(os.path.join(root, "certificates"))
        names = {"CERTS": certificates.folder, "RESPONDER": responder(certificates), "TLSORIGIN": tls_origin(certificates), "CLOSED": "127.0.0.1:%d" % closed.getsockname()[1],
                 "SECOND_PEM": certificates.text("second-chain.pem"), "SECOND_KEY": certificates.text("second.key")}
        commands = [("nginx", [given.nginx]), ("sluice", [os.path.abspath(given.sluice)])]
        proxies += [Proxy(name, command, root, names, "tls.conf") for name, command in commands]
        asked, problems = compare(proxies, certificates, given.only)
        ends = [proxy.stop() for proxy in proxies]
        if ends != [0, 0]:
            problems.append(("the end", [str(ends)]))
        if not given.only:
            problems += compare_logs(*[set(log_of(proxy)) for proxy in proxies])
        failed = judge(problems, given.only)
        print(f"{asked} conversations over TLS, {failed} differ, {len(problems) - failed} differ as intended")
        return 1 if failed else 0
    finally:
        for proxy in proxies:
            proxy.stop()
        if given.keep:
            print(root)
        else:
            shutil.rmtree(root)


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
