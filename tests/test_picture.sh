#!/usr/bin/env bash
# usage: test_picture.sh PARLEY
# The picture of the README is what its scenario gives.
set -uo pipefail
export LC_ALL=C.UTF-8
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! "$root/tools/draw-london" "$1" >"$scratch/london.svg" 2>"$scratch/err"; then
    echo "not ok picture: it is drawn"
    sed 's/^/#   /' "$scratch/err"
    exit 1
fi
echo "ok picture: it is drawn"
if ! difference=$(diff "$root/docs/pictures/london.svg" "$scratch/london.svg"); then
    echo "not ok picture: it is what the scenario gives"
    head -10 <<<"$difference" | sed 's/^/#   /'
    exit 1
fi
echo "ok picture: it is what the scenario gives"
