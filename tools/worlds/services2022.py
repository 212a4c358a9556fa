"""Services of the world 2022: one flow for each pair, spread over 28 services as the 2014 tables have them."""

from math import fsum

import names

SERVICES = [code for code, _ in names.SERVICES]


def index(old):
    """The 2014 flows of services by pair: {(buyer, seller): [value by service]}."""
    pairs = {}
    for k, service in enumerate(SERVICES):
        for (j, n, i), value in old.items():
            if j == service:
                pairs.setdefault((n, i), [0.0] * len(SERVICES))[k] = value
    return pairs


def shares(lists):
    """The mix of the sum of `lists`, or None when nothing is sold."""
    total = [fsum(column) for column in zip(*lists)] if lists else [0.0]
    value = fsum(total)
    return [x / value for x in total] if value > 0 else None


def mix(pairs, n, i):
    """How the services that i sells to n were composed in 2014.

    A pair without tables takes its donors'; a pair that traded nothing takes what the seller sold to all others.
    The second result tells which: "pair", "neighbours" or "seller"."""
    sellers = names.donors(i)
    if n == i:
        return shares([pairs[d, d] for d in sellers]), "pair" if sellers == [i] else "neighbours"
    buyers = names.donors(n)
    own = sellers == [i] and buyers == [n]
    found = shares([pairs[b, s] for b in buyers for s in sellers if b != s and (b, s) in pairs])
    if found:
        return found, "pair" if own else "neighbours"
    return shares([flow for (b, s), flow in pairs.items() if s in sellers and b != s]), "seller"


def split(services, old, codes):
    """{(service, buyer, seller): value}."""
    pairs = index(old)
    flows, known = {}, {}
    for n in codes:
        for i in codes:
            value = services.get((n, i), 0.0)
            if value == 0:
                continue
            parts, origin = mix(pairs, n, i)
            kind = ("domestic " if n == i else "traded ") + origin
            known[kind] = known.get(kind, 0.0) + value
            for service, part in zip(SERVICES, parts):
                if part > 0:
                    flows[service, n, i] = value * part
    for side in ("domestic", "traded"):
        total = fsum(x for kind, x in known.items() if kind.startswith(side))
        print(f"world-2022: mix of {side} services by value: "
              + ", ".join(f"{kind.split()[1]} {100 * x / total:.1f} %" for kind, x in sorted(known.items())
                          if kind.startswith(side)))
    return flows
