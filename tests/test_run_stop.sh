#!/usr/bin/env bash
# usage: test_run_stop.sh PARLEY
# Ctrl-C, or a request to end, in the middle of a long run: exit 130, one message, nothing written.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Twenty-four countries, twenty sectors and two thousand variants: many minutes of work on any machine.
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

# stop NAME SIGNAL THREADS
stop() {
    local problem='' code began
    began=$SECONDS
    interrupt "$2" '^@progress' "$parley" run long.yaml -o stopped --threads "$3"
    [ "$code" = 130 ] || problem="exit $code instead of 130"
    grep -q '^parley: interrupted; nothing was written$' err || problem+="; no message"
    [ ! -s out ] || problem+="; stdout is not empty"
    [ ! -e stopped ] && [ -z "$(find . -name '*.part')" ] || problem+="; files are left"
    [ $((SECONDS - began)) -le 60 ] || problem+="; it took $((SECONDS - began)) s to stop"
    verdict "$1" "$problem"
}

stop "Ctrl-C" INT 1
stop "Ctrl-C with two threads" INT 2
stop "a request to end" TERM 1
