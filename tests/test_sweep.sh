#!/usr/bin/env bash
# usage: test_sweep.sh PARLEY
# A question over ranges: members against single runs, threads, known optimum, samples, interruption, bad input.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

# refused NAME PART ARGUMENT...
refused() {
    refuse "$1" '' "$parley" sweep "${@:3}" -o refused
    check "$1: the message" grep -qF -e "$2" err
}

cat >two.yaml <<'YAML'
countries: [A, B]
sectors: [one]
goods: [one]
flow: {one: [[80, 20], [20, 80]]}
theta: {one: 4}
YAML
cat >four.yaml <<'YAML'
countries: [A, B, C, D]
sectors: [one, two]
goods: [one, two]
flow:
  one: [[80, 20, 7, 3], [15, 90, 9, 4], [6, 11, 70, 8], [2, 5, 6, 40]]
  two: [[50, 12, 9, 2], [11, 60, 5, 6], [9, 4, 55, 3], [3, 7, 2, 30]]
theta: {one: 4, two: 6}
YAML
cat >war.yaml <<'YAML'
parley: 1
name: war
title: A war of two
options: {relief: {title: relief for B, default: off}}
variants:
  strike:
    measures:
      - {id: a, kind: tariff, by: A, on: B, rate: 25%, basis: add}
      - {id: q, kind: import-quota, by: C, on: D, level: 0.9}
      - {id: back, kind: tariff, by: A, on: B, rate: -10%, basis: add, when: relief}
  both:
    measures:
      - {id: a2, kind: tariff, by: A, on: B, rate: 25%, basis: add}
      - {id: b, kind: tariff, by: B, on: A, rate: 15%, basis: add}
YAML

# The known optimum of K2 (two alike countries): 28.6029 %, where A gains 1.198879 % and B loses 2.188517 %.
"$parley" sweep --world two.yaml --vary 'tariff A<-B=28%..29%:101' --closure balanced --countries A,B -o k2 -q >out 2>err
check "the optimum tariff of two alike countries is found" python3 - <<'PY'
import json
d = json.load(open('k2/sweep.json'))
best = d['extremes']['A']['highest']
assert best['at']['tariff_A_B'] == '28.6%', best
assert abs(best['value'] - 1.198879) < 1e-6, best
assert abs(d['extremes']['A']['peak'] - 28.6029) < 2e-3, d['extremes']['A']['peak']
assert abs(d['values']['real_income']['B'][best['member']] + 2.188517) < 5e-3
assert d['certificate']['converged'] == 101 and d['certificate']['worst'] < 1e-10
assert d['certificate']['worst'] == max(m['residual'] for m in d['members'])
PY

# Members against runs: the very bits when cold, to tolerance when not; and the same bits with any number of threads.
vary=(--vary 'tariff A<-B=0%..60%:9' --vary 'setting kappa=2,inf' --vary 'export-tax D->A:two=0%,20%' --tariff 'B<-A=12%')
"$parley" sweep --world four.yaml "${vary[@]}" --cold --countries all -o cold -q --threads 2 >out 2>err
for threads in 1 2 5; do
    "$parley" sweep --world four.yaml "${vary[@]}" --countries all -o "warm$threads" -q --threads $threads >"out$threads" 2>err
done
for file in sweep.nc sweep.csv sweep.json; do
    check "$file is the same with 1, 2 and 5 threads" sh -c "cmp warm1/$file warm2/$file && cmp warm1/$file warm5/$file"
done
check "and so is the table" sh -c "cmp out1 out2 && cmp out1 out5"
mkdir runs
for tariff in 0 7.5 15 22.5 30 37.5 45 52.5 60; do
    for kappa in 2 inf; do
        for tax in 0 20; do
            "$parley" run --world four.yaml --tariff 'B<-A=12%' --tariff "A<-B=$tariff%" --export-tax "D->A:two=$tax%" \
                --kappa $kappa --json >"runs/$tariff%,$kappa,$tax%" 2>err
        done
    done
done
check "each member has the bits of the run that asks the same" python3 - <<'PY'
import json
for folder, near in (('cold', 0), ('warm1', 1e-9)):
    d = json.load(open(folder + '/sweep.json'))
    sizes = [dim['count'] for dim in d['dimensions']]
    assert sizes == [9, 2, 2] and len(d['members']) == 36 and d['certificate']['worst'] < 1e-10, sizes
    for m, member in enumerate(d['members']):
        assert m == (member['at'][0] * 2 + member['at'][1]) * 2 + member['at'][2]
        run = json.load(open('runs/' + ','.join(dim['text'][k] for dim, k in zip(d['dimensions'], member['at']))))
        codes = [c['code'] for c in run['world']['countries']]
        for name, values in d['values'].items():
            for code, series in values.items():
                expected = run['variants'][0]['values'][name][codes.index(code)]
                assert abs(series[m] - expected) <= near * (1 + abs(expected)), (folder, m, name, code, series[m], expected)
PY
check "sweep.csv says the same as sweep.json" python3 - <<'PY'
import csv, json
d = json.load(open('cold/sweep.json'))
rows = list(csv.DictReader(open('cold/sweep.csv')))
assert len(rows) == 36 * 4
for r in rows:
    m = int(r['member'])
    assert float(r['real_income_percent']) == d['values']['real_income'][r['country']][m]
    assert float(r['tariff_A_B_percent']) == d['dimensions'][0]['values'][d['members'][m]['at'][0]]
    assert float(r['residual']) == d['members'][m]['residual'] and r['converged'] == '1'
PY
if command -v ncdump >/dev/null; then
    ncdump -h cold/sweep.nc >head
    check "sweep.nc has a dimension for each thing varied" grep -q 'double real_income(tariff_A_B, kappa, export_tax_D_A_two, country)' head
    ncdump -v tariff_A_B cold/sweep.nc | tr -d ' \n' >values
    check "and their values" grep -q 'tariff_A_B=0,7.5,15,22.5,30,37.5,45,52.5,60' values
    check "and names, units and lineage" sh -c "grep -q 'real_income:units = \"percent\"' head && grep -q ':Conventions = \"CF-' head && grep -q 'history = \"parley sweep' head"
fi
again=$(python3 -c 'import json; print(json.load(open("cold/sweep.json"))["command"])')
eval "\"\$parley\" ${again#parley} -o again -q" >out 2>err
check "the command in the file makes the same file" cmp cold/sweep.nc again/sweep.nc

# What belongs to a scenario: measures by id, options, variants.
"$parley" sweep war.yaml --world four.yaml --vary 'measure a=0%..50%:6' --vary 'option relief' -o own -q >out 2>err
check "a measure of the scenario is varied by its id" test $? = 0
"$parley" run war.yaml --world four.yaml --variant strike --option relief --json -o - >relief.json 2>err
"$parley" sweep war.yaml --world four.yaml --vary 'variant *' --vary 'measure q=50%..100% by 10%' -o variants -q >out 2>err
check "variants and the level of a quota are varied" test $? = 0
check "and each is what a run of it says" python3 - <<'PY'
import json
own, relief, variants = (json.load(open(f)) for f in ('own/sweep.json', 'relief.json', 'variants/sweep.json'))
codes = [c['code'] for c in relief['world']['countries']]
expected = relief['variants'][0]['values']['real_income'][codes.index('A')]
# 25 % is no value of 0..50:6 (0, 10, ... 50): between its neighbours.
m20, m30 = (own['dimensions'][0]['text'].index(t) * 2 + own['dimensions'][1]['text'].index('on') for t in ('20%', '30%'))
a = own['values']['real_income']['A']
assert min(a[m20], a[m30]) - 0.05 < expected < max(a[m20], a[m30]) + 0.05
assert variants['dimensions'][0]['text'] == ['strike', 'both'] and variants['dimensions'][1]['count'] == 6
free = variants['values']['real_income']['C']
assert len(set(free[:6])) > 1, 'the level changes C where the quota binds'
assert max(free[6:]) - min(free[6:]) < 1e-9, 'and nothing where the variant has none'
PY

# Samples: the same seed is the same draw, each part of a range is met once.
for seed in 7 7 8; do
    "$parley" sweep --world four.yaml --samples 24 --seed $seed --vary 'tariff A<-B=0%..48%' --vary 'setting kappa=1.5..13.5' \
        --vary 'setting closure=fixed,gdp,balanced' --json -q >"s$seed.json" 2>err
    [ -e first.json ] || cp s7.json first.json
done
check "a seed says which sample" cmp s7.json first.json
check "and another is another" sh -c '! cmp -s s7.json s8.json'
check "each part of every range is met once" python3 - <<'PY'
import json
d = json.load(open('s7.json'))
tariff, kappa, closure = d['dimensions']
assert d['sampled'] and d['converged'] and len(d['members']) == 24
assert sorted(int(v // 2) for v in tariff['values']) == list(range(24))
assert sorted(int((v - 1.5) // 0.5) for v in kappa['values']) == list(range(24))
assert [closure['text'].count(c) for c in ('fixed', 'gdp', 'balanced')] == [8, 8, 8]
PY

"$parley" sweep -q --world four.yaml --vary 'tariff A<-B=5%,10%' -o - >out 2>err
tr -s ' \n' ' ' <out >line
check "the certificate says what is varied and where" grep -qE 'worst residual of all [0-9.e-]+, at tariff A<-B (5|10)%' line

# What does not converge is marked and left out of the best.
code=0
"$parley" sweep --world four.yaml --vary 'tariff A<-B=0%..145%:4' --max-iterations 1 --tolerance 1e-14 --anderson-depth 0 \
    --damping 0.01 -o hard >out 2>err || code=$?
if [ $code = 0 ]; then
    echo "ok sweep: members that do not converge # SKIP a fallback rescued them all"
else
    check "exit 1 when a member does not converge" test $code = 1
    check "stderr says how many" grep -q 'of 4 members did not converge' err
    check "the table marks them" grep -q 'did not converge at' out
    check "the file marks them" python3 -c "
import json
d = json.load(open('hard/sweep.json'))
bad = [m for m in d['members'] if not m['converged']]
assert bad and not d['converged'] and all(m['solved'] for m in bad)
ends = d['extremes']['A']
assert not ends['highest'] or d['members'][ends['highest']['member']]['converged']"
fi

# Ctrl-C keeps what is solved.
interrupt INT '"done":[1-9]' "$parley" sweep --world world-2022 --vary 'tariff USA<-CHN=0%..145%:20000' --countries USA -o kept
check "an interrupted sweep is exit 130" test "$code" = 130
check "it says how many members it keeps" grep -q 'interrupted; [1-9][0-9]* of 20000 members were solved and are kept' err
check "and keeps them" python3 - <<'PY'
import json
d = json.load(open('kept/sweep.json'))
solved = [m['solved'] for m in d['members']]
assert 0 < sum(solved) < 20000 and not d['converged']
values = d['values']['real_income']['USA']
assert all((v is not None) == s for v, s in zip(values, solved))
PY

# Bad input.
refused "nothing varied" 'what is varied'
refused "an empty range" 'the range is empty: 10% is not below 5%' --vary 'tariff A<-B=10%..5%:4'
refused "a step of zero" 'the step is 0%; it must be above 0' --vary 'tariff A<-B=0%..5% by 0%'
refused "a range without a number of values" 'how many values' --vary 'tariff A<-B=0%..5%'
refused "one value of a range" "'1' is not a number of values" --vary 'tariff A<-B=0%..5%:1'
refused "a range of no numbers" "'nan' is not a number" --vary 'tariff A<-B=nan..5%:3'
refused "a kind that is none" "did you mean 'tariff'" --vary 'tarif A<-B=0%..5%:3'
refused "an unknown country" "unknown country or group 'BB'" --world four.yaml --vary 'tariff A<-BB=0%..5%:3'
refused "a rate that cannot be" 'is below -100%' --world four.yaml --vary 'tariff A<-B=-150%..5%:3'
refused "an unknown setting" "did you mean 'kappa'" --vary 'setting kapa=1,2'
refused "a setting out of its range" '0.5 is outside' --vary 'setting kappa=0.5,2'
refused "a setting of paths" 'does not change a long-run result' --vary 'setting adjust-months=12,24'
refused "an unknown option" "no option 'relieve' in this scenario (did you mean 'relief'?)" war.yaml --world four.yaml --vary 'option relieve'
refused "an unknown variant" "no variant 'bth' in this scenario (did you mean 'both'?)" war.yaml --world four.yaml --vary 'variant bth'
refused "an unknown measure" "no measure 'aa' in this scenario" war.yaml --world four.yaml --vary 'measure aa=0%..5%:3'
refused "a measure of another variant" "measure b is not in variant 'strike'" war.yaml --world four.yaml --vary 'measure b=0%..5%:3'
refused "an unknown set of elasticities" "unknown elasticity set 'XX'" --vary 'elasticities FGO,XX'
refused "a value twice" '5% stands there twice' --vary 'tariff A<-B=5%,5%'
refused "a thing varied twice" 'is varied twice' --world four.yaml --vary 'tariff A<-B=0%..5%:3' --vary 'tariff A<-B=0%..9%:3'
refused "too many members" '1000 x 1000 = 1000000 members are too many, at most 100000' --world four.yaml \
    --vary 'tariff A<-B=0%..5%:1000' --vary 'tariff B<-A=0%..5%:1000'
refused "too many values" 'at most 100000' --vary 'tariff A<-B=0%..5%:1000000'
refused "too much to keep" 'numbers would need' --world world-2022 --vary 'tariff USA<-CHN=0%..5%:90000' --variables output
refused "an unknown variable" "did you mean 'real_income'" --vary 'tariff A<-B=0%..5%:3' --variable real-income
refused "a variable by sector in the table" 'is by sector' --vary 'tariff A<-B=0%..5%:3' --variable output
refused "a country of another world" "unknown country 'USA'" --world four.yaml --vary 'tariff A<-B=0%..5%:3' --countries USA
refused "two scenarios" 'one scenario at a time' war.yaml war.yaml --vary 'option relief'
refused "one sample" 'is not a whole number from 2' --samples 1 --vary 'tariff A<-B=0%..5%'
if [ -w /dev/full ]; then
    "$parley" sweep --world two.yaml --vary 'tariff A<-B=0%..5%:3' -o - -q >/dev/full 2>err
    check "a full disk is exit 2" test $? = 2
fi

# The table fits the terminal, and small pictures are ASCII where characters are not UTF-8.
for columns in 40 60 80 200; do
    COLUMNS=$columns "$parley" sweep --world four.yaml --vary 'tariff A<-B=0%..60%:9' --vary 'setting kappa=2,inf' -q >out 2>err
    check "fits $columns columns" python3 -c "
long = [l for l in open('out', encoding='utf-8').read().splitlines() if len(l.rstrip()) > $columns]
assert not long, long"
done
LC_ALL=C "$parley" sweep --world four.yaml --vary 'tariff A<-B=0%..60%:9' -q >out 2>err
check "ASCII where the locale is not UTF-8" sh -c "! LC_ALL=C grep -q '[^ -~]' out"
