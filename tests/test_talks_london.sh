#!/usr/bin/env bash
# usage: test_talks_london.sh PARLEY
# The table of London, June 2025: ten packages valued, ranked and certified; its answers have the signs they must have.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

says "the table of London is laid" 0 '^{' "$parley" talks table "$root/scenarios/london-2025-game.yaml" --starts 1 --threads 2 --json
mv out table.json
for scenario in london-2025 london-2025-game; do
    "$parley" talks value "$root/scenarios/$scenario.yaml" --set us-tariff=10% --json >own 2>err
    sed '/^ "command": /d' own >$scenario.json
done
[ -s own ] || verdict "a package is valued" "$(cat err)"
check "a scenario leads to its game" cmp london-2025.json london-2025-game.json
python3 - table.json <<'PY'
import json, sys
talks = json.load(open(sys.argv[1]))
deals = {d["name"]: d for d in talks["deals"]}
failed = 0

def check(name, holds):
    global failed
    failed += not holds
    print(("ok " if holds else "not ok ") + name)

def gain(deal, player):
    return next(p["gain"] for p in deals[deal]["players"] if p["player"] == player)

check("ten packages beside no deal", len(talks["deals"]) == 11)
check("every search ended where it should", talks["converged"])
check("every equilibrium is one", all(d["residual"] < 1e-8 for d in talks["deals"]))
check("the truce is better for both than its end", gain("truce-30-10", "US") > 0.05 and gain("truce-30-10", "China") > 0.05)
check("taking back all duties is better still", all(gain("full-rollback", p) > gain("truce-30-10", p) for p in ("US", "China")))
check("licences for magnets help the United States", gain("rollback-for-licences", "US") > gain("full-rollback", "US"))
check("and cost China the rent", gain("rollback-for-licences", "China") < gain("full-rollback", "China"))
check("what the US takes back alone, China gains less from than from both", gain("us-rollback-for-licences", "China") < gain("full-rollback", "China"))
def kept(name, key):
    return all(p["signs"] and p[key] != "never" and p[key] <= talks["discount"] for p in deals[name]["players"])

check("the framework is kept if the duties of April are what follows a breach", kept("london-framework", "patience"))
check("and not if mutual best responses are", not kept("london-framework", "patience_otherwise"))
check("both are said in words", sum("london-framework" in n for n in talks["notes"] if n.startswith("Signed and kept")) == 1
      and sum(n.startswith("Signed and kept") for n in talks["notes"]) == 2)
assumed = {a["what"] for a in talks["assumed"]}
check("what is assumed is in the answer", {"discount factor", "bounds of us-chips", "content of london-framework"} <= assumed)
# The certified real incomes are the payoffs: the United States is one country.
for name in ("no-deal", "truce-30-10"):
    payoff = next(p["payoff"] for p in deals[name]["players"] if p["player"] == "US")
    check(f"payoff and real income agree ({name})", abs(payoff - deals[name]["real_income"]["USA"]) < 1e-9)
sys.exit(failed > 0)
PY
