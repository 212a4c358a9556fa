"""Caliendo and Parro's counterfactual by plain loops, from the tables of a world: a check on world and solver alike.

    check_nafta.py WORLD_FOLDER TARIFF_TABLE

WORLD_FOLDER holds the world as CSV (`parley world export --format csv`). First every deficit is removed, then the
tariffs of the table are set; the five columns are compared with the published ones and those recomputed from them.
"""

import math
import os
import sys

import tables

# Per cent: terms of trade, volume of trade, first-order welfare (Caliendo and Parro 2015, Table 2), exact real income
# and real wage.
PUBLISHED = {
    "MEX": (-0.4118, 1.7239, 1.3121, 0.0073, 1.7153), "CAN": (-0.1081, 0.0443, -0.0638, -0.1101, 0.3228),
    "USA": (0.0435, 0.0412, 0.0848, 0.0741, 0.1124), "CHN": (-0.0060, -0.0219, -0.0280, -0.0277, -0.0078),
    "ROW": (-0.0014, -0.0019, -0.0033, -0.0029, -0.0011),
}
# Half a unit of the last printed digit.
TOLERANCE = 5.1e-5


def find(folder, name):
    for ending in ("", ".gz"):
        path = os.path.join(folder, name + ending)
        if os.path.exists(path):
            return path
    sys.exit(f"check_nafta.py: no {name} in {folder}")


class Economy:
    """Shares of a world: everything by position, sectors j, buyers n, sellers i."""

    def __init__(self, folder):
        self.codes = [r["country"] for r in tables.read(find(folder, "countries.csv"))]
        self.sectors = [r["sector"] for r in tables.read(find(folder, "sectors.csv"))]
        N, J = len(self.codes), len(self.sectors)
        at = {c: k for k, c in enumerate(self.codes)}
        kind = {s: k for k, s in enumerate(self.sectors)}
        rows = tables.read(find(folder, "elasticities.csv"))
        first = [key for key in rows[0] if key != "sector"][0]
        self.theta = [0.0] * J
        for r in rows:
            self.theta[kind[r["sector"]]] = float(r[first])
        self.flow = [[{} for _ in range(N)] for _ in range(J)]
        for r in tables.read(find(folder, "flows.csv")):
            if float(r["value_musd"]) > 0:
                j, n, i = kind[r["sector"]], at[r["importer"]], at[r["exporter"]]
                self.flow[j][n][i] = (float(r["value_musd"]), float(r["tariff"] or 0))
        self.gamma = [[{} for _ in range(J)] for _ in range(N)]
        for r in tables.read(find(folder, "input_shares.csv")):
            if float(r["share_of_gross_output"]) != 0:
                self.gamma[at[r["country"]]][kind[r["user"]]][kind[r["input"]]] = float(r["share_of_gross_output"])
        self.beta = [[1 - sum(self.gamma[n][j].values()) for j in range(J)] for n in range(N)]
        self.calibrate()

    def calibrate(self):
        N, J = len(self.codes), len(self.sectors)
        output = [[0.0] * J for _ in range(N)]
        self.spending = [[0.0] * J for _ in range(N)]
        for j in range(J):
            for n in range(N):
                for i, (x, t) in self.flow[j][n].items():
                    output[i][j] += x
                    self.spending[n][j] += x * (1 + t)
        self.pi = [[{i: x * (1 + t) / self.spending[n][j] for i, (x, t) in self.flow[j][n].items()} for n in range(N)]
                   for j in range(J)]
        self.tariff = [[{i: t for i, (_, t) in self.flow[j][n].items()} for n in range(N)] for j in range(J)]
        self.value = [sum(self.beta[n][j] * output[n][j] for j in range(J)) for n in range(N)]
        final = [[max(self.spending[n][j] - sum(self.gamma[n][k].get(j, 0) * output[n][k] for k in range(J)), 0.0)
                  for j in range(J)] for n in range(N)]
        self.alpha = [[x / sum(row) for x in row] for row in final]


def solve(e, pi, before, after, value):
    """Hats of a change of tariffs with balanced trade: plain iteration on wages, prices and spending."""
    N, J = len(e.codes), len(e.sectors)
    log_wage, log_price = [0.0] * N, [[0.0] * J for _ in range(N)]
    spending = [row[:] for row in e.spending]
    cells = [[[(i, p * ((1 + after[j][n][i]) / (1 + before[j][n][i])) ** -e.theta[j], after[j][n][i])
               for i, p in pi[j][n].items()] for n in range(N)] for j in range(J)]
    for _ in range(3000):
        moved = 0.0
        log_cost = [[e.beta[n][j] * log_wage[n] + sum(g * log_price[n][k] for k, g in e.gamma[n][j].items())
                     for j in range(J)] for n in range(N)]
        output, duty = [[0.0] * J for _ in range(N)], [0.0] * N
        trade = [[None] * N for _ in range(J)]
        for j in range(J):
            cheap = [math.exp(-e.theta[j] * log_cost[i][j]) for i in range(N)]
            for n in range(N):
                total = sum(a * cheap[i] for i, a, _ in cells[j][n])
                new = -math.log(total) / e.theta[j]
                moved = max(moved, abs(new - log_price[n][j]))
                log_price[n][j] = new
                trade[j][n] = {i: a * cheap[i] / total * spending[n][j] / (1 + t) for i, a, t in cells[j][n]}
                for i, _, t in cells[j][n]:
                    output[i][j] += trade[j][n][i]
                    duty[n] += t * trade[j][n][i]
        earned = [sum(e.beta[n][j] * output[n][j] for j in range(J)) for n in range(N)]
        for n in range(N):
            income = value[n] * math.exp(log_wage[n]) + duty[n]
            for j in range(J):
                new = e.alpha[n][j] * income + sum(e.gamma[n][k].get(j, 0.0) * output[n][k] for k in range(J))
                moved = max(moved, abs(new / spending[n][j] - 1))
                spending[n][j] = new
        step = [0.3 * math.log(earned[n] / (value[n] * math.exp(log_wage[n]))) for n in range(N)]
        moved = max(moved, max(map(abs, step)))
        log_wage = [w + s for w, s in zip(log_wage, step)]
        scale = math.log(sum(value) / sum(v * math.exp(w) for v, w in zip(value, log_wage)))
        log_wage = [w + scale for w in log_wage]
        if moved < 1e-11:
            break
    else:
        sys.exit("check_nafta.py: plain iteration does not converge")
    income = [value[n] * math.exp(log_wage[n]) + duty[n] for n in range(N)]
    return {"wage": log_wage, "cost": log_cost, "price": log_price, "trade": trade, "spending": spending,
            "income": income, "value": [value[n] * math.exp(log_wage[n]) for n in range(N)]}


def columns(e, base, new, n):
    """The five columns for one economy, in per cent."""
    J, N = len(e.sectors), len(e.codes)
    rise = [[math.exp(x) - 1 for x in row] for row in new["cost"]]
    terms = volume = 0.0
    for j in range(J):
        for i in range(N):
            if i == n:
                continue
            terms += base["trade"][j][i].get(n, 0.0) * rise[n][j]
            bought = base["trade"][j][n].get(i, 0.0)
            if bought > 0:
                terms -= bought * rise[i][j]
                volume += e.tariff[j][n][i] * bought * (new["trade"][j][n][i] / bought - 1 - rise[i][j])
    consumer = math.exp(sum(e.alpha[n][j] * new["price"][n][j] for j in range(J)))
    terms, volume = 100 * terms / base["income"][n], 100 * volume / base["income"][n]
    return (terms, volume, terms + volume, 100 * (new["income"][n] / base["income"][n] / consumer - 1),
            100 * (math.exp(new["wage"][n]) / consumer - 1))


def main(folder, table):
    e = Economy(folder)
    base = solve(e, e.pi, e.tariff, e.tariff, e.value)
    pi = [[{i: x * (1 + e.tariff[j][n][i]) / base["spending"][n][j] for i, x in base["trade"][j][n].items()}
           for n in range(len(e.codes))] for j in range(len(e.sectors))]
    after = [[dict(row) for row in block] for block in e.tariff]
    for r in tables.read(table):
        cell = after[e.sectors.index(r["sector"])][e.codes.index(r["importer"])]
        if e.codes.index(r["exporter"]) in cell:
            cell[e.codes.index(r["exporter"])] = float(r["rate"])
    e.spending = base["spending"]
    new = solve(e, pi, e.tariff, after, base["value"])
    failed = 0
    for code, expected in PUBLISHED.items():
        found = columns(e, base, new, e.codes.index(code))
        right = all(abs(x - y) <= TOLERANCE for x, y in zip(found, expected))
        failed += not right
        print(("ok" if right else "FAILED"), code, " ".join(f"{x:.6f}" for x in found), "expected",
              " ".join(map(str, expected)))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
