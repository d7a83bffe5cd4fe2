"""What benchmarks/run measures. A row here is a scenario; the sections of the report are made of them."""
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True)
class Scenario:
    name: str
    section: str
    what: str
    label: str  # as short as a plot wants it
    size: int = KIB  # bytes of an answer
    connections: int = 64
    close: bool = False  # a new connection for each request
    tls: bool = False
    routes: int = 0
    backends: int = 1
    threads: int = 1
    log: bool = False  # an access log in a file

    def possible_for(self, peer):
        return ((peer.tls or not self.tls) and self.routes <= peer.most_routes and (peer.many_backends or self.backends == 1)
                and (peer.threads or self.threads == 1) and (peer.logs or not self.log))


LOADS = [
    Scenario("small", "requests", "GET of 1 KiB, kept connections", "1 KiB"),
    Scenario("log", "requests", "GET of 1 KiB, kept connections, an access log in a file", "1 KiB, logged", log=True),
    Scenario("medium", "requests", "GET of 64 KiB, kept connections", "64 KiB", size=64 * KIB, connections=32),
    Scenario("large", "requests", "GET of 1 MiB, kept connections", "1 MiB", size=MIB, connections=32),
    Scenario("conn", "requests", "GET of 1 KiB, a new connection for each", "new connections", connections=32, close=True),
    Scenario("tls", "requests", "GET of 1 KiB over TLS, kept connections", "TLS, 1 KiB", connections=32, tls=True),
    Scenario("tlslarge", "requests", "GET of 1 MiB over TLS, kept connections", "TLS, 1 MiB", size=MIB, connections=16, tls=True),
    Scenario("tlshs", "requests", "GET of 1 KiB, a new connection and a full TLS handshake for each", "TLS handshakes", connections=32, tls=True,
             close=True),
    Scenario("16k", "bodies", "GET of 16 KiB", "16 KiB", size=16 * KIB),
    Scenario("256k", "bodies", "GET of 256 KiB", "256 KiB", size=256 * KIB, connections=32),
    Scenario("10m", "bodies", "GET of 10 MiB", "10 MiB", size=10 * MIB, connections=16),
    Scenario("routes10", "routes", "GET of 1 KiB by one of 10 routes", "10", routes=10),
    Scenario("routes100", "routes", "GET of 1 KiB by one of 100 routes", "100", routes=100),
    Scenario("routes1000", "routes", "GET of 1 KiB by one of 1,000 routes", "1,000", routes=1000),
    Scenario("routes10000", "routes", "GET of 1 KiB by one of 10,000 routes", "10,000", routes=10_000),
    Scenario("backends10", "backends", "GET of 1 KiB from 10 backends", "10", backends=10),
    Scenario("backends100", "backends", "GET of 1 KiB from 100 backends", "100", backends=100),
    Scenario("backends1000", "backends", "GET of 1 KiB from 1,000 backends", "1,000", backends=1000),
    Scenario("threads2", "threads", "GET of 1 KiB, two threads", "2 threads", threads=2),
]

#: Memory: how many connections, and of which kind.
IDLE, IDLE_TLS, SLOW = "idle", "idletls", "slow"
MEMORY = {
    IDLE: "memory of the whole process by idle connection",
    IDLE_TLS: "the same over TLS",
    SLOW: "memory of the whole process by client that takes 1 KiB a second of 1 MiB",
}
NAMES = [s.name for s in LOADS] + list(MEMORY) + ["latency"]
