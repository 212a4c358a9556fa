#!/usr/bin/env bash
# usage: test_cli.sh PARLEY
# The frame of the program: help, version, mistakes in the command line, and what happens when output goes wrong.
set -uo pipefail
export LC_ALL=C
parley=$(readlink -f "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failed=0

# check NAME EXIT PATTERN-ON-STDOUT PATTERN-ON-STDERR COMMAND...; an empty pattern wants an empty stream, '*' takes any.
check() {
    local name=$1 code=$2 out=$3 err=$4 got=0
    shift 4
    "$@" >out 2>err </dev/null || got=$?
    local problem=
    [ "$got" = "$code" ] || problem="exit $got instead of $code"
    matches "$out" out || problem="$problem; stdout is not '$out'"
    matches "$err" err || problem="$problem; stderr is not '$err'"
    if [ -z "$problem" ]; then
        echo "ok $name"
    else
        echo "not ok $name: $problem"
        sed 's/^/#   /' out err | head -20
        failed=1
    fi
}

matches() {
    case $1 in
        '*') ;;
        '') [ ! -s "$2" ] ;;
        *) grep -qe "$1" "$2" ;;
    esac
}

check "help lists the commands" 0 '^  run ' '' "$parley" --help
check "no command is a mistake, and helps" 2 '' 'Usage: parley COMMAND' "$parley"
check "version" 0 '^parley [0-9]*\.[0-9]*\.[0-9]*$' '' "$parley" --version
check "a misspelt command" 2 '' "unknown command 'rnu' (did you mean 'run'?)" "$parley" rnu
check "an unknown command" 2 '' "unknown command 'xyzzy'; see" "$parley" xyzzy
check "an option before the command" 2 '' "unknown option '--json'; the command comes first" "$parley" --json run
for command in $("$parley" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    check "help of $command" 0 "^Usage: parley $command" '' "$parley" "$command" --help
done
check "run lists its usage" 0 '^Usage: parley run' '' "$parley" run --usage
check "run without a question" 2 '' 'what is the question' "$parley" run
check "a misspelt option" 2 '' "unknown option '--taref' (did you mean '--tariff'?)" "$parley" run --taref x
check "a misspelt setting" 2 '' "unknown option '--clsure' (did you mean '--closure'?)" "$parley" run --clsure=gdp x
check "an option of nothing" 2 '' "unrecognized option '--xyzzy'" "$parley" run --xyzzy
check "an option without its value" 2 '' "requires an argument" "$parley" run --tariff
check "rows that are no number" 2 '' "'many' is not a whole number" "$parley" run --rows many x
check "no rows" 2 '' "'0' is not a whole number" "$parley" run --rows 0 x
check "a setting out of range" 2 '' 'setting kappa: 0.5 is outside' "$parley" run --kappa 0.5 --tariff 'A<-B=1%'
check "a setting that is no number" 2 '' "setting tolerance: 'nan' is not a number" \
    "$parley" run --tolerance nan --tariff 'A<-B=1%'
check "threads that are none" 2 '' 'setting threads: 0 is outside' "$parley" run --threads 0 --tariff 'A<-B=1%'
check "an unknown world" 2 '' "wordl-2022" "$parley" run --world wordl-2022 --tariff 'A<-B=1%'

# Every setting of the table is an option.
"$parley" run --help >help
for setting in closure elasticities sigma-value-added sigma-inputs sigma-final kappa tolerance max-iterations \
    anderson-depth damping threads; do
    check "option --$setting" 0 '*' '' grep -e "--$setting=" help
done

if [ -e /dev/full ]; then
    check "help on a full disk" 2 '*' 'cannot write to standard output: No space left' \
        bash -c '"$0" --help >/dev/full' "$parley"
fi
check "a reader that has gone away" 0 '*' '' bash -c 'set -o pipefail; "$0" --help | true' "$parley"
exit $failed
