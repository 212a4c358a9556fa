#!/usr/bin/env bash
# usage: test_check.sh PARLEY
# parley check: the cases that come with the program, a case of one's own, names, files, output and exit codes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

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
says "every case and law holds" 0 '^[0-9]+ cases, [0-9]+ numbers: 0 cases failed, 0 numbers outside their tolerance$' \
    "$parley" check --quiet
check "the NAFTA table is among them" grep -q '^ok K1-caliendo-parro-2015: ' out err
check "at least the published and the recomputed cases ran" test "$(grep -c "^ok " out)" -ge 20
says "a published table by name" 0 '^ +real_income of CAN +-0\.1101 +-0\.110' "$parley" check caliendo-parro-2015

# One's own.
export PARLEY_CASES=$scratch/cases
says "a folder of one's own" 0 '^ok good-one: 3 of 3 hold$' "$parley" check
says "each deviation is printed" 0 '^ +real_income of A +-1\.258129 +-1\.258129 +\+2\.8e-07 +1\.0e-06 +ok$' "$parley" check good-one
says "a part of a name" 0 '^ok good-one' "$parley" check good
says "a file" 1 '^FAILED wrong-one: 2 of 3 hold$' "$parley" check ./wrong.yaml
says "the number that is wrong is marked" 1 'real_income of A +-1\.258229 .* FAILED$' "$parley" check --quiet wrong.yaml
says "the total counts it" 1 '^2 cases, 6 numbers: 1 cases failed, 1 numbers outside' "$parley" check good-one wrong.yaml
says "a case named twice runs once" 0 '^1 cases, ' "$parley" check good-one good
says "the list has titles" 0 '^good-one +A war that is right$' "$parley" check --list

# Bad input.
says "a misspelt name is suggested" 2 "unknown case 'god-one' \(did you mean 'good-one'\?\)" "$parley" check god-one
says "a name like no other" 2 "unknown case 'K17'" "$parley" check K17
says "a misspelt key has its line" 2 'misspelt\.yaml:9: .*tollerance' "$parley" check misspelt.yaml
says "a key given twice" 2 'twice\.yaml:2: ' "$parley" check twice.yaml
says "a missing file" 2 'nowhere\.yaml' "$parley" check nowhere.yaml
says "one bad case does not stop the others" 2 '^ok good-one' "$parley" check misspelt.yaml good-one
check "and is counted" grep -q "could not be run$" out err
says "a folder without cases" 2 'no cases' env PARLEY_CASES="$scratch/empty" "$parley" check --list
says "a folder that is not there" 2 '/nowhere' env PARLEY_CASES=/nowhere "$parley" check

# Output.
says "JSON" 0 '"cases"' "$parley" check --json good-one
check "with the exact number" grep -q '"expected": -1.258129' out err
says "a folder of reports" 0 '^ok good-one' "$parley" check -o reports good-one
check "cases.csv" grep -q '^good-one,real_income of A,-1.258129' reports/cases.csv
check "cases.json" grep -q '"good-one"' reports/cases.json
says "a folder that cannot be made" 2 'wrong\.yaml' "$parley" check -o wrong.yaml/out good-one
says "a full disk" 2 'parley: ' sh -c '"$1" check good-one >/dev/full' sh "$parley"
