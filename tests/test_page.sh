#!/usr/bin/env bash
# usage: test_page.sh PARLEY [NAME]
# The page in a real browser: tests/page/page_*.test.mjs, or those whose name contains NAME. Pictures of the page go to the
# folder page/pictures beside the program.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
program=$(readlink -f "$1")
modules=$(dirname "$program")/page/node_modules
chromium=${CHROMIUM:-/usr/bin/chromium}
node=$(command -v node || command -v nodejs)
status=0

if [ ! -x "$chromium" ]; then
    echo "not ok page: no $chromium; install Debian's chromium, or say CHROMIUM=..."
    exit 1
fi
if [ -z "$node" ] || [ ! -d "$modules/playwright-core" ]; then
    echo "not ok page: the program was built without its page (node and npm are needed)"
    exit 1
fi
for file in "$root"/tests/page/page_*"${2:-}"*.test.mjs; do
    PARLEY=$program PARLEY_PAGE_MODULES=$modules CHROMIUM=$chromium \
        timeout 600 "$node" --test-reporter=tap "$file" | sed 's/^ok \([0-9]*\) - /ok /; s/^not ok \([0-9]*\) - /not ok /; /^1\.\./d' ||
        status=1
done
exit "$status"
