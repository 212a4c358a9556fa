#!/usr/bin/env bash
# usage: test_terminal.sh PARLEY
# What a person sees on a terminal while long work runs and after, what the server is told instead, widths and colour.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
unset LC_CTYPE LANG
export LC_ALL=C.UTF-8 TERM=xterm

# seen FILE CODE: python that may use `s` (what terminal.py said), `bars` (texts of the frames).
seen() {
    python3 -c "
import json, re
s = json.load(open('$1'))
bars = [text for _, text in s['frames']]
$2"
}

watch() { python3 "$root/tests/terminal.py" "$@"; }
# Seconds of work on any machine, however many processors it has.
long=(sweep --world world-2022 --vary 'tariff USA<-CHN=0%..145%:160' --threads 1 -o -)

# A bar with the time left, late enough, as wide as the terminal, gone at the end.
for columns in 40 100; do
    watch $columns "$parley" "${long[@]}" >seen.json
    check "a bar fits $columns columns" seen seen.json "
assert s['code'] == 0 and len(bars) > 3, s
assert all(len(b) < $columns for b in bars), bars
assert any(re.search(r'\[.*\] \d+/160 .*s left$', b) for b in bars), bars"
    check "and is gone at the end" seen seen.json "
assert s['lines'][-2:] == [s['lines'][-2], ''] and s['lines'][-2].startswith('solved 160 members'), s['lines']
assert not any('/160' in line for line in s['lines']), s['lines']"
done
check "nothing is shown in the first half second" seen seen.json "assert min(t for t, _ in s['frames']) > 0.5, s['frames'][0]"
check "the count never falls" seen seen.json "
counts = [int(m.group(1)) for m in (re.search(r' (\d+)/160', b) for b in bars) if m]
assert counts == sorted(counts) and counts[-1] > 80, counts"
check "the time left is about what is left" seen seen.json "
total = max(t for t, _ in s['frames'])
ends = [t + float(m.group(1)) for t, b in s['frames'] for m in [re.search(r'(\d+) s left', b)] if m and t > 0.5 * total]
middle = sorted(ends)[len(ends) // 2]
assert abs(middle - total) < 0.6 * total + 1.5, (total, ends)"
check "bars are blocks where characters are UTF-8" seen seen.json "assert any('\u2588' in b for b in bars), bars"
LC_ALL=C watch 80 "$parley" "${long[@]}" >seen.json
check "and ASCII where they are not" seen seen.json "assert bars and all(b.isascii() for b in bars) and any('#' in b for b in bars), bars"
watch 80 "$parley" "${long[@]}" -q >seen.json
check "--quiet shows nothing" seen seen.json "assert s['code'] == 0 and not bars and s['lines'] == [''], s"
watch 80 "$parley" run --tariff 'USA<-CHN=10%' >seen.json
check "short work shows no bar" seen seen.json "
assert len(bars) <= 1 or s['seconds'] > 0.7, s
assert s['lines'][0].startswith('solved 1 variant'), s"
"$parley" "${long[@]}" >out 2>err
check "nothing of it where standard error is no terminal" sh -c '! grep -q "160 [0-9]" err && [ -z "$(tr -d "\n -~" <err)" ]'
watch 80 --interrupt "$parley" "${long[@]/160/3000}" >seen.json
check "Ctrl-C ends it, and the bar makes way for the message" seen seen.json "
assert s['code'] == 130 and bars, s
assert any(line.startswith('parley: interrupted; ') for line in s['lines']), s['lines']"
for command in "path $root/scenarios/london-2025.yaml --months 24 -o -" "talks bargain $root/scenarios/london-2025-game.yaml" "facts" "check law-ces-continuity law-closures"; do
    # shellcheck disable=SC2086 # words
    watch 60 "$parley" $command >seen.json
    check "${command%% *} leaves nothing of a bar behind" seen seen.json "
assert s['code'] in (0, 1) and all(len(b) < 60 for b in bars), s
assert not any('left' in line or line.startswith('following') for line in s['lines']), s['lines']"
done

# Lines for the server: JSON, at most ten a second, also where nobody watches and with --quiet.
PARLEY_PROGRESS=json "$parley" "${long[@]}" -q >out 2>err
check "lines of JSON for the server" python3 - <<'PY'
import json
rows = [json.loads(line[len('@progress '):]) for line in open('err') if line.startswith('@progress ')]
assert len(rows) > 3 and all(sorted(r) == ['done', 'left', 'seconds', 'text', 'wanted'] for r in rows), rows[:2]
assert all(r['wanted'] == 160 and r['text'] == 'sweep' for r in rows)
assert rows[0]['left'] is None and any(r['left'] is not None for r in rows)
assert all(b['seconds'] - a['seconds'] > 0.09 and b['done'] >= a['done'] for a, b in zip(rows, rows[1:]))
assert not [line for line in open('err') if not line.startswith('@progress ')]
PY
PARLEY_PROGRESS=json "$parley" facts -q >out 2>err
check "what is not known is null" grep -q '"done":null,"wanted":null,' err

# Colour on a terminal only, and not against NO_COLOR or a dumb one.
coloured() { watch 80 --all "$parley" run --tariff 'USA<-CHN=10%' -q >seen.json && grep -q 'u001b' seen.json; }
check "colour on a terminal" coloured
NO_COLOR=1 check "none with NO_COLOR" eval '! coloured'
TERM=dumb check "none on a dumb terminal" eval '! coloured'
"$parley" run --tariff 'USA<-CHN=145%' -q >out 2>err
check "signs tell gains from losses without colour" sh -c 'grep -q "CHN China  *-" out && grep -q "VNM Vietnam  *+" out'

# No line is longer than the terminal is wide.
fits() {
    local columns
    for columns in 40 60 80 200; do
        COLUMNS=$columns "$parley" "$@" >out 2>err || return 1
        python3 - $columns <<'PY' || return 1
import sys, unicodedata
columns = int(sys.argv[1])
def width(line):
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in 'WF') for c in line)
long = [line for line in open('out', encoding='utf-8').read().splitlines() if width(line.rstrip()) > columns]
assert not long, (columns, long)
PY
    done
}
check "a run fits" fits run "$root/scenarios/london-2025.yaml" -o - -q
check "a list of worlds fits" fits world list
check "a country of a world fits" fits world info world-2022 --country USA
check "what a check of a world says fits" fits world check world-2022
check "cases fit" fits check K2-symmetric
check "a list of cases fits" fits check --list
check "facts fit" fits facts --all
check "the backtest fits" fits backtest --no-fit
