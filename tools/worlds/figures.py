"""Figures of a world against totals people know, for worlds/SOURCES.md.

    figures.py WORLD_FOLDER     (as written by `parley world export --format csv`)
"""

import os
import sys

import tables


def main(folder):
    goods = {r["sector"] for r in tables.read(os.path.join(folder, "sectors.csv")) if r["goods"] == "1"}
    flows = [(r["sector"], r["importer"], r["exporter"], float(r["value_musd"]), float(r["tariff"] or 0))
             for r in tables.read(os.path.join(folder, "flows.csv"))]
    share = {(r["country"], r["sector"]): float(r["share_of_gross_output"])
             for r in tables.read(os.path.join(folder, "value_added_shares.csv"))}
    value, paid = {}, {}

    def total(buyer=None, seller=None, kinds=None):
        return sum(x for j, n, i, x, _ in flows if n != i and (buyer is None or n == buyer)
                   and (seller is None or i == seller) and (kinds is None or j in kinds))

    print(f"gross output {sum(x for *_, x, _ in flows) / 1e6:.2f} trillion USD")
    print(f"value added {sum(share[i, j] * x for j, _, i, x, _ in flows) / 1e6:.2f} trillion USD")
    print(f"trade {total() / 1e6:.2f}, of which goods {total(kinds=goods) / 1e6:.2f} trillion USD")
    print(f"duties {sum(x * t for *_, x, t in flows) / 1e3:.0f} billion USD")
    for buyer, seller in (("USA", "CHN"), ("CHN", "USA"), ("USA", None), (None, "USA"), ("CHN", None), (None, "CHN")):
        print(f"goods bought by {buyer or 'all'} from {seller or 'all'}: "
              f"{total(buyer, seller, goods) / 1e3:.1f} billion USD")
    print(f"deficit of USA: goods {(total('USA', None, goods) - total(None, 'USA', goods)) / 1e3:.1f}, "
          f"all {(total('USA') - total(None, 'USA')) / 1e3:.1f} billion USD")
    for j, n, i, x, t in flows:
        if n != i and j in goods:
            for key in ((n, None), (n, i)):
                value[key] = value.get(key, 0.0) + x
                paid[key] = paid.get(key, 0.0) + x * t
    rate = {key: 100 * paid[key] / x for key, x in value.items() if x > 0}
    for pair in ("USA CHN", "CHN USA", "USA DEU", "DEU USA", "USA MEX", "USA CAN", "IND USA"):
        buyer, seller = pair.split()
        print(f"average tariff of {buyer} on {seller}: {rate[buyer, seller]:.2f} %")
    buyers = sorted({n for _, n, *_ in flows})
    print("average tariff by buyer: " + ", ".join(f"{n} {rate[n, None]:.1f}" for n in buyers))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
