#!/usr/bin/env bash
# usage: test_plain.sh PARLEY
# Text for people on narrow terminals, and where characters are not UTF-8.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
unset LC_CTYPE LANG
export LC_ALL=C.UTF-8 TERM=xterm
london=$root/scenarios/london-2025.yaml
game=$root/scenarios/london-2025-game.yaml
"$parley" run "$london" -o result -q >out 2>err

# No line is longer than the terminal is wide.
fits() {
    local columns
    for columns in 40 60 80; do
        COLUMNS=$columns "$parley" "$@" >out 2>err || return 1
        python3 - $columns <<'PY' || return 1
import sys, unicodedata
columns = int(sys.argv[1])
def width(line):
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in 'WF') for c in line)
long = [line for line in open('out', encoding='utf-8').read().splitlines() if width(line) > columns]
assert not long, (columns, long)
PY
    done
}
check "a path fits" fits path "$london" --months 4 -o - -q
check "a timeline fits" fits run "$london" --timeline
check "a sweep fits" fits sweep --world wiod-2014 --vary 'tariff USA<-CHN=0%..60%:4' -q
check "talks fit" fits talks table "$game" -q
check "a world fits" fits world info world-2022
check "verbs fit" fits world --help
check "a list of charts fits" fits report result --list-charts

# Where characters are not UTF-8, text for people is ASCII, wide and narrow, while JSON stays as it is.
plain() {
    local columns
    for columns in 40 100; do
        LC_ALL=C COLUMNS=$columns "$parley" "$@" >out 2>err || return 1
        python3 - <<'PY' || return 1
odd = [line for name in ('out', 'err') for line in open(name, encoding='utf-8').read().splitlines() if not line.isascii()]
assert not odd, odd[:6]
PY
    done
}
check "a run is ASCII" plain run "$london" -o -
check "a country of a run is ASCII" plain run --tariff 'USA<-CHN=60%' --country TUR --rows 81
check "a path is ASCII" plain path "$london" --months 4 -o -
check "a timeline is ASCII" plain run "$london" --timeline
check "a sweep is ASCII" plain sweep --world wiod-2014 --vary 'tariff USA<-CHN=0%..60%:4'
check "talks are ASCII" plain talks table "$game"
check "a world is ASCII" plain world info world-2022
check "a country of a world is ASCII" plain world info world-2022 --country CIV
check "facts are ASCII" plain facts --all
check "the backtest is ASCII" plain backtest --no-fit
check "cases are ASCII" plain check --list
check "a list of charts is ASCII" plain report result --list-charts
LC_ALL=C "$parley" world info world-2022 >out 2>err
check "accents are left out, and no letters" grep -qF 'Sao Tome and Principe' out
LC_ALL=C "$parley" world info world-2022 --json >out 2>err
check "JSON keeps every letter" python3 -c "
import json
assert 'Türkiye' in [c['name'] for c in json.load(open('out', encoding='utf-8'))['countries']]"
python3 - <<'PY'
import json
world = {'parley_world': 1, 'countries': [{'code': 'A', 'name': '中国'}, {'code': 'B', 'name': 'Zürich'}],
         'sectors': [{'code': 'g', 'name': 'goods'}], 'flow': [[[90, 10], [10, 90]]]}
json.dump(world, open('own.json', 'w'))
PY
LC_ALL=C "$parley" world info own.json >out 2>err
check "a name of the user's own stays where ASCII has no letters for it" grep -q '中国' out
check "and loses its accents where it has" grep -q 'Zurich' out
