#!/usr/bin/env bash
# usage: test_path_cli.sh PARLEY
# parley path as a person uses it: numbers that must hold, equal bytes, bad input, an interrupted run.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
series=$root/series

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
    "$parley" path tariff.yaml --from 2025-01 --months 12 -o war >table 2>err || { cat err; return; }
    local v="purchase_volume_million_usd_a_month_at_base_prices"
    local before ahead after
    before=$(column war/pairs.csv $v '^2025-01,A,B')
    ahead=$(column war/pairs.csv $v '^2025-03,A,B')
    after=$(column war/pairs.csv $v '^2025-04,A,B')
    awk -v b="$before" -v a="$ahead" -v c="$after" 'BEGIN { if (!(a > 1.05 * b && c < 0.8 * b)) print "purchases " b " " a " " c }'
    awk -F, 'NR > 1 && !($2 == 1 && $4 < 1e-9) { print "month " $0 }' war/months.csv
    [ "$(wc -l <war/months.csv)" = 13 ] || echo "months.csv does not have 12 months"
    grep -q '^2025-04 ' table || echo "the table has no line for 2025-04"
    grep -q '^certificate: 12 months, all solved' table || echo "no certificate"
    for file in path.nc path.json countries.csv sectors.csv flows.csv licences.csv; do
        [ -s war/$file ] || echo "war/$file is missing"
    done
    ncdump -h war/path.nc >header
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

# refused NAME PART ARGUMENT...
refused() { refuse "$1" "$2" "$parley" path "${@:3}" -o refused; }
refused "no scenario" "which scenario"
refused "a month that is none" "not a month" tariff.yaml --from 2025-13
refused "a season" "not a month" tariff.yaml --from spring
refused "no months" "whole number from 1 to 1200" tariff.yaml --months 0
refused "fewer months than none" "whole number from 1 to 1200" tariff.yaml --months -3
refused "an unknown variant" "no variant 'wat'" tariff.yaml --variant wat
refused "measures without dates" "no measure has a date" undated.yaml
refused "a setting out of range" "sigma_short" tariff.yaml --sigma-short -1
refused "a share above one" "criticality" tariff.yaml --criticality 2
refused "an unknown country" "Q" tariff.yaml --countries A,Q
refused "a missing file" "cannot read" nowhere.yaml
refused "two scenarios" "one scenario at a time" tariff.yaml licence.yaml
refused "a date moved of no measure" "--move u.until=2025-09-01: no measure of scenario 'tariff' is called 'u'" tariff.yaml --move u.until=2025-09-01
refused "a misspelt date" "did you mean 'effective'?" tariff.yaml --move t.efective=2025-09-01
refused "a measure that would end before it starts" "would end before it starts" tariff.yaml --move t.until=2025-03-01
refused "an option neither on nor off" "--option x=maybe: 'maybe' is neither on nor off" tariff.yaml --option x=maybe
refused "a day that does not exist" "month has 30 days" tariff.yaml --move t.until=2025-09-31
refused "a misspelt variable" "did you mean 'duties'?" tariff.yaml --json --variables dutys
refused "a misspelt sector" "did you mean 'machine'?" tariff.yaml --json --countries A --sectors machines
refused "sectors without countries" "name the countries too" tariff.yaml --json --sectors metal

# The command that a result names asks the same again, whatever the file is called and however a setting is spelt.
check_again() {
    local command
    cp tariff.yaml "o'hare.yaml"
    "$parley" path "o'hare.yaml" --months 4 --sigma-inputs 0.8 --sigma_final 0.9 --json -o - -q >once.json || echo "fails"
    command=$(python3 -c 'import json; print(json.load(open("once.json"))["command"])')
    (eval "\"\$parley\" ${command#parley } --json -o - -q") >twice.json || echo "$command fails"
    cmp -s once.json twice.json || echo "$command answers something else"
}
verdict "the command of a result gives it again" "$(check_again)"

# The end of a duty that is moved: what comes before it is announced stays, what comes after does not.
check_move() {
    "$parley" path tariff.yaml --from 2025-01 --months 12 --json -o - -q >still.json || echo "fails"
    "$parley" path tariff.yaml --from 2025-01 --months 12 --move t.until=2025-08-01 --json -o - -q >moved.json || echo "fails"
    "$parley" path tariff.yaml --from 2025-01 --months 12 --move t.until=2025-08-01 --move 't.until=never' --json -o - -q >never.json || echo "fails"
    sed 's/effective: 2025-04-01/effective: 2025-04-01, until: 2025-08-01/' tariff.yaml >ends.yaml
    "$parley" path ends.yaml --from 2025-01 --months 12 --json -o - -q >ends.json || echo "fails"
    "$parley" path tariff.yaml --from 2025-01 --months 8 --move t.until=2025-08-01 -o - -q >moved.txt
    grep -q '^moved: t, until: 2025-08-01 instead of none' moved.txt || echo "the table does not say what was moved"
    python3 - <<'END'
import json
still, moved, never, ends = (json.load(open(f"{name}.json")) for name in ("still", "moved", "never", "ends"))
if moved["moved"] != [{"measure": "t", "date": "until", "from": None, "to": "2025-08-01"}]:
    print(f"moved is {moved['moved']}")
for part in ("countries", "pairs", "stopped", "months"):
    if moved[part] != ends[part]:
        print(f"{part}: a moved end is not the end written in the file")
    if never[part] != still[part]:
        print(f"{part}: no end is not no end")
for country in "ABC":
    a, b = (x["countries"][country]["duties"] for x in (still, moved))
    if a[0] != b[0]:
        print(f"{country}: the month before the announcement depends on the end")
if not moved["countries"]["A"]["duties"][7] < 0.9 * still["countries"]["A"]["duties"][7]:
    print("duties do not fall when the duty ends")
END
}
verdict "the end of a measure can be moved" "$(check_move)"

# Only what is asked for, with the same numbers; by sector where sectors are named.
check_part() {
    "$parley" path licence.yaml --months 6 --json -o - -q >all.json || echo "fails"
    "$parley" path licence.yaml --months 6 --json -o - -q --countries A,B --sectors machine --variables pairs.duties,imports,orders,output_lost >part.json || echo "fails"
    python3 - <<'END'
import json
all_, part = json.load(open("all.json")), json.load(open("part.json"))
if set(part["countries"]) != {"A", "B"} or set(part["countries"]["A"]) != {"imports"}:
    print("countries are not what was asked for")
for country in "AB":
    if part["countries"][country]["imports"] != all_["countries"][country]["imports"]:
        print(f"{country}: imports differ")
pairs = {(p["importer"], p["exporter"]): p for p in all_["pairs"]}
for pair in part["pairs"]:
    if set(pair) != {"importer", "exporter", "base", "duties"}:
        print(f"a pair holds {sorted(pair)}")
    if pair["duties"] != pairs[pair["importer"], pair["exporter"]]["duties"]:
        print("duties differ")
if [(s["country"], s["sector"], "output_lost" in s, "user_price" in s) for s in part["sectors"]] != [("A", "machine", True, False), ("B", "machine", True, False)]:
    print(f"sectors are {part['sectors']}")
lost = {(u["country"], u["sector"]): u["output_lost"] for u in part["stopped"]["users"]}
if part["sectors"][0]["output_lost"] != lost.get(("A", "machine"), [0.0] * 6):
    print("output lost differs between its two places")
if not max(all_["stopped"]["world"] or [0]) > 0:
    print("nobody is held up by the want of a licensed input")
for t, world in enumerate(all_["stopped"]["world"]):
    if abs(world - sum(v[t] for v in all_["stopped"]["countries"].values())) > 1e-9 * max(1, world):
        print("output lost does not add up over countries")
for name in ("orders", "backlog", "decided", "approved"):
    if all_["regimes"][0][name] != [sum(q[name][t] for q in all_["licences"]) for t in range(6)]:
        print(f"{name} of a regime is not the sum of its flows")
if all_["observed"] or [r for r in all_["certificate"]["residuals"] if not r["residual"] < 1e-9]:
    print("observed points in an invented world, or a bad certificate")
END
}
verdict "the JSON can be limited to countries, sectors and variables" "$(check_part)"

# Observed points of the built-in series beside the path, on the three bases.
check_observed() {
    cat >usa.yaml <<'END'
parley: 1
name: usa
world: wiod-2014
measures: [{id: t, kind: tariff, by: USA, on: CHN, rate: 20%, basis: add, announced: 2025-02-01, effective: 2025-02-04}]
END
    "$parley" path usa.yaml --from 2025-01 --months 4 --json -o - -q --countries USA,CHN --variables goods,duties >usa.json || echo "fails"
    python3 - "$1" <<'END'
import csv, json, sys
path = json.load(open("usa.json"))
levels = {}
for row in csv.DictReader(open(f"{sys.argv[1]}/us-imports.csv")):
    if row["basis"] == "level":
        levels[row["series"], row["month"]] = float(row["value"])
rows = {row["series"]: row for row in path["observed"]}
china = rows["us-imports-china"]
pair = next(p for p in path["pairs"] if p["importer"] == "USA" and p["exporter"] == "CHN")
if china["model"]["level"] != pair["goods"]:
    print("the level is not what the path has for the pair")
months = [m["month"] for m in path["months"]]
want = {"level": lambda m: levels["us-imports-china", m],
        "year on year": lambda m: 100 * (levels["us-imports-china", m] / levels["us-imports-china", str(int(m[:4]) - 1) + m[4:]] - 1)}
seen = set()
for point in china["points"]:
    if point["basis"] in want:
        seen.add((point["month"], point["basis"]))
        if abs(point["value"] - want[point["basis"]](point["month"])) > 1e-9 * abs(point["value"]):
            print(f"{point['month']} {point['basis']}: {point['value']}")
        if point["derived"] != (point["basis"] != "level") or not point["source"]:
            print(f"{point['month']} {point['basis']}: derived {point['derived']}, source {point['source']!r}")
if seen != {(m, b) for m in months for b in want}:
    print(f"points are missing: {sorted(seen)}")
base = sum(levels["us-imports-china", f"2024-{k:02d}"] for k in range(1, 13)) / 12
if abs(china["observed_base"] - base) > 1e-6 or china["observed_base_months"] != 12:
    print(f"the year before is {china['observed_base']}, not {base}")
model = china["model"]
for t in range(1, 4):
    if abs(model["month_on_month"][t] - 100 * (model["level"][t] / model["level"][t - 1] - 1)) > 1e-9:
        print("month on month is not the change on the month before")
    if abs(model["year_on_year"][t] - 100 * (model["level"][t] / china["base"] - 1)) > 1e-9:
        print("year on year is not against the base year")
rate = rows["us-rate-china"]["model"]["level"]
if max(abs(r - 100 * d / g) for r, d, g in zip(rate, pair["duties"], pair["goods"])) > 1e-9 or not rate[2] - rate[0] > 15:
    print(f"the duty over purchases is {rate}")
END
}
verdict "observed series stand beside the path, each on its basis" "$(check_observed "$series")"

cat >large.yaml <<'END'
parley: 1
name: large
measures: [{kind: tariff, by: USA, on: CHN, rate: 30%, basis: add, announced: 2025-02-10, effective: 2025-04-01}]
END
interrupt INT '"done":[1-9]' "$parley" path large.yaml --months 1200 -o stopped
check "an interrupted path ends with 130" test "$code" = 130
verdict "an interrupted path leaves nothing" "$({ [ ! -e stopped ] && [ ! -s out ]; } || ls stopped out)"
check "an interrupted path says so" grep -q interrupted err
