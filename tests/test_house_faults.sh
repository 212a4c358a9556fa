#!/usr/bin/env bash
# usage: test_house_faults.sh PARLEY
# Every house check catches its fault: each is seeded by itself in a copy of the tree.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
copy="$scratch/a copy"

mkdir -p "$copy/src"
for part in include src/core src/data tools docs CMakeLists.txt .clang-format; do
    cp -r "$root/$part" "$copy/$part"
done

# caught TOOL MESSAGE: the tool fails on the copy and says MESSAGE; the copy's file is then put back.
caught() {
    local tool=$1 message=$2 file=$3 out
    if out=$("$copy/tools/$tool" "$copy" 2>&1); then
        verdict "$tool catches $message" "it passes"
    else
        verdict "$tool catches $message" "$(grep -qF "$message" <<<"$out" || grep -v '^ok' <<<"$out")"
    fi
    if [ -e "$root/$file" ]; then cp "$root/$file" "$copy/$file"; else rm -f "$copy/$file"; fi
}

# Only a clean copy shows that a fault is what a check complains about.
for tool in check-layers check-format; do
    check "$tool passes without a fault" "$copy/tools/$tool" "$copy"
done

add() { # add FILE LINE...
    local file=$copy/$1
    shift
    printf '%s\n' "$@" >>"$file"
}

long_function() { # long_function NAME LINES
    printf 'int %s(int x) {\n' "$1"
    for ((i = 0; i < $2; i++)); do printf '    x += %d;\n' "$i"; done
    printf '    return x;\n}\n'
}

add src/core/seeded.c '#include "data/data.h"'
caught check-layers 'src/core/seeded.c:1: core includes data/data.h, of a later layer' src/core/seeded.c
add src/core/seeded.c '#  include <model/model.h>'
caught check-layers 'core includes model/model.h, of a later layer' src/core/seeded.c
add src/core/seeded.c '#include "core.h"'
caught check-layers '"core.h" does not say its layer' src/core/seeded.c
add src/core/seeded.c '#include "core/error.c"'
caught check-layers 'includes the source core/error.c' src/core/seeded.c
mkdir -p "$copy/src/cli" "$copy/src/extra"
add src/cli/seeded.c '#include "core/core.h"'
caught check-layers 'cli includes core/core.h; it may use parley.h only' src/cli/seeded.c
add src/extra/seeded.c '#include "core/core.h"'
caught check-layers 'extra is not a layer' src/extra/seeded.c
rmdir "$copy/src/extra"
add src/data/error.c '#include "core/core.h"'
caught check-layers 'error.c: src/core/error.c src/data/error.c' src/data/error.c
add src/core/second.h '#include "parley.h"'
caught check-layers 'src/core/second.h is neither' src/core/second.h
for ((i = 0; i < 651; i++)); do echo "/* $i */"; done >"$copy/src/core/seeded.c"
caught check-layers 'src/core/seeded.c: 651 lines' src/core/seeded.c
long_function seeded 80 >"$copy/src/core/seeded.c"
caught check-layers 'src/core/seeded.c:1: seeded has 83 lines' src/core/seeded.c
# shellcheck disable=SC2028 # the backslash belongs to C
add src/core/seeded.c 'void seeded(void) {' '    printf("x\n");' '}'
caught check-layers 'does not print, exit or catch signals' src/core/seeded.c
add src/core/seeded.c 'void seeded(void) {' '    fprintf(stderr, "x");' '}'
caught check-layers 'does not print, exit or catch signals' src/core/seeded.c
for ((i = 0; i < 200; i++)); do echo "# $i"; done >>"$copy/CMakeLists.txt"
caught check-layers 'it stays under 200' CMakeLists.txt

add src/core/seeded.c 'int  seeded(void){return 1;}'
caught check-format 'src/core/seeded.c:1' src/core/seeded.c
for place in /wo''rk/main /tm''p/bash_jobs.0/1 /ho''me/someone/data; do
    add docs/seeded.md "See $place/notes."
    caught check-format "docs/seeded.md:1:See $place" docs/seeded.md
done
add docs/seeded.md 'A line that ends in blanks.  '
caught check-format 'docs/seeded.md:1:A line' docs/seeded.md
printf 'no end' >"$copy/docs/seeded.md"
caught check-format 'docs/seeded.md: the last line does not end' docs/seeded.md
printf 'a line\r\nand another\r\n' >"$copy/docs/seeded.md"
caught check-format 'docs/seeded.md: carriage returns' docs/seeded.md

# count-tests: a crash, a timeout, a silent failure and an empty run are failures.
counted() { # counted NAME EXPECTED-LAST-LINE EXIT: the log comes on standard input
    local out code=0
    out=$("$copy/tools/count-tests" /dev/stdin) || code=$?
    verdict "count-tests: $1" "$([ "$(tail -n 1 <<<"$out")" = "$2" ] && [ "$code" = "$3" ] || echo "exit $code: $out")"
}
start='    Start 1: test_a'
passed='1/1 Test #1: test_a ....   Passed    0.01 sec'
counted 'what passes passes' '2 passed, 0 failed' 0 <<<"$start
1: 1..2
1: ok 1 - x
1: ok 2 - y
$passed"
counted 'a crash fails what it leaves out' '1 passed, 2 failed' 1 <<<"$start
1: 1..3
1: ok 1 - x
1/1 Test #1: test_a ....***Exception: SegFault  0.10 sec"
counted 'a failing check fails' '1 passed, 1 failed' 1 <<<"$start
1: ok 1 - x
1: not ok 2 - y
1/1 Test #1: test_a ....***Failed    0.01 sec"
counted 'a failing check fails even when the exit is zero' '1 passed, 1 failed' 1 <<<"$start
1: ok 1 - x
1: not ok 2 - y
$passed"
counted 'a silent failure fails' '2 passed, 1 failed' 1 <<<"$start
1: ok 1 - x
1: ok 2 - y
1/1 Test #1: test_a ....***Failed    0.01 sec"
counted 'a timeout fails' '0 passed, 1 failed' 1 <<<"$start
1/1 Test #1: test_a ....***Timeout 900.01 sec"
counted 'a suite that never ends fails' '0 passed, 1 failed' 1 <<<"$start"
counted 'an empty run fails' '0 passed, 0 failed' 1 <<<"No tests were found!!!"

# test_readme.sh: a command that fails, an exit that differs and a line that is not printed are failures.
documented() { # documented NAME EXIT: the page comes on standard input
    local code=0
    cat >page.md
    bash "$root/tests/test_readme.sh" "$(command -v true)" page.md >out 2>&1 || code=$?
    verdict "documents: $1" "$([ "$code" = "$2" ] || cat out)"
}
documented 'a true page passes' 0 <<'PAGE'
```console
$ printf 'a  b\nc\nd\n'
a b
...
d
$ sh -c 'exit 2'
[exit 2]
```
PAGE
documented 'a failing command fails' 1 <<<$'```console\n$ false\n```'
documented 'another exit fails' 1 <<<$'```console\n$ sh -c "exit 3"\n[exit 2]\n```'
documented 'a line not printed fails' 1 <<<$'```console\n$ echo one\ntwo\n```'
documented 'lines in another order fail' 1 <<<$'```console\n$ printf "1\\n2\\n"\n2\n1\n```'
documented 'a page without commands fails' 1 <<<'No command.'

# tests/lib.sh: each helper finds what it looks for, and a helper that is not there is not passed over.
told() { # told NAME EXIT OUTPUT: a test of these lines, on standard input, ends and prints so; lines that say why aside
    local code=0
    { echo ". '$root/tests/lib.sh'" && cat; } >own.sh
    bash own.sh "$(command -v true)" >said 2>&1 || code=$?
    verdict "lib.sh: $1" "$([ "$code" = "$2" ] && [ "$(grep -v '^#' said)" = "$3" ] || cat said)"
}
told 'what holds holds' 0 $'ok a\nok b\nok c\nok d\nok e is between 1 and 2' <<'TEST'
verdict a ""
check b true
says c 3 '^words$' sh -c 'echo words >&2; exit 3'
refuse d 'mistake' sh -c 'echo parley: mistake >&2; exit 2'
within e 1.5 1 2
TEST
told 'a verdict with a problem fails' 1 'not ok a' <<<'verdict a problem; true'
told 'a command that fails fails' 1 'not ok a' <<<'check a false; true'
told 'another exit fails' 1 'not ok a' <<<'says a 2 "" false; true'
told 'words that are not said fail' 1 'not ok a' <<<'says a 0 words echo others; true'
told 'a number outside fails' 1 'not ok a is between 1 and 2' <<<'within a nan 1 2; true'
told 'no number fails' 1 'not ok a is between 1 and 2' <<<'within a "" 1 2; true'
for refusal in 'echo parley: other' 'echo parley: mistake; echo parley: two' 'echo parley: mistake; exit 1' 'echo mistake' \
    'echo parley: mistake; echo printed >&3' 'echo parley: mistake; : >made' 'echo parley: mistake; echo more >>there' \
    'echo parley: mistake; mkdir made'; do
    told "no refusal: $refusal" 1 'not ok a' <<<": >there; refuse a mistake sh -c 'exec 3>&1 >&2; $refusal; exit 2'; true"
done
told 'an interrupted command has its exit' 0 'ok a' <<'TEST'
interrupt TERM begun sh -c 'trap "exit 130" TERM; echo begun >&2; while :; do sleep 0.05; done'
verdict a "$([ $code = 130 ] || echo "exit $code")"
TEST
told 'a helper that is not there fails' 1 "not ok there is no command 'vrdict'" <<<'vrdict a ""; true'
told 'a test that stops early fails' 1 'ok a' <<<'verdict a ""; exit 1'
