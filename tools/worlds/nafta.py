"""Prepares the world nafta-1993 and the tariffs of 2005 from the Caliendo-Parro (2015) tables.

    nafta.py CP2015_FOLDER OUT_FOLDER TARIFF_TABLE

The files are matrices of numbers: bilateral imports of 20 goods (blocks of 31 importer rows by 31 exporters, thousand
USD at customs value), gross output (40 x 31, USD), value-added shares (40 x 31), input shares (31 blocks of 40 inputs
by 40 users, columns adding up to one), tariffs in percent, and trade elasticities of the goods.

Spending less inputs is negative in some cells of these data. As Caliendo and Parro do, such final demand is set to
zero and the rest scaled to one. The flows no longer fit the spending then, so they are solved again: expenditure
shares, tariffs, technology, final-demand shares and each country's value added stay as they are, and what is left
over appears in the trade deficits. The equilibrium without deficits depends on nothing else, so the world has
exactly their baseline.
"""

import os
import sys
from math import fsum

import tables

COUNTRIES = [
    ("ARG", "Argentina"), ("AUS", "Australia"), ("AUT", "Austria"), ("BRA", "Brazil"), ("CAN", "Canada"),
    ("CHL", "Chile"), ("CHN", "China"), ("DNK", "Denmark"), ("FIN", "Finland"), ("FRA", "France"),
    ("DEU", "Germany"), ("GRC", "Greece"), ("HUN", "Hungary"), ("IND", "India"), ("IDN", "Indonesia"),
    ("IRL", "Ireland"), ("ITA", "Italy"), ("JPN", "Japan"), ("KOR", "South Korea"), ("MEX", "Mexico"),
    ("NLD", "Netherlands"), ("NZL", "New Zealand"), ("NOR", "Norway"), ("PRT", "Portugal"), ("ZAF", "South Africa"),
    ("ESP", "Spain"), ("SWE", "Sweden"), ("TUR", "Turkey"), ("GBR", "United Kingdom"), ("USA", "United States"),
    ("ROW", "Rest of the world"),
]
GOODS = [
    ("Agriculture", "Agriculture, forestry and fishing"), ("Mining", "Mining and quarrying"),
    ("Food", "Food, beverages and tobacco"), ("Textile", "Textiles, apparel and leather"), ("Wood", "Wood and cork"),
    ("Paper", "Paper, printing and publishing"), ("Petroleum", "Coke and refined petroleum"),
    ("Chemicals", "Chemicals"), ("Plastic", "Rubber and plastics"), ("Minerals", "Non-metallic minerals"),
    ("Basic-metals", "Basic metals"), ("Metal-products", "Fabricated metal products"),
    ("Machinery", "Machinery n.e.c."), ("Office", "Office and computing machinery"),
    ("Electrical", "Electrical machinery"), ("Communication", "Radio, television and communication"),
    ("Medical", "Medical, precision and optical instruments"), ("Auto", "Motor vehicles"),
    ("Other-transport", "Other transport equipment"), ("Other", "Furniture and other manufacturing"),
]
SERVICES = [
    ("Electricity", "Electricity, gas and water"), ("Construction", "Construction"),
    ("Retail", "Wholesale and retail trade"), ("Hotels", "Hotels and restaurants"),
    ("Land-transport", "Land transport"), ("Water-transport", "Water transport"), ("Air-transport", "Air transport"),
    ("Aux-transport", "Auxiliary transport services"), ("Post", "Post and telecommunications"),
    ("Finance", "Financial services and insurance"), ("Real-estate", "Real estate"),
    ("Renting", "Renting of machinery"), ("Computer", "Computer services"), ("RD", "Research and development"),
    ("Other-business", "Other business services"), ("Public", "Public administration"), ("Education", "Education"),
    ("Health", "Health and social work"), ("Other-services", "Other services"),
    ("Households", "Private households with employed persons"),
]
SERVICES_THETA = 8.22
# Standard errors of the elasticities: Caliendo and Parro (2015), Table 1, the sample without the smallest 1 % of flows, in the
# order of GOODS. Cars and other transport have none, since the file holds 8.22 for them and not the estimates.
STANDARD_ERRORS = [2.01, 3.67, 0.61, 1.28, 2.87, 2.65, 15.61, 1.78, 2.23, 1.60, 2.51, 2.12, 2.80, 4.53, 1.64, 1.77, 1.56,
                   0, 0, 1.08]
NAFTA = ("CAN", "MEX", "USA")
N, J, G = len(COUNTRIES), len(GOODS) + len(SERVICES), len(GOODS)
MILLION = 1e6


def read_data(folder):
    """The published tables as nested lists: imports and tariffs [goods][buyer][seller], the rest [country][sector]."""
    def matrix(name, rows, columns):
        table = tables.read_matrix(os.path.join(folder, name))
        if len(table) != rows or any(len(row) != columns for row in table):
            sys.exit(f"nafta.py: {name} is not a table of {rows} by {columns} numbers")
        return table

    def blocks(name, scale):
        table = matrix(name, G * N, N)
        return [[[scale * x for x in table[j * N + n]] for n in range(N)] for j in range(G)]

    def by_country(name):
        table = matrix(name, J, N)
        return [[table[j][n] for j in range(J)] for n in range(N)]

    inputs = matrix("IO.txt", N * J, J)
    theta = [row[0] for row in matrix("T.txt", G, 1)] + [SERVICES_THETA] * len(SERVICES)
    return {
        "imports": blocks("xbilat1993.txt", 1e3 / MILLION), "tariff": blocks("tariffs1993.txt", 1e-2),
        "tariff_2005": blocks("tariffs2005.txt", 1e-2), "theta": theta,
        "output": [[x / MILLION for x in row] for row in by_country("GO.txt")], "beta": by_country("B.txt"),
        "bundle": [[[inputs[n * J + k][j] for k in range(J)] for j in range(J)] for n in range(N)],
    }


def calibrate(data):
    """Shares and value added of 1993: pi and t [sector][buyer][seller], gamma [country][user][input], alpha, value."""
    zero = [[0.0] * N for _ in range(N)]
    tariff = data["tariff"] + [zero] * (J - G)
    flow = [[row[:] for row in block] for block in data["imports"] + [zero] * (J - G)]
    raised = 0
    for j in range(J):
        for i in range(N):
            exports = fsum(flow[j][n][i] for n in range(N))
            raised += exports > data["output"][i][j]
            flow[j][i][i] += max(data["output"][i][j] - exports, 0.0)
    output = [[fsum(flow[j][n][i] for n in range(N)) for j in range(J)] for i in range(N)]
    spending = [[fsum((1 + tariff[j][n][i]) * flow[j][n][i] for i in range(N)) for j in range(J)] for n in range(N)]
    pi = [[[(1 + tariff[j][n][i]) * flow[j][n][i] / spending[n][j] for i in range(N)] for n in range(N)]
          for j in range(J)]
    gamma, below = [], []
    for n in range(N):
        gamma.append([])
        for j in range(J):
            bundle = data["bundle"][n][j]
            below += [x for x in data["bundle"][n][j] if x < 0]
            total = fsum(bundle)
            scale = (1 - data["beta"][n][j]) / total if total > 0 else 0.0
            gamma[n].append([scale * x for x in bundle])
    final = [[spending[n][j] - fsum(gamma[n][k][j] * output[n][k] for k in range(J)) for j in range(J)]
             for n in range(N)]
    negative = [x for row in final for x in row if x < 0]
    alpha = [[max(x, 0.0) for x in row] for row in final]
    alpha = [[x / fsum(row) for x in row] for row in alpha]
    value = [fsum(data["beta"][n][j] * output[n][j] for j in range(J)) for n in range(N)]
    print(f"nafta-1993: input shares below zero, kept as published: {below}")
    print(f"nafta-1993: output raised to exports in {raised} cells; final demand negative in {len(negative)} cells, "
          f"{fsum(negative):.0f} million USD of {fsum(map(fsum, final)):.0f}")
    return {"pi": pi, "tariff": tariff, "gamma": gamma, "alpha": alpha, "beta": data["beta"], "value": value,
            "flow": flow, "final": final}


def solve_flows(c):
    """Flows that keep every share of `c` and each country's value added; income is found by iteration."""
    sellers = [[[(i, c["pi"][j][n][i] / (1 + c["tariff"][j][n][i])) for i in range(N) if c["pi"][j][n][i] > 0]
                for n in range(N)] for j in range(J)]
    income = [fsum(x for x in row) for row in c["final"]]
    spending = [[c["alpha"][n][j] * income[n] for j in range(J)] for n in range(N)]
    for _ in range(5000):
        output = [[0.0] * J for _ in range(N)]
        for j in range(J):
            for n in range(N):
                for i, share in sellers[j][n]:
                    output[i][j] += share * spending[n][j]
        moved = 0.0
        for n in range(N):
            value = fsum(c["beta"][n][j] * output[n][j] for j in range(J))
            income[n] *= 1 + 0.7 * (c["value"][n] / value - 1)
            for j in range(J):
                new = c["alpha"][n][j] * income[n] + fsum(c["gamma"][n][k][j] * output[n][k] for k in range(J))
                moved = max(moved, abs(new - spending[n][j]) / new)
                spending[n][j] = new
        if moved < 1e-14:
            break
    return {(j, n, i): share * spending[n][j] for j in range(J) for n in range(N) for i, share in sellers[j][n]}


def report_moves(c, flow):
    """How far the solved flows are from the published ones."""
    def deficit(get):
        return [fsum(get(j, n, i) - get(j, i, n) for j in range(J) for i in range(N)) for n in range(N)]

    old = deficit(lambda j, n, i: c["flow"][j][n][i])
    new = deficit(lambda j, n, i: flow.get((j, n, i), 0.0))
    trade = fsum(c["flow"][j][n][i] for j in range(J) for n in range(N) for i in range(N) if i != n)
    moved = fsum(abs(flow.get((j, n, i), 0.0) - c["flow"][j][n][i])
                 for j in range(J) for n in range(N) for i in range(N) if i != n)
    worst = max(range(N), key=lambda n: abs(new[n] - old[n]) / c["value"][n])
    print(f"nafta-1993: flows between countries moved by {moved:.0f} of {trade:.0f} million USD; deficits by at most "
          f"{100 * abs(new[worst] - old[worst]) / c['value'][worst]:.2f} % of value added ({COUNTRIES[worst][0]}); "
          f"USA {old[29]:.0f} to {new[29]:.0f} million USD")


NOTES = [
    ("title", "31 economies and 40 sectors: the tables of Caliendo and Parro (2015)"),
    ("year", "1993"),
    ("source", "Replication files of Caliendo and Parro (2015)"),
    ("references", "Caliendo, L. and Parro, F. (2015). Estimates of the Trade and Welfare Effects of NAFTA. Review of "
                   "Economic Studies 82(1), 1-44."),
    ("license", "Derived from the authors' replication files; cite the paper"),
    ("history", "tools/worlds/nafta.py"),
    ("comment", "Expenditure shares, tariffs, technology, final-demand shares and value added as in the paper; flows are "
                "solved again to fit them, which moves them and the deficits. With closure: balanced the baseline is the "
                "paper's. Services are not traded. See worlds/SOURCES.md."),
]


def main(folder, out, tariff_table):
    data = read_data(folder)
    c = calibrate(data)
    flow = solve_flows(c)
    report_moves(c, flow)
    codes = [code for code, _ in COUNTRIES]
    sectors = [(code, name, True) for code, name in GOODS] + [(code, name, False) for code, name in SERVICES]
    names = [s[0] for s in sectors]
    flows = {}
    for j in range(J):
        for n in range(N):
            for i in range(N):
                flows[names[j], codes[n], codes[i]] = (flow.get((j, n, i), 0.0), c["tariff"][j][n][i])
    inputs = {(codes[n], names[j], names[k]): c["gamma"][n][j][k] for n in range(N) for j in range(J) for k in range(J)}
    # A share of value added that leaves no input is one; elsewhere it is what the inputs leave.
    value_added = {(codes[n], names[j]): 1 - fsum(c["gamma"][n][j]) for n in range(N) for j in range(J)}
    theta = dict(zip(names, data["theta"]))
    errors = dict(zip(names, STANDARD_ERRORS + [0] * len(SERVICES)))
    tables.write_world(out, COUNTRIES, sectors, flows, inputs, value_added, [("CP", theta), ("CP_se", errors)], NOTES)
    members = [codes.index(x) for x in NAFTA]
    tables.write_gz(tariff_table, ["importer", "exporter", "sector", "rate"],
                    [(codes[n], codes[i], names[j], data["tariff_2005"][j][n][i]) for j in range(G) for n in members
                     for i in members if i != n])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
