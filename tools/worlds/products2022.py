"""Writes the maps by which `parley world split` carves four products out of the sectors of world-2022.

    products2022.py DATA_FOLDER OUT_FOLDER

    MAG  permanent magnets              out of C25, metal goods (ISIC class 2599 names them)
    REE  rare earths, mined and refined out of C24, basic metals
    CHIP semiconductors and equipment   out of C26, electronics
    ENG  aircraft engines               out of C30, other transport equipment

Each map says under `assumed` which of its keys are an assumption; worlds/SOURCES.md says why. Values of trade and duties are
of 2024, in a world of 2022.
"""

import json
import os
import sys
from math import fsum

import goods2022
import names
import tables

# Mined tonnage by country (U.S. Geological Survey) to the codes of this world.
MINES = {"United States": "USA", "Australia": "AUS", "Brazil": "BRA", "Burma": "MMR", "China": "CHN", "India": "IND",
         "Malaysia": "MYS", "Nigeria": "NGA", "Russia": "RUS", "Thailand": "THA", "Vietnam": "VNM"}
REFINERS = {"China": "CHN", "Malaysia": "MYS", "United States": "USA"}

# US dollars a kilogram of oxide equivalent: what the United States got for its concentrate in 2024 (USGS: 45,000 t for 260
# million), and an assumed average of the separated oxides and metals that come out of a tonne of ore.
CONCENTRATE = 260.0 / 45.0
SEPARATED = 15.0

# Million USD made in the world, and who makes it: assumed, see worlds/SOURCES.md.
MAGNETS = 12_000.0
CHIPS = 573_500.0 + 107_600.0
ENGINES = 80_000.0
MAGNET_SHARES = {"CHN": 0.90, "JPN": 0.05, "DEU": 0.01}
CHIP_SHARES = {"TWN": 0.21, "KOR": 0.18, "CHN": 0.18, "USA": 0.16, "JPN": 0.11, "SGP": 0.04, "MYS": 0.03, "DEU": 0.025,
               "NLD": 0.012}
ENGINE_SHARES = {"USA": 0.48, "GBR": 0.14, "FRA": 0.13, "DEU": 0.06, "CAN": 0.04, "JPN": 0.04, "ITA": 0.03, "CHN": 0.02,
                 "RUS": 0.02}


def us_imports(data, codes, *headings):
    """Imports of the United States in 2024 of some headings of the tariff: million USD, the shares of sellers and what they
    paid. The customs table adds up the European Union, whose part is left for its members to fill."""
    value, duty = {}, {}
    for row in tables.read(os.path.join(data, "minerals/us_imports_2024_critical_hs10.csv")):
        if not row["HS10"].startswith(headings) or row["CTY_NAME"] == "SLOVAKIA":
            continue
        name = row["CTY_NAME"]
        code = "EU" if name == "EUROPEAN UNION" else goods2022.CUSTOMS_PARTNER.get(name, "ROW")
        value[code] = value.get(code, 0.0) + float(row["imports"]) / 1e6
        duty[code] = duty.get(code, 0.0) + float(row["duty"]) / 1e6
    total = fsum(value.values())
    shares = {c: value.get(c, 0.0) / total for c in codes if c not in names.EU and c != "USA"}
    rates = {c: duty[c] / value[c] for c in shares if value.get(c, 0.0) > 0}
    rates.update({c: duty["EU"] / value["EU"] for c in names.EU})
    return total, shares, rates


def magnet_exports(data):
    """What China sold abroad in 2024, million USD: tonnes a month (four months are known) at what a tonne sold to the United
    States was worth."""
    rows = tables.read(os.path.join(data, "minerals/china_re_magnet_exports_monthly.csv"))
    months = [r for r in rows if r["month"].startswith("2024")]
    tonnes = 12 * fsum(float(r["world_t"]) for r in months) / len(months)
    to_us = 12 * fsum(float(r["usa_t"]) for r in months if r["usa_t"]) / sum(1 for r in months if r["usa_t"])
    value = fsum(float(r["imports"]) for r in tables.read(os.path.join(data, "minerals/us_imports_2024_critical_hs10.csv"))
                 if r["HS10"].startswith("850511") and r["CTY_NAME"] == "CHINA") / 1e6
    return value * tonnes / to_us


def magnets(data, codes):
    total, shares, rates = us_imports(data, codes, "850511")
    home = 1 - magnet_exports(data) / (MAGNET_SHARES["CHN"] * MAGNETS)
    return {
        "product": "MAG", "name": "Permanent magnets", "parent": "C25",
        "output": {"value": MAGNETS, "shares": MAGNET_SHARES}, "home_share": {"CHN": home},
        "imports": {"USA": {"value": total, "shares": shares}}, "tariff": {"USA": rates},
        "users": {"C27": 0.30, "C29": 0.25, "C26": 0.20, "C28": 0.12, "C30": 0.03},
        "inputs": {"C24": 0.50, "value_added": 0.25},
        "assumed": ["output", "users", "inputs"],
        "source": "US Census, imports of 2024 under heading 8505.11 with duties; Chinese customs as reported, tonnes of magnets "
                  "exported; share of China: MacroPolo (about 90 % in 2021)",
    }


def rare_earths(data, codes):
    mined = {MINES[r["COUNTRY"].strip()]: float(r["PROD_EST_ 2024"])
             for r in tables.read(os.path.join(data, "minerals/MCS2025_World_Data.csv"))
             if r["COMMODITY"] == "Rare earths" and r["COUNTRY"].strip() in MINES}
    refined = {REFINERS[r["country"]]: float(r["share"])
               for r in tables.read(os.path.join(data, "minerals/iea_supply_mining_refining_by_country.csv"))
               if r["mineral"] == "Rare Earth Elements" and r["stage"] == "refining" and r["year"] == "2024"
               and r["country"] in REFINERS}
    everywhere = 390_000.0
    value = everywhere * (CONCENTRATE + SEPARATED) / 1e3
    made = {c: (mined.get(c, 0.0) * CONCENTRATE + refined.get(c, 0.0) * everywhere * SEPARATED) / 1e3
            for c in {*mined, *refined}}
    total, shares, rates = us_imports(data, codes, "2846", "280530")
    theta = {r["sector"]: r for r in tables.read(os.path.join(data, "elasticities/elasticities_mapped_to_icio28.csv"))}
    return {
        "product": "REE", "name": "Rare earths, mined and refined", "parent": "C24",
        "output": {"value": value, "shares": {c: x / value for c, x in sorted(made.items())}},
        "imports": {"USA": {"value": total, "shares": shares}}, "tariff": {"USA": rates},
        "users": {"MAG": 0.42, "REE": 0.25, "C20": 0.10, "C23": 0.07, "C27": 0.04, "C26": 0.03, "C19": 0.03},
        "inputs": {"value_added": 0.35},
        "theta": {name: float(theta["B07"][name]) for name in names.ELASTICITY_SETS},
        "assumed": ["output.value", "users", "inputs", "theta"],
        "source": "USGS Mineral Commodity Summaries 2025, mine production of 2024; IEA, refining of magnet rare earths in 2024; US "
                  "Census, imports of 2024 under headings 2846 and 2805.30 with duties",
        "note": "concentrate counts as sold to the refiner, so that refiners are users of the product; elasticities of other "
                "mining",
    }


def chips():
    return {
        "product": "CHIP", "name": "Semiconductors and their equipment", "parent": "C26",
        "output": {"value": CHIPS, "shares": CHIP_SHARES},
        "users": {"C26": 0.50, "CHIP": 0.12, "C29": 0.07, "C27": 0.06, "C28": 0.06, "C30": 0.02, "J61": 0.02, "O84": 0.01},
        "inputs": {"value_added": 0.45},
        "assumed": ["output.shares", "users", "inputs"],
        "source": "sales of chips in 2022: Semiconductor Industry Association; of equipment: SEMI",
        "note": "output is where chips and equipment are made, not whose brand they bear",
    }


def engines():
    return {
        "product": "ENG", "name": "Aircraft engines", "parent": "C30",
        "output": {"value": ENGINES, "shares": ENGINE_SHARES},
        "users": {"C30": 0.55, "ENG": 0.15, "H51": 0.10, "O84": 0.10},
        "inputs": {"value_added": 0.40},
        "assumed": ["output", "users", "inputs"],
        "source": "orders of magnitude of what engine makers reported to have sold in 2022",
    }


def main(data, out):
    codes = sorted({r["importer"] for r in tables.read(os.path.join(data, "world/icio_2022_trade_tariff.csv.gz"))})
    os.makedirs(out, exist_ok=True)
    for number, product in enumerate((magnets(data, codes), rare_earths(data, codes), chips(), engines()), 1):
        with open(os.path.join(out, f"{number}-{product['product']}.yaml"), "w", encoding="utf-8") as file:
            json.dump(product, file, indent=1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
