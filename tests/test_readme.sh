#!/usr/bin/env bash
# usage: test_readme.sh PARLEY [PAGE...]
# The commands that the documents show are run, and what they are shown to print is printed.
# In a block fenced as `console`, a line "$ COMMAND" is a command ("> " continues it after a backslash), "[exit N]" its exit
# (0 when not shown), "..." stands for any lines, at the end of a line for any rest, and any other line must be printed, in
# this order, blanks aside.
mapfile -t pages < <([ $# -lt 2 ] || realpath "${@:2}")
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8 # as people see it
count=0

mkdir "$scratch/bin"
ln -s "$parley" "$scratch/bin/parley"
export PATH=$scratch/bin:$PATH

# The first line of the file $1 that is not found in the file $2, in order; nothing when all are.
missing_line() {
    awk 'function same(line, wanted) {
            if (wanted !~ /[.][.][.]$/) return line == wanted
            wanted = substr(wanted, 1, length(wanted) - 3)
            return substr(line, 1, length(wanted)) == wanted
        }
        { gsub(/[ \t]+/, " "); sub(/^ /, ""); sub(/ $/, "") }
        NR == FNR { want[++n] = $0; next }
        { have[++m] = $0 }
        END {
            at = 1
            for (i = 1; i <= n; i++) {
                if (want[i] == "..." || want[i] == "") continue
                while (at <= m && !same(have[at], want[i])) at++
                if (at > m) { print want[i]; exit }
                at++
            }
        }' "$1" "$2"
}

# Runs $command in the page's folder and compares; $shown and $code come from the page.
finish_command() {
    [ -n "$command" ] || return 0
    local out=$scratch/out got=0 lost
    (cd "$folder" && bash -c "$command") >"$out" 2>&1 </dev/null || got=$?
    printf '%s' "$shown" >"$scratch/shown"
    lost=
    [ ! -s "$scratch/shown" ] || lost=$(missing_line "$scratch/shown" "$out")
    count=$((count + 1))
    [ -z "$lost" ] || lost="not printed: $lost"$'\n'
    [ "$got" = "$code" ] || lost+="exit $got instead of $code"$'\n'
    verdict "$name: $command" "${lost:+$lost$(sed 's/^/| /' "$out")}"
    command='' shown='' code=0
}

run_page() {
    local page=$1 line inside=0 command='' shown='' code=0 folder part
    name=${page#"$root"/}
    folder=$scratch/$(tr / _ <<<"$name")
    mkdir "$folder"
    for part in scenarios cases worlds docs; do
        [ ! -e "$root/$part" ] || ln -s "$root/$part" "$folder/$part"
    done
    while IFS= read -r line || [ -n "$line" ]; do
        case $inside$line in
            0'```console') inside=1 ;;
            0*) ;;
            1'```')
                finish_command
                inside=0
                ;;
            '1$ '*)
                finish_command
                command=${line#\$ }
                ;;
            '1> '*) command=${command%\\}${line#> } ;;
            '1[exit '*) code=${line//[!0-9]/} ;;
            *) shown+=$line$'\n' ;;
        esac
    done <"$page"
    [ "$inside" = 0 ] || verdict "$name" "a console block does not end"
}

[ ${#pages[@]} -gt 0 ] || mapfile -t pages < <(find "$root/README.md" "$root/docs" -name "*.md" | sort)
for page in "${pages[@]}"; do
    run_page "$page"
done
[ "$count" != 0 ] || verdict "documents" "no command was found"
