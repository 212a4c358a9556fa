#!/usr/bin/env bash
# usage: test_talks_bad.sh PARLEY
# parley talks: what is asked for is answered, and each mistake in a game ends with exit 2 and one message that names the
# place and the value.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >head.yaml <<'YAML'
parley: 1
name: game
scenario:
  world: {countries: [USA, CHN, DEU], sectors: [A01, C26], goods: [A01, C26],
    flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]]}, theta: {A01: 5, C26: 4}}
  variants: {calm: {title: calm}, war: {measures: [{kind: tariff, by: USA, on: CHN, rate: 50%}, {kind: tariff, by: CHN, on: USA, rate: 50%}]}}
YAML
players='players: {US: {members: USA}, China: {members: CHN}}'
instruments='instruments:
  us: {player: US, kind: tariff, on: CHN, high: 100%}
  cn: {player: China, kind: tariff, on: USA, high: 100%, each: sector}
  lic: {player: China, kind: licence, on: USA, sectors: C26}'
rest='packages: {peace: {set: {us: 0%, cn: 0%, lic: 100%}}, half: {title: half way, set: {us: 5%, cn: 5%}}}
disagreement: war'

game() { # PLAYERS INSTRUMENTS REST
    { cat head.yaml && printf '%s\n%s\n%s\n' "$1" "$2" "$3"; } >game.yaml
}
refuse_game() { # NAME PART PLAYERS INSTRUMENTS REST
    game "$3" "$4" "$5"
    refuse "$1" "$2" "$parley" talks nash game.yaml
}

# What works.
game "$players" "$instruments" "$rest"
# A quota against a tariff has no equilibrium but no trade at all, so the licence sits out the search for one.
game "$players" "${instruments%lic:*}" 'packages: {peace: {set: {us: 0%, cn: 0%}}}
disagreement: war'
for verb in best-response nash frontier bargain sustain table value; do
    problem=
    "$parley" talks "$verb" game.yaml --points 4 >out 2>err || [ "$verb" != frontier ] || problem="exit $?"
    [ "$verb" = frontier ] || "$parley" talks "$verb" game.yaml -o "got-$verb" >out 2>err || problem="exit $?"
    grep -q '^Certificate' out || problem="$problem; no certificate"
    [ "$verb" = frontier ] || [ "$(wc -l <"got-$verb/deals.csv")" -ge 3 ] || problem="$problem; deals.csv is short"
    verdict "talks $verb answers" "$problem"
done
game "$players" "$instruments" "$rest"
"$parley" talks nash game.yaml >out 2>err
verdict "an equilibrium that is none is not shown as one" "$(grep -q 'no equilibrium here' out || echo 'it is')"
"$parley" talks table game.yaml --json --threads 1 --draws 8 >one 2>err
"$parley" talks table game.yaml --json --threads 4 --draws 8 >four 2>>err
verdict "threads change nothing" "$(cmp one four)"
check "JSON says what was asked, with intervals" python3 - one <<'PY'
import json, sys
talks = json.load(open(sys.argv[1]))
assert talks["draws"] == 8 and talks["converged"], "draws or convergence"
peace = next(d for d in talks["deals"] if d["name"] == "peace")
assert peace["settings"] == {"us": 0, "cn/A01": 0, "cn/C26": 0, "lic": 1}, peace["settings"]
for deal in talks["deals"]:
    for p in deal["players"]:
        assert p["low"] <= p["high"], p
        assert abs(p["gain"] - (p["payoff"] - next(q["payoff"] for q in talks["deals"][0]["players"] if q["player"] == p["player"]))) < 1e-12
war = talks["deals"][0]["players"]
assert all(p["low"] < p["payoff"] < 0 or p["low"] < p["high"] for p in war), war
PY
"$parley" talks table game.yaml --json --draws 8 --seed 7 >other 2>err
check "deals are looked at under both punishments" python3 - one <<'PY'
import json, sys
talks = json.load(open(sys.argv[1]))
war = {p["player"]: p["payoff"] for p in talks["deals"][0]["players"]}
d = talks["discount"]
for deal in talks["deals"][1:]:
    for p in deal["players"]:
        # Punished by Nash for ever, by a breach that shows after one period: and the other way by going back to war.
        gain, loss = p["breach"] - p["payoff"], p["payoff"] - war[p["player"]]
        wanted = 0 if gain <= 1e-7 else gain / (gain + loss) if loss > 0 else "never"
        got = p["patience_otherwise"]
        assert got == wanted or abs(got - wanted) < 1e-9, (deal["name"], p, wanted)
assert sum("Signed and kept by everybody if a breach is punished by" in n for n in talks["notes"]) == 2, talks["notes"]
PY
verdict "another seed draws others" "$(cmp -s one other && echo 'the same intervals')"

# Elasticities are drawn from standard errors where the set in use has any: a sector without one stays as it is.
sed 's/theta: {A01: 5, C26: 4}/theta: {A01: 5, C26: 4}, theta_se: {A01: 1.5, C26: 0}/' head.yaml >head-se.yaml
{ cat head-se.yaml && printf '%s\n%s\n%s\n' "$players" "$instruments" "$rest"; } >game-se.yaml
"$parley" talks table game-se.yaml --json --draws 400 --seed 3 >sharp 2>err
sed 's/theta_se: {A01: 1.5, C26: 0}/theta_se: {A01: 0.0015, C26: 0}/' game-se.yaml >game-sharp.yaml
"$parley" talks table game-sharp.yaml --json --draws 400 --seed 3 >sharper 2>>err
check "intervals follow published standard errors" python3 - one sharp sharper <<'PY'
import json, sys
sets, errors, sharper = (json.load(open(f)) for f in sys.argv[1:])
assert "sets" in sets["drawn_from"] and "standard errors of set world" in errors["drawn_from"], (sets["drawn_from"], errors["drawn_from"])
width = lambda t: [p["high"] - p["low"] for d in t["deals"] for p in d["players"]]
for wide, narrow in zip(width(errors), width(sharper)):
    # A thousandth of the error is a thousandth of the interval, about; a payoff of nothing has no interval.
    assert wide < 1e-9 or 3e-4 < narrow / wide < 3e-3, (wide, narrow)
inside = [p["low"] < p["payoff"] < p["high"] for d in errors["deals"] for p in d["players"] if p["high"] - p["low"] > 1e-9]
assert inside and all(inside), errors["deals"]
PY

# A package made by hand is the same package as one in the file.
"$parley" talks value game.yaml --set us=0% --set cn=0 --set lic=100% --kept --json >hand 2>err
check "a package made by hand is valued as in the table" python3 - one hand <<'PY'
import json, sys
table, hand = (json.load(open(f)) for f in sys.argv[1:])
assert [d["name"] for d in hand["deals"]] == ["no-deal", "today", "package"] and hand["question"] == "value"
peace = next(d for d in table["deals"] if d["name"] == "peace")
package = hand["deals"][2]
assert package["settings"] == peace["settings"] and package["real_income"] == peace["real_income"]
for a, b in zip(package["players"], peace["players"]):
    for key in ("payoff", "gain", "signs", "keeps"):
        assert a[key] == b[key], (key, a, b)
    for key in ("breach", "patience"):
        assert a[key] == b[key] or abs(a[key] - b[key]) < 1e-8, (key, a, b)
PY
"$parley" talks value game.yaml --set cn/C26=50% --json >hand 2>err
check "one part of an entry can be set, and the rest stands" python3 - hand <<'PY'
import json, sys
hand = json.load(open(sys.argv[1]))
package = hand["deals"][2]
assert package["settings"] == {"us": None, "cn/A01": None, "cn/C26": 0.5, "lic": None}, package["settings"]
assert all(p["breach"] is None and "keeps" not in p for p in package["players"])
PY
printf 'parley: 1\nmeasures: []\n' >plain.yaml
printf 'parley: 1\nmeasures: []\ngame: none.yaml\n' >lost.yaml
refuse "a scenario without a game" "plain.yaml:1: this is a scenario without a game" "$parley" talks table plain.yaml
refuse "a scenario whose game is not there" "none.yaml" "$parley" talks table lost.yaml
refuse "a package made by hand outside its box" "us at 150% is outside its box of 0% to 100%" "$parley" talks value game.yaml --set us=150%
refuse "an instrument that is not there" "unknown instrument 'licc' (did you mean 'lic'?)" "$parley" talks value game.yaml --set licc=50%
refuse "a package without a level" "'us' sets nothing: write INSTRUMENT=LEVEL" "$parley" talks value game.yaml --set us
refuse "a level that is no number" "us" "$parley" talks value game.yaml --set us=much

# Mistakes in a game.
refuse_game "a player without instruments" "player 'Europe' has no instrument" \
    'players: {US: {members: USA}, China: {members: CHN}, Europe: {members: DEU}}' "$instruments" "$rest"
refuse_game "a box upside down" "instrument 'us': low 50% is above high 20%" "$players" "${instruments/high: 100%/low: 50%, high: 20%}" "$rest"
refuse_game "an instrument owned twice" "instruments 'us' and 'again' both move the tariff of USA on CHN in A01" "$players" \
    "$instruments
  again: {player: US, kind: tariff, on: all}" "$rest"
refuse_game "another's instrument" "CHN does not belong to player 'US'" "$players" \
    "${instruments/kind: tariff, on: CHN/kind: tariff, by: CHN, on: USA}" "$rest"
refuse_game "a disagreement that does not exist" "disagreement 'warr' does not exist (did you mean 'war'?)" "$players" "$instruments" \
    "disagreement: warr"
refuse_game "a discount factor of one" "discount 1 is not allowed; it must be above 0 and below 1" "$players" "$instruments" "discount: 1"
refuse_game "a discount factor that is no number" "discount: 'nan' is not a finite number" "$players" "$instruments" "discount: nan"
refuse_game "a deal outside the box" "package 'odd': us at 150% is outside its box of 0% to 100%" "$players" "$instruments" \
    "packages: {odd: {set: {us: 150%}}}"
refuse_game "a negative weight" "player 'US': weight -1 of 'C26' is negative" \
    'players: {US: {members: USA, payoff: {political: {C26: -1}}}, China: {members: CHN}}' "$instruments" "$rest"
refuse_game "a country on two sides" "player 'China': USA belongs to player 'US' already" \
    'players: {US: {members: USA}, China: {members: [CHN, USA]}}' "$instruments" "$rest"
refuse_game "a misspelt player" "unknown player 'Chnia' (did you mean 'China'?)" "$players" "${instruments/China/Chnia}" "$rest"
refuse_game "a misspelt instrument" "unknown instrument 'su' (did you mean 'us'?)" "$players" "$instruments" "packages: {odd: {set: {su: 1%}}}"
refuse_game "a misspelt key" "unknown key 'packages_' in a game (did you mean 'packages'?)" "$players" "$instruments" "packages_: {}"
refuse_game "a licence beyond everything" "a licence lets through at most 100%, not 150%" "$players" \
    "${instruments/kind: licence, on: USA, sectors: C26/kind: licence, on: USA, sectors: C26, high: 150%}" "$rest"
refuse_game "a level of zero" "a licence must be above 0" "$players" "${instruments/sectors: C26\}/sectors: C26, low: 0%\}}" "$rest"
refuse_game "transfers that do not add up" "adds up to 5 million USD, not to zero" "$players" "$instruments" \
    "packages: {odd: {transfer: {US: 5}}}"
refuse_game "a transfer to somebody who is not there" "unknown player 'Chnia' (did you mean 'China'?)" "$players" "$instruments" \
    "packages: {odd: {transfer: {US: 5, Chnia: -5}}}"
refuse_game "an instrument without flows" "instrument 'self' covers no flow" "$players" "$instruments
  self: {player: US, kind: quota, on: USA}" "$rest"
refuse_game "an assumption about nothing" "unknown key 'discont' in what is assumed (did you mean 'discount'?)" "$players" "$instruments" \
    "assumed: {discont: a guess}"
refuse_game "an assumption without words" "discount" "$players" "$instruments" "assumed: {discount: {a: b}}"
sed 's/^parley: 1/parley: [1]/' game.yaml >list.yaml
refuse "a format that is a list" "parley" "$parley" talks nash list.yaml
game "$players" "$instruments" ""
refuse "a table without packages" "the game has no packages to compare" "$parley" talks table game.yaml
refuse "a misspelt verb" "unknown verb 'talks tabel' (did you mean 'table'?)" "$parley" talks tabel game.yaml
refuse "a player who is not there" "player 'Chine' is not in the game (did you mean 'China'?)" \
    "$parley" talks best-response game.yaml --player Chine
refuse "a missing file" "cannot read nowhere.yaml: No such file or directory" "$parley" talks nash nowhere.yaml
