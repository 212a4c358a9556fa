"""Prepares the world wiod-2014: 44 economies and 50 sectors.

    wiod.py DATA_FOLDER OUT_FOLDER

Flows, input shares and value-added shares are as in the tables. Three things are changed:

- The tariff of a row is what the exporter levies on the importer's goods (see worlds/SOURCES.md for how one can
  tell), so tariffs are transposed. Domestic flows bear none. None is above 100 %: the few that are average over lines
  that are closed, while what is traded enters at the lower rates of quotas.
- Elasticities of other authors are added by kind of good.
- Names are written out.
"""

import os
import sys

import names
import tables

# The published sets are mapped to 16 groups of goods and services; which group each sector belongs to.
GROUP = {
    "Agriculture, forestry, fishing": "A01 A02 A03", "Mining and quarrying": "B", "Food, beverages, tobacco": "C10-C12",
    "Textiles, apparel, leather": "C13-C15", "Wood, paper, printing": "C16 C17 C18", "Coke and refined petroleum": "C19",
    "Chemicals, pharmaceuticals": "C20 C21", "Rubber, plastics, non-metallic minerals": "C22 C23", "Basic metals": "C24",
    "Fabricated metals": "C25", "Computer, electronic, optical": "C26", "Electrical equipment": "C27",
    "Machinery and equipment n.e.c.": "C28_C33", "Transport equipment": "C29 C30", "Other manufacturing; repair": "C31_C32",
    "Services (aggregate)": " ".join(code for code, _ in names.SERVICES),
}

# The highest tariff.
MOST = 1.0

NOTES = [
    ("title", "44 economies, 22 goods and 28 services"),
    ("year", "2014"),
    ("source", "World Input-Output Database, 2016 release; tariffs and elasticities FGH of Felbermayr, Groeschl and "
               "Heiland (2022)"),
    ("references", "Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015). An Illustrated "
                   "User Guide to the World Input-Output Database. Review of International Economics 23(3), 575-605. "
                   "Felbermayr, G., Groeschl, J. and Heiland, I. (2022). Complex Europe: Quantifying the Cost of "
                   "Disintegration. Journal of International Economics 138, 103647."),
    ("license", "CC BY 4.0 (WIOD)"),
    ("history", "tools/worlds/wiod.py"),
    ("comment", "Tariffs are turned round against the published tables, where they stand transposed; other elasticity "
                "sets than FGH are published ones mapped to 16 groups. See worlds/SOURCES.md."),
]


def elasticities(data):
    """FGH of the tables first, then the published sets by group."""
    own = {row["sector"]: float(row["theta_felbermayr_groeschl_heiland"])
           for row in tables.read(os.path.join(data, "world/wiod2014/sectors.csv"))}
    group = {row["sector"]: row for row in tables.read(os.path.join(data, "elasticities/elasticities_mapped_to_wiod16.csv"))}
    sets = [("FGH", own)]
    for name in names.ELASTICITY_SETS:
        sets.append((name, {j: float(group[g][name]) for g, members in GROUP.items() for j in members.split()}))
    return sets


def read_flows(data):
    """{(sector, buyer, seller): (value, tariff)}, tariffs transposed and capped, none on domestic flows."""
    rows = tables.read(os.path.join(data, "world/wiod2014/flows.csv.gz"))
    levied = {(r["sector"], r["exporter"], r["importer"]): min(float(r["tariff"]), MOST) for r in rows}
    flows = {}
    for r in rows:
        key = (r["sector"], r["importer"], r["exporter"])
        flows[key] = (float(r["value_musd"]), 0.0 if key[1] == key[2] else levied.get(key, 0.0))
    return flows


def read_inputs(data):
    """{(country, user, input): share} and {(country, sector): share}, as in the tables."""
    folder = os.path.join(data, "world/wiod2014")
    inputs = {(r["country"], r["user"], r["input"]): float(r["share_of_gross_output"])
              for r in tables.read(os.path.join(folder, "input_shares.csv.gz"))}
    value_added = {(r["country"], r["sector"]): float(r["share_of_gross_output"])
                   for r in tables.read(os.path.join(folder, "value_added_shares.csv"))}
    return inputs, value_added


def main(data, out):
    flows = read_flows(data)
    inputs, value_added = read_inputs(data)
    codes = sorted({n for _, n, _ in flows} - {"ROW"}) + ["ROW"]
    sectors = [(c, n, True) for c, n in names.GOODS_2014] + [(c, n, False) for c, n in names.SERVICES]
    tables.write_world(out, [(c, names.COUNTRY[c]) for c in codes], sectors, flows, inputs, value_added,
                       elasticities(data), NOTES)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
