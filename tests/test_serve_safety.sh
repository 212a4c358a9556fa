#!/usr/bin/env bash
# usage: test_serve_safety.sh PARLEY
# What the server refuses, and that it survives what is thrown at it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
mkdir folder
cp "$root"/scenarios/*.yaml folder
cp "$root/scenarios/london-2025.yaml" outside.yaml
printf 'importer,exporter,sector,rate\nUSA,CHN,C26,0.5\n' >outside.csv
ln -s ../outside.yaml folder/link.yaml
ln -s ../outside.csv folder/link.csv
mkdir beside # as long a name as the folder's
cp "$root/scenarios/london-2025.yaml" beside
ln -s ../beside/london-2025.yaml folder/neighbour.yaml
mkdir folder/inner.yaml
PYTHONPATH=$root/tests python3 - "$parley" <<'PY'
import json, os, random, subprocess, sys, threading
from served import Server, check, finish, until

program = sys.argv[1]
server = Server(program, folder="folder")
here = os.getcwd()


def refused(name, target, status, part, **more):
    got, text = server.refusal(target, **more)
    check(f"serve safety: {name}", got == status and part in text and here not in text, f"{got}: {text}")


# Names that lead out of the folder.
for name in ["../outside", "..%2foutside", "%2e%2e%2foutside", here + "/outside", "link", "neighbour", "inner", ".london-2025", "london-2025.yaml",
             "folder/london-2025", "london-2025%00", "~/x", "", "a" * 5000, "%ff%fe"]:
    got, text = server.refusal("/api/run?scenario=" + name)
    check(f"serve safety: scenario {name[:40]!r} is refused", got == 400 and here + "/" not in text.replace(name, ""), f"{got}: {text}")
for name in ["../outside.nc", "/etc/passwd", "link.csv", "outside.json", "folder", ".", "%2e%2e", "world-2022.nc/../x"]:
    got, text = server.refusal("/api/run?tariff=USA%3C-CHN%3D1%25&world=" + name)
    check(f"serve safety: world {name!r} is refused", got == 400 and "world" in text, f"{got}: {text}")

# Options that write, read or tune the machine; commands that are not asked here.
for option in ["o=x", "output=x", "json=", "threads=64", "quiet=", "timing=", "csv="]:
    refused(f"option {option} is refused", "/api/run?tariff=USA%3C-CHN%3D1%25&" + option, 400, "not asked here")
refused("a folder of series is refused", "/api/facts?series=/etc", 400, "not an option")
refused("a history is refused", "/api/backtest?history=/etc/passwd", 400, "not an option")
refused("a misspelt option gets a suggestion", "/api/run?tarif=x", 400, "did you mean 'tariff'")
refused("a flag with a value is refused", "/api/run?scenario=london-2025&timeline=yes", 400, "flag")
refused("two games are refused", "/api/talks/nash?scenario=london-2025-game&scenario=london-2025-six", 400, "one too many")
refused("the program's own message comes through", "/api/run?scenario=london-2025&variant=wra", 400, "did you mean 'war'")
refused("and that of a path", "/api/path?scenario=london-2025&months=0", 400, "months")
for command in ["check", "world/export", "world/import", "serve", "run/x", "", "talks", "../about", "run%2f..%2fabout"]:
    refused(f"command {command!r} is not answered", "/api/" + command, 404, "no command")
for target in ["/x", "/assets/../x", "/assets/", "/assets/%2e%2e/parley.h", "//", "/api", "/assets/index.html/"]:
    refused(f"nothing is at {target}", target, 404, "nothing at this address")
for target in ["/api/run?a=%zz", "/api/run?a=%", "/%00", "/api/run?a=%0a", "/api/run?" + "a=1&" * 300, "/api/run?a=%c3%28"]:
    got, text = server.refusal(target)
    check(f"serve safety: malformed address {target[:24]!r} is refused", got == 400, f"{got}: {text}")
check("serve safety: a very long address is refused", server.ask("/api/run?tariff=" + "x" * 20000)[0] == 414)
got = server.raw(b"GET /" + b"x" * 200000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
check("serve safety: an endless one too, or cut off", not got or b" 414 " in got[:40], got[:40])
for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "BREW"]:
    got = server.ask("/api/about", method=method)
    check(f"serve safety: {method} is refused", got[0] == 405 and "GET" in got[1].get("Allow", ""), got[:2])

# Host, Origin, Sec-Fetch-Site.
port = server.port
for host in ["evil.example", f"evil.example:{port}", "127.0.0.1:1", "", f"127.0.0.1.evil.example:{port}", f"localhost:{port}x", f"[::1:{port}",
             f"127.0.0.1:{port}:1", f"0x7f000001:{port}"]:
    got = server.ask("/api/about", headers={"Host": host})[0]
    check(f"serve safety: Host {host.replace(str(port), 'PORT')!r} is refused", got in (400, 403), got)
check("serve safety: no Host is refused", b" 400 " in server.raw(b"GET / HTTP/1.1\r\n\r\n")[:40] or b" 403 " in server.raw(b"GET / HTTP/1.1\r\n\r\n")[:40])
for host in [f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}"]:
    check(f"serve safety: Host {host.split(':')[0]} is answered", server.ask("/api/about", headers={"Host": host})[0] == 200)
for origin in ["http://evil.example", "null", f"https://127.0.0.1:{port}", "http://127.0.0.1:1", f"http://localhost:{port}"]:
    got = server.ask("/api/about", headers={"Origin": origin})[0]
    check(f"serve safety: Origin {origin.replace(str(port), 'PORT')} is refused", got == 403, got)
check("serve safety: our own Origin is answered", server.ask("/api/about", headers={"Origin": f"http://127.0.0.1:{port}"})[0] == 200)
for site, want in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]:
    got = server.ask("/api/world/list", headers={"Sec-Fetch-Site": site})[0]
    check(f"serve safety: a question that is {site}", got == want, got)
check("serve safety: another site may link to the page", server.ask("/?scenario=x", headers={"Sec-Fetch-Site": "cross-site"})[0] == 200)

# Headers that keep the page to itself.
for target in ["/", "/api/about", "/api/run", "/nothing"]:
    headers = server.ask(target)[1]
    policy = headers.get("Content-Security-Policy", "")
    check(f"serve safety: headers of {target}",
          "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
          and headers.get("X-Content-Type-Options") == "nosniff" and headers.get("Referrer-Policy") == "no-referrer", headers)

# Bodies.
big = b"#" * (256 * 1024 + 1)
check("serve safety: a large body is refused", server.ask("/api/run", method="POST", body=big)[0] == 413)
chunked = b"POST /api/run HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n" % port
chunked += b"".join(b"10000\r\n" + b"#" * 65536 + b"\r\n" for _ in range(6)) + b"0\r\n\r\n"
check("serve safety: so is one that does not say its size", b" 413 " in server.raw(chunked, wait=True)[:40])
exact = b"parley: 1\nname: q\nvariants: {a: {measures: [{kind: tariff, id: t, by: USA, on: CHN, rate: 10%}]}}\n"
exact += b"#" * (256 * 1024 - len(exact) - 1) + b"\n"
got = server.ask("/api/run", method="POST", body=exact)
check("serve safety: a body of 256 KiB is read", got[0] == 200, got[2][:200])
refused("a body where none is taken", "/api/world/list", 400, "takes no scenario", method="POST", body=b"x")
check("serve safety: a body for the page is refused", server.ask("/", method="POST", body=b"x")[0] == 405)
refused("an empty body", "/api/run", 400, "", method="POST", body=b"")
refused("a body that is not YAML", "/api/run", 400, "scenario:", method="POST", body=b"{[")
refused("a body with a mistake names its line", "/api/run", 400, "scenario:2", method="POST", body=b"parley: 1\nnonsense: 1\n")

# What a posted text names stays in the folder.
table = "parley: 1\nname: q\nvariants: {a: {measures: [{kind: tariff-table, id: t, by: USA, file: '%s', basis: set}]}}\n"
for file in ["../outside.csv", here + "/outside.csv", "link.csv", "/etc/passwd", "folder/../../outside.csv", "\\x2e\\x2e/outside.csv"]:
    body = (table % file).replace("'", '"').encode()
    got, text = server.refusal("/api/run", method="POST", body=body)
    check(f"serve safety: a posted text that names {file.replace(here, '...')!r} is refused", got == 400 and "outside the folder" in text, text)
for body in [b"parley: 1\nworld: ../outside.yaml\nvariants: {}\n", b"parley: 1\nworld: /etc/passwd\nvariants: {}\n"]:
    refused("a posted world outside the folder", "/api/run", 400, "outside the folder", method="POST", body=body)
game = open("folder/london-2025-game.yaml").read().replace("scenario: london-2025.yaml", "scenario: ../outside.yaml").encode()
refused("a posted game on a scenario outside the folder", "/api/talks/value", 400, "outside the folder", method="POST", body=game)
with open("folder/rates.csv", "w") as out:
    out.write("importer,exporter,sector,rate\nUSA,CHN,C26,0.5\n")
got = server.ask("/api/run", method="POST", body=(table % "rates.csv").encode())
check("serve safety: a posted text that names a table of the folder", got[0] == 200, got[2][:300])

# Raw garbage.
chance = random.Random(20250609)
start = b"GET /api/about HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % port
thrown = [b"\x00" * 100, b"\r\n" * 1000, b"GET", b"GET / HTTP/9.9\r\n\r\n", start + b"Content-Length: -1\r\n\r\n",
          start + b"Content-Length: 99999999999999999999\r\n\r\n", start + b"A" * 100000 + b": b\r\n\r\n", start + b"X: y\r\n" * 20000 + b"\r\n",
          b"POST /api/run HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" % port,
          b"POST /api/run HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % port,
          b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", start + b"\r\n" + start + b"\r\n" + b"GARBAGE"]
thrown += [chance.randbytes(chance.randrange(1, 3000)) for _ in range(150)]
for _ in range(150):
    line = bytearray(start + b"\r\n")
    for _ in range(chance.randrange(1, 6)):
        line[chance.randrange(len(line))] = chance.randrange(256)
    thrown.append(bytes(line))
before = server.memory()
odd = [data[:60] for data in thrown for got in [server.raw(data, timeout=5)] if got and not got.startswith(b"HTTP/1.")]
check("serve safety: garbage gets a response of HTTP or none", not odd, odd[:5])
for data in thrown[:40]:
    server.raw(data, wait=False)
check("serve safety: garbage is survived", server.alive() and server.ask("/api/about")[0] == 200)

# Half requests do not hold up others, and go.
import socket
held = [socket.create_connection((server.host, port)) for _ in range(100)]
for s in held:
    s.sendall(b"GET /api/ab")
check("serve safety: a hundred half requests hold nobody up", server.ask("/api/world/list", timeout=20)[0] == 200)
for s in held:
    s.close()
after = server.memory()
check("serve safety: and leave no memory behind", after - before < 40000, f"{before} kB before, {after} kB after")
check("serve safety: nothing was written", sorted(os.listdir(".")) == ["beside", "folder", "outside.csv", "outside.yaml"], os.listdir("."))
code, took, said = server.end()
check("serve safety: it ends in order", code == 130 and not said, (code, said[-2000:]))

# With a token.
TOKEN = "0123456789abcdef0123"
server = Server(program, "--token", TOKEN, folder="folder")
check("serve safety: the address has the token", server.url.endswith("/?token=" + TOKEN), server.url)
for headers in [{}, {"Authorization": "Bearer " + TOKEN[:-1]}, {"Authorization": "Bearer " + TOKEN + "0"}, {"Authorization": TOKEN},
                {"Authorization": "Bearer "}, {"Cookie": f"parley-{server.port}={TOKEN[:-1]}x"}, {"Cookie": f"parley-1={TOKEN}"}]:
    check(f"serve safety: without the token, {headers} is refused".replace(str(server.port), "PORT"), server.ask("/api/about", headers=headers)[0] == 401)
check("serve safety: so is the page", server.ask("/")[0] == 401)
check("serve safety: a token in the address of a question is not enough", server.ask("/api/about?token=" + TOKEN)[0] == 401)
check("serve safety: with the token it is answered", server.ask("/api/about", headers={"Authorization": "Bearer " + TOKEN})[0] == 200)
status, headers, _ = server.ask("/?token=" + TOKEN)
cookie = headers.get("Set-Cookie", "")
check("serve safety: the address becomes a cookie", status == 303 and headers.get("Location") == "/" and "HttpOnly" in cookie and "SameSite=Strict" in cookie,
      headers)
check("serve safety: the cookie is enough", server.ask("/", headers={"Cookie": "a=b; " + cookie.split(";")[0]})[0] == 200)
check("serve safety: a wrong token in the address is refused", server.ask("/?token=" + TOKEN + "x")[0] == 401)
server.end()

# Beyond this machine there is always a token.
server = Server(program, "--listen", "0.0.0.0", folder="folder")
token = server.url.partition("?token=")[2]
server.host = "127.0.0.1"
check("serve safety: --listen makes a token", len(token) == 32, server.url)
check("serve safety: which is asked for", server.ask("/api/about")[0] == 401)
check("serve safety: and a name from elsewhere is refused even with it",
      server.ask("/api/about", headers={"Host": f"evil.example:{server.port}", "Authorization": "Bearer " + token})[0] == 403)
check("serve safety: an address in numbers is answered with it",
      server.ask("/api/about", headers={"Host": f"192.168.7.7:{server.port}", "Authorization": "Bearer " + token})[0] == 200)

# Bad beginnings: one message, exit 2, nothing on stdout.
for name, words, part in [
    ("a port beyond the last", ["--port", "65536"], "'65536' is not a whole number from 0 to 65535"),
    ("a port that is no number", ["--port", "x"], "'x'"),
    ("a port in use", ["--port", str(server.port)], f"port {server.port}"),
    ("a folder that is not there", ["--port", "0", "--scenarios", "nowhere"], "nowhere"),
    ("a folder that is a file", ["--port", "0", "--scenarios", "outside.csv"], "outside.csv"),
    ("an address that is a name", ["--port", "0", "--listen", "evil.example"], "evil.example"),
    ("an address of another machine", ["--port", "0", "--listen", "192.0.2.1"], "192.0.2.1"),
    ("a short token", ["--port", "0", "--token", "secret"], "16 to 128"),
    ("an argument", ["--port", "0", "file.yaml"], ""),
]:
    done = subprocess.run([program, "serve", "--no-open", *words], capture_output=True, text=True, timeout=60)
    check(f"serve safety: {name}", done.returncode == 2 and not done.stdout and part in done.stderr and done.stderr.count("parley") <= 3,
          (done.returncode, done.stdout, done.stderr))
server.end()
finish()
PY
