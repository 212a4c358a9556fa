#!/usr/bin/env bash
# usage: test_backtest.sh PARLEY
# The backtest and the facts from the shell: naive forecasts and scores recomputed from the tables, the fit better than the
# start and within its bounds, every report carried, and bad observations refused with their line.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

verdict "it runs without a fit" "$("$parley" backtest --no-fit --json >start.json 2>err || cat err)"
verdict "it runs with a fit" "$("$parley" backtest --json >fit.json 2>err || cat err)"
says "it prints tables" 0 '^The path beats both' "$parley" backtest --no-fit
verdict "the facts run" "$("$parley" facts --json >facts.json 2>err || cat err)"
verdict "the facts print" "$("$parley" facts --all >facts 2>err || cat err; for f in $(seq -w 1 43); do grep -q "^F$f " facts || echo "F$f is missing"; done)"

check "the path is written" "$parley" path "$root/scenarios/london-2025.yaml" --from 2024-11 --months 8 -o path

cat >check.py <<'EOF'
import csv, glob, json, math, os, sys
root, what = sys.argv[1:3]
start, fit, facts = (json.load(open(name)) for name in ("start.json", "fit.json", "facts.json"))
table = {}
for path in glob.glob(os.path.join(root, "series/*.csv")):
    for row in csv.DictReader(open(path)):
        if "series" in row:
            table[row["series"], row["basis"], row["month"]] = float(row["value"])

def near(a, b, tolerance=1e-9):
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= tolerance * max(1, abs(b)))

def naive():
    """Naive forecasts, straight from the tables."""
    bad = []
    for row in fit["rows"]:
        series, basis, month = row["series"], row["basis"], row["month"]
        if basis == "month on month":
            continue
        before = f"{int(month[:4]) - 1}{month[4:]}"
        last = table.get((series, basis, "2025-03"))
        year = (None if series.endswith("prices") else 0) if basis == "year on year" else table.get((series, basis, before))
        if not near(row["last_month"], last) or not near(row["last_year"], year) or row["observed"] != table[series, basis, month]:
            bad.append((series, basis, month))
    return bad or (len(fit["rows"]) < 20 and "few rows")

def scores():
    """Root mean square errors, from the rows."""
    bad = []
    for s in fit["scores"]:
        rows = [r for r in fit["rows"] if (r["series"], r["basis"]) == (s["series"], s["basis"]) and r["path"] is not None]
        for kind in ("path", "last_month", "last_year", "long_run"):
            values = [r[kind] for r in rows]
            want = None
            if None not in values:
                errors = [100 * math.log(v / r["observed"]) if s["basis"] == "level" else v - r["observed"]
                          for v, r in zip(values, rows)]
                want = math.sqrt(sum(e * e for e in errors) / len(errors))
            if not near(s[kind], want) or s["months"] != len(rows):
                bad.append((s["series"], s["basis"], kind, s[kind], want))
        both = None if None in (s["path"], s["last_month"], s["long_run"]) else s["path"] < min(s["last_month"], s["long_run"])
        if s["better"] != both:
            bad.append((s["series"], "better", s["better"]))
    return bad or (len(fit["scores"]) < 8 and "few scores")

def path():
    """Imports from China and Chinese exports, from the files that 'parley path' writes and the tables."""
    def growth():
        months = [f"{y}-{m:02d}" for y in (2022, 2023, 2024) for m in range(1, 13)]
        year = lambda last: sum(table["us-imports-china", "level", months[i]] for i in range(last - 11, last + 1))
        end = months.index("2024-10")
        return year(end) / year(end - 12)
    bought = {}
    for row in csv.DictReader(open("path/flows.csv")):
        if (row["importer"], row["exporter"]) == ("USA", "CHN"):
            bought[row["month"]] = bought.get(row["month"], 0) + float(row["purchases_million_usd_a_month"])
    index = {month: x / bought["2024-11"] for month, x in bought.items()}
    bad, seen = [], 0
    for r in start["rows"]:
        before = table.get((r["series"], "level", f"{int(r['month'][:4]) - 1}{r['month'][4:]}"))
        if r["series"] not in ("us-imports-china", "china-exports-usa") or r["basis"] == "month on month":
            continue
        want = 100 * (growth() * index[r["month"]] - 1) if r["basis"] == "year on year" else \
            before and before * growth() * index[r["month"]]
        seen += want is not None
        if not near(r["path"], want, 1e-6):
            bad.append((r["series"], r["month"], r["path"], want))
    return bad or (seen < 6 and "few predictions")

def window():
    """Only April to June 2025 is predicted."""
    return [r["month"] for r in fit["rows"] if not "2025-04" <= r["month"] <= "2025-06"]

def bounds():
    bad = [p for p in fit["parameters"] if not p["low"] <= p["value"] <= p["high"] or not p["fitted"]]
    kept = [p for p in start["parameters"] if p["fitted"] or p["value"] != p["start"]]
    return bad + kept or (fit["evaluations"] < 10 and "few evaluations")

def error():
    """The error of the fit is that of a fit: between noise and no fit at all."""
    return not 1 < fit["fit_error"] < 10 and fit["fit_error"]

def bases():
    """One fall on two bases, and the two never mixed."""
    by = {(r["series"], r["basis"]): r for r in fit["rows"] if r["series"] == "china-exports-usa" and r["month"] == "2025-05"}
    year, month = by["china-exports-usa", "year on year"], by["china-exports-usa", "month on month"]
    level = {r["month"]: r for r in fit["rows"] if r["series"] == "china-exports-usa" and r["basis"] == "level"}
    again = 100 * (level["2025-05"]["path"] / level["2025-04"]["path"] - 1)
    bad = []
    if (year["observed"], month["observed"]) != (-34.5, -12.7):
        bad.append((year["observed"], month["observed"]))
    if not near(month["path"], again) or near(year["path"], month["path"], 1e-3):
        bad.append((year["path"], month["path"], again))
    said = {r["fact"]: r for r in facts if r["fact"] in ("F24", "F27")}
    if (said["F24"]["basis"], said["F27"]["basis"]) != ("year on year", "month on month"):
        bad.append(said)
    return bad

def rates():
    """What the law says of April and May, the model has as the scenario has it."""
    want = {"F06": 145, "F07": 125, "F08": 30}
    return [(r["fact"], r["model"]) for r in facts if r["fact"] in want and not near(r["model"], want[r["fact"]], 1e-6)]

def why():
    return [r["fact"] for r in facts if not r["why"]]

found = globals()[what]()
if found:
    print(found)
EOF
for what in naive scores path window bounds error bases rates why; do
    verdict "$(python3 - "$what" <<'EOF'
import sys
print({"naive": "naive forecasts are those of the tables", "scores": "scores are recomputed from the rows",
       "path": "predictions are the path's trade on last year's",
       "window": "only April to June 2025 is predicted", "bounds": "parameters are within their bounds",
       "error": "the error of the fit is believable", "bases": "month on month and year on year stay apart",
       "rates": "rates of the law are the scenario's", "why": "every fact says how its number is made"}[sys.argv[1]])
EOF
)" "$(python3 check.py "$root" $what 2>&1)"
done
# Out of sample: other observations after March 2025 change no parameter and no prediction of a level.
mkdir later
cp "$root"/series/*.csv later/
sed -i -E 's/^(us-imports-[a-z]+,2025-0[456]),[0-9.]+/\1,77777/; s/^(us-rate-[a-z]+,2025-0[456]),[0-9.]+/\1,77/' later/us-imports.csv
cp "$root"/series/war-2018.yaml later/
verdict "what is observed after March changes nothing that is predicted" "$("$parley" backtest --series later --json >later.json 2>err || cat err
    python3 - <<'EOF'
import json
a, b = (json.load(open(name)) for name in ("fit.json", "later.json"))
pick = lambda d: [(r["series"], r["basis"], r["month"], r["path"]) for r in d["rows"]]
if a["parameters"] != b["parameters"] or a["fit_error"] != b["fit_error"] or pick(a) != pick(b):
    print("they differ")
if not any(r["observed"] == 77777 for r in b["rows"]):
    print("the table was not changed")
EOF
)"
"$parley" backtest --no-fit --json >again.json 2>err
check "the same backtest gives the same bytes" cmp start.json again.json

# ---- bad observations ----

header=series,month,value,unit,basis,source
refuses() { # WHAT TEXT ROW...
    rm -rf bad
    mkdir bad
    cp "$root"/series/us-imports.csv bad/
    printf '%s\n' "$header" "${@:3}" >bad/more.csv
    refuse "$1 is refused" "$2" "$parley" backtest --no-fit --series bad
}
refuses "a basis that is not named" "more.csv:2: the basis of china-exports-usa is not named" "china-exports-usa,2025-05,-34.5,percent,,press"
refuses "an unknown basis" "more.csv:2: unknown basis 'year-on-year' (did you mean 'year on year'?)" "china-exports-usa,2025-05,-34.5,percent,year-on-year,press"
refuses "a basis of another series" "china-consumer-prices has no basis 'month on month'" "china-consumer-prices,2025-05,-0.2,percent,month on month,press"
refuses "a month given twice" "more.csv:3: magnet-exports-usa has two values for 2025-05 (level): here and in bad/more.csv:2" \
    "magnet-exports-usa,2025-05,46,tonnes,level,press" "magnet-exports-usa,2025-05,47,tonnes,level,press"
refuses "a month given twice in two tables" "bad/us-imports.csv" "us-imports-china,2025-05,1,million USD,level,press"
refuses "an unknown series" "more.csv:2: unknown series 'magnet-exports-us' (did you mean 'magnet-exports-usa'?)" "magnet-exports-us,2025-05,46,tonnes,level,press"
refuses "a month that does not exist" "'2025-13' is not a month" "magnet-exports-usa,2025-13,46,tonnes,level,press"
refuses "a day" "'2025-05-01' is not a month" "magnet-exports-usa,2025-05-01,46,tonnes,level,press"
refuses "a wrong unit" "is in tonnes, not in 'kg'" "magnet-exports-usa,2025-05,46,kg,level,press"
refuses "a level below zero" "it must be above 0" "magnet-exports-usa,2025-05,-46,tonnes,level,press"
refuses "a value that is no number" "value" "magnet-exports-usa,2025-05,many,tonnes,level,press"
refuses "an observation without a source" "has no source" "magnet-exports-usa,2025-05,46,tonnes,level,"
grep -v '^us-imports-china,2024-06' "$root/series/us-imports.csv" >bad/us-imports.csv
printf '%s\n' "$header" >bad/more.csv
refuse "a month that is missing is named" 'needs us-imports-china (level) of 2024-06' "$parley" backtest --no-fit --series bad
for arguments in "backtest --series nowhere" "backtest nowhere.yaml" "backtest --history nowhere.yaml" "facts nowhere.yaml" "facts --series nowhere" \
    "facts $root/docs/scenario-example.yaml" "backtest a b"; do
    # shellcheck disable=SC2086
    refuse "'parley ${arguments//$root\//}' is refused" "" "$parley" $arguments
done

# ---- the series are what the tool makes ----

if [ -d "$root/../shared/data/trade" ]; then
    check "build-series runs" "$root/tools/build-series" "$root/../shared/data" -o made
    for file in made/*.csv; do
        check "$(basename "$file") is byte for byte what the tool makes" cmp "$file" "$root/series/$(basename "$file")"
    done
fi
