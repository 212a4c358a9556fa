#!/usr/bin/env bash
# usage: test_world_cli.sh PARLEY
# parley world as a person uses it: worlds made from tables, described, checked, merged, balanced and written out; every
# mistake is one message, exit 2 and no file left behind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
mkdir made

mkdir tables
cat >tables/flows.csv <<'TABLE'
importer,exporter,sector,value_musd,tariff
USA,USA,A01,900,0
USA,CHN,A01,12.5,0.05
CHN,USA,A01,20.25,0.1
CHN,CHN,A01,1100,0
DEU,DEU,A01,300,0
DEU,USA,A01,7,0.03
USA,USA,P85,800,0
CHN,CHN,P85,700,0
DEU,DEU,P85,400,0
USA,DEU,P85,1,0
TABLE
cat >tables/input_shares.csv <<'TABLE'
country,input,user,share_of_gross_output
USA,A01,P85,0.2
CHN,P85,A01,0.15
DEU,A01,A01,0.123456789
TABLE
printf 'key,text\ntitle,three of each\nknown_value_added,4000 made up\n' >tables/notes.csv

# ---- made, described, checked ----
says "import of tables" 0 '3 economies x 2 sectors' "$parley" world import --format flows tables -o made/a.nc
says "check holds" 0 'Every identity holds' "$parley" world check made/a.nc
says "check as JSON" 0 '"holds": true' "$parley" world check --json made/a.nc
says "quiet check says nothing" 0 '' "$parley" world check -q made/a.nc
verdict "quiet is quiet" "$(cat out err)"
says "info has the size" 0 '3 economies, 2 sectors \(1 goods, 1 services\)' "$parley" world info made/a.nc
says "info sets a total beside what is known" 0 'value added .*; known 4.0 billion USD \(.*\), made up' "$parley" world info made/a.nc
says "info has the history" 0 'parley world import --format flows tables' "$parley" world info made/a.nc
says "info of a country by name" 0 'CHN +China +12 +20' "$parley" world info made/a.nc --country 'united states'
says "info as JSON" 0 '"code": "DEU"' "$parley" world info --json made/a.nc
check "JSON agrees with the tables" python3 - out <<'PYTHON'
import json, sys
world = json.load(open(sys.argv[1]))
assert abs(world["totals"]["trade"] - (12.5 + 20.25 + 7 + 1)) < 1e-9, world["totals"]
assert abs(world["totals"]["duties"] - (12.5 * 0.05 + 20.25 * 0.1 + 7 * 0.03)) < 1e-9
usa = [c for c in world["countries"] if c["code"] == "USA"][0]
assert abs(usa["gross_output"] - (900 + 20.25 + 7 + 800)) < 1e-9
assert abs(usa["value_added"] - (927.25 + 0.8 * 800)) < 1e-9
PYTHON

# ---- sets of trade elasticities ----
cp -r tables sets
printf 'sector,CP,mine,other_one,mine_se\nA01,9.11,4,2,0.5\nP85,4,5,3,\n' >sets/elasticities.csv
printf 'elasticities_mine,a survey of our own\n' >>sets/notes.csv
says "import of sets" 0 '3 economies x 2 sectors' "$parley" world import --format flows sets -o made/sets.nc
says "info has the sets as JSON" 0 '' "$parley" world info --json made/sets.nc
check "with where they are from, and errors, as far as they are known" python3 - out <<'PYTHON'
import json, sys
sets = json.load(open(sys.argv[1]))["elasticities"]
assert [s["name"] for s in sets] == ["CP", "mine", "other_one"], sets
assert [s["default"] for s in sets] == [True, False, False], sets
assert [s["sectors_with_standard_error"] for s in sets] == [1, 1, 0], sets  # of CP the published one of A01
assert "Caliendo and Parro (2015)" in sets[0]["source"] and sets[0]["what"], sets
assert sets[1]["source"] == "a survey of our own" and sets[1]["what"] is None, sets
assert sets[2]["source"] is None and sets[2]["what"] is None, sets
PYTHON
says "a world without sets as JSON" 0 '"elasticities": \[\]' "$parley" world info --json made/a.nc

# ---- by name ----
mkdir names
cp made/a.nc names/three-2020.nc
export PARLEY_WORLDS=$scratch/names
says "a world by name" 0 'three of each' "$parley" world info three-2020
says "the list has it" 0 '^three-2020 +3 economies x 2 sectors +three of each' "$parley" world list
says "the list as JSON" 0 '"name": "three-2020"' "$parley" world list --json
refuse "a misspelt name" "did you mean 'three-2020'?" "$parley" world info three-2002

# ---- there and back ----
says "export as tables" 0 '' "$parley" world export --format csv made/a.nc -o made/out/tables
says "import again" 0 '3 economies' "$parley" world import --format flows made/out/tables -o made/b.nc
says "export as JSON" 0 '' "$parley" world export --format json made/a.nc -o made/a.json
says "import of JSON" 0 '3 economies' "$parley" world import --format json made/a.json -o made/c.nc
"$parley" world export --format csv made/b.nc -o made/out2 2>err
"$parley" world export --format csv made/c.nc -o made/out3 2>err
for table in flows input_shares value_added_shares sectors countries; do
    check "$table is the same after NetCDF and CSV" cmp "made/out/tables/$table.csv" "made/out2/$table.csv"
    check "$table is the same after JSON" cmp "made/out/tables/$table.csv" "made/out3/$table.csv"
done
says "the same command again" 0 '3 economies' "$parley" world import --format flows tables -o made/a2.nc
check "gives the same bytes" cmp made/a.nc made/a2.nc

# ---- merged ----
printf 'countries: {WEST: [USA, DEU], CHN: [CHN]}\n' >west.yaml
says "aggregate" 0 '' "$parley" world aggregate made/a.nc --map west.yaml -o made/west.nc --note title='West and East'
says "has the new title and the steps" 0 'aggregate a.nc --map west.yaml' "$parley" world info made/west.nc
says "keeps the duties" 0 'duties +[0-9]' "$parley" world info made/west.nc
says "and the identities" 0 'Every identity holds' "$parley" world check made/west.nc

# ---- balanced ----
mkdir raw
cp tables/*.csv raw/
printf 'country,sector,share_of_gross_output\nUSA,A01,1\nUSA,P85,0.9\nCHN,A01,.85\nCHN,P85,1\nDEU,A01,.8\nDEU,P85,1\n' >raw/value_added_shares.csv
says "what does not add up is imported" 0 '3 economies' "$parley" world import --format flows raw -o made/raw.nc
says "and found by check, exit 1" 1 'BROKEN value-added and input shares.*USA P85' env COLUMNS=200 "$parley" world check made/raw.nc
refuse "but not run" "USA, sector P85" "$parley" run --world "$scratch/made/raw.nc" --tariff 'USA<-CHN=10%' --elasticities FGO
says "balance says what moved" 0 'shares moved, by' "$parley" world balance made/raw.nc -o made/right.nc
says "and mends" 0 'Every identity holds' "$parley" world check made/right.nc
says "what is right does not move" 0 'nothing had to move' "$parley" world balance made/a.nc -o made/still.nc
printf 'country,value_musd\nUSA,1400\n' >gdp.csv
says "value added to a target" 0 'shares moved' "$parley" world balance made/a.nc --value-added gdp.csv -o made/gdp.nc
says "is met" 0 'USA  United States +1400 ' "$parley" world info made/gdp.nc
says "balance as JSON" 0 '"moved_cells": [1-9]' "$parley" world balance --json made/raw.nc -o made/right.nc

# ---- a table of the OECD layout ----
cat >icio.csv <<'TABLE'
V1,USA_C1,USA_C2,CHN_C1,CHN_C2,USA_HFCE,CHN_HFCE,OUT
USA_C1,10,2,1,0,80,3,96
USA_C2,4,20,0,2,60,1,87
CHN_C1,0,1,30,5,2,90,128
CHN_C2,1,3,6,40,9,70,129
VA,81,61,91,82,,,
OUT,96,87,128,129,,,
TABLE
gzip -k icio.csv
says "an OECD table" 0 '6 rows read' "$parley" world import --format icio icio.csv.gz -o made/icio.nc
says "is balanced already" 0 'Every identity holds' "$parley" world check made/icio.nc
head -c 150 icio.csv >cut.csv
head -c 100 icio.csv.gz >cut.csv.gz
refuse "an OECD table cut short" "cut.csv:5" "$parley" world import --format icio cut.csv -o x.nc
refuse "the same compressed" "cut short" "$parley" world import --format icio cut.csv.gz -o x.nc

# ---- mistakes ----
refuse "no verb" "Usage: parley world VERB" "$parley" world
refuse "a misspelt verb" "did you mean 'balance'?" "$parley" world blance
refuse "a misspelt option" "did you mean '--value-added'?" "$parley" world balance made/a.nc --value-aded x -o x.nc
refuse "no world" "which world?" "$parley" world info
refuse "two worlds" "one too many" "$parley" world info a b
refuse "no output" "-o FILE is missing" "$parley" world balance made/a.nc
refuse "no format" "--format is missing" "$parley" world import tables -o x.nc
refuse "an unknown format" "did you mean 'icio'?" "$parley" world import --format icoi icio.csv -o x.nc
refuse "no map" "--map FILE is missing" "$parley" world aggregate made/a.nc -o x.nc
refuse "a note without a key" "is not KEY=TEXT" "$parley" world import --format flows tables --note title -o x.nc
refuse "an unknown country" "did you mean 'China'?" "$parley" world info made/a.nc --country Chnia
refuse "rows that are no number" "--rows" "$parley" world info made/a.nc --country USA --rows many
refuse "a missing file" "No such file" "$parley" world info nothing.nc
refuse "a folder without tables" "flows.csv is missing" "$parley" world import --format flows . -o x.nc
head -c $(($(stat -c %s made/a.nc) / 2)) made/a.nc >half.nc
refuse "half a file" "half.nc" "$parley" world check half.nc
echo "no NetCDF" >text.nc
refuse "no NetCDF at all" "not a readable NetCDF file" "$parley" world check text.nc
refuse "an output folder that is not there" "cannot write" "$parley" world balance made/a.nc -o no/such/x.nc
printf 'USA,CHN,A01,1,0\n' >>raw/flows.csv
refuse "a row twice" "raw/flows.csv:12" "$parley" world import --format flows raw -o x.nc
printf 'country,value_musd\nUSB,5\n' >gdp.csv
refuse "an unknown country in a list" "gdp.csv:2" "$parley" world balance made/a.nc --value-added gdp.csv -o x.nc
refuse "a full disk" "cannot write" bash -c 'ulimit -f 1; exec "$0" world balance made/a.nc -o x.nc' "$parley"

# ---- interrupted ----
# The program waits for the rest of a table that never comes; by the time it has opened the pipe it heeds signals.
mkfifo pipe
before=$(files)
"$parley" world import --format icio pipe -o x.nc >out 2>err &
child=$!
exec 3<>pipe
until [ "$(readlink "/proc/$child/fd/"* | grep -c '/pipe$')" != 0 ] || ! kill -0 "$child"; do sleep 0.05; done 2>/dev/null
head -3 icio.csv >&3
kill -INT "$child"
exec 3>&-
wait "$child"
got=$?
problem=
[ "$got" = 130 ] || problem="exit $got instead of 130"
grep -q interrupted err || problem="$problem; it does not say so"
[ "$(files)" = "$before" ] || problem="$problem; it left $(files)"
verdict "Ctrl-C in the middle of an import" "$problem"
