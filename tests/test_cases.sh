#!/usr/bin/env bash
# usage: test_cases.sh PARLEY
# Every case of the cases folder holds: published tables, known answers, and laws on the built-in worlds.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
out=$(PARLEY_CASES=$root/cases "$parley" check --quiet 2>&1) || failed=1

# One line a case; the numbers that do not hold come before it and are shown behind it.
awk '/^ok / { print; seen++; next }
    /^FAILED / { print "not " "ok " substr($0, 8); printf "%s", why; why = ""; seen++; next }
    /^[0-9]+ cases, / { next }
    { why = why "#   " $0 "\n" }
    END { if (why != "") printf "not ok cases: something else was said\n%s", why; exit !seen }' <<<"$out" || verdict "cases" "none was run"
