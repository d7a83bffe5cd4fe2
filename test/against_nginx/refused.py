#!/usr/bin/env python3
"""Lets nginx -t and sluice -t judge the same confs: what one refuses the other must refuse.

  refused.py SLUICE [--nginx PATH]

Status 77 where there is no nginx: skipped."""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile

# Lines by the block that they stand in. One conf each.
LINES = {
    "main": r"""
error_log stderr warn;
error_log stderr debug_http debug_event;
error_log stderr warn error;
error_log stderr debug_http warn;
error_log stderr foo;
error_log none/error.log;
error_log syslog:;
error_log syslog:server=127.0.0.1,facility=foo;
error_log syslog:server=127.0.0.1 notice;
user no-such-user;
user nobody no-such-group;
user;
pid a; pid b;
pid none/sluice.pid;
daemon foo;
worker_processes x;
worker_connections 5;
env;
""",
    "http": r"""
access_log off;
access_log off x;
access_log off; access_log F;
access_log F;
access_log .;
access_log none/F;
access_log F combined foo;
access_log F if=$uri;
access_log F gzip;
access_log F buffer=32k;
access_log F combined if=$uri;
access_log F combined if=;
access_log F combined buffer=;
access_log F combined buffer=32k flush=1s;
access_log F combined flush=1s;
access_log F combined gzip=0;
access_log F combined gzip=10;
access_log F nosuch;
access_log syslog:server=127.0.0.1;
access_log syslog:;
access_log syslog:facility=user;
access_log syslog:server=;
access_log syslog:server=127.0.0.1,facility=foo;
access_log syslog:server=127.0.0.1,severity=bad;
access_log syslog:server=127.0.0.1,tag=x-y;
access_log syslog:server=127.0.0.1,tag=x_y,nohostname;
access_log syslog:server=127.0.0.1,server=127.0.0.1;
access_log syslog:server=127.0.0.1:99999;
access_log syslog:server=127.0.0.1,;
access_log syslog:server=unix:;
access_log syslog:server=127.0.0.1 combined buffer=32k;
log_format x '$uri'; access_log F x;
log_format x escape=json;
log_format x escape=xml '$uri';
log_format x;
log_format combined '$uri';
log_format x escape=json {"a":"$uri"};
open_log_file_cache off;
open_log_file_cache max=0;
open_log_file_cache inactive=1s;
large_client_header_buffers 4 8k;
large_client_header_buffers 0 8k;
large_client_header_buffers 4 0;
map $uri $a {}
map $uri $uri {}
map $uri $host {}
map $uri $args {}
map $host $http_x {}
map $uri $y {"a:b" 1;}
map $uri $y { "a" :x; }
map $uri $y { default 1; default 2; }
geo $a { default 0; }
geo $uri { default 0; }
geo $a { default 1; 10.0.0.0/40 1; }
split_clients $uri $a { * a; }
split_clients $uri $host { * a; }
split_clients $uri $a { 60% a; 50% b; }
upstream a { zone a 64k; server 127.0.0.1:1; }
upstream a { zone a; server 127.0.0.1:1; }
upstream a { zone a 1; server 127.0.0.1:1; }
upstream a { zone "" 64k; server 127.0.0.1:1; }
upstream a { zone a; server 127.0.0.1:1; } upstream b { zone a 64k; server 127.0.0.1:1; }
upstream a { zone a 64k; server 127.0.0.1:1; } upstream b { zone a 128k; server 127.0.0.1:1; }
upstream a { 127.0.0.1:1; }
upstream a { server 127.0.0.1:1 weight=0; }
upstream a { server 127.0.0.1:1 backup; }
upstream a { server 127.0.0.1:1; } upstream a { server 127.0.0.1:2; }
client_max_body_size 1t;
keepalive_timeout 5 x;
""",
    "server": r"""
ssl_ocsp maybe;
ssl_ocsp on;
ssl_ocsp_cache foo;
ssl_ocsp_cache shared:a;
ssl_ocsp_cache shared::1m;
ssl_ocsp_cache shared:a:1k;
ssl_ocsp_cache shared:a:1m;
ssl_ocsp_cache off;
ssl_stapling maybe;
ssl_stapling on;
ssl_stapling_responder https://a/;
ssl_certificate a.crt;
ssl_certificate_key a.key;
ssl_certificate $ssl_server_name.crt; ssl_certificate_key $ssl_server_name.key;
ssl_certificate $ssl_server_name.crt;
ssl_certificate $nothing.crt; ssl_certificate_key $nothing.key;
ssl_session_cache shared:a:1k;
ssl_session_cache builtin:x;
ssl_session_cache shared:a;
ssl_session_cache foo;
ssl_verify_client maybe;
ssl_protocols TLSv9;
ssl_buffer_size x;
listen 127.0.0.1:47812 ssl;
listen 127.0.0.1:47812 ssl; ssl_reject_handshake on;
listen 127.0.0.1:@PORT@ backlog=511;
listen 127.0.0.1:@PORT@ backlog=-1;
listen 127.0.0.1:@PORT@ backlog=0;
listen 127.0.0.1:@PORT@ fastopen=-1;
listen 127.0.0.1:@PORT@ rcvbuf=-1;
listen 127.0.0.1:@PORT@ ipv6only=on;
listen 127.0.0.1:@PORT@ so_keepalive=x;
listen 127.0.0.1:@PORT@ setfib=1;
listen 127.0.0.1:@PORT@ foo;
listen 192.0.2.1:@PORT@;
listen 8080,8081;
listen 8080, 8081;
listen 99999;
listen unix:;
listen unix:none/socket;
listen [::1;
server_name a.com b.com;
server_name ~(;
location = /a = { return 200; }
location /a/{id} { return 200; }
location /a{return 200;}
location ~ ^/a{2}$ { return 200; }
location "~ ^/a{2}$" { return 200; }
location /a { location /b { } }
location @a { location /b { } }
LOCATION /a { return 200; }
return 200 {"a":1};
return 200 {a:1};
return 200 '{"a":1}';
return 200 'it's';
return 200 "it's";
return 1000;
error_page 200 /x;
error_page 404;
rewrite ^/a /b foo;
set $uri a;
set $args a;
set $http_x a;
""",
    "location": r"""
proxy_pass http://127.0.0.1:1;
proxy_pass http://;
proxy_pass https//app;
proxy_pass //app;
proxy_pass ftp://a;
proxy_buffer off;
proxy_pass http://127.0.0.1:1
proxy_set_header Host: $host;
proxy_set_header Connection $connection_upgrade;
add_header X-Foo: value;
add_header X "a;
add_header X 'a'b;
alias /a; root /b;
limit_except FOO { deny all; }
deny 10.0.0.0/33;
expires foo;
""",
}
AROUND = {
    "main": "%s\npid F.pid; events {} http { access_log off; server { listen 127.0.0.1:@PORT@; } }",
    "http": "pid F.pid; events {} http {\n%s\nserver { listen 127.0.0.1:@PORT@; } }",
    "server": "pid F.pid; events {} http { access_log off; server {\n%s\n} }",
    "location": "pid F.pid; events {} http { access_log off; server { listen 127.0.0.1:@PORT@; location /x {\n%s\n} } }",
}


def verdict(command, folder, text):
    """(status, what was said) of -t in a folder of its own."""
    conf = os.path.join(folder, "test.conf")
    with open(conf, "w") as out:
        out.write(text)
    done = subprocess.run([command, "-t", "-q", "-p", folder, "-c", conf], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sluice")
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    given = parser.parse_args()
    if not os.access(given.nginx, os.X_OK):
        print("there is no nginx on this machine: skipped")
        return 77
    asked = failed = left = refused = 0
    with tempfile.TemporaryDirectory(prefix="sluice-refused-") as root:
        for place, lines in LINES.items():
            for line in filter(None, lines.split("\n")):
                text = (AROUND[place] % line).replace("@PORT@", "47811")
                if line.startswith("pid"):
                    text = text.replace("pid F.pid;", "")
                said = []
                for name, command in ("nginx", given.nginx), ("sluice", os.path.abspath(given.sluice)):
                    folder = os.path.join(root, name + str(asked))
                    os.makedirs(os.path.join(folder, "logs"))
                    said.append(verdict(command, folder, text))
                asked += 1
                refused += said[0][0] != 0
                if sorted(os.listdir(folder)) != ["logs", "test.conf"] or os.listdir(os.path.join(folder, "logs")):
                    left += 1
                    print(f"{place}: {line}\n  sluice -t leaves something behind")
                if (said[0][0] == 0) != (said[1][0] == 0):
                    failed += 1
                    print(f"{place}: {line}\n  nginx {said[0]}\n  sluice {said[1]}")
    print(f"{asked} confs, {refused} refused by nginx, {failed} judged otherwise, {left} left something behind")
    return 1 if failed or left else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
