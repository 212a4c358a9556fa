#!/usr/bin/env bash
# usage: test_house.sh PARLEY
# The house in order: layers, format, versions, links, packages, and ./dev itself.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

"$root/tools/check-layers" "$root" || failed=1
"$root/tools/check-format" "$root" || failed=1

# One version everywhere.
version=$(sed -n 's/^#define PL_VERSION "\(.*\)"/\1/p' "$root/include/parley.h")
check_version() {
    [ -n "$version" ] || echo "include/parley.h has no PL_VERSION"
    grep -q "^project(parley VERSION $version " "$root/CMakeLists.txt" || echo "CMakeLists.txt does not say $version"
    grep -q "^version: $version\$" "$root/CITATION.cff" || echo "CITATION.cff does not say $version"
    grep -q "^## $version" "$root/CHANGELOG.md" || echo "CHANGELOG.md does not say $version"
    [ "$("$parley" --version)" = "parley $version" ] || echo "parley --version does not say parley $version"
}
verdict "one version everywhere" "$(check_version)"

# Every relative link in the documents leads to a file.
check_links() {
    find "$root" -name '*.md' ! -path '*/build*' ! -path '*/.git/*' ! -path '*/node_modules/*' -print0 | while IFS= read -r -d '' page; do
        grep -oE '\]\([^)#:]+[)#]' "$page" | sed -E 's/^\]\(//; s/[)#]$//' | while IFS= read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "${page#"$root"/}: $link leads nowhere"
        done
    done
}
verdict "links lead somewhere" "$(check_links)"

# Every document that a source names exists.
check_named() {
    local page
    (cd "$root" && grep -rhoE 'docs/[a-z0-9/-]+\.md' include src tools/build-worlds cases scenarios worlds/SOURCES.md | sort -u) |
        while IFS= read -r page; do [ -f "$root/$page" ] || echo "$page is named but not there"; done
}
verdict "documents named in the sources exist" "$(check_named)"

# The library keeps no mutable data. Constant tables of pointers live in .data.rel.ro; the dot of a
# local static ("name.1") is the compiler's.
check_globals() {
    local archive
    archive=$(dirname "$parley")/libparley.a
    [ -f "$archive" ] || {
        echo "no $archive"
        return
    }
    nm -f sysv "$archive" 2>/dev/null |
        awk -F '|' '/OBJECT/ { gsub(/ /, "", $7); if ($7 ~ /^\.(data|bss|tdata|tbss)($|\.)/ && $7 !~ /^\.data\.rel\.ro/) print $1 $7 }'
}
if sanitized; then
    echo "ok the library keeps no mutable data # SKIP sanitizers add their own"
else
    verdict "the library keeps no mutable data" "$(check_globals)"
fi

# Whatever the build asks pkg-config or the linker for comes from a package of the list.
check_packages() {
    local package
    awk '!/^#/ && NF { print $1, $2, NF }' "$root/tools/packages.txt" | while read -r group package words; do
        case $group in run | test) ;; *) echo "unknown group $group" ;; esac
        [ "$words" -ge 3 ] || echo "$package does not say what it is for"
    done
    awk '!/^#/ && NF { print $2 }' "$root/tools/packages.txt" | sort | uniq -d | sed 's/$/ is listed twice/'
}
verdict "the list of packages is well-formed" "$(check_packages)"

# ./dev from another folder, and what it says.
check_dev_help() {
    local command help
    help=$(cd "$scratch" && "$root/dev" help) || echo "./dev help fails"
    for command in run test build check format bench docs worlds help; do
        grep -q "^  $command " <<<"$help" || echo "./dev help does not mention $command"
    done
    (cd "$scratch" && "$root/dev" nonsense >out 2>err) && echo "./dev nonsense succeeds"
    grep -q "unknown command 'nonsense'" "$scratch/err" || echo "./dev nonsense does not say why"
}
verdict "./dev says what it does" "$(check_dev_help)"

# Without root and sudo, ./dev names what is missing; with sudo it goes through it.
check_dev_packages() {
    local tool
    mkdir -p "$scratch/bin" "$scratch/with sudo"
    for tool in bash awk sed nproc readlink dirname cat env grep mktemp rm; do
        ln -sf "$(command -v "$tool")" "$scratch/bin/$tool"
    done
    printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/dpkg-query"
    printf '#!/bin/sh\necho 1000\n' >"$scratch/bin/id"
    chmod +x "$scratch/bin"/{dpkg-query,id}
    PATH=$scratch/bin "$root/dev" build >"$scratch/out" 2>"$scratch/err" && echo "./dev build succeeds without packages"
    grep -q 'run, as root, apt-get install .*cmake' "$scratch/err" || echo "it does not say what to install"
    # shellcheck disable=SC2016 # expanded by the little script
    printf '#!/bin/sh\necho "$@" >>"%s/asked"\nexit 1\n' "$scratch" >"$scratch/with sudo/sudo"
    chmod +x "$scratch/with sudo/sudo"
    PATH=$scratch/bin:$scratch/with\ sudo "$root/dev" build >"$scratch/out" 2>"$scratch/err" && echo "it succeeds although apt-get fails"
    grep -q 'apt-get -q=2 update' "$scratch/asked" || echo "sudo is not asked for apt-get"
    grep -q "Debian's package registry" "$scratch/err" || echo "a failing apt-get is not explained"
}
verdict "./dev without its packages says what to do" "$(check_dev_packages)"

# Manual pages become man pages that name their command.
check_manual() {
    local page text
    for page in "$root"/docs/manual/*.md; do
        [ -f "$page" ] || continue
        text=$("$root/tools/make-man" "$page" 2>&1) || echo "${page#"$root"/}: $text"
        grep -qF "$(basename "$page" .md) - " <<<"$text" ||
            echo "${page#"$root"/}: the man page does not name its command"
    done
}
verdict "manual pages become man pages" "$(check_manual)"

# Every command has its page, and every verb and option of its --help is on it.
options_of() { "$parley" "$@" --help 2>&1 | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u; }
check_help() {
    local command verb option page
    "$parley" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | while read -r command; do
        page=$root/docs/manual/parley-$command.md
        if [ ! -f "$page" ]; then
            echo "$command has no page"
            continue
        fi
        {
            options_of "$command"
            "$parley" "$command" --help 2>&1 | sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' | while read -r verb; do
                grep -qx "### $verb" "$page" || echo "${page#"$root"/} does not explain $verb" >&2
                options_of "$command" "$verb"
            done
        } | sort -u | while read -r option; do
            case $option in --help | --usage) continue ;; esac
            grep -qF -- "\`$option\`" "$page" "$root/docs/manual/parley-settings.md" || echo "${page#"$root"/} does not explain $option"
        done
    done 2>&1
}
verdict "every option is in the manual" "$(check_help)"
verdict "the page of settings is made from their table" \
    "$("$root/tools/manual-settings" 2>&1 | diff "$root/docs/manual/parley-settings.md" - 2>&1 | sed -n 1,5p)"

# A reader that stops early ends the writer by a signal, now and then: under pipefail the pipe fails although all is well.
scripts() { find "$root"/tests/*.sh "$root"/tools/* "$root/dev" "$root/.ci/run" -maxdepth 0 -type f; }
verdict "no pipe ends in a reader that stops early" \
    "$(scripts | xargs grep -nE '[^|]\| *(grep (-[a-zA-Z]+ )*-[a-zA-Z]*q|head( |$))' | sed "s|^$root/||")"
