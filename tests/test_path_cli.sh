#!/usr/bin/env bash
# usage: test_path_cli.sh PARLEY
# parley path as a person uses it: numbers that must hold, equal bytes, bad input, an interrupted run.
set -uo pipefail
export LC_ALL=C
parley=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# verdict NAME PROBLEM
verdict() {
    if [ -z "$2" ]; then
        echo "ok path: $1"
    else
        echo "not ok path: $1"
        printf '%s\n' "$2" | sed 's/^/#   /'
        failed=1
    fi
}

world='world:
  countries: [A, B, C]
  sectors: [metal, machine]
  rows: buyer
  flow: {metal: [[80, 12, 8], [9, 60, 11], [10, 7, 70]], machine: [[90, 20, 5], [15, 120, 10], [12, 25, 60]]}
  theta: {metal: 4, machine: 6}
  input_share: {A: {machine: {metal: 0.2}}, B: {machine: {metal: 0.2}}, C: {machine: {metal: 0.2}}}'
cat >tariff.yaml <<END
parley: 1
name: tariff
title: "A tariff in April"
$world
measures:
  - {id: t, kind: tariff, by: A, on: B, sectors: all, rate: 50%, basis: add, announced: 2025-02-10, effective: 2025-04-01}
END
sed 's/- {id: t.*/- {id: l, kind: licence, by: B, on: A, sectors: [metal], approval: 25%, lag: 2, validity: 6, announced: 2025-03-01, effective: 2025-03-01}/
     s/name: tariff/name: licence/' tariff.yaml >licence.yaml
sed 's/, announced.*}/}/; s/name: tariff/name: undated/' tariff.yaml >undated.yaml

# column FILE NAME ROW-PATTERN: a field of the first row that matches
column() {
    awk -F, -v name="$2" -v pattern="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i; next }
        $0 ~ pattern { print $c; exit }' "$1"
}
check_numbers() {
    "$parley" path tariff.yaml --from 2025-01 --months 12 -o out >table 2>err || { cat err; return; }
    local v="purchase_volume_million_usd_a_month_at_base_prices"
    local before ahead after
    before=$(column out/pairs.csv $v '^2025-01,A,B')
    ahead=$(column out/pairs.csv $v '^2025-03,A,B')
    after=$(column out/pairs.csv $v '^2025-04,A,B')
    awk -v b="$before" -v a="$ahead" -v c="$after" 'BEGIN { if (!(a > 1.05 * b && c < 0.8 * b)) print "purchases " b " " a " " c }'
    awk -F, 'NR > 1 && !($2 == 1 && $4 < 1e-9) { print "month " $0 }' out/months.csv
    [ "$(wc -l <out/months.csv)" = 13 ] || echo "months.csv does not have 12 months"
    grep -q '^2025-04 ' table || echo "the table has no line for 2025-04"
    grep -q '^certificate: 12 months, all solved' table || echo "no certificate"
    for file in path.nc path.json countries.csv sectors.csv flows.csv licences.csv; do
        [ -s out/$file ] || echo "out/$file is missing"
    done
    ncdump -h out/path.nc >header
    grep -q 'double retail_price(time, country)' header || echo "path.nc has no retail_price"
}
verdict "buying ahead shows in the files, and every month is certified" "$(check_numbers)"

check_same() {
    "$parley" path tariff.yaml --from 2025-01 --months 8 --json -o - -q >one.json || echo "fails"
    "$parley" path tariff.yaml --from 2025-01 --months 8 --json -o - -q >two.json || echo "fails"
    cmp one.json two.json
    "$parley" path tariff.yaml --from 2025-01 --months 14 --json -o - -q >long.json || echo "fails"
    python3 - <<'END'
import json
short, long = json.load(open("one.json")), json.load(open("long.json"))
for country, values in short["countries"].items():
    for name, series in values.items():
        if series != long["countries"][country][name][:8]:
            print(f"{country} {name}: the first months depend on how many follow")
for pair in short["pairs"]:
    if abs(pair["purchases"][2] / pair["purchases"][1] * 100 - 100 - pair["month_on_month"][2]) > 1e-9:
        print("month_on_month is not the change on the month before")
END
    [ -e results ] && echo "-o - writes files"
}
verdict "equal questions give equal bytes, and the past does not depend on the horizon" "$(check_same)"

check_licence() {
    "$parley" path licence.yaml --months 12 -o lic >table 2>err || { cat err; return; }
    [ "$(column lic/licences.csv approved_million_usd_a_month_at_base_prices '^2025-03')" = 0 ] || echo "approved before the lag"
    awk -F, '$1 == "2025-05" && !($8 > 0) { print "nothing approved after the lag: " $0 }' lic/licences.csv
    grep -q 'backlog' table || echo "the table does not show the backlog"
}
verdict "licences have their queue in files and table" "$(check_licence)"

# refuse WORDS ARGS...: exit 2, one line that holds WORDS, and nothing written
refuse() {
    local words=$1 code=0
    shift
    "$parley" path "$@" -o refused >stdout 2>err || code=$?
    [ $code = 2 ] || echo "$*: exit $code"
    grep -qF -- "$words" err || echo "$*: says $(cat err)"
    [ -s stdout ] && echo "$*: writes to standard output"
    [ -e refused ] && echo "$*: leaves files"
}
check_bad() {
    refuse "which scenario"
    refuse "not a month" tariff.yaml --from 2025-13
    refuse "not a month" tariff.yaml --from spring
    refuse "whole number from 1 to 1200" tariff.yaml --months 0
    refuse "whole number from 1 to 1200" tariff.yaml --months -3
    refuse "no variant 'wat'" tariff.yaml --variant wat
    refuse "no measure has a date" undated.yaml
    refuse "sigma_short" tariff.yaml --sigma-short -1
    refuse "criticality" tariff.yaml --criticality 2
    refuse "Q" tariff.yaml --countries A,Q
    refuse "cannot read" nowhere.yaml
    refuse "one scenario at a time" tariff.yaml licence.yaml
}
verdict "bad input is named, exit 2, nothing written" "$(check_bad)"

check_stop() {
    local code=0
    cat >large.yaml <<'END'
parley: 1
name: large
measures: [{kind: tariff, by: USA, on: CHN, rate: 30%, basis: add, announced: 2025-02-10, effective: 2025-04-01}]
END
    "$parley" path large.yaml --months 1200 -o stopped >stdout 2>err &
    local child=$!
    sleep 1
    kill -INT $child 2>/dev/null || echo "over too soon to be interrupted"
    wait $child || code=$?
    [ $code = 130 ] || echo "exit $code"
    [ -e stopped ] && echo "leaves files"
    [ -s stdout ] && echo "prints half a table"
    grep -q 'interrupted' err || echo "says $(cat err)"
}
verdict "an interrupted path leaves nothing" "$(check_stop)"

exit $failed
