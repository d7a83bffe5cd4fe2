#include "bench/options.hpp"

namespace sluice::bench {

namespace {

constexpr std::string_view bench_help = R"(sluice bench: load on an HTTP server, and how it bears it

Usage: sluice bench [flags] URL...
       sluice bench conf FILE [flags]    a conf's own routes: bench conf --help

Examples:
  50 connections for ten seconds, each asking again as soon as it has its answer:
    sluice bench http://localhost:8080/
  1000 requests a second, whether or not the server keeps up; a plot of it:
    sluice bench --rate 1000 --for 30s --plot latency.svg http://localhost:8080/
  A ramp, a spike and what comes after it:
    sluice bench --phase 'rate=100..2000;for=20s' --phase 'name=spike;rate=10k;for=2s' \
                 --phase 'rate=500;for=10s' http://localhost:8080/
  A new TLS connection for each request, to a server with a certificate of its own:
    sluice bench --new-connections --insecure https://localhost:8443/

Load:
  -c, --connections N      how many at most (default: 50)
  -d, --for TIME           default: 10s, or as long as --requests take
  -n, --requests N         end after so many
  -R, --rate N             open loop: so many requests a second, as 500 or 2.5k; without it
                           closed loop: each connection has one request under way all the time
      --arrivals KIND      of an open loop: constant (default) or poisson
      --phase PARTS        'rate=A..B;for=TIME' or 'connections=A..B;for=TIME', and steps=N for
                           a staircase instead of a ramp, name=NAME; may be repeated
      --warmup TIME        before, as the first phase begins; not counted
      --timeout TIME       until a request is given up (default: 10s)
      --new-connections    one for each request
      --per-connection N   a new connection after N requests
  -t, --threads N          default: 1
      --seed N             of all that is random (default: 1)

Requests:
  -X, --method METHOD      default: GET, with a body POST
  -H, --header FIELD       'Name: value'; may be repeated
  -b, --body TEXT          or @FILE
      --body-size SIZE     so many bytes, as 64k
      --urls FILE          one a line: [METHOD] URL [weight=N]; may be repeated
      --order KIND         of several URLs: turns (default) or random, both by weight
      --connect ADDRESS    connect there, whatever host the URL names; or unix:/run/app.sock

TLS:
  -k, --insecure           take any certificate
      --ca FILE            whom to trust (default: whom the system trusts)
      --sni NAME           to ask for and verify, instead of the URL's host
      --cert FILE, --key FILE   of this client
      --tls VERSION        1.2 or 1.3 only
      --resume             take up sessions on new connections

Results:
      --json FILE          or - for standard output
      --plot FILE.svg      latency by percentile
      --compare FILE       also show this earlier JSON result in the plot; may be repeated
      --name NAME          of this run, in plot and JSON
  -q, --quiet              no progress line, no text

Requests are HTTP/1.1, one at a time on each connection: there is neither HTTP/2 nor pipelining.
Latency in an open loop counts from when a request was due, so that one that had to wait for a
slow one before it is as late as it would be for a user. Ctrl-C ends early, with the result so far.
Status 0: done. 1: nobody could be reached, or nothing was answered. 2: the command line is wrong.
)";

constexpr std::string_view conf_help = R"(sluice bench conf: load on each route of a conf, without its backends

Usage: sluice bench conf FILE [flags]

It starts the conf's sites on ports of the loopback that are free, puts small backends of its own in place
of all peers, and sends requests to each location in turn, with a URL that chooses it. To those with a
name and to internal ones it finds a way: by rewrites, by error pages, by backends that break off or
answer with X-Accel-Redirect. Nobody but these backends is asked; logs and temporary files of the run go
to a folder that is removed at the end.

Examples:
  Every route for two seconds each:
    sluice bench conf /etc/nginx/nginx.conf
  What if the backends of "api" answer slowly, and one request of a hundred fails?
    sluice bench conf site.conf --backend 'api=latency=5ms..20ms;size=2k;fail=1%'
  The same rate for every route, to compare latencies:
    sluice bench conf site.conf --rate 500 --for 5s
  All backends with answers of 100 KB; a report for machines:
    sluice bench conf site.conf --backend 'size=100k' --json routes.json

  -c, --connections N      how many at most (default: 50)
  -d, --for TIME           for each route (default: 2s)
  -n, --requests N         for each route, instead
  -R, --rate N             open loop: so many requests a second; --arrivals constant or poisson
      --warmup TIME        before each route; not counted (default: 200ms)
      --backend PROFILE    '[NAME=]latency=TIME[..TIME];size=SIZE[..SIZE];fail=SHARE;reset=SHARE;status=CODE'
                           NAME is that of an upstream or a peer's address; without it: all others.
                           SHARE is a part of the requests, as 1%: they get a 500, or a reset.
                           Default: size=1k at once. May be repeated
  -p, --prefix FOLDER      where relative paths of the conf start (default: the working folder)
      --timeout TIME, --new-connections, --per-connection N, -t, --threads N, --seed N
  -X, --method METHOD, -H, --header FIELD, -b, --body TEXT, --body-size SIZE
      --tls VERSION, --resume
      --json FILE          or - for standard output
      --plot FILE.svg      latency by percentile, of the slowest routes
  -q, --quiet              no progress line, no text

Status 0: done. 1: the conf has errors, or no route could be driven. 2: the command line is wrong.
)";

}  // namespace

std::string help_text(Command command) { return std::string(command == Command::bench ? bench_help : conf_help); }

}  // namespace sluice::bench
