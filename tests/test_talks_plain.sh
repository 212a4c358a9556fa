#!/usr/bin/env bash
# usage: test_talks_plain.sh PARLEY
# parley talks against numbers recomputed by plain loops in another language, which share nothing with the program: optima,
# equilibria, payoffs, quotas, bargains and the best deals that are kept, on worlds small enough for a search over a grid.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

cat >world.yaml <<'YAML'
  world:
    countries: [A, B, C]
    sectors: [g, s]
    goods: [g, s]
    flow:
      g: [[412.7, 38.1, 21.9], [52.3, 633.2, 47.5], [17.6, 71.8, 958.4]]
      s: [[823.1, 6.7, 14.2], [11.9, 1207.6, 22.8], [31.4, 9.3, 1715.9]]
    tariff:
      g: [[0, 0.031, 0.072], [0.113, 0, 0.054], [0.026, 0.087, 0]]
      s: [[0, 0.012, 0], [0, 0, 0.023], [0.008, 0, 0]]
    theta: {g: 3.7, s: 5.3}
YAML
cat >whole.yaml <<'YAML'
    input_share:
      A: {g: {g: 0.31, s: 0.17}, s: {g: 0.09, s: 0.28}}
      B: {g: {g: 0.36, s: 0.14}, s: {g: 0.11, s: 0.24}}
      C: {g: {g: 0.27, s: 0.21}, s: {g: 0.07, s: 0.33}}
    profit_share: {A: {g: 0.07, s: 0.11}, B: {g: 0.13, s: 0.05}, C: {g: 0.02, s: 0.09}}
YAML

# Three countries with inputs, nests, profits, labour that moves imperfectly, deficits and tariffs before.
{
    printf 'parley: 1\nname: three\nscenario:\n'
    cat world.yaml whole.yaml
    cat <<'YAML'
  settings: {closure: gdp, sigma_value_added: 0.6, sigma_inputs: 0.3, sigma_final: 1.5, kappa: 1.7}
players: {One: {members: A}, Two: {members: B}, Three: {members: C}}
instruments:
  a: {player: One, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
  b: {player: Two, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
  c: {player: Three, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
YAML
} >three.yaml

# A bloc that taxes itself, weights by sector, duties on top of what stands, parts of flows.
{
    printf 'parley: 1\nname: bloc\nscenario:\n'
    cat world.yaml whole.yaml
    cat <<'YAML'
  settings: {closure: gdp, sigma_value_added: 0.6, sigma_inputs: 0.3, sigma_final: 1.5, kappa: 2.1}
  variants:
    calm: {title: calm}
    war:
      measures:
        - {kind: tariff, by: A, on: B, sectors: g, rate: 45%, share: 0.5}
        - {kind: tariff, by: B, on: A, rate: 20%, basis: add}
        - {kind: export-tax, by: B, on: C, sectors: s, rate: 9%}
today: war
disagreement: war
players:
  Bloc: {members: [A, C], payoff: {real_income: 0.7, political: {goods: 0.3, g: 1.4, s: 1}, value_added: {s: 0.15}}}
  Two: {members: B, payoff: {political: {g: 0.6, s: 1.2}}}
instruments:
  in: {player: Bloc, kind: tariff, by: A, on: C, basis: add, low: -20%, high: 60%, share: 40%}
  out: {player: Bloc, kind: tariff, on: B, each: [member, sector], low: -20%, high: 200%}
  xt: {player: Bloc, kind: export-tax, by: C, on: B, sectors: g, low: -30%, high: 100%}
  two: {player: Two, kind: tariff, on: [A, C], each: partner, basis: add, low: -30%, high: 150%}
  twox: {player: Two, kind: export-tax, on: C, sectors: s, basis: add, share: 0.5, low: -10%, high: 50%}
packages:
  p: {set: {in: 30%, out: 22%, xt: -4%, two: -15%, twox: 12%}}
  q: {set: {two: -30%, twox: -5%}}
  r: {variant: calm, set: {in: -20%, xt: 3%}}
YAML
} >bloc.yaml

# Two tables at once.
{
    printf 'parley: 1\nname: tables\nscenario:\n'
    cat world.yaml
    cat <<'YAML'
  settings: {closure: balanced}
  variants: {now: {title: now}, war: {measures: [{kind: tariff, by: all, on: all, rate: 30%, basis: add}]}}
players: {One: {members: A, weight: 2}, Two: {members: B}, Three: {members: C}}
instruments:
  ab: {player: One, kind: tariff, on: B, high: 60%}
  ac: {player: One, kind: tariff, on: C, high: 60%}
  ba: {player: Two, kind: tariff, on: A, high: 60%}
  ca: {player: Three, kind: tariff, on: A, high: 60%}
  bc: {player: Two, kind: tariff, on: C, high: 60%}
disagreement: war
tables: [[One, Two], [One, Three]]
YAML
} >tables.yaml

# Deficits fixed in money: where each answers the others step by step, C gains by a leap.
{
    printf 'parley: 1\nname: leap\nscenario:\n'
    cat world.yaml
    cat <<'YAML'
  settings: {closure: fixed}
players: {One: {members: A}, Two: {members: B}, Three: {members: C}}
instruments:
  a: {player: One, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
  b: {player: Two, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
  c: {player: Three, kind: tariff, on: all, each: [partner, sector], low: -10%, high: 150%}
disagreement: nash
packages: {free: {set: {a: 0%, b: 0%, c: 0%}}}
YAML
} >leap.yaml

quota() { # RENT SHARE: known answer K3, A's sales of sector s to B as an instrument
    cat <<YAML
parley: 1
name: quota
scenario:
  world:
    countries: [A, B, C]
    sectors: [g, s]
    goods: [g, s]
    flow:
      g: [[60, 10, 10], [10, 60, 10], [10, 10, 60]]
      s: [[10, 4, 6], [6, 12, 2], [4, 4, 12]]
    theta: {g: 3, s: 2}
players: {One: {members: A}, Two: {members: B}}
instruments:
  q: {player: One, kind: quota, on: B, sectors: s, low: 5%, high: 100%, share: $2, rent: $1}
  t: {player: Two, kind: tariff, on: A, sectors: s}
packages: {half: {set: {q: 50%}}, d: {set: {t: 10%}}}
YAML
}
for rent in seller buyer wasted; do
    for share in 1 0.4; do quota $rent $share >"quota-$rent-$share.yaml"; done
done

kept() { # DISCOUNT LAG PUNISHMENT DISAGREEMENT HIGH: known answer K2's second world
    cat <<YAML
parley: 1
name: kept
scenario:
  world: {countries: [A, B], sectors: [one], goods: [one], flow: {one: [[180, 20], [20, 80]]}, theta: {one: 4}}
  settings: {closure: balanced}
  variants: {free: {title: free trade}, war: {measures: [{kind: tariff, by: all, on: all, rate: 60%}]}}
players: {One: {members: A}, Two: {members: B}}
instruments:
  t1: {player: One, kind: tariff, on: B, high: $5}
  t2: {player: Two, kind: tariff, on: A, high: $5}
disagreement: $4
discount: $1
lag: $2
punishment: $3
YAML
}
kept 0.42 1 forever war 200% >kept-1.yaml
kept 0.6 2 4 war 200% >kept-2.yaml
kept 0.9 3 2 war 200% >kept-3.yaml
kept 0.3 1 forever nash 100% >kept-4.yaml

# A licence whose rent is wasted helps nobody who has a tariff: it is left open, and then it is slack.
{
    printf 'parley: 1\nname: open\nscenario:\n'
    cat world.yaml whole.yaml
    cat <<'YAML'
  settings: {closure: balanced}
players: {One: {members: A}, Two: {members: B}}
instruments:
  tariff: {player: One, kind: tariff, on: C}
  licence: {player: One, kind: licence, on: C, low: 9%, rent: wasted}
  two: {player: Two, kind: tariff, on: A, sectors: s, low: -10%, share: 0.5}
YAML
} >open.yaml

# Below what the world's tables hold an addition takes off nothing more, and no slope leads back from there.
cat >flat.yaml <<'YAML'
parley: 1
name: flat
scenario:
  world:
    countries: [A, B, C]
    sectors: [one]
    goods: [one]
    flow: {one: [[685.21, 51.97, 26.19], [34.22, 496.89, 51.84], [39.35, 5.52, 359.65]]}
    tariff: {one: [[0, 0.003, 0], [0.085, 0, 0], [0, 0, 0]]}
    theta: {one: 8.66}
  settings: {closure: gdp, kappa: 1.89}
  variants: {now: {title: now}, war: {measures: [{kind: tariff, by: [A, B], on: [A, B], rate: 30%, basis: add}]}}
players: {One: {members: A}, Two: {members: B}}
instruments:
  licence: {player: One, kind: licence, on: B, low: 23%, share: 0.5, rent: buyer}
  tariff: {player: Two, kind: tariff, on: C, basis: add, low: -10%, high: 64%}
disagreement: war
YAML

# In nafta-1993 a duty on petroleum (elasticity 65) that stops all of its trade is flat on top: a hill of its own.
cat >petroleum.yaml <<'YAML'
parley: 1
name: petroleum
scenario:
  world: nafta-1993
  variants: {now: {title: now}, war: {measures: [{kind: tariff, by: [USA, MEX], on: [USA, MEX], rate: 25%, basis: add}]}}
players: {US: {members: USA}, Mexico: {members: MEX}}
instruments:
  us: {player: US, kind: tariff, on: MEX, each: sector}
  mx: {player: Mexico, kind: tariff, on: USA}
  mxx: {player: Mexico, kind: export-tax, on: USA, low: -20%, high: 60%}
disagreement: war
YAML

python3 - "$parley" <<'PY'
import json, subprocess, sys

failed = 0


def ask(verb, game, *options):
    run = subprocess.run([sys.argv[1], "talks", verb, game, "--json", "--threads", "2", "-q", *options],
                         capture_output=True, text=True)
    answer = json.loads(run.stdout) if run.returncode < 2 else {"deals": [], "instruments": []}
    answer["exit"] = run.returncode
    return answer


def deal(answer, name):
    return next(d for d in answer["deals"] if d["name"] == name)


def settings(answer, name, part=""):
    return [deal(answer, name)["settings"][i["name"]] for i in answer["instruments"] if i["name"].startswith(part)]


def payoffs(answer, name, key="payoff"):
    return [p[key] for p in deal(answer, name)["players"]]


def near(name, got, wanted, tolerance):
    global failed
    holds = len(got) == len(wanted) and all(abs(a - b) <= tolerance for a, b in zip(got, wanted))
    failed += not holds
    print(("ok " if holds else "not ok ") + name)
    if not holds:
        print(f"#   {got} is not {wanted} within {tolerance}")


def holds(name, condition):
    near(name, [bool(condition)], [True], 0)


answer = ask("best-response", "three.yaml")
best = {"One": ("a", [0.163547619, 0.149293885, 0.166439434, 0.149310090], [0.213935370, -0.310866858, -0.071370278]),
        "Two": ("b", [0.311075079, 0.269111940, 0.285828664, 0.270418395], [-0.633746030, 0.416720059, -0.641363089]),
        "Three": ("c", [0.289209768, 0.302971913, 0.327156367, 0.324720935], [-0.752043729, -0.791855189, 0.358759226])}
for player, (part, rates, worth) in best.items():
    near(f"the optimum of {player}, all of the model at work", settings(answer, player, part), rates, 1e-6)
    near(f"what it is worth to everybody ({player})", payoffs(answer, player), worth, 1e-7)
answer = ask("nash", "three.yaml")
near("an equilibrium of three players with four tariffs each", settings(answer, "nash"),
     [0.132511910, 0.119236217, 0.139154602, 0.124675283, 0.336332012, 0.293998665,
      0.282546921, 0.266761555, 0.343407358, 0.363966092, 0.390375835, 0.403061414], 1e-6)
near("payoffs there", payoffs(answer, "nash"), [-1.477309943, -0.887721271, -0.396758931], 2e-7)

answer = ask("table", "bloc.yaml")
for name, worth in {"no-deal": [-0.196486608, -0.185905648], "p": [-0.109051803, -0.743926701],
                    "q": [0.011293478, -0.239553785], "r": [0.008198169, -0.112169413]}.items():
    near(f"payoffs of a bloc with weights by sector ({name})", payoffs(answer, name), worth, 2e-9)
near("breaches of a package by both", payoffs(answer, "p", "breach"), [-0.021936121, 0.077786691], 1e-7)

# The first is known from K3: the best quota is 2.842527 of 6.
quotas = {("seller", "1"): (0.551557149, 0.473754469, 0.188170926), ("seller", "0.4"): (0.498117236, 0.05, 0.049966422),
          ("buyer", "1"): (0, 1, -0.227129250), ("wasted", "0.4"): (0, 1, -0.227129250)}
for (rent, share), (worth, level, breach) in quotas.items():
    answer = ask("best-response", f"quota-{rent}-{share}.yaml", "--player", "One")
    near(f"the best quota, rent to {rent}, share {share}", settings(answer, "One", "q"), [level], 1e-5)
    near("what it is worth", payoffs(answer, "One")[:1], [worth], 1e-7)
    answer = ask("table", f"quota-{rent}-{share}.yaml")
    near("a breach by quota", payoffs(answer, "d", "breach")[:1], [breach], 1e-7)

answer = ask("bargain", "tables.yaml")
near("two tables at once", settings(answer, "nash-in-nash")[:4], [0, 0.0357226, 0.0027737, 0], 2e-6)
near("what they are worth", payoffs(answer, "nash-in-nash"), [0.2434327, -0.5266888, -0.3441017], 1e-5)
near("a bargain of three", payoffs(answer, "nash-bargain"), [0.4070337, -0.2322046, 0.0078763], 1e-4)

# The best deal that is kept, by a grid over both tariffs with the best breach of each.
best_kept = {1: ([0.0219826, 0.0058439], [0.0866723, -0.1890268]), 2: ([0.0572472, 0.0424429], [0.0438967, -0.2683093]),
             3: ([0.0533010, 0.0383576], [0.0506066, -0.2556766]), 4: ([0.0695101, 0.0551230], [0.0204565, -0.3126482])}
for number, (rates, worth) in best_kept.items():
    answer = ask("sustain", f"kept-{number}.yaml")
    near(f"the best deal that is kept ({number})", settings(answer, "best-kept"), rates, 1e-6)
    near("what it is worth", payoffs(answer, "best-kept"), worth, 2e-6)
    holds("and it is kept, though it asks for all the patience there is",
          all(payoffs(answer, "best-kept", "keeps")) and all(payoffs(answer, "best-kept-verified", "keeps")))
    if payoffs(answer, "nash-bargain", "keeps") == [True, True]:
        near("which is the bargain when that is kept", payoffs(answer, "best-kept"), payoffs(answer, "nash-bargain"), 1e-9)

answer = ask("bargain", "leap.yaml")
without = deal(answer, "no-deal")
holds("no deal that is no equilibrium is marked", not without["converged"] and "no equilibrium here" in without["outcome"])
holds("and ends the program with 1", answer["exit"] == 1 and not answer["converged"])
answer = ask("sustain", "leap.yaml")
holds("a reader is told", any("gains 0.039 %" in note for note in answer["notes"]))

answer = ask("nash", "open.yaml")
near("a licence left open does not disturb a search", settings(answer, "nash"), [0.150417313, 1, 0.248256341], 1e-6)
near("nor what it finds", payoffs(answer, "nash"), [0.044023684, 0.015820550], 1e-7)
holds("and the search ends", answer["exit"] == 0)

answer = ask("bargain", "flat.yaml")
near("money for all is found from where an addition does nothing", payoffs(answer, "utilitarian"), [-0.133245, 0.423467], 1e-4)

answer = ask("bargain", "petroleum.yaml")
us, mexico = payoffs(answer, "nash-bargain")
holds("a bargain does not stop on a hill where another is better for both", us > 0.0613 and mexico > 0.052)
sys.exit(failed > 0)
PY
failed=$((failed | $?))
