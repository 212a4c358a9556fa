#!/usr/bin/env bash
# usage: test_run_bad.sh PARLEY
# Bad input to parley run: each mistake ends with exit 2, one message that names the place and the value, nothing on stdout
# and no file left behind.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
mounted=
cleanup() { [ -z "$mounted" ] || umount "$scratch/small"; }

cat >world.yaml <<'YAML'
countries: [USA, CHN, DEU]
sectors: [A01, C26, G45]
goods: [A01, C26]
flow: {A01: [[50,3,2],[3,60,4],[2,4,40]], C26: [[80,9,7],[9,70,3],[7,3,60]], G45: [[90,1,2],[1,80,2],[2,2,70]]}
theta: {A01: 5, C26: 4, G45: 3}
YAML

# refuse_scenario NAME PART TEXT: a scenario on that world
refuse_scenario() {
    printf 'parley: 1\nname: bad\nworld: world.yaml\n%s\n' "$3" >scenario.yaml
    refuse "$1" "$2" "$parley" run scenario.yaml
}
ask() { refuse "$1" "$2" "$parley" run --world world.yaml -o asked "${@:3}"; }

printf 'parley: 1\nname: good\nworld: world.yaml\nmeasures: [{kind: tariff, by: USA, on: CHN, rate: 25%%}]\n' >good.yaml
check "the scenario without a mistake runs" "$parley" run good.yaml
[ -s results/good/countries.csv ] || verdict "its results are written" "they are not"
rm -rf results

# Names.
ask "a misspelt country" "unknown country or group 'CHM' (did you mean 'CHN'?)" --tariff 'USA<-CHM=10%'
ask "a misspelt group" "unknown country or group 'BRISC' (did you mean 'BRICS'?)" --tariff 'USA<-BRISC=10%'
ask "a group that is not here" "no member of the group 'ASEAN'" --tariff 'USA<-ASEAN=10%'
ask "a misspelt sector" "unknown sector 'C62' (did you mean 'C26'?)" --tariff 'USA<-CHN:C62=10%'
refuse_scenario "a misspelt country in a file" "scenario.yaml:5: the measure on line 5: 'on': unknown country or group 'CNH'" \
    "measures:
  - {kind: tariff, by: USA, on: [DEU, CNH], rate: 10%}"
refuse_scenario "a misspelt key" "scenario.yaml:5: unknown key 'sector' in a measure (did you mean 'sectors'?); allowed:" \
    "measures:
  - {kind: tariff, by: USA, on: CHN, sector: C26, rate: 10%}"
refuse_scenario "a misspelt key at the top" "scenario.yaml:4: unknown key 'measure' in a scenario (did you mean 'measures'?)" \
    "measure: []"
refuse_scenario "a misspelt setting" "unknown setting 'closures' (did you mean 'closure'?)" "settings: {closures: gdp}"
refuse_scenario "a key given twice" "scenario.yaml:5: key 'settings' is given twice (first on line 4)" "settings: {}
settings: {}"
refuse "a misspelt option" "option 'exempt' is not in scenario 'good'; it has: none" "$parley" run good.yaml --option exempt
refuse "a misspelt variant" "variant 'goood' is not in scenario 'good' (did you mean 'good'?)" \
    "$parley" run good.yaml --variant goood
refuse "a date moved of no measure" "--move nobody.until=2025-09-01: no measure of scenario 'good' is called 'nobody'" \
    "$parley" run good.yaml --move nobody.until=2025-09-01
refuse "an option neither on nor off" "'maybe' is neither on nor off" "$parley" run good.yaml --option x=maybe
refuse "a set of elasticities that is not there" "NONE" "$parley" run good.yaml --elasticities NONE

# Rates.
ask "145 without %" "145 would be 14500 %; did you mean 145%?" --tariff 'USA<-CHN=145'
ask "a rate below -100 %" "-120% is below -100%" --tariff 'USA<-CHN=-120%'
ask "a rate of -100 %" "would become -100%, but it must stay above -100%" --tariff 'USA<-CHN=-100%'
ask "a rate that is NaN" "'nan' is not a rate" --tariff 'USA<-CHN=nan'
ask "an infinite rate" "'inf%' is not a rate" --tariff 'USA<-CHN=inf%'
ask "a rate that overflows" "'1e999%' is not a rate" --tariff 'USA<-CHN=1e999%'
ask "no rate" "'' is not a rate" --tariff 'USA<-CHN='
ask "a line without arrow" "there is no arrow between the countries" --tariff 'USA=10%'
ask "an arrow the wrong way" "the arrow the other way" --tariff 'USA->CHN=10%'
ask "nobody abroad" "covers no flow between two countries" --tariff 'USA<-USA=10%'
refuse_scenario "145 without % in a file" "scenario.yaml:4: rate of the measure on line 4: 145 would be 14500 %; did you mean 145%?" \
    "measures: [{kind: tariff, by: USA, on: CHN, rate: 145}]"
refuse_scenario "theta of zero" "theta of sector 'C26': 0 is not above 0" "sectors: {C26: {theta: 0}}"

# Contradictions.
ask "contradictory lines" "contradictory measures: --tariff 'USA<-CHN=20%'" --tariff 'USA<-CHN=10%' --tariff 'USA<-CHN=20%'
refuse_scenario "contradictory measures" \
    "scenario.yaml:6: contradictory measures: measure 'b' sets the tariff of USA on CHN in C26 to 20%, but measure 'a' has set it to 10%" \
    "measures:
  - {id: a, kind: tariff, by: USA, on: CHN, rate: 10%}
  - {id: b, kind: tariff, by: USA, on: CHN, sectors: C26, rate: 20%}"
refuse_scenario "an id given twice" "scenario.yaml:6: id 'a' is given twice" "measures:
  - {id: a, kind: tariff, by: USA, on: CHN, rate: 10%}
  - {id: a, kind: tariff, by: CHN, on: USA, rate: 20%}"

# Files.
refuse "a missing file" "cannot read nowhere.yaml: No such file or directory" "$parley" run nowhere.yaml
refuse "a folder for a file" "cannot read .." "$parley" run ..
refuse "a missing world" "nowhere.nc" "$parley" run --world nowhere.nc --tariff 'A<-B=1%'
refuse_scenario "a missing tariff table" "rates.csv: No such file or directory" \
    "measures: [{kind: tariff-table, file: rates.csv}]"
printf 'importer,exporter,sector,rate\nUSA,CHN,C26,10%%\nUSA,CHN,C62,10%%\n' >rates.csv
refuse_scenario "a bad row in a tariff table" "rates.csv:3: sector: " "measures: [{kind: tariff-table, file: rates.csv}]"
rm rates.csv
printf 'parley: 1\nname: [\n' >scenario.yaml
refuse "broken YAML" "scenario.yaml:" "$parley" run scenario.yaml
printf 'parley: 1\0\n' >scenario.yaml
refuse "zero bytes" "scenario.yaml: holds NUL bytes" "$parley" run scenario.yaml
printf 'name: x\n' >scenario.yaml
refuse "no version of the format" "the key 'parley' is missing" "$parley" run scenario.yaml
printf 'parley: 7\n' >scenario.yaml
refuse "another version of the format" "format 7 is not known" "$parley" run scenario.yaml
: >scenario.yaml
refuse "an empty file" "scenario.yaml: the file is empty" "$parley" run scenario.yaml
sed 's/closure: x//; s/^name: good/name: other/' good.yaml | sed 's/world.yaml/other-world.yaml/' >other.yaml
refuse "two scenarios on two worlds" "they name the worlds 'world.yaml' and 'other-world.yaml'" \
    "$parley" run good.yaml other.yaml
refuse "a scenario twice" "variant 'good' comes from two scenarios" "$parley" run good.yaml good.yaml

# Output that cannot be written.
: >file
refuse "a folder inside a file" "file" "$parley" run good.yaml -o file/out
refuse "a folder that is a file" "file" "$parley" run good.yaml -o file
mkdir locked
chmod 555 locked
if [ -w locked ]; then # root writes anywhere; the kernel's own file systems refuse root as well
    refuse "a folder that is not writable" "/proc/parley" "$parley" run good.yaml -o /proc/parley/out
else
    refuse "a folder that is not writable" "locked" "$parley" run good.yaml -o locked/out
fi
# A file size limit stands for a full disk: every write beyond it fails. 1 block is less than any result file needs.
refuse "no room for the results" "cannot write" bash -c 'ulimit -f 1; exec "$0" run good.yaml -o limited' "$parley"
verdict "nothing half-written is left" "$(find limited -type f 2>/dev/null)"
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=24k tmpfs small 2>err; then
    mounted=yes
    refuse "a full disk" "small" "$parley" run good.yaml -o small/out
    verdict "nothing is left on the full disk" "$(find small -type f)"
    umount small
    mounted=
else
    echo "ok a full disk # skipped: a small file system cannot be mounted here"
fi

# Results that stood before survive a failed run.
"$parley" run good.yaml -q >out 2>err && cp -r results before
bash -c 'ulimit -f 1; exec "$0" run good.yaml' "$parley" >out 2>err
check "a run that finds no room fails" test $? = 2
check "earlier results survive it" diff -r before results
