#!/usr/bin/env bash
# usage: test_build_worlds_scripts.sh PARLEY (not used)
# The scripts that prepare the built-in worlds, on tables small enough to work out by hand.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
python3 - "$root/tools/worlds" "$scratch" <<'PYTHON'
import os
import sys

sys.path.insert(0, sys.argv[1])
scratch = sys.argv[2]
import goods2022
import names
import services2022
import tables
import technology2022
import wiod

failed = 0


def check(what, right, found=None):
    global failed
    failed += not right
    print(("ok scripts: " if right else "not ok scripts: ") + what)
    if not right:
        print(f"#   found {found}")


def near(a, b, limit=1e-12):
    return abs(a - b) <= limit * max(1.0, abs(b))


# RAS meets both margins, keeps zeros, and keeps the cross ratios of what it scales.
start = {("a", "x"): 1.0, ("a", "y"): 2.0, ("b", "x"): 3.0, ("b", "y"): 4.0, ("c", "y"): 5.0}
rows, columns = {"a": 4.0, "b": 9.0, "c": 7.0}, {"x": 8.0, "y": 12.0}
cells, worst = technology2022.ras(start, rows, columns)
sums = {j: sum(x for (r, _), x in cells.items() if r == j) for j in rows}
check("RAS meets the totals of rows", all(near(sums[j], rows[j], 1e-10) for j in rows), sums)
check("RAS meets the totals of columns", all(near(sum(x for (_, c), x in cells.items() if c == k), columns[k]) for k in columns))
check("RAS keeps empty cells empty", ("c", "x") not in cells)
ratio = cells["a", "x"] * cells["b", "y"] / (cells["a", "y"] * cells["b", "x"])
check("RAS keeps cross ratios", near(ratio, 1 * 4 / (2 * 3)), ratio)

# Odds scaled by one number.
shares = technology2022.scaled_odds({"a": 0.2, "b": 0.6, "c": 1.0}, {"a": 10.0, "b": 20.0, "c": 3.0}, 20.0)
total = 10 * shares["a"] + 20 * shares["b"] + 3 * shares["c"]
check("scaled odds meet the total", near(total, 20.0, 1e-9), total)
odds = {k: shares[k] / (1 - shares[k]) for k in "ab"}
check("scaled odds keep their ratio", near(odds["b"] / odds["a"], (0.6 / 0.4) / (0.2 / 0.8), 1e-9), odds)
check("a share of one stays one", shares["c"] == 1.0)

# The mix of services: the pair's own, neighbours' where there is no table, the seller's where nothing was traded.
P, H = services2022.SERVICES.index("P85"), services2022.SERVICES.index("H50")
old = {("P85", "USA", "AUS"): 30.0, ("H50", "USA", "AUS"): 10.0, ("P85", "AUS", "AUS"): 1.0, ("H50", "AUS", "AUS"): 3.0,
       ("H50", "JPN", "AUS"): 60.0, ("P85", "USA", "USA"): 1.0}
pairs = services2022.index(old)
mix, origin = services2022.mix(pairs, "USA", "AUS")
check("a pair with tables has its own mix", origin == "pair" and near(mix[P], 0.75), (origin, mix[P]))
mix, origin = services2022.mix(pairs, "USA", "NZL")
check("an economy without a table has its neighbour's mix", origin == "neighbours" and near(mix[P], 0.75), (origin, mix[P]))
mix, origin = services2022.mix(pairs, "NZL", "NZL")
check("at home too", origin == "neighbours" and near(mix[H], 0.75), (origin, mix[H]))
mix, origin = services2022.mix(pairs, "BRA", "AUS")
check("a pair that traded nothing has the seller's mix", origin == "seller" and near(mix[H], 0.7), (origin, mix[H]))
flows = services2022.split({("USA", "AUS"): 8.0}, old, ["AUS", "USA"])
check("a split adds up", near(sum(flows.values()), 8.0) and near(flows["P85", "USA", "AUS"], 6.0), flows)

# Duties of the United States: members share the Union's, a member of its own does not, small partners are added up.
customs = os.path.join(scratch, "tariffs/us_effective_tariff_2024_partner_x_icio23.csv")
tables.write(customs, ["CTY_CODE", "CTY_NAME", "k", "imports", "duty", "rate"],
             [("0003", "EUROPEAN UNION", "C29", 200, 5, 0), ("4359", "SLOVAKIA", "C29", 10, 1, 0),
              ("7210", "ALGERIA", "C29", 3, 1, 0), ("5050", "IRAQ", "C29", 1, 1, 0), ("5700", "CHINA", "C29", 4, 1, 0)])
rates = goods2022.us_customs_rates(scratch)
check("members share the Union's duty", near(rates["C29", "DEU"], 0.025), rates.get(("C29", "DEU")))
check("a member with a line of its own keeps it", near(rates["C29", "SVK"], 0.1), rates.get(("C29", "SVK")))
check("small partners are added up", near(rates["C29", "ROW"], 0.5), rates.get(("C29", "ROW")))

# Tariffs of the 2014 tables are turned round, and domestic ones dropped.
os.makedirs(os.path.join(scratch, "world/wiod2014"))
tables.write_gz(os.path.join(scratch, "world/wiod2014/flows.csv.gz"), ["importer", "exporter", "sector", "value_musd", "tariff"],
                [("USA", "CHN", "C29", 100.0, 0.25), ("CHN", "USA", "C29", 50.0, 0.025), ("ROW", "ROW", "C29", 9.0, 0.1),
                 ("RUS", "KOR", "A01", 5.0, 3.5143), ("KOR", "RUS", "A01", 684.0, 0.1)])
flows = wiod.read_flows(scratch)
check("tariffs are turned round, flows are not", flows["C29", "USA", "CHN"] == (100.0, 0.025), flows)
check("tariffs are cut at 100 %", flows["A01", "KOR", "RUS"] == (684.0, 1.0), flows)
check("domestic flows bear none", flows["C29", "ROW", "ROW"] == (9.0, 0.0), flows)

# Food: bounded by 2014 where there is a rate, by nine tenths elsewhere.
tables.write_gz(os.path.join(scratch, "world/wiod2014/flows.csv.gz"), ["importer", "exporter", "sector", "value_musd", "tariff"],
                [("USA", "CHN", "C10-C12", 1.0, 0.30), ("CHN", "USA", "C10-C12", 1.0, 0.02), ("USA", "ROW", "C10-C12", 1.0, 0.0),
                 ("ROW", "USA", "C10-C12", 1.0, 0.04), ("CHN", "ROW", "C10-C12", 1.0, 0.2), ("ROW", "CHN", "C10-C12", 1.0, 0.1)])
rate = {("C10T12", "USA", "CHN"): 0.9, ("C10T12", "CHN", "USA"): 0.1, ("C10T12", "USA", "PER"): 0.9,
        ("C10T12", "PER", "USA"): 0.9, ("C29", "PER", "USA"): 0.9}
cut = goods2022.cut_food(rate, scratch)
check("food is bounded by the rate of 2014", near(cut["C10T12", "USA", "CHN"], 0.02), cut)
check("a lower rate stays", near(cut["C10T12", "CHN", "USA"], 0.1), cut)
check("a seller without a table is bounded by the rest of the world's", near(cut["C10T12", "USA", "PER"], 0.04), cut)
check("an importer without a table is bounded by the usual", near(cut["C10T12", "PER", "USA"], 0.3), cut)
check("other goods stay", near(cut["C29", "PER", "USA"], 0.9), cut)

# Tables: equal content gives equal bytes, floats come back whole.
for name in ("one.gz", "two.gz"):
    tables.write_gz(os.path.join(scratch, name), ["x"], [(0.1 + 0.2,)])
first, second = (open(os.path.join(scratch, name), "rb").read() for name in ("one.gz", "two.gz"))
check("compressed tables hold no time and no name", first == second and first[4:8] == b"\0\0\0\0")
check("numbers come back whole", float(tables.read(os.path.join(scratch, "one.gz"))[0]["x"]) == 0.1 + 0.2)

# Every economy has donors with a table, and a name.
with_table = set("AUS AUT BEL BGR BRA CAN CHE CHN CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HRV HUN IDN IND IRL ITA JPN KOR "
                 "LTU LUX LVA MEX MLT NLD NOR POL PRT ROU ROW RUS SVK SVN SWE TUR TWN USA".split())
check("every economy has donors with a table", all(set(names.donors(c)) <= with_table for c in names.COUNTRY))
check("50 sectors either way", len(names.GOODS_2014 + names.SERVICES) == 50 == len(technology2022.SECTORS))
sys.exit(1 if failed else 0)
PYTHON
