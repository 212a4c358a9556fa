#!/usr/bin/env bash
# usage: test_build_worlds.sh PARLEY
# The built-in worlds hold their identities, agree with totals people know, give Caliendo and Parro's table by plain
# loops, and are what tools/build-worlds makes where the public tables are at hand.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

for world in nafta-1993 wiod-2014 world-2022; do
    file=$root/worlds/$world.nc
    check "$world holds every identity" "$parley" world check "$file"
    bytes=$(stat -c %s "$file" 2>/dev/null || echo missing)
    verdict "$world is below 8 MB" "$([ "$bytes" -lt 8388608 ] 2>/dev/null || echo "$bytes bytes")"
    check "$world is exported" "$parley" world export "$file" --format csv -o "$world"
done

# The figure after a label of figures.py lies between two bounds.
figure() { # WORLD LABEL LOW HIGH
    [ -s "$1.figures" ] || python3 "$root/tools/worlds/figures.py" "$1" >"$1.figures" 2>&1
    within "$1: $2" "$(sed -n "s/^$2:\{0,1\} \([0-9.]*\).*/\1/p" "$1.figures")" "$3" "$4"
}
figure world-2022 'gross output' 199.6 199.8
figure world-2022 'value added' 101.7 101.85
figure world-2022 'goods bought by USA from CHN' 450 540
figure world-2022 'deficit of USA: goods' 1100 1300
figure world-2022 'average tariff of USA on CHN' 10.5 12.5
figure world-2022 'average tariff of CHN on USA' 21.1 21.3
figure world-2022 'average tariff of USA on MEX' 0.2 0.3
figure wiod-2014 'value added' 74.1 74.3
figure wiod-2014 'goods bought by USA from CHN' 330 470
figure wiod-2014 'average tariff of USA on CHN' 2.9 3.5
figure wiod-2014 'average tariff of CHN on USA' 5.5 7.5

check "nafta-1993 gives the published table by plain loops" \
    python3 "$root/tools/worlds/check_nafta.py" nafta-1993 "$root/cases/data/nafta-tariffs-2005.csv.gz"

# Wrong arguments: exit 2, and a message that names them.
export PARLEY=$parley
refuses() { # WHAT TEXT ARGUMENT...
    local what=$1 text=$2 code=0
    shift 2
    "$root/tools/build-worlds" "$@" >out 2>&1 || code=$?
    verdict "build-worlds refuses $what" "$({ [ $code = 2 ] && grep -q -- "$text" out; } || { echo "exit $code"; cat out; })"
}
refuses "a folder that is not there" "nothing" "nothing" -o made
refuses "an unknown option" "--output" --output made
refuses "-o without a folder" "-o" -o
verdict "build-worlds refused before it made anything" "$([ ! -e made ] || ls made)"

data=$root/../shared/data
if [ -d "$data/world" ]; then
    check "build-worlds runs" "$root/tools/build-worlds" "$data" -o made
    for world in nafta-1993 wiod-2014 world-2022; do
        check "$world is byte for byte what the tool makes" cmp "made/$world.nc" "$root/worlds/$world.nc"
    done
    check "the tariffs of 2005 are byte for byte what the tool makes" \
        cmp made/nafta-tariffs-2005.csv.gz "$root/cases/data/nafta-tariffs-2005.csv.gz"
fi
