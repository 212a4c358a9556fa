#!/usr/bin/env bash
# usage: test_build_worlds.sh PARLEY
# The built-in worlds hold their identities, agree with totals people know, give Caliendo and Parro's table by plain
# loops, and are what tools/build-worlds makes where the public tables are at hand.
set -uo pipefail
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
root=$(cd "$(dirname "$0")/.." && pwd)
parley=$(readlink -f "$1")
python=/usr/bin/python3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

verdict() { # WHAT PROBLEM
    if [ -z "$2" ]; then
        echo "ok worlds: $1"
    else
        echo "not ok worlds: $1"
        printf '%s\n' "$2" | sed 's/^/#   /'
        status=1
    fi
}

# Runs a command and says what it printed when it failed.
passes() { "$@" >"$scratch/out" 2>&1 || cat "$scratch/out"; }

for world in nafta-1993 wiod-2014 world-2022; do
    file=$root/worlds/$world.nc
    verdict "$world holds every identity" "$(passes "$parley" world check "$file")"
    bytes=$(stat -c %s "$file" 2>/dev/null || echo missing)
    verdict "$world is below 8 MB" "$([ "$bytes" -lt 8388608 ] 2>/dev/null || echo "$bytes bytes")"
    verdict "$world is exported" "$(passes "$parley" world export "$file" --format csv -o "$scratch/$world")"
done

# The figure after a label of figures.py lies between two bounds.
within() { # WORLD LABEL LOW HIGH
    local value
    value=$("$python" "$root/tools/worlds/figures.py" "$scratch/$1" 2>&1 |
        sed -n "s/^$2:\{0,1\} \([0-9.]*\).*/\1/p" | head -1)
    verdict "$1: $2 is between $3 and $4" \
        "$(awk -v x="$value" -v low="$3" -v high="$4" 'BEGIN { if (x == "" || x < low || x > high) print "it is " x }')"
}
within world-2022 'gross output' 199.6 199.8
within world-2022 'value added' 101.7 101.85
within world-2022 'goods bought by USA from CHN' 450 540
within world-2022 'deficit of USA: goods' 1100 1300
within world-2022 'average tariff of USA on CHN' 10.5 12.5
within world-2022 'average tariff of CHN on USA' 21.1 21.3
within world-2022 'average tariff of USA on MEX' 0.2 0.3
within wiod-2014 'value added' 74.1 74.3
within wiod-2014 'goods bought by USA from CHN' 330 470
within wiod-2014 'average tariff of USA on CHN' 2.9 3.5
within wiod-2014 'average tariff of CHN on USA' 5.5 7.5

verdict "nafta-1993 gives the published table by plain loops" \
    "$(passes "$python" "$root/tools/worlds/check_nafta.py" "$scratch/nafta-1993" "$root/cases/data/nafta-tariffs-2005.csv.gz")"

# Wrong arguments: exit 2, and a message that names them.
refuses() { # WHAT TEXT ARGUMENT...
    local what=$1 text=$2 code=0
    shift 2
    PARLEY=$parley "$root/tools/build-worlds" "$@" >"$scratch/out" 2>&1 || code=$?
    verdict "build-worlds refuses $what" \
        "$({ [ $code = 2 ] && grep -q -- "$text" "$scratch/out"; } || { echo "exit $code"; cat "$scratch/out"; })"
}
refuses "a folder that is not there" "$scratch/nothing" "$scratch/nothing" -o "$scratch/made"
refuses "an unknown option" "--output" --output "$scratch/made"
refuses "-o without a folder" "-o" -o
verdict "build-worlds refused before it made anything" "$([ ! -e "$scratch/made" ] || ls "$scratch/made")"

data=$root/../shared/data
if [ -d "$data/world" ]; then
    verdict "build-worlds runs" "$(PARLEY=$parley passes "$root/tools/build-worlds" "$data" -o "$scratch/made")"
    for world in nafta-1993 wiod-2014 world-2022; do
        verdict "$world is byte for byte what the tool makes" "$(cmp "$scratch/made/$world.nc" "$root/worlds/$world.nc" 2>&1)"
    done
    verdict "the tariffs of 2005 are byte for byte what the tool makes" \
        "$(cmp "$scratch/made/nafta-tariffs-2005.csv.gz" "$root/cases/data/nafta-tariffs-2005.csv.gz" 2>&1)"
fi
exit $status
