#!/usr/bin/env bash
# usage: test_talks_json.sh PARLEY
# What an answer about talks carries: units, bounds, sources, what is assumed, and sentences that say what the numbers say.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
cat >game.yaml <<'YAML'
parley: 1
title: Three neighbours
source: made up for a test
scenario:
  parley: 1
  world: nafta-1993
  variants:
    now: {title: what stands, measures: [{kind: tariff, by: USA, on: MEX, basis: set, rate: 20%, source: a gazette}]}
    war: {title: everybody at 60 %, measures: [{kind: tariff, by: USA, on: MEX, basis: set, rate: 60%}, {kind: tariff, by: MEX, on: USA, basis: set, rate: 60%}]}
today: now
disagreement: now
period: year
discount: 0.9
players:
  US: {members: USA}
  Mexico: {members: MEX, weight: 2, note: the smaller one}
instruments:
  us: {player: US, kind: tariff, on: MEX, low: 0%, high: 60%, source: a law}
  mexico: {player: Mexico, kind: tariff, on: USA, low: 0%, high: 60%}
packages:
  free: {title: no duties, set: {us: 0%, mexico: 0%}, source: a draft}
  unfair: {title: Mexico alone opens, set: {us: 60%, mexico: 0%}}
YAML
ask() { # name, command line
    local name=$1
    shift
    "$parley" talks "$@" --json >"$name.json" 2>err || verdict "talks $*" "$(cat err)"
}
ask table table game.yaml
ask drawn value "$root/scenarios/london-2025-game.yaml" --set us-tariff=-10% --draws 5
ask value value game.yaml --set us=10% --kept
ask again value game.yaml --set us=10% --kept
ask bargain bargain game.yaml
ask frontier frontier game.yaml --points 3
ask sustain sustain game.yaml
ask nash nash game.yaml --starts 1
ask best best-response game.yaml
check "the same question has the same answer" cmp value.json again.json
mkdir "it's here"
cp game.yaml "it's here/a game.yaml"
"$parley" talks value "it's here/a game.yaml" --set us=10% --kept --seed 3 -q -o first >out 2>err
command=$(python3 -c 'import json; print(json.load(open("first/talks.json"))["command"])')
eval "${command/#parley/\"\$parley\"} -q -o second" >out 2>err
check "an answer says the command that gives it again" cmp first/talks.json second/talks.json
python3 - . <<'PY'
import json, re, sys
answers = {name: json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("table", "value", "bargain", "frontier", "sustain", "nash", "best", "drawn")}
table, value = answers["table"], answers["value"]
failed = 0

def check(name, holds):
    global failed
    failed += not holds
    print(("ok " if holds else "not ok ") + name)

def deal(json, name):
    return next(d for d in json["deals"] if d["name"] == name)

def player(deal, name):
    return next(p for p in deal["players"] if p["player"] == name)

us, mexico = value["players"]
check("players say who they are", us["members"] == ["USA"] and us["income"] > 1e6 and us["real_income_only"])
check("weights add up to one", abs(us["weight"] + mexico["weight"] - 1) < 1e-12 and abs(mexico["weight"] - 2 / 3) < 1e-12)
check("a note is passed on", mexico["note"] == "the smaller one" and us["note"] is None)
own, other = value["instruments"]
check("an instrument says where it stands", abs(own["stands"] - 0.2) < 1e-9 and own["today"] == own["stands"] and own["open"] == 0)
check("bounds without a source are assumed", not own["assumed"] and other["assumed"] and own["source"] == "a law")
check("and so they are in the list", [a["value"] for a in value["assumed"] if a["what"] == "bounds of mexico"] == ["0 % to 60 %"]
      and not any(a["what"] == "bounds of us" for a in value["assumed"]))
check("the discount factor is assumed", any(a["what"] == "discount factor" and a["value"] == "0.9 a year" for a in value["assumed"]))
check("packages are there before they are valued", [p["name"] for p in value["packages"]] == ["free", "unfair"]
      and value["packages"][0]["settings"] == {"us": 0.0, "mexico": 0.0} and value["packages"][0]["source"] == "a draft")
check("what stands has its sources", value["today"]["measures"][0]["source"] == "a gazette" and value["without"]["name"] == "now")
check("sources name the game and the world", {"game", "world, title"} <= {s["what"] for s in value["sources"]})
check("every number of a deal has a unit", all(key in value["variables"] for key in ("payoff", "gain", "patience", "real_income", "settings")))
check("countries know their player", {c["code"]: c["player"] for c in value["countries"]}["MEX"] == "Mexico")

package, today, without = deal(value, "package"), deal(value, "today"), deal(value, "no-deal")
p = player(package, "US")
check("a gain is over no deal", abs(p["gain"] - (p["payoff"] - player(without, "US")["payoff"])) < 1e-12)
check("payoff and real income agree", abs(p["payoff"] - package["real_income"]["USA"]) < 1e-9)
check("money is income times the gain", abs(package["equivalent_variation"]["USA"] - p["payoff"] / 100 * us["income"]) < 1e-6 * us["income"])
said = re.match(r"Both would sign: against no deal US gains ([0-9.]+) % of its income \(([0-9.]+) million USD a year\)", package["meaning"][0])
check("the first sentence says the gain", bool(said) and abs(float(said[1]) - p["gain"]) < 0.0006 and abs(float(said[2]) - p["gain"] / 100 * us["income"]) < 0.6)
check("the answer is what the package means", value["answer"] == package["meaning"])
by_lag = p["patience_by_lag"]
check("the patience at the game's lag is the patience", dict(map(tuple, by_lag))[1.0] == p["patience"])
numbers = [1 if v == "never" else v for _, v in by_lag]
check("the later a breach shows, the more patience it takes", numbers == sorted(numbers))
check("no deal is not asked whether it is kept", "patience_by_lag" not in player(without, "US"))

unfair = deal(table, "unfair")
signs = [p["signs"] for p in unfair["players"]]
check("who does not sign is named", signs == [False, False] and unfair["meaning"][0].startswith("US and Mexico would not sign"))
check("the answer counts signatures", table["answer"][0].startswith("Both would sign 1 of the 2 packages, rather than have no deal: free"))
check("worth is over today, by instrument", [w["instrument"] for w in table["worth"]] == ["us", "mexico"]
      and table["worth"][0]["opened"]["Mexico"] > 0 > table["worth"][0]["closed"]["Mexico"])
drawn = deal(answers["drawn"], "package")
said = re.search(r"Of 5 draws .* gain over no deal of US between ([-+.0-9]+) and ([-+.0-9]+) %.*; US would sign in 100 % of them", "\n".join(drawn["meaning"]))
p = player(drawn, "US")
check("draws have an interval, and a sentence that says it", bool(said) and abs(float(said[1]) - p["gain_low"]) < 6e-4 and abs(float(said[2]) - p["gain_high"]) < 6e-4)
check("payoffs have one too", p["low"] < p["high"] and p["gain_low"] < p["gain_high"])
nothing = player(deal(answers["drawn"], "no-deal"), "US")
check("no deal gains nothing in any draw", nothing["gain_low"] == nothing["gain_high"] == 0 and nothing["signs_share"] is None)
check("the interval of a gain is not that of two payoffs apart", p["gain_high"] - p["gain_low"] < (p["high"] - p["low"]) + (nothing["high"] - nothing["low"]))
check("who signs in every draw says so", p["signs_share"] == 1)
check("only the table has it", value["worth"] == [])
for name, answer in answers.items():
    lines = answer["answer"] + [line for d in answer["deals"] for line in d["meaning"]]
    check(f"every sentence ends, none has a number that is none ({name})", bool(lines) and all(line.endswith(".") and "nan" not in line and "inf " not in line for line in lines))
    check(f"every equilibrium is one ({name})", answer["worst_residual"] < 1e-8 and answer["worst_residual"] == max(d["residual"] for d in answer["deals"]))
check("the frontier says how much there is to haggle about", "over no deal" in answers["frontier"]["answer"][0])
check("verification is valued in words", "half the time" in answers["sustain"]["answer"][-1])
sys.exit(failed > 0)
PY
