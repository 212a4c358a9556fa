#!/usr/bin/env bash
# usage: test_talks_terms.sh PARLEY
# parley talks: weights, names and terms of a game that cannot be meant are refused with file, line and what is allowed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

players='players: {US: {members: USA}, China: {members: CHN}}'
instruments='instruments:
  us: {player: US, kind: tariff, on: CHN, high: 100%}
  cn: {player: China, kind: tariff, on: USA, high: 100%, each: sector}
  lic: {player: China, kind: licence, on: USA, sectors: C26}'
rest='packages: {peace: {set: {us: 0%, cn: 0%}}}'

game() { # PLAYERS INSTRUMENTS REST
    cat >game.yaml <<YAML
parley: 1
name: game
scenario:
  world: {countries: [USA, CHN, DEU], sectors: [A01, C26], goods: [A01, C26],
    flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]]}, theta: {A01: 5, C26: 4}}
$1
$2
$3
YAML
}
refuse_game() { # NAME PART PLAYERS INSTRUMENTS REST
    game "$3" "$4" "$5"
    refuse "$1" "$2" "$parley" talks table game.yaml
}

refuse_game "a payoff of nothing" "game.yaml:6: player 'US': every weight of its payoff is zero" \
    'players: {US: {members: USA, payoff: {real_income: 0, political: {C26: 2}}}, China: {members: CHN}}' "$instruments" "$rest"
refuse_game "a bargaining weight beyond counting" "bargaining weight 1e+308 must be above 0 and at most 1e9" \
    'players: {US: {members: USA, weight: 1e308}, China: {members: CHN}}' "$instruments" "$rest"
refuse_game "a rate of -100 %" "game.yaml:8: instrument 'us': low -100% is not allowed; a rate is above -100%" \
    "$players" "${instruments/high: 100%/low: -100%}" "$rest"
refuse_game "rent of a duty" "game.yaml:8: instrument 'us': 'rent' does not go with a tariff" "$players" "${instruments/on: CHN/on: CHN, rent: buyer}" "$rest"
refuse_game "a basis of a level" "game.yaml:10: instrument 'lic': 'basis' does not go with a licence" "$players" \
    "${instruments/sectors: C26/sectors: C26, basis: add}" "$rest"
refuse_game "a share of nothing" "instrument 'us': share 0 is not above 0 and at most 1" "$players" "${instruments/on: CHN/on: CHN, share: 0%}" "$rest"
refuse_game "a lag of nothing" "game.yaml:12: lag 0 is not allowed; it must be a number of periods above 0, 0.001 to 10000" \
    "$players" "$instruments" "$rest"$'\nlag: 0'
refuse_game "a lag beyond life" "lag 100000 is not allowed; it must be a number of periods above 0, 0.001 to 10000" \
    "$players" "$instruments" "$rest"$'\nlag: 1e5'
refuse_game "no punishment" "punishment 0 is not allowed; it must be a number of periods above 0, 0.001 to 1000000, or forever" \
    "$players" "$instruments" "$rest"$'\npunishment: 0'
refuse_game "a discount factor of nothing" "discount 0 is not allowed; it must be above 0 and below 1" "$players" "$instruments" "$rest"$'\ndiscount: 0'
refuse_game "a limit without its percent sign" "transfer_limit: 30 would be 3000 %; did you mean 30%?" "$players" "$instruments" "$rest"$'\ntransfer_limit: 30'
refuse_game "a limit above all there is" "transfer_limit 2 is not allowed; it must be a share of the smallest player's income from 0 to 1" \
    "$players" "$instruments" "$rest"$'\ntransfer_limit: 200%'
refuse_game "a table listed twice" "game.yaml:12: the table of 'China' and 'US' is listed twice" \
    "$players" "$instruments" "$rest"$'\ntables: [[US, China], [China, US]]'
for name in no-deal nash-bargain best-kept best-kept-verified; do
    refuse_game "a package called $name" "game.yaml:11: package '$name': answers have a deal of that name; take another" \
        "$players" "$instruments" "packages: {$name: {set: {us: 0%}}}"
done
refuse_game "more than a player has" "game.yaml:11: package 'odd': player 'China' gives 1000 million USD, and its income is 149" \
    "$players" "$instruments" "packages: {odd: {transfer: {US: 1000, China: -1000}}}"

# What is asked for in percent is the same as a fraction, and of weights by sector the later entry counts.
value() { "$parley" talks value game.yaml --set us=12% --set cn=3% --json | sed 's/^ "command".*//'; }
game "$players" "${instruments/on: CHN/on: CHN, share: 40%}" "$rest"$'\ntransfer_limit: 3%'
value >percent
game "$players" "${instruments/on: CHN/on: CHN, share: 0.4}" "$rest"$'\ntransfer_limit: 0.03'
value >fraction
check "a share may be said in percent" cmp percent fraction
for weights in '{goods: 0.2, C26: 1.5, A01: 0.8}' '{A01: 0.8, C26: 1.5}'; do
    game "players: {US: {members: USA, payoff: {political: $weights}}, China: {members: CHN}}" "$instruments" "$rest"
    value >"weights-${#weights}"
done
check "of weights by sector the later entry counts" cmp weights-32 weights-20

# A quota and a licence on one flow may both be open; then neither keeps a search from ending.
game "$players" "$instruments"$'\n  more: {player: China, kind: quota, on: USA}' "$rest"
says "a quota and a licence on one flow let a search end" 0 '"converged": true' "$parley" talks table game.yaml --json
check "and no search stopped early" test "$(grep -c 'stopped early' out)" = 0
