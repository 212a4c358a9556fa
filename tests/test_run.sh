#!/usr/bin/env bash
# usage: test_run.sh PARLEY
# parley run on small inline worlds: numbers that are known, files, options, and equal bytes.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# The value of a variable for a variant and a country; a heading of countries.csv is the variable and its unit.
value() { # FOLDER VARIANT COUNTRY VARIABLE
    awk -F, -v variant="$2" -v country="$3" -v variable="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) if (index($i, variable "_") == 1) column = i; next }
        $1 == variant && $2 == country { print $column; found = 1 }
        END { exit !found }' "$1/countries.csv"
}

near() { # TEXT EXPECTED TOLERANCE
    awk -v x="$1" -v y="$2" -v t="$3" 'BEGIN { d = x - y; exit !(x != "" && d < t && d > -t) }'
}

cat >war.yaml <<'YAML'
parley: 1
name: two-alike
title: Two countries alike
world: {countries: [A, B], sectors: [one], flow: {one: [[80, 20], [20, 80]]}, theta: {one: 4}}
settings: {closure: balanced}
options: {half: {title: half the war}}
variants:
  war:
    measures:
      - {id: a, kind: tariff, by: A, on: B, rate: 25%, unless: half}
      - {id: b, kind: tariff, by: B, on: A, rate: 25%, unless: half}
      - {id: c, kind: tariff, by: all, on: all, rate: 12.5%, when: half}
  tariff: {measures: [{kind: tariff, by: A, on: B, rate: 25%}]}
  export-tax: {measures: [{kind: export-tax, by: A, on: B, rate: 25%}]}
YAML

# Known answers: the symmetric war, and Lerner's symmetry of import and export taxes.
"$parley" run war.yaml >out 2>err
check "a scenario runs" test $? = 0
check "its results go to results/NAME" test -s results/two-alike/countries.csv
for file in sectors.csv trade.csv results.json results.nc; do
    check "$file is written" test -s "results/two-alike/$file"
done
check "stderr says where" grep -q '^wrote results/two-alike/' err
check "stderr says how long" grep -q '^solved 3 variants in .* ms, [0-9]* iterations$' err
check "no clock time on stdout" sh -c '! grep -qi " ms\|seconds" out'
check "real income in the war" near "$(value results/two-alike war A real_income)" -1.258129 2e-6
check "real income under the tariff" near "$(value results/two-alike tariff A real_income)" 1.187013 2e-6
check "and of the partner" near "$(value results/two-alike tariff B real_income)" -1.989666 2e-6
check "the export tax does the same" near "$(value results/two-alike export-tax A real_income)" 1.187013 2e-6

# Options and variants.
"$parley" run war.yaml --variant war --option half -o half -q >out 2>err
check "an option is switched on" near "$(value half war A real_income)" -0.4405 1e-4
check "quiet is quiet" test ! -s err
check "only the variant picked" sh -c '! grep -q "^tariff," half/countries.csv'
"$parley" run war.yaml --variant war --option half --option half=off -o - >out 2>err
check "and off again" grep -q -- '-1.258' out
check "-o - writes nothing" sh -c '! grep -q ^wrote err'
"$parley" run war.yaml --variant war --timing -o - >out 2>err
check "timing is on stderr" grep -q '^timing: load ' err
check "timing is not on stdout" sh -c '! grep -q timing out'

# Questions of one line, on a world in a file.
sed -n 's/^world: {\(.*\)}$/{\1}/p' war.yaml >two.yaml
mkdir asked && cd asked || exit 1
"$parley" run --world ../two.yaml --closure balanced --tariff 'A<-B=25%' --tariff 'B<-A=25%' --json >../out.json 2>../err
check "a question is answered" test $? = 0
check "and writes no file" test -z "$(ls)"
cd ..
check "JSON holds the known answer" grep -q -- '-1\.2581' out.json
if command -v python3 >/dev/null; then
    check "JSON is JSON" python3 -m json.tool out.json
fi
"$parley" run --world two.yaml --closure balanced --tariff 'A<-B=25%' -o asked/out -q >out 2>err
check "a question writes where -o says" near "$(value asked/out question A real_income)" 1.187013 2e-6
check "the command is recorded" grep -q "parley run --tariff 'A<-B=25%' --world two.yaml\|parley run --closure balanced --tariff 'A<-B=25%' --world two.yaml" asked/out/results.json
"$parley" run --world two.yaml --closure balanced --tariff 'A<-B=20%' --tariff 'A<-B+=5%' -o asked/sum -q >out 2>err
check "+= comes on top" near "$(value asked/sum question A real_income)" 1.187013 2e-6
"$parley" run war.yaml --variant export-tax --tariff 'B<-A=10%' -o asked/both -q >out 2>err
check "a line is added to a scenario" test $? = 0
check "and bears on the result" sh -c '! awk -F, "/^export-tax,A,/ && /1.18701/ { found = 1 } END { exit !found }" asked/both/countries.csv'

# Lines on top of a scenario, a country in detail, chosen variables, and no certificate.
"$parley" run war.yaml --variant war --tariff 'A<-B=60%' --country A -o detail -q >out 2>err
check "a line says what it comes to" grep -q "After --tariff 'A<-B=60%' the duty is 60 %, on every flow (0 % before)" out
check "partners are shown" grep -q '^Partners of A' out
check "sectors are shown" grep -q '^Sectors of A' out
check "the duty is 60 % in partners.csv" awk -F, '
    NR == 1 { for (i = 1; i <= NF; i++) if ($i == "tariff_percent") c = i; next }
    $2 == "A" && $3 == "B" { good = $c > 59.999999 && $c < 60.000001 } END { exit !good }' detail/partners.csv
check "sectors of a country are a file" grep -q '^war,A,one,' detail/country_sectors.csv
check "the country is in the command" grep -q -- '--country A' detail/results.json
"$parley" run war.yaml --variant war --json --variables wage,real_income -o - -q >out.json 2>err
check "chosen variables are there" grep -q '"real_income"' out.json
check "and no others" sh -c '! grep -q consumer_price out.json'
"$parley" run war.yaml --variant war --variables wage -o - >out 2>err
check "variables without JSON are refused" test $? = 2
check "and nothing is printed" test ! -s out
"$parley" run war.yaml --variant war --json --certificate no -o - -q >out.json 2>err
check "a certificate that is declined is named" grep -q '"certificate": "not computed"' out.json
check "and the residual is there" grep -q '"residual": ' out.json
"$parley" run war.yaml --variant war --certificate no -o - -q >out 2>err
check "the summary says so" grep -q 'the certificate was not computed' out

# Several scenarios side by side.
sed -e 's/two-alike/other/' -e 's/25%/10%/' war.yaml >other.yaml
"$parley" run war.yaml other.yaml -q >out 2>err
check "two scenarios run" test $? = 0
check "their variants stand side by side" near "$(value results/two-alike+other two-alike/war A real_income)" -1.258129 2e-6
check "under their own names" near "$(value results/two-alike+other other/export-tax B real_income)" \
    "$("$parley" run other.yaml -q -o o >out 2>err && value o export-tax B real_income)" 1e-9

# The same bytes with any number of threads, twice.
for threads in 1 2 3; do
    "$parley" run war.yaml other.yaml --threads $threads -o threads$threads >out$threads 2>err
    "$parley" run war.yaml other.yaml --threads $threads -o - --json >json$threads 2>err
done
check "the same summary with 1 and 2 threads" cmp out1 out2
check "the same JSON with 1 and 2 threads" cmp json1 json2
for file in countries.csv sectors.csv trade.csv results.json results.nc; do
    check "the same $file with 1, 2 and 3 threads" sh -c "cmp threads1/$file threads2/$file && cmp threads1/$file threads3/$file"
done

# Layout.
COLUMNS=60 "$parley" run war.yaml --variant war -o - >out 2>err
check "COLUMNS is heeded" awk 'length($0) > 66 { exit 1 }' out
check "no colour when not on a terminal" sh -c '! grep -q "$(printf "\033")" out'

# Where a quota begins to bind the equations have a kink, at which a line search can halve for ever.
cat >kink.yaml <<'YAML'
parley: 1
name: kink
title: A war and a quota
world:
  countries: [USA, CHN, DEU]
  sectors: [A01, C26, G45]
  goods: [A01, C26]
  flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]], G45: [[90,1,2],[1,80,2],[2,2,70]]}
  theta: {A01: 5, C26: 4, G45: 3}
measures:
  - {id: us, kind: tariff, by: USA, on: CHN, rate: 30%}
  - {id: china, kind: tariff, by: CHN, on: USA, rate: 20%}
  - {id: chips, kind: quota, by: CHN, on: USA, sectors: C26, level: 30%}
YAML
for most in 3 6; do
    timeout -s KILL 300 "$parley" run kink.yaml --max-iterations "$most" --output - --quiet >kink.out 2>&1
    check "a solve beside a kink ends (at most $most iterations)" test $? -le 1
done

# What does not converge says so, and the exit tells.
"$parley" run --world two.yaml --tariff 'A<-B=145%' --max-iterations 1 --tolerance 1e-14 --anderson-depth 0 --damping 0.01 \
    -o - >out 2>err
code=$?
if [ $code = 0 ]; then
    check "a fallback rescued the short solve" grep -qi 'converged' out
else
    check "exit 1 when a variant does not converge" test $code = 1
    check "and stderr says which" grep -q "variant 'question' did not converge" err
    check "and stdout says so" grep -qi 'not converge' out
fi

# A full disk on stdout.
if [ -e /dev/full ]; then
    "$parley" run war.yaml -o - >/dev/full 2>err
    check "a full disk on stdout is exit 2" test $? = 2
    check "and named" grep -q 'cannot write to standard output: No space left' err
fi
"$parley" run war.yaml -o - -q 2>err | true
check "a reader that has gone away" test "${PIPESTATUS[0]}" = 0
