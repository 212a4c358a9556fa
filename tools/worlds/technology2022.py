"""Technology of the world 2022: shares of 2014 of the economy itself or of its neighbours, fitted to 2022.

The 2014 tables have 22 goods, of which three differ from those of 2022:
- mining is one sector; its parts take its technology, with value-added shares and own use spread as in a table of
  seven regions for 2017, and every user's mining inputs are spread over the parts in the same way;
- paper and printing are added up, as are agriculture and forestry;
- repair is with machinery; the part of machinery inputs that is repair is what brings the 2014 use of the two
  sectors to the 2022 proportion.
The estimate is then fitted by RAS, economy by economy: what sectors spend on inputs leaves GDP as value added, and
what is left of each product for final demand follows the 2014 split between intermediate and final use.
"""

import collections
import os
from math import fsum

import goods2022
import names
import tables
import wiod

SECTORS = goods2022.GOODS + [code for code, _ in names.SERVICES]
OLD = [code for code, _ in names.GOODS_2014] + [code for code, _ in names.SERVICES]
MINING = ("B05_06", "B07_08", "B09")
# Final demand of a product is kept between these shares of spending before fitting.
LEAST, MOST = 0.002, 0.998
# Regions of the 2017 table; others are its rest of the world.
REGION = {**{c: "EU" for c in names.EU}, "BRA": "BRA", "CHN": "CHN", "IND": "IND", "JPN": "JPN", "USA": "USA",
          "GBR": "EU"}


class Tables2014:
    """The 2014 tables by economy, pooled over donors: input value, output and final demand."""

    def __init__(self, data, old):
        self.inputs, self.value_added = wiod.read_inputs(data)
        tariff = {key: t for key, (_, t) in wiod.read_flows(data).items()}
        self.output, self.spending, self.used = (collections.defaultdict(float) for _ in range(3))
        for (j, n, i), x in old.items():
            self.output[i, j] += x
            self.spending[n, j] += x * (1 + tariff[j, n, i])
        self.codes = sorted({i for i, _ in self.output})
        for (c, k, j), share in self.inputs.items():
            self.used[c, j] += share * self.output[c, k]

    def column(self, code, user):
        """Input shares and value-added share of `user`, weighted by output over donors; an economy that makes nothing
        of it takes the world."""
        for pool in (names.donors(code), self.codes):
            weight = {c: self.output[c, user] for c in pool}
            total = fsum(weight.values())
            if total > 0:
                inputs = {j: fsum(w * self.inputs.get((c, user, j), 0.0) for c, w in weight.items()) / total for j in OLD}
                return inputs, fsum(w * self.value_added[c, user] for c, w in weight.items()) / total
        raise AssertionError(user)

    def final_share(self, code, product):
        """The part of spending on a product that is final demand."""
        pool = names.donors(code)
        spending = fsum(self.spending[c, product] for c in pool)
        return 1 - fsum(self.used[c, product] for c in pool) / spending


class Mining2017:
    """How mining is spread over its parts in seven regions: inputs by user, and value added."""

    def __init__(self, data):
        folder = os.path.join(data, "world/ju2017")
        place = {str(k + 1): code for k, code in enumerate(goods2022.GOODS)}
        self.part, self.value_added = {}, {}
        for row in tables.read(os.path.join(folder, "IOshare.csv")):
            if place.get(row["input_ind"]) in MINING:
                user = place.get(row["output_ind"], "services")
                cell = self.part.setdefault((row["iso_o"], user), dict.fromkeys(MINING, 0.0))
                cell[place[row["input_ind"]]] += float(row["valueshare"])
        for row in tables.read(os.path.join(folder, "vashare.csv")):
            if place.get(row["indcode"]) in MINING:
                self.value_added[row["iso_o"], place[row["indcode"]]] = float(row["vashare"])

    def spread(self, code, user):
        cell = self.part[REGION.get(code, "ROW"), user if user in goods2022.GOODS else "services"]
        return {part: x / fsum(cell.values()) for part, x in cell.items()}

    def odds(self, code, part):
        share = self.value_added[REGION.get(code, "ROW"), part]
        return share / (1 - share)


def old_sectors(sector):
    return goods2022.OF_2014.get(sector, [sector])


def repair_part(old, code, absorbed):
    """The part of machinery (C28_C33) inputs that is repair, so that the use of machinery and of other manufacturing
    has the 2022 proportion; at most a half."""
    machinery = fsum(old.spending[c, "C28_C33"] for c in names.donors(code))
    other = fsum(old.spending[c, "C31_C32"] for c in names.donors(code))
    now = absorbed["C28"] / (absorbed["C28"] + absorbed["C31T33"])
    return min(max(1 - now * (machinery + other) / machinery, 0.0), 0.5)


def to_new_inputs(inputs, spread, repair):
    """A 2014 column of input shares by sectors of 2022."""
    column = {j: 0.0 for j in SECTORS}
    for j in SECTORS:
        if j in MINING:
            column[j] = inputs["B"] * spread[j]
        elif j == "C28":
            column[j] = inputs["C28_C33"] * (1 - repair)
        elif j == "C31T33":
            column[j] = inputs["C31_C32"] + inputs["C28_C33"] * repair
        else:
            column[j] = fsum(inputs[k] for k in old_sectors(j))
    return column


def estimate(old, mining, code, output, absorbed):
    """The 2014 technology in sectors of 2022: {user: {input: share}}, {user: value-added share}, {product: final share}."""
    repair = repair_part(old, code, absorbed)
    shares, value_added, final = {}, {}, {}
    for user in SECTORS:
        kinds = old_sectors(user)
        columns = [old.column(code, k) for k in kinds]
        weight = [fsum(old.output[c, k] for c in names.donors(code)) for k in kinds]
        weight = [w / fsum(weight) for w in weight] if fsum(weight) > 0 else [1 / len(kinds)] * len(kinds)
        if user == "C31T33" and repair > 0:
            columns.append(old.column(code, "C28_C33"))
            moved = repair * fsum(old.output[c, "C28_C33"] for c in names.donors(code))
            own = fsum(old.output[c, "C31_C32"] for c in names.donors(code))
            weight = [own / (own + moved), moved / (own + moved)]
        inputs = {j: fsum(w * column[0][j] for w, column in zip(weight, columns)) for j in OLD}
        value_added[user] = fsum(w * column[1] for w, column in zip(weight, columns))
        shares[user] = to_new_inputs(inputs, mining.spread(code, user), repair)
    spread_mining_value(mining, code, value_added, output)
    for product in SECTORS:
        pool = [old.final_share(code, k) for k in old_sectors(product)
                if fsum(old.spending[c, k] for c in names.donors(code)) > 0]
        share = fsum(pool) / len(pool) if pool else 0.5
        final[product] = min(max(share, LEAST), MOST)
    return shares, value_added, final


def spread_mining_value(mining, code, value_added, output):
    """Value-added shares of the parts of mining: the odds of 2017 scaled so that mining as a whole keeps its share."""
    whole = value_added[MINING[0]]
    weight = {part: output.get(part, 0.0) for part in MINING}
    total = fsum(weight.values())
    if total == 0 or not 0 < whole < 1:
        return
    odds = {part: mining.odds(code, part) for part in MINING}
    scale = solve(lambda s: fsum(weight[p] * s * odds[p] / (1 + s * odds[p]) for p in MINING) - whole * total)
    for part in MINING:
        value_added[part] = scale * odds[part] / (1 + scale * odds[part])


def solve(rising):
    """The positive root of a rising function, by bisection of its logarithm."""
    low, high = 1e-9, 1e9
    for _ in range(200):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low * high) ** 0.5


def scaled_odds(shares, weight, total):
    """Shares whose odds are all multiplied by one number, so that they add up to `total` with the weights."""
    odds = {k: s / (1 - s) for k, s in shares.items() if s < 1}
    fixed = fsum(weight[k] for k, s in shares.items() if s >= 1)
    scale = solve(lambda s: fixed + fsum(weight[k] * s * o / (1 + s * o) for k, o in odds.items()) - total)
    return {k: 1.0 if k not in odds else scale * odds[k] / (1 + scale * odds[k]) for k in shares}


def ras(cells, rows, columns):
    """Scales cells {(input, user): value} until users' totals are met exactly and products' as far as they go."""
    for _ in range(1000):
        sums = dict.fromkeys(rows, 0.0)
        for (j, _), x in cells.items():
            sums[j] += x
        factor = {j: rows[j] / s if s > 0 else 0.0 for j, s in sums.items()}
        worst = max(abs(factor[j] - 1) for j, s in sums.items() if s > 0 and rows[j] > 0)
        cells = {(j, k): x * factor[j] for (j, k), x in cells.items()}
        sums = dict.fromkeys(columns, 0.0)
        for (_, k), x in cells.items():
            sums[k] += x
        factor = {k: columns[k] / s if s > 0 else 0.0 for k, s in sums.items()}
        cells = {(j, k): x * factor[k] for (j, k), x in cells.items()}
        if worst < 1e-12:
            break
    return cells, worst


def fit_country(shares, value_added, final, output, absorbed, product):
    """Shares of one economy that leave `product` as value added: {(user, input): share}, {user: share}, worst row."""
    made = {k: output[k] for k in SECTORS if output[k] > 0}
    value = scaled_odds({k: value_added[k] for k in made}, made, product)
    columns = {k: y * (1 - value[k]) for k, y in made.items()}
    total = fsum(absorbed.values())
    bought = {j: absorbed[j] for j in SECTORS if absorbed[j] > 0}
    kept = scaled_odds({j: final[j] for j in bought}, bought, total - fsum(columns.values()))
    rows = {j: bought[j] * (1 - kept[j]) if j in bought else 0.0 for j in SECTORS}
    cells = {(j, k): shares[k][j] * made[k] for k in made for j in bought if shares[k][j] > 0}
    cells, worst = ras(cells, rows, columns)
    inputs = {(k, j): x / made[k] for (j, k), x in cells.items()}
    for k in SECTORS:
        if k not in made:
            value[k] = value_added[k]
            bundle = fsum(shares[k][j] for j in bought)
            inputs.update({(k, j): (1 - value[k]) * shares[k][j] / bundle for j in bought})
    return inputs, value, worst


def fit(data, flows, old_flows, codes, product):
    """{(country, user, input): share} and {(country, user): share}."""
    old, mining = Tables2014(data, old_flows), Mining2017(data)
    output = {c: dict.fromkeys(SECTORS, 0.0) for c in codes}
    absorbed = {c: dict.fromkeys(SECTORS, 0.0) for c in codes}
    for (j, n, i), (x, t) in flows.items():
        output[i][j] += x
        absorbed[n][j] += x * (1 + t)
    inputs, value_added, unmet, moved, weight = {}, {}, {}, 0.0, 0.0
    for c in codes:
        shares, value, final = estimate(old, mining, c, output[c], absorbed[c])
        fitted, fitted_value, unmet[c] = fit_country(shares, value, final, output[c], absorbed[c], product[c])
        for (k, j), share in fitted.items():
            inputs[c, k, j] = share
            moved += abs(share - shares[k][j]) * output[c][k]
        for k, share in fitted_value.items():
            value_added[c, k] = share
        weight += fsum(output[c].values())
    worst = max(unmet, key=unmet.get)
    print(f"world-2022: input shares move by {100 * moved / weight:.1f} % of gross output from the 2014 estimate; totals of "
          f"products unmet by at most {100 * unmet[worst]:.2g} % ({worst})")
    return inputs, value_added
