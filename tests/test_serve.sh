#!/usr/bin/env bash
# usage: test_serve.sh PARLEY
# The server answers what the command line prints, streams, shares, cancels and ends.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
mkdir more-worlds scenarios
cp "$root"/scenarios/*.yaml scenarios
cp "$root/worlds/nafta-1993.nc" more-worlds/another.nc
PYTHONPATH=$root/tests python3 - "$parley" <<'PY'
import gzip, json, os, signal, subprocess, sys, threading, time
from served import Server, check, ended, finish, soon, until

program = sys.argv[1]
server = Server(program, folder="scenarios", environment={"PARLEY_WORLDS": "more-worlds:/nowhere"})
check("serve: says where it is", server.url.startswith("http://127.0.0.1:"), server.url)
os.environ["PARLEY_WORLDS"] = os.path.abspath("more-worlds")
os.chdir("scenarios")


def printed(*words):
    return subprocess.run([program, *words], capture_output=True).stdout


# The same bytes as the command line.
for name, target, words in [
    ("a question", "/api/run?tariff=USA%3C-CHN%3D145%25&tariff=CHN%3C-USA%3D125%25",
     ["run", "--tariff", "USA<-CHN=145%", "--tariff", "CHN<-USA=125%", "--json"]),
    ("a scenario", "/api/run?scenario=london-2025&variant=war", ["run", "london-2025.yaml", "--variant", "war", "--json", "-o", "-"]),
    ("a setting", "/api/run?scenario=london-2025&variant=truce&sigma_final=1.5",
     ["run", "london-2025.yaml", "--variant", "truce", "--sigma-final", "1.5", "--json", "-o", "-"]),
    ("a timeline", "/api/run?scenario=london-2025&timeline=&pair=USA%3C-CHN",
     ["run", "london-2025.yaml", "--timeline", "--pair", "USA<-CHN", "--json"]),
    ("a path", "/api/path?scenario=london-2025&months=4", ["path", "london-2025.yaml", "--months=4", "--json", "-o", "-"]),
    ("talks", "/api/talks/value?scenario=london-2025-game", ["talks", "value", "london-2025-game.yaml", "--json", "-o", "-"]),
    ("a sweep", "/api/sweep?vary=tariff+USA%3C-CHN%3D0%25..20%25:3&variable=real_wage",
     ["sweep", "--vary", "tariff USA<-CHN=0%..20%:3", "--variable", "real_wage", "--threads", "1", "--json", "-o", "-"]),
    ("worlds", "/api/world/list", ["world", "list", "--json"]),
    ("a world", "/api/world/info?world=world-2022&country=VNM", ["world", "info", "world-2022", "--country", "VNM", "--json"]),
]:
    status, headers, got = server.ask(target)
    want = printed(*words)
    check(f"serve: {name}, the same bytes as the command line", status == 200 and got == want and len(want) > 20,
          f"{status}: {got[:300]!r} instead of {want[:300]!r}")
    check(f"serve: {name} is JSON and says so", headers.get("Content-Type") == "application/json" and json.loads(got) is not None)

with open("london-2025.yaml", "rb") as file:
    text = file.read()
status, _, got = server.ask("/api/run?variant=war", method="POST", body=text)
check("serve: a posted scenario, the same bytes", status == 200 and got == printed("run", "london-2025.yaml", "--variant", "war", "--json", "-o", "-"),
      got[:300])
with open("london-2025-game.yaml", "rb") as file:
    game = file.read()
status, _, got = server.ask("/api/talks/value", method="POST", body=game)
check("serve: a posted game finds its scenario in the folder", status == 200 and json.loads(got)["deals"], got[:300])

# A package while it is dragged: from the desk, equal to 1e-9, without a process of its own.
VALUE = "/api/talks/value?scenario=london-2025-game&set=us-tariff%3D-12%25"
cold = json.loads(printed("talks", "value", "london-2025-game.yaml", "--set", "us-tariff=-12%", "--json", "-o", "-"))
server.ask("/api/talks/value?scenario=london-2025-game&set=us-tariff%3D-20%25&warm=1")
status, _, got = server.ask(VALUE + "&warm=1")
warm = json.loads(got)
check("serve: a package asked warm says so", status == 200 and warm.get("start") == "warm" and "start" not in cold, got[:300])
check("serve: it has the same deals", [one["name"] for one in warm["deals"]] == [one["name"] for one in cold["deals"]])
check("serve: no deal and today are those of the command line", warm["deals"][:2] == cold["deals"][:2])
check("serve: the package agrees with the command line",
      all(abs(a["payoff"] - b["payoff"]) <= 1e-9 * (1 + abs(b["payoff"])) and a["signs"] == b["signs"]
          for a, b in zip(warm["deals"][2]["players"], cold["deals"][2]["players"])), got[:300])
check("serve: whether it is kept is not asked of the desk", "start" not in json.loads(server.ask(VALUE + "&warm=1&kept=")[2]))
status, text_of_refusal = server.refusal("/api/talks/value?scenario=london-2025-game&set=us-tarif%3D1%25&warm=1")
check("serve: the desk refuses what the command refuses", (status, text_of_refusal) == (400, "unknown instrument 'us-tarif' (did you mean 'us-tariff'?)"),
      text_of_refusal)
with open("nash-game.yaml", "wb") as file:
    file.write(game.replace(b"disagreement: lapse", b"disagreement: nash"))
status, _, got = server.ask("/api/talks/value?scenario=nash-game&warm=1")
check("serve: where no deal has to be searched for, the desk leaves it to a process",
      status == 200 and "start" not in json.loads(got) and json.loads(got)["without"]["kind"] == "nash", got[:300])
os.unlink("nash-game.yaml")

status, _, got = server.ask("/api/world/info?world=another")
check("serve: worlds of a folder named from where the server was begun", status == 200 and json.loads(got)["world"] == "another", got[:300])

# What the page is told at first.
about = json.loads(server.ask("/api/about")[2])
names = {row["name"]: row for row in about["scenarios"]}
check("serve: about lists scenarios, games, worlds and a beginning",
      names["london-2025"]["kind"] == "scenario" and names["london-2025-game"]["kind"] == "game" and "world-2022" in about["worlds"]
      and about["first"]["scenario"] == "london-2025" and about["version"] == printed("--version").decode().split()[1], about)
check("serve: about knows the variants of a scenario", "war" in [v["name"] for v in names["london-2025"]["variants"]])

# The page, packed and unpacked, and known by its ETag.
status, headers, page = server.ask("/", headers={"Accept-Encoding": "gzip"})
plain = gzip.decompress(page) if headers.get("Content-Encoding") == "gzip" else page
check("serve: the page is HTML", status == 200 and headers["Content-Type"].startswith("text/html") and b"<html" in plain.lower(), plain[:200])
check("serve: the page unpacked is the same", server.ask("/")[2] == plain)
check("serve: HEAD sends no body", server.ask("/", method="HEAD")[0::2] == (200, b""))
if "ETag" in headers:
    again = server.ask("/", headers={"If-None-Match": headers["ETag"]})
    check("serve: a page that is known is not sent again", again[0] == 304 and not again[2], again)
else:
    print("ok serve: a page that is known is not sent again # SKIP built without the page")

# Streams.
events = list(server.events("/api/stream/path?scenario=london-2025&months=30"))
kinds = [event for event, _ in events]
check("serve: a stream is progress, then one result", kinds[-1] == "result" and set(kinds[:-1]) <= {"progress"}, kinds)
check("serve: progress counts", all("done" in json.loads(data) for event, data in events if event == "progress"), events[:2])
check("serve: the result is the answer", json.loads(events[-1][1]) == json.loads(printed("path", "london-2025.yaml", "--months=30", "--json", "-o", "-")))

# A frontier comes point by point, to everybody who waits for it.
with open("small-game.yaml", "w", encoding="utf-8") as file:
    file.write("""parley: 1
name: small
scenario:
  name: small
  world:
    countries: [USA, CHN, DEU]
    sectors: [A01, C26]
    goods: [A01, C26]
    theta: {A01: 5, C26: 4}
    flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]]}
  variants: {now: {title: now, measures: [{kind: tariff, by: USA, on: CHN, rate: 60%}, {kind: tariff, by: CHN, on: USA, rate: 50%}]}}
players: {US: {members: USA}, China: {members: CHN}}
instruments:
  us: {player: US, kind: tariff, by: USA, on: CHN, high: 100%}
  cn: {player: China, kind: tariff, by: CHN, on: USA, high: 100%}
disagreement: now
""")
FRONTIER = "/api/stream/talks/frontier?scenario=small-game&points="
events = list(server.events(FRONTIER + "41"))
points = [json.loads(data) for event, data in events if event == "point"]
result = json.loads(events[-1][1])
deals = {deal["name"]: deal for deal in result["deals"]}
check("serve: points of a frontier are sent as they are found, before the answer",
      events[-1][0] == "result" and [one["name"] for one in points[:2]] == ["corner-1", "corner-2"]
      and sorted(one["name"] for one in points) == sorted(deals.keys() - {"no-deal"}), (len(points), events[-1][1][:200]))
check("serve: a corner is where the answer has it",
      all(abs(p["payoff"] - points[k]["payoff"][p["player"]]) < 1e-6 for k in (0, 1) for p in deals[f"corner-{k + 1}"]["players"]), points[:2])
early = server.events(FRONTIER + "10000")
first = next(data for event, data in early if event == "point")
child = server.children()[0]
os.kill(child, signal.SIGSTOP)
late = server.events(FRONTIER + "10000")
check("serve: who comes later is sent those found before", next(data for event, data in late if event == "point") == first, first)
os.kill(child, signal.SIGCONT)
early.close()
late.close()
check("serve: and the search ends when both have gone", until(lambda: not server.children()), server.children())
os.unlink("small-game.yaml")
events = list(server.events("/api/stream/run?tariff=USA%3C-XXX%3D1%25"))
check("serve: bad input in a stream is an event", [e for e, _ in events] == ["failed"] and "XXX" in json.loads(events[0][1])["error"]["text"], events)
events = list(server.events("/api/stream/nonsense"))
check("serve: so is a command that is not there", [e for e, _ in events] == ["failed"], events)

# Cancelling: the connection closes, the child ends.
LONG = "/api/stream/talks/sustain?scenario=london-2025-six&draws=500&seed="
stream = server.events(LONG + "1")
first = next(stream)
check("serve: long work says how far it is", first[0] == "progress" and json.loads(first[1])["text"], first)
check("serve: long work is a child process", len(server.children()) == 1, server.children())
nice = os.getpriority(os.PRIO_PROCESS, server.children()[0])
check("serve: of low priority", nice == 10, nice)
stream.close()
check("serve: a child nobody waits for is ended", until(lambda: not server.children()), server.children())

# A child that is ended from outside.
stream = server.events(LONG + "3")
next(stream)
os.kill(server.children()[0], signal.SIGKILL)
last = list(stream)[-1]
check("serve: a child that is killed is a failure, and is said", last[0] == "failed" and "stopped" in json.loads(last[1])["error"]["text"], last)

# Sharing: two who ask the same have one child, which stays until both have gone.
one, two = server.events(LONG + "2"), server.events(LONG + "2")
next(one), next(two)
check("serve: the same question asked twice is one child", len(server.children()) == 1, server.children())
one.close()
time.sleep(0.5)
check("serve: it stays for the second", len(server.children()) == 1)
two.close()
check("serve: and ends with the second", until(lambda: not server.children()), server.children())

# A slider is answered while long work goes on; work beyond the limit waits in line.
streams = [server.events(LONG + str(seed)) for seed in range(10, 10 + os.cpu_count())]
waiting = [next(stream) for stream in streams]
check("serve: more long work than places waits", len(server.children()) == max(1, os.cpu_count() // 2 if os.cpu_count() > 3 else 1),
      server.children())
check("serve: and says so", any("waiting for its turn" in data for _, data in waiting) or os.cpu_count() < 2, waiting)
begun = time.monotonic()
status, _, _ = server.ask("/api/run?tariff=USA%3C-VNM%3D46%25")
check("serve: a question of run is answered meanwhile", status == 200 and soon(time.monotonic() - begun, 5), time.monotonic() - begun)

# The answer is worked out again when a file of the folder changes.
before = server.ask("/api/run?scenario=london-2025&variant=war")[2]
with open("london-2025.yaml", "wb") as file:
    file.write(text.replace(b"London 2025: the tariff war", b"London 2025: another tariff war"))
after = server.ask("/api/run?scenario=london-2025&variant=war")[2]
check("serve: a changed scenario is read again", before != after and b"another tariff war" in after)

# Nothing was written, and the end comes fast with everything going on.
check("serve: nothing is written", sorted(os.listdir(".")) == ["london-2025-game.yaml", "london-2025-six.yaml", "london-2025.yaml"], os.listdir("."))
children = server.children()
code, took, said = server.end()
check("serve: Ctrl-C ends it", code == 130 and said == "", (code, said))
check("serve: and soon", soon(took, 1.5), took)
check("serve: and its children with it", children and all(map(ended, children)), children)

# Killed: its children end, the port can be had again at once.
server = Server(program, folder=".")
stream = server.events(LONG + "99")
next(stream)
children = server.children()
server.end(signal.SIGKILL)
check("serve: killed, its children end", children and until(lambda: all(map(ended, children))), children)
port = server.port
again = Server(program, "--port", str(port), folder=".")
check("serve: the port can be had again at once", again.port == port and again.ask("/api/world/list")[0] == 200, again.url)
code, took, said = again.end(signal.SIGTERM)
check("serve: a request to end ends it", code == 130 and soon(took, 1.5), (code, took))

# Without --port the second server finds a port of its own.
ends, urls = [], []
for _ in range(2):
    process = subprocess.Popen([program, "serve", "--no-open", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    urls.append(json.loads(process.stdout.readline())["url"])
    ends.append(process)
check("serve: two servers at once", len(set(urls)) == 2 and all(url.startswith("http://127.0.0.1:") for url in urls), urls)
for process in ends:
    process.send_signal(signal.SIGINT)
said = [process.communicate(timeout=120)[1] for process in ends]
check("serve: it says how it is ended", all(text == "Ctrl-C ends the server\n" for text in said), said)

# --open calls the desktop's way to open an address; without one the server goes on.
os.mkdir("bin")
with open("bin/xdg-open", "w") as script:
    script.write("#!/bin/sh\necho \"$1\" >opened\n")
os.chmod("bin/xdg-open", 0o755)
for path, opened in [(os.path.abspath("bin") + ":" + os.environ["PATH"], True), ("/nowhere", False)]:
    process = subprocess.Popen([program, "serve", "--port", "0", "--open"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env={**os.environ, "PATH": path})
    url = process.stdout.readline()
    found = opened == until(lambda: os.path.exists("opened") and open("opened").read() == url, 60 if opened else 0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    check(f"serve: --open {'opens the address' if opened else 'without a desktop goes on'}", found and process.returncode == 130, process.returncode)
    if opened:
        os.remove("opened")
finish()
PY
