#!/usr/bin/env bash
# usage: test_ossa.sh PARLEY
# Known answer K5 from tables to tariffs: made-up tables of its format run through the import and the game. Where a person has
# the tables themselves, in the folder named by PARLEY_OSSA, the published numbers are compared.
ossa=${PARLEY_OSSA:+$(readlink -f "$PARLEY_OSSA")}
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# solve FOLDER OUT: the world and every region's optimum.
solve() {
    "$parley" world import --format flows "$1" -o "$2.nc" >out 2>&1 &&
        "$parley" talks best-response "$root/cases/data/ossa-2014-game.yaml" --world "$2.nc" --starts 1 --json >"$2.json" 2>out
}

# A world in which everybody is alike but in size, with profits of one over sigma of sales and no inputs.
python3 - made <<'PY'
import os, sys
folder = sys.argv[1]
os.makedirs(folder)
regions = dict(BRA=1.1, CHN=4.2, EU=6.3, IND=1.3, JPN=3.1, ROW=7.4, USA=6.6)
sectors = {f"S{k:02d}": 1.9 + 0.6 * k for k in range(6)}  # sigma
with open(os.path.join(folder, "flows.csv"), "w") as out:
    out.write("importer,exporter,sector,value_musd,tariff\n")
    for k, j in enumerate(sectors):
        for n, size in regions.items():
            for i, other in regions.items():
                value = size * other * (40 / size if n == i else 0.3 + 0.1 * ((7 * k + len(n) * 3 + ord(i[0])) % 5))
                out.write(f"{n},{i},{j},{value:.6f},{0 if n == i else 0.03 + 0.01 * (k % 3)}\n")
with open(os.path.join(folder, "profit_shares.csv"), "w") as out:
    out.write("country,sector,share_of_value_added\n")
    out.writelines(f"{n},{j},{1 / sigma:.12f}\n" for n in regions for j, sigma in sectors.items())
with open(os.path.join(folder, "elasticities.csv"), "w") as out:
    out.write("sector,Ossa\n")
    out.writelines(f"{j},{sigma - 1:.12f}\n" for j, sigma in sectors.items())
PY
if solve made with; then
    verdict "tables become a world and a game" ""
else
    verdict "tables become a world and a game" "$(head -3 out)"
    exit 1
fi
cp -r made plain && rm plain/profit_shares.csv
solve plain without || verdict "the same without profits" "$(head -3 out)"

cat >read.py <<'PY'
import json, statistics
def read(path):
    """Each region's own gain and median tariff, and what the others lose, all in percent."""
    talks = json.load(open(path))
    assert talks["converged"], "a search stopped early"
    rows = {}
    for deal in talks["deals"][1:]:
        name = deal["name"]
        gains = {p["player"]: p["gain"] for p in deal["players"]}
        own = [100 * v for key, v in deal["settings"].items() if key.startswith(f"tariffs-{name}/")]
        rows[name] = (gains[name], statistics.median(own), sum(gains.values()) - gains[name], len(own))
    return rows
PY
problem=$(PYTHONPATH=. python3 - with.json without.json 2>&1 <<'PY'
import sys
from read import read
profits, plain = read(sys.argv[1]), read(sys.argv[2])
assert list(profits) == ["BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA"], profits
for name, (gain, median, others, count) in profits.items():
    # A tariff for every partner and sector; every region gains and the others lose; about 1 / theta of the middle sectors.
    assert count == 36 and gain > 0 and others < 0 and 15 < median < 150, (name, gain, median, others, count)
    # Profits are a second reason for tariffs: they draw sectors with high margins home.
    assert gain > plain[name][0], (name, gain, plain[name][0])
PY
)
verdict "every region's optimum, with profits and without" "$problem"

if [ -n "$ossa" ]; then
    problem=$(solve "$ossa" ossa || head -3 out)
    [ -n "$problem" ] || problem=$(PYTHONPATH=. python3 - ossa.json 2>&1 <<'PY'
import sys
from read import read
# Table 3a, to the digit it is printed.
published = dict(BRA=(1.1, 56.1), CHN=(1.8, 59.3), EU=(1.9, 61.3), IND=(1.7, 54.0), JPN=(4.0, 59.6), ROW=(2.9, 61.5), USA=(2.3, 60.3))
for name, (gain, median, *_) in read(sys.argv[1]).items():
    assert abs(gain - published[name][0]) <= 0.051, (name, gain, published[name])
    assert abs(median - published[name][1]) <= 0.51, (name, median, published[name])
PY
    )
    verdict "the published gains and median tariffs" "$problem"
fi
