#!/usr/bin/env bash
# usage: test_picture.sh PARLEY
# The picture of the README is what its scenario gives.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8

check "it is drawn" bash -c '"$0/tools/draw-london" "$1" >london.svg' "$root" "$parley"
check "it is what the scenario gives" diff "$root/docs/pictures/london.svg" london.svg
