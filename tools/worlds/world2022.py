"""Prepares the world world-2022: 81 economies, 22 goods and 28 services, before four products are split off.

    world2022.py DATA_FOLDER OUT_FOLDER

Trade of 2022, technology of 2014. What is observed and what stands in for it is in worlds/SOURCES.md; in short:

- goods2022: flows of goods of 2022 merged to 22 sectors, and tariffs;
- services2022: the one services flow of each pair of 2022, spread over 28 services as in 2014;
- technology2022: input and value-added shares and final demand of 2014, fitted to 2022 spending and to GDP.
"""

import os
import sys
from math import fsum

import goods2022
import names
import services2022
import tables
import technology2022
import wiod

# Gross domestic product of Taiwan, which the World Bank's table leaves out (its world total has it): 32,625 US dollars
# per head by the national accounts of the Directorate-General of Budget, Accounting and Statistics.
TAIWAN_GDP = 760_800.0

NOTES = [
    ("title", "Trade of 2022 among 81 economies, 26 goods and 28 services"),
    ("year", "2022"),
    ("source", "OECD Inter-Country Input-Output tables; World Input-Output Database, 2016 release; Global Tariff "
               "Database; US Census Bureau; World Bank; see worlds/SOURCES.md"),
    ("references", "OECD (2025). Inter-Country Input-Output tables. Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, "
                   "R. and de Vries, G. J. (2015). An Illustrated User Guide to the World Input-Output Database. Review "
                   "of International Economics 23(3), 575-605. Teti, F. (2024). Missing Tariffs. Global Tariff Database. "
                   "US Census Bureau (2025). USA Trade Online. World Bank (2025). World Development Indicators. Ju, J., "
                   "Ma, H., Wang, Z. and Zhu, X. (2024). Trade wars and industrial policy competitions. Journal of "
                   "Monetary Economics 141, 42-58."),
    ("license", "CC BY 4.0 (OECD, WIOD, World Bank); public domain (US Census); averages of the Global Tariff Database"),
    ("history", "tools/worlds/world2022.py"),
    ("comment", "Duties of the United States are of 2024. Input shares, final demand and the mix of services are of 2014 "
                "(of neighbours where an economy has no table), fitted to 2022. worlds/SOURCES.md says what is observed."),
]


def gdp(data, codes):
    """Gross domestic product of 2022 in million USD; the rest of the world is what the world total leaves."""
    rows = {r["Country Code"]: r["2022"] for r in tables.read(os.path.join(data, "world/wdi_gdp_current_usd.csv"))}
    out = {c: float(rows[c]) / 1e6 for c in codes if c in rows}
    out["TWN"] = TAIWAN_GDP
    out["ROW"] = float(rows["WLD"]) / 1e6 - fsum(out.values())
    return out


def elasticities(data):
    rows = {r["sector"]: r for r in tables.read(os.path.join(data, "elasticities/elasticities_mapped_to_icio28.csv"))}
    merged = {}
    for code, row in rows.items():
        merged.setdefault(goods2022.MERGED.get(code, code), row)
    for code, _ in names.SERVICES:
        merged[code] = rows[goods2022.AGGREGATE]
    return [(name, {j: float(row[name]) for j, row in merged.items()}) for name in names.ELASTICITY_SETS]


def main(data, out):
    goods, services, duty = goods2022.read_flows(data)
    codes = sorted({n for _, n, _ in goods} - {"ROW"}) + ["ROW"]
    old = {key: value for key, (value, _) in wiod.read_flows(data).items()}
    rates, source = goods2022.tariffs(goods, duty, data)
    flows = {key: (value, rates.get(key, 0.0)) for key, value in goods.items()}
    for (service, n, i), value in services2022.split(services, old, codes).items():
        flows[service, n, i] = (value, 0.0)
    product = gdp(data, codes)
    inputs, value_added = technology2022.fit(data, flows, old, codes, product)
    sectors = [(c, n, True) for c, n in names.GOODS_2022] + [(c, n, False) for c, n in names.SERVICES]
    tables.write_world(out, [(c, names.COUNTRY[c]) for c in codes], sectors, flows, inputs, value_added,
                       elasticities(data), NOTES)
    tables.write(os.path.join(out, "gdp.csv"), ["country", "value_added"], [(c, product[c]) for c in codes])
    weight = {}
    for key, origin in source.items():
        weight[origin] = weight.get(origin, 0.0) + goods[key]
    total = fsum(weight.values())
    print("world-2022: tariffs by value of trade: "
          + ", ".join(f"{origin} {100 * x / total:.1f} %" for origin, x in sorted(weight.items())))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
