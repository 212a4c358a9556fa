#!/usr/bin/env bash
# usage: test_check.sh PARLEY
# parley check: the cases that come with the program, a case of one's own, names, files, output and exit codes.
set -uo pipefail
export LC_ALL=C
unset COLUMNS PARLEY_CASES
parley=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# check NAME EXIT PATTERN COMMAND...: the exit code, and an extended pattern that a line of stdout or stderr matches.
check() {
    local name=$1 code=$2 pattern=$3 got=0
    shift 3
    "$@" >log 2>&1 </dev/null || got=$?
    if [ "$got" = "$code" ] && grep -qE -- "$pattern" log; then
        echo "ok $name"
    else
        echo "not ok $name: exit $got, wanted $code and a line with '$pattern'"
        sed 's/^/#   /' log | head -40
        failed=1
    fi
}

# must NAME COMMAND...: the command must succeed.
must() {
    local name=$1
    shift
    if "$@" >must.log 2>&1; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/#   /' must.log log | head -20
        failed=1
    fi
}

world='{countries: [A, B], sectors: [one], goods: [one], flow: {one: [[80, 20], [20, 80]]}, theta: {one: 4}}'
mkdir cases empty
cat >cases/good-one.yaml <<YAML
parley: 1
name: good-one
title: A war that is right
source: nobody
scenario:
  world: $world
  settings: {closure: balanced}
  measures: [{kind: tariff, by: [A, B], on: [A, B], rate: 25%}]
expect: [{variable: real_income, country: A, value: -1.258129, tolerance: 1e-6}]
YAML
sed 's/-1.258129/-1.258229/; s/good-one/wrong-one/' cases/good-one.yaml >wrong.yaml
sed 's/tolerance: 1e-6/tolerance: 1e-6, tollerance: 1/' cases/good-one.yaml >misspelt.yaml
sed 's/parley: 1/parley: 1\nparley: 1/' cases/good-one.yaml >twice.yaml

# Everything that comes with the program.
check "every case and law holds" 0 '^[0-9]+ cases, [0-9]+ numbers: 0 cases failed, 0 numbers outside their tolerance$' \
    "$parley" check --quiet
must "the NAFTA table is among them" grep -q '^ok K1-caliendo-parro-2015: ' log
must "at least the published and the recomputed cases ran" test "$(grep -c '^ok ' log)" -ge 20
check "a published table by name" 0 '^ +real_income of CAN +-0\.1101 +-0\.110' "$parley" check caliendo-parro-2015

# One's own.
export PARLEY_CASES=$scratch/cases
check "a folder of one's own" 0 '^ok good-one: 3 of 3 hold$' "$parley" check
check "each deviation is printed" 0 '^ +real_income of A +-1\.258129 +-1\.258129 +\+2\.8e-07 +1\.0e-06 +ok$' "$parley" check good-one
check "a part of a name" 0 '^ok good-one' "$parley" check good
check "a file" 1 '^FAILED wrong-one: 2 of 3 hold$' "$parley" check ./wrong.yaml
check "the number that is wrong is marked" 1 'real_income of A +-1\.258229 .* FAILED$' "$parley" check --quiet wrong.yaml
check "the total counts it" 1 '^2 cases, 6 numbers: 1 cases failed, 1 numbers outside' "$parley" check good-one wrong.yaml
check "a case named twice runs once" 0 '^1 cases, ' "$parley" check good-one good
check "the list has titles" 0 '^good-one +A war that is right$' "$parley" check --list

# Bad input.
check "a misspelt name is suggested" 2 "unknown case 'god-one' \(did you mean 'good-one'\?\)" "$parley" check god-one
check "a name like no other" 2 "unknown case 'K17'" "$parley" check K17
check "a misspelt key has its line" 2 'misspelt\.yaml:9: .*tollerance' "$parley" check misspelt.yaml
check "a key given twice" 2 'twice\.yaml:2: ' "$parley" check twice.yaml
check "a missing file" 2 'nowhere\.yaml' "$parley" check nowhere.yaml
check "one bad case does not stop the others" 2 '^ok good-one' "$parley" check misspelt.yaml good-one
must "and is counted" grep -q "could not be run$" log
check "a folder without cases" 2 'no cases' env PARLEY_CASES="$scratch/empty" "$parley" check --list
check "a folder that is not there" 2 '/nowhere' env PARLEY_CASES=/nowhere "$parley" check

# Output.
check "JSON" 0 '"cases"' "$parley" check --json good-one
must "with the exact number" grep -q '"expected": -1.258129' log
check "a folder of reports" 0 '^ok good-one' "$parley" check -o out good-one
must "cases.csv" grep -q '^good-one,real_income of A,-1.258129' out/cases.csv
must "cases.json" grep -q '"good-one"' out/cases.json
check "a folder that cannot be made" 2 'wrong\.yaml' "$parley" check -o wrong.yaml/out good-one
check "a full disk" 2 'parley: ' sh -c '"$1" check good-one >/dev/full' sh "$parley"
exit "$failed"
