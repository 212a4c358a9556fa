#!/usr/bin/env bash
# usage: test_cli.sh PARLEY
# The frame of the program: help, version, mistakes in the command line, and what happens when output goes wrong.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# prints NAME EXIT PATTERN-ON-STDOUT PATTERN-ON-STDERR COMMAND...; an empty pattern wants an empty stream, '*' takes any.
prints() {
    local name=$1 wanted=$2 out=$3 err=$4 code=0 problem=''
    shift 4
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" = "$wanted" ] || problem="exit $code instead of $wanted"$'\n'
    matches "$out" out || problem+="stdout is not '$out'"$'\n'
    matches "$err" err || problem+="stderr is not '$err'"$'\n'
    verdict "$name" "${problem:+$problem$(cat out err)}"
}

matches() {
    case $1 in
        '*') ;;
        '') [ ! -s "$2" ] ;;
        *) grep -qe "$1" "$2" ;;
    esac
}

prints "help lists the commands" 0 '^  run ' '' "$parley" --help
prints "no command is a mistake, and helps" 2 '' 'Usage: parley COMMAND' "$parley"
prints "version" 0 '^parley [0-9]*\.[0-9]*\.[0-9]*$' '' "$parley" --version
prints "a misspelt command" 2 '' "unknown command 'rnu' (did you mean 'run'?)" "$parley" rnu
prints "an unknown command" 2 '' "unknown command 'xyzzy'; see" "$parley" xyzzy
prints "an option before the command" 2 '' "unknown option '--json'; the command comes first" "$parley" --json run
for command in $("$parley" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    prints "help of $command" 0 "^Usage: parley $command" '' "$parley" "$command" --help
done
prints "run lists its usage" 0 '^Usage: parley run' '' "$parley" run --usage
prints "run without a question" 2 '' 'what is the question' "$parley" run
prints "a misspelt option" 2 '' "unknown option '--taref' (did you mean '--tariff'?)" "$parley" run --taref x
prints "a misspelt setting" 2 '' "unknown option '--clsure' (did you mean '--closure'?)" "$parley" run --clsure=gdp x
prints "an option of nothing" 2 '' "unrecognized option '--xyzzy'" "$parley" run --xyzzy
prints "an option without its value" 2 '' "requires an argument" "$parley" run --tariff
prints "rows that are no number" 2 '' "'many' is not a whole number" "$parley" run --rows many x
prints "no rows" 2 '' "'0' is not a whole number" "$parley" run --rows 0 x
prints "a setting out of range" 2 '' 'setting kappa: 0.5 is outside' "$parley" run --kappa 0.5 --tariff 'A<-B=1%'
prints "a setting that is no number" 2 '' "setting tolerance: 'nan' is not a number" \
    "$parley" run --tolerance nan --tariff 'A<-B=1%'
prints "threads that are too many" 2 '' 'setting threads: 257 is outside' "$parley" run --threads 257 --tariff 'A<-B=1%'
prints "an unknown world" 2 '' "wordl-2022" "$parley" run --world wordl-2022 --tariff 'A<-B=1%'

# Every setting of the table is an option.
"$parley" run --help >help
for setting in closure elasticities sigma-value-added sigma-inputs sigma-final kappa tolerance max-iterations \
    anderson-depth damping threads; do
    prints "option --$setting" 0 '*' '' grep -e "--$setting=" help
done

if [ -e /dev/full ]; then
    prints "help on a full disk" 2 '*' 'cannot write to standard output: No space left' \
        bash -c '"$0" --help >/dev/full' "$parley"
fi
prints "a reader that has gone away" 0 '*' '' bash -c 'set -o pipefail; "$0" --help | true' "$parley"
