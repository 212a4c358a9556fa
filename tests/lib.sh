# shellcheck shell=bash disable=SC2034 # tests use what is set here
# What the tests in shell share. A test sources this first: . "$(dirname "$0")/lib.sh"
#
# It then stands in $scratch, an empty folder that is removed at the end; $parley is the program (the test's first argument) and
# $root the repository. Each check prints a line "ok NAME", or "not ok NAME" with lines "#   ..." that say why. The test's exit
# is 1 when a check failed; it needs no exit of its own.
set -uo pipefail
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1
unset COLUMNS NO_COLOR PARLEY_CASES PARLEY_FILES PARLEY_PROGRESS PARLEY_SERIES PARLEY_WORLDS
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
parley=$(readlink -f "$1")
scratch=$(mktemp -d)
failed=0
trap end_of_test EXIT
cd "$scratch" || exit 1

end_of_test() {
    local code=$?
    cleanup
    [ ! -e "$scratch.lost" ] || failed=1
    cd / && rm -rf "$scratch" "$scratch.lost"
    [ "$code" != 0 ] || exit "$failed"
}
cleanup() { :; } # a test with more to put away than files says so anew

# A misspelt helper is a check that is not made. (The shell calls this in a process of its own.)
command_not_found_handle() {
    echo "not ok there is no command '$1'"
    : >"$scratch.lost"
    return 127
}

# verdict NAME PROBLEM: the check holds when there is no problem to tell.
verdict() {
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        sed -n '1,40s/^/#   /p' <<<"$2"
        failed=1
    fi
}

# check NAME COMMAND...: the command succeeds.
check() {
    local name=$1 said
    shift
    if said=$("$@" 2>&1); then
        verdict "$name" ""
    else
        verdict "$name" "${said:-it fails: $*}"
    fi
}

# What the last command said on standard error, for a verdict that does not hold.
said_err() { sed -n '1,5s/^/standard error: /p' err; }

# says NAME EXIT PATTERN COMMAND...: the exit, and an extended pattern (may be empty) that a line of out or err matches.
says() {
    local name=$1 wanted=$2 pattern=$3 code=0 problem=''
    shift 3
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" = "$wanted" ] || problem="exit $code instead of $wanted"$'\n'
    [ -z "$pattern" ] || grep -qE -e "$pattern" out err || problem+="no line matches '$pattern'"$'\n'
    verdict "$name" "${problem:+$problem$(cat out err)}"
}

# refuse NAME PART COMMAND...: exit 2, one message (or how the command is used) that holds PART, nothing on standard output, no
# file made or changed.
refuse() {
    local name=$1 part=$2 code=0 problem='' before
    shift 2
    before=$(files)
    "$@" >out 2>err </dev/null || code=$?
    [ "$code" = 2 ] || problem="exit $code instead of 2"$'\n'
    grep -qF -e "$part" err || problem+="'$part' is not in the message"$'\n'
    [ "$(grep -cE '^(Usage: )?parley' err)" = 1 ] || problem+="not one message"$'\n'
    [ ! -s out ] || problem+="standard output is not empty"$'\n'
    [ "$(files)" = "$before" ] || problem+="files have changed: $(diff <(echo "$before") <(files))"$'\n'
    verdict "$name" "${problem:+$problem$(said_err)}"
}

# Every file below this folder with its size and time, but for out and err.
files() { find . ! -path ./out ! -path ./err \( -type f -printf '%p %s %T@\n' -o -printf '%p\n' \) | sort; }

# interrupt SIGNAL PATTERN COMMAND...: the signal comes once a line of the command's progress matches; $code is its exit.
interrupt() {
    local signal=$1 pattern=$2 child
    shift 2
    : >err # what an earlier command said is no progress
    PARLEY_PROGRESS=json "$@" >out 2>err &
    child=$!
    until grep -qE -e "$pattern" err || ! kill -0 $child 2>/dev/null; do sleep 0.05; done
    kill -"$signal" $child 2>/dev/null
    code=0
    wait $child || code=$?
}

# within NAME VALUE LOW HIGH: a number between two bounds.
within() {
    verdict "$1 is between $3 and $4" "$(awk -v x="$2" -v low="$3" -v high="$4" 'BEGIN {
        if (x !~ /^[-+]?[0-9.]+(e[-+]?[0-9]+)?$/ || x + 0 < low || x + 0 > high) print "it is " x }')"
}

# A program built with a sanitizer is slow, and holds what the sanitizer adds.
sanitized() { grep -qE '__(asan|tsan)_init' < <(nm "$parley" 2>/dev/null); }
