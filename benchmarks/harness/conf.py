"""Fills in the confs of benchmarks/peers; their README.md has the language."""
import re
from dataclasses import dataclass

_CONDITION = re.compile(r"^#(tls|plain|many|one|routes|root|log|nolog)(-once)? (.*)$")
_PER_PEER = ("@peer@", "@peer_host@", "@peer_port@", "@number@")


@dataclass(frozen=True)
class Setting:
    """What a proxy is asked to be."""
    port: int = 0
    peers: tuple = ()  # (host, port)
    folder: str = ""
    threads: int = 1
    routes: int = 0  # beside "/"
    tls: bool = False
    log: bool = False
    root: bool = True  # whoever starts it is root


def _applies(condition, setting):
    return {"tls": setting.tls, "plain": not setting.tls, "many": len(setting.peers) > 1, "one": len(setting.peers) == 1,
            "routes": setting.routes > 0, "root": setting.root, "log": setting.log,
            "nolog": not setting.log}[condition]


def _filled(line, values):
    return re.sub(r"@(\w+)@", lambda found: str(values[found[1]]), line)


def render(text, setting):
    """The conf in `text` as it is used. A name in @ that is unknown raises KeyError."""
    host, port = setting.peers[0]
    common = {"port": setting.port, "folder": setting.folder, "threads": setting.threads, "first_peer": f"{host}:{port}",
              "first_host": host, "first_port": port}
    out = []
    for line in text.splitlines():
        condition = _CONDITION.match(line)
        if condition:
            if not _applies(condition[1], setting):
                continue
            line = condition[3]
        if "@route@" in line:
            out += [_filled(line, {**common, "route": number}) for number in range(setting.routes)]
        elif any(name in line for name in _PER_PEER):
            out += [_filled(line, {**common, "peer": f"{h}:{p}", "peer_host": h, "peer_port": p, "number": number})
                    for number, (h, p) in enumerate(setting.peers)]
        else:
            out.append(_filled(line, common))
    return "\n".join(out) + "\n"
