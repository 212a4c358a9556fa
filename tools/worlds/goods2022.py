"""Flows of goods and tariffs of the world 2022: 81 economies x 22 goods."""

import os
from math import fsum

import names
import tables
import wiod

# Goods of the 2022 tables that are merged; the rest keep their code.
MERGED = {"A01": "A01_02", "A02": "A01_02", "B05": "B05_06", "B06": "B05_06", "B07": "B07_08", "B08": "B07_08",
          "C24A": "C24", "C24B": "C24", "C301": "C30", "C302T309": "C30"}
AGGREGATE = "Services (aggregate)"
GOODS = [code for code, _ in names.GOODS_2022]
FOOD = "C10T12"

# Sectors of the 2014 tables that a good of 2022 corresponds to.
OF_2014 = {"A01_02": ["A01", "A02"], "B05_06": ["B"], "B07_08": ["B"], "B09": ["B"], "C10T12": ["C10-C12"],
           "C13T15": ["C13-C15"], "C17_18": ["C17", "C18"], "C28": ["C28_C33"], "C31T33": ["C31_C32"]}

# Partners of the United States by the names of its customs statistics.
CUSTOMS_PARTNER = {
    "ANGOLA": "AGO", "ARGENTINA": "ARG", "AUSTRALIA": "AUS", "BANGLADESH": "BGD", "BRAZIL": "BRA", "CAMBODIA": "KHM",
    "CANADA": "CAN", "CHILE": "CHL", "CHINA": "CHN", "COLOMBIA": "COL", "COSTA RICA": "CRI", "EGYPT": "EGY",
    "HONG KONG": "HKG", "INDIA": "IND", "INDONESIA": "IDN", "ISRAEL": "ISR", "JAPAN": "JPN", "KOREA, SOUTH": "KOR",
    "MALAYSIA": "MYS", "MEXICO": "MEX", "NEW ZEALAND": "NZL", "NIGERIA": "NGA", "NORWAY": "NOR", "PAKISTAN": "PAK",
    "PERU": "PER", "PHILIPPINES": "PHL", "RUSSIA": "RUS", "SAUDI ARABIA": "SAU", "SINGAPORE": "SGP",
    "SLOVAKIA": "SVK", "SOUTH AFRICA": "ZAF", "SWITZERLAND": "CHE", "TAIWAN": "TWN", "THAILAND": "THA",
    "TURKEY": "TUR", "UNITED ARAB EMIRATES": "ARE", "UNITED KINGDOM": "GBR", "VIETNAM": "VNM",
}
CUSTOMS_REST = ("ALGERIA", "DOMINICAN REPUBLIC", "ECUADOR", "EL SALVADOR", "GUATEMALA", "HONDURAS", "IRAQ", "KUWAIT",
                "NICARAGUA", "SRI LANKA", "TRINIDAD AND TOBAGO", "VENEZUELA")

# Average Chinese tariff on goods of the United States on 20 January 2025 (Bown, PIIE: 32.6 % after May less the 11.4
# points added in 2025).
CHINA_ON_US = 0.212


def read_flows(data):
    """Goods {(good, buyer, seller): value}, services {(buyer, seller): value}, duty at the file's rates
    {(good, buyer, seller): value}."""
    goods, duty, services = {}, {}, {}
    for row in tables.read(os.path.join(data, "world/icio_2022_trade_tariff.csv.gz")):
        pair, value = (row["importer"], row["exporter"]), float(row["value_musd"])
        if row["sector"] == AGGREGATE:
            services[pair] = value
            continue
        key = (MERGED.get(row["sector"], row["sector"]), *pair)
        goods[key] = goods.get(key, 0.0) + value
        duty[key] = duty.get(key, 0.0) + value * float(row["tariff"])
    return goods, services, duty


def average(goods, rate, buyers, sellers=None, kinds=None):
    """Import-weighted average rate over flows between different economies."""
    value = paid = 0.0
    for (j, n, i), x in goods.items():
        if n != i and n in buyers and (sellers is None or i in sellers) and (kinds is None or j in kinds):
            value += x
            paid += x * rate.get((j, n, i), 0.0)
    return paid / value


def cut_food(rate, data):
    """Simple averages over tariff lines overstate food. Where the importer has a table of 2014, its rate of that year
    is the upper bound (that on the rest of the world for sellers without a table); elsewhere nine tenths of the
    positive food rates of 2014 stay below the bound."""
    old = {(n, i): t for (j, n, i), (_, t) in wiod.read_flows(data).items() if j == "C10-C12"}
    buyers = {n for n, _ in old} - {"ROW"}
    positive = sorted(t for t in old.values() if t > 0)
    usual = round(positive[9 * len(positive) // 10], 3)
    bound = {n: {i: t for (b, i), t in old.items() if b == n} for n in buyers}
    print(f"world-2022: food rates of importers without a table are at most {100 * usual:.1f} %")
    return {(j, n, i): t if j != FOOD else min(t, bound[n].get(i, bound[n]["ROW"]) if n in buyers else usual)
            for (j, n, i), t in rate.items()}


def us_customs_rates(data):
    """{(good, partner): duty over imports of 2024}, from customs statistics; EU members share the Union's."""
    sums = {}
    for row in tables.read(os.path.join(data, "tariffs/us_effective_tariff_2024_partner_x_icio23.csv")):
        name = row["CTY_NAME"]
        partner = "EU" if name == "EUROPEAN UNION" else "ROW" if name in CUSTOMS_REST else CUSTOMS_PARTNER[name]
        total = sums.setdefault((row["k"], partner), [0.0, 0.0])
        total[0] += float(row["imports"])
        total[1] += float(row["duty"])
    rates = {key: duty / imports for key, (imports, duty) in sums.items() if imports > 0}
    for (j, partner), rate in list(rates.items()):
        for member in names.EU if partner == "EU" else ():
            rates.setdefault((j, member), rate)
    return rates


def rest_of_world_rates(data, sellers):
    """What the 2014 rest of the world levies, {(good, seller): rate}; partners outside the tables get the average."""
    old = wiod.read_flows(data)
    rates = {}
    for j in GOODS:
        kinds = OF_2014.get(j, [j])
        cells = {i: [old[k, "ROW", i] for k in kinds if (k, "ROW", i) in old] for i in {i for _, _, i in old} - {"ROW"}}
        pooled = [cell for group in cells.values() for cell in group]
        usual = fsum(x * t for x, t in pooled) / fsum(x for x, _ in pooled)
        for i in sellers:
            value = fsum(x for x, _ in cells.get(i, []))
            rates[j, i] = fsum(x * t for x, t in cells[i]) / value if value > 0 else usual
    return rates


def china_on_us(goods, rate, data):
    """Most-favoured-nation rates plus the increases of 2018-19 by good, scaled to the known average."""
    rows = tables.read(os.path.join(data, "world/ju2017/tariff_China.csv"))
    added = {(j, "CHN", "USA"): float(row["China_tariff_wave5"]) for j, row in zip(GOODS, rows, strict=True)}
    before = average(goods, rate, {"CHN"}, {"USA"})
    scale = (CHINA_ON_US - before) / average(goods, added, {"CHN"}, {"USA"})
    return {key: rate.get(key, 0.0) + scale * x for key, x in added.items()}, before, scale


def tariffs(goods, duty, data):
    """{(good, buyer, seller): rate}, where each came from {same: source}, and what was decided on the way."""
    rate = {key: duty[key] / x if x > 0 else 0.0 for key, x in goods.items() if key[1] != key[2]}
    rate = cut_food(rate, data)
    source = {key: "database" for key in rate}
    codes = sorted({i for _, _, i in goods})

    def put(key, value, origin):
        if key in rate:
            rate[key], source[key] = value, origin

    for (j, i), t in us_customs_rates(data).items():
        put((j, "USA", i), t, "customs")
    for (j, i), t in rest_of_world_rates(data, codes).items():
        put((j, "ROW", i), t, "2014")
    chinese, before, scale = china_on_us(goods, rate, data)
    for key, t in chinese.items():
        put(key, t, "database and increases")
    print(f"world-2022: China on the United States {100 * before:.1f} % before the increases of 2018-19, which are "
          f"scaled by {scale:.3f}")
    return rate, source
