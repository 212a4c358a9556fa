#!/usr/bin/env bash
# usage: test_world_split.sh PARLEY
# parley world split from the shell: the products of world-2022 are what the customs say, merging them back gives the sector,
# and mistakes end with exit 2 and nothing written.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# ---- world-2022 holds its products ----

"$parley" world export -q "$root/worlds/world-2022.nc" --format csv -o w
sed -i 's/"//g' w/flows.csv
flow() { awk -F, -v n="$1" -v i="$2" -v j="$3" '$1 == n && $2 == i && $3 == j { print $4; exit }' w/flows.csv; }
# 344.7 million USD under heading 8505.11 and 116.3 under 2846 and 2805.30 (US Census, 2024).
within "magnets the United States buys from China" "$(flow USA CHN MAG)" 344.6 344.8
within "rare earths the United States buys from China" "$(flow USA CHN REE)" 116.2 116.4
share() { awk -F, -v j="$1" -v i="$2" '$3 == j { all += $4; if ($2 == i) mine += $4 } END { if (all) print mine / all }' w/flows.csv; }
within "China's part of the magnets made" "$(share MAG CHN)" 0.899 0.901
within "China's part of the rare earths made" "$(share REE CHN)" 0.80 0.92
within "Taiwan's part of the chips made" "$(share CHIP TWN)" 0.20 0.22
within "the United States' part of the aircraft engines made" "$(share ENG USA)" 0.47 0.49
COLUMNS=2000 "$parley" world info world-2022 >info
for product in MAG REE CHIP ENG; do
    verdict "the world says where $product is from" \
        "$(grep -q "^  split_$product .*assumed: .*source: " info || echo "no note with what is assumed and the source")"
    verdict "the world counts what is known of $product" \
        "$(grep -Eq "^  split sector +$product: [0-9]+ flows known" info || echo "no line")"
done

# ---- splitting another one, and merging it back ----

cat >map.yaml <<'EOF'
product: CAR
name: Passenger cars
parent: C29
output: {value: 1500000, shares: {CHN: 0.25, DEU: 12%, JPN: 0.12}}
imports: {USA: {value: 120000, shares: {MEX: 0.25, JPN: 0.2, DEU: 0.12}}}
users: {G45: 0.1, final: 0.7}
EOF
says "a split runs" 0 'CAR, out of C29' "$parley" world split world-2022 --map map.yaml -o cars.nc
check "the result holds every identity" "$parley" world check -q cars.nc
says "JSON says what was known" 0 '"known_flows": 3' "$parley" world split world-2022 --map map.yaml -o again.nc --json
check "the same split gives the same bytes" cmp cars.nc again.nc
echo 'sectors: {C29: [C29, CAR], rest: rest}' >back.yaml
verdict "the merged world is made" "$("$parley" world aggregate -q cars.nc --map back.yaml -o back.nc 2>&1 || echo "exit $?")"
echo 'sectors: {C29: [C29], rest: rest}' >back.yaml
"$parley" world aggregate -q world-2022 --map back.yaml -o whole.nc
for world in back whole; do "$parley" world export -q $world.nc --format csv -o $world; done
verdict "flows are what they were before the split" \
    "$(cmp <(cut -d, -f1-4 back/flows.csv) <(cut -d, -f1-4 whole/flows.csv) 2>&1)"
for table in input_shares value_added_shares; do
    verdict "$table are what they were to 1e-12" "$(paste -d, back/$table.csv whole/$table.csv | awk -F, 'NR > 1 {
        d = $(NF / 2) - $NF; if (d < 0) d = -d
        if (!(d <= 1e-12) || $1 != $(NF / 2 + 1)) { print; exit }
        n++ } END { if (n < 100) print n + 0 " rows" }')"
done

# ---- mistakes ----

refuses() { # WHAT TEXT MAP-LINES
    printf '%b' "$3" >bad.yaml
    refuse "$1 is refused" "$2" "$parley" world split world-2022 --map bad.yaml -o bad.nc
}
head='product: CAR\nparent: C29\noutput: {value: 100000}\n'
refuses "more than a flow holds" "USA would buy" "${head}imports: {USA: {value: 99999, shares: {CHN: 1}}}\n"
refuses "more than a country makes" "KHM would make" 'product: CAR\nparent: C29\noutput: {value: 100000, shares: {KHM: 0.5}}\n'
refuses "an unknown country" "did you mean 'CHN'" "${head}home_share: {CHNA: 0.5}\n"
refuses "an unknown sector" "did you mean 'C22'" "${head}users: {C227: 0.5}\n"
refuses "a share above one" "a share is from 0 to 1" "${head}users: {C27: 1.5}\n"
refuses "a missing key" "key 'output' is missing" 'product: CAR\nparent: C29\n'
refuses "a product that is there" "is taken" 'product: MAG\nparent: C29\noutput: {value: 1}\n'
for arguments in "world-2022 -o x.nc" "world-2022 --map map.yaml" "--map map.yaml -o x.nc" "world-2022 --map none.yaml -o x.nc" "wrld-2022 --map map.yaml -o x.nc"; do
    # shellcheck disable=SC2086
    refuse "'world split $arguments' is refused" "" "$parley" world split $arguments
done
