#!/usr/bin/env bash
# usage: test_run_stop.sh PARLEY
# Ctrl-C, or a request to end, in the middle of a long run: exit 130, one message, nothing written.
set -uo pipefail
export LC_ALL=C
parley=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# Twenty-four countries, twenty sectors and two thousand variants: many seconds of work on any machine.
awk 'BEGIN {
    N = 24; J = 20
    printf "parley: 1\nname: long\nsettings: {anderson_depth: 0, damping: 0.01, kappa: 1.5}\nworld:\n  countries: ["
    for (n = 0; n < N; n++) printf "%sK%d", n ? ", " : "", n
    printf "]\n  sectors: ["
    for (j = 0; j < J; j++) printf "%ss%d", j ? ", " : "", j
    printf "]\n  flow:\n"
    for (j = 0; j < J; j++) {
        printf "    s%d: [", j
        for (n = 0; n < N; n++) {
            printf "%s[", n ? ", " : ""
            for (i = 0; i < N; i++) printf "%s%d", i ? "," : "", n == i ? 900 + 7 * j : 3 + (n * i + j) % 11
            printf "]"
        }
        printf "]\n"
    }
    printf "  theta: {"
    for (j = 0; j < J; j++) printf "%ss%d: %g", j ? ", " : "", j, 3 + j / 4
    printf "}\nvariants:\n"
    for (v = 1; v <= 2000; v++)
        printf "  v%d: {measures: [{kind: tariff, by: all, on: all, sectors: all, rate: %g%%}]}\n", v, v / 10
}' >long.yaml

# stop NAME SIGNAL THREADS: a signal half a second into the run
stop() {
    local name=$1 signal=$2 threads=$3 problem= code=0 started ended
    rm -rf out results
    "$parley" run long.yaml -o out --threads "$threads" >stdout 2>stderr &
    local child=$!
    sleep 0.7
    if ! kill -0 $child 2>/dev/null; then
        echo "not ok $name: the run was over too soon to be interrupted"
        failed=1
        return
    fi
    started=$(date +%s)
    kill -"$signal" $child
    wait $child || code=$?
    ended=$(date +%s)
    [ $code = 130 ] || problem="exit $code instead of 130"
    grep -q '^parley: interrupted; nothing was written$' stderr || problem="$problem; no message"
    [ ! -s stdout ] || problem="$problem; stdout is not empty"
    [ ! -e out ] && [ -z "$(find . -name '*.part')" ] || problem="$problem; files are left"
    [ $((ended - started)) -le 5 ] || problem="$problem; it took $((ended - started)) s to stop"
    if [ -z "$problem" ]; then
        echo "ok $name"
    else
        echo "not ok $name: $problem"
        sed 's/^/#   /' stderr | head -5
        failed=1
    fi
}

stop "Ctrl-C" INT 1
stop "Ctrl-C with two threads" INT 2
stop "a request to end" TERM 1
exit $failed
