/* parley world split: a product of its own, out of the sector that holds it. */
#include "cli/cli.h"

#include <jansson.h>

enum { KEY_MAP = 300 };

typedef struct {
    const char *world, *map;
} request;

static error_t take(int key, char *text, struct argp_state *state) {
    request *r = state->input;
    if (key != KEY_MAP)
        return cli_take_one(key, text, &r->world, "one world",
                            "which world? 'parley world list' shows the built-in ones", state);
    r->map = text;
    return 0;
}

static void say(const pl_world *world, const pl_split_report *r) {
    fprintf(stderr, "%s, out of %s: %.6g million USD made, %.6g of it traded between countries\n",
            pl_world_code(world, PL_SECTOR, r->product), pl_world_code(world, PL_SECTOR, r->parent),
            r->output, r->trade);
    fprintf(stderr, "%zu flows known, %zu filled in proportion\n", r->known, r->filled);
    if (r->balanced)
        fprintf(stderr, "balanced: %zu shares moved, %.3g %% of gross output\n", r->balance.moved_cells,
                100 * r->balance.mean_move);
    else
        fputs("nothing had to be balanced: every identity holds\n", stderr);
}

static json_t *report_json(const pl_world *world, const pl_split_report *r) {
    return json_pack("{s:s, s:s, s:f, s:f, s:I, s:I, s:b, s:f}", "product",
                     pl_world_code(world, PL_SECTOR, r->product), "parent",
                     pl_world_code(world, PL_SECTOR, r->parent), "output", r->output, "trade", r->trade,
                     "known_flows", (json_int_t)r->known, "filled_flows", (json_int_t)r->filled, "balanced",
                     (int)r->balanced, "total_move", r->balance.total_move);
}

typedef struct {
    const request *r;
    pl_world *from, *world;
    pl_split_report *report;
    pl_error *error;
    pl_status status;
} errand;

static void run_errand(void *data) {
    errand *e = data;
    e->status = pl_world_load(e->r->world, &e->from, e->error);
    if (!e->status)
        e->status = pl_world_split(e->from, e->r->map, &e->world, e->report, e->error);
}

static int split(const request *r, const cli_common *common) {
    pl_split_report report;
    pl_error error = {PL_OK, ""};
    errand e = {r, NULL, NULL, &report, &error, PL_OK};
    cli_progress_plain(common, "split", run_errand, &e);
    pl_world *world = e.world;
    pl_status status = e.status;
    pl_world_free(e.from);
    if (!status)
        status = cli_world_keep(world, common, &error, "parley world split %s --map %s",
                                cli_base_name(r->world), cli_base_name(r->map));
    int code = status ? cli_fail(status, &error) : CLI_DONE;
    if (!status && common->json)
        code = cli_print_json(report_json(world, &report));
    else if (!status && !common->quiet)
        say(world, &report);
    pl_world_free(world);
    return code;
}

int cli_world_split(int argc, char **argv) {
    static const struct argp_option options[] = {
        {"map", KEY_MAP, "FILE", 0, "the product, its parent and what is known of it, in YAML", 1},
        {"output", 'o', "FILE", 0, "where the world goes", 1},
        {0}};
    static const cli_syntax syntax = {
        .arguments = "WORLD",
        .doc = "Carves a product out of the sector that holds it. What the map knows is taken from it; the "
               "rest is "
               "in proportion to the sector. Product and rest add up to what the sector was.\v"
               "A map is a small YAML file (docs/data.md):\n"
               "  product: MAG\n"
               "  parent: C25\n"
               "  output: {value: 12000, shares: {CHN: 0.9}}\n"
               "  imports: {USA: {value: 510, shares: {CHN: 0.68, JPN: 0.09}}}\n"
               "  users: {C27: 0.35, C29: 0.3}",
        .options = options,
        .take = take,
        .common = CLI_JSON | CLI_QUIET};
    request r = {0};
    cli_common common;
    cli_parse(&syntax, argc, argv, &common, &r);
    if (!common.output)
        return cli_refuse("-o FILE is missing: it says where the world goes");
    if (!r.map)
        return cli_refuse("--map FILE is missing: it says what becomes a sector of its own (docs/data.md)");
    return split(&r, &common);
}
