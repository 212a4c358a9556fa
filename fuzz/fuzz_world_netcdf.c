/*
 * NetCDF worlds whose dimensions, variables, types, values and attributes are of the fuzzer's choosing: a world of right
 * form, or a message. The file itself is always one that NetCDF wrote: damaged bytes are for the HDF5 library to
 * survive. Bytes of zero, and no bytes, make a right world of two countries and two sectors.
 */
#include "data/data.h"

#include <math.h>
#include <netcdf.h>
#include <netcdf_mem.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { DIMS = 5, VARIABLES = 15, MOST = 256 };

static const char *const DIM[DIMS] = {"country", "seller", "sector", "input", "elasticity_set"};
static const struct {
    const char *name;
    nc_type type;
    int dims, dim[3];
} VARIABLE[VARIABLES] = {{"country", NC_STRING, 1, {0}},
                         {"country_name", NC_STRING, 1, {0}},
                         {"seller", NC_STRING, 1, {1}},
                         {"sector", NC_STRING, 1, {2}},
                         {"sector_name", NC_STRING, 1, {2}},
                         {"input", NC_STRING, 1, {3}},
                         {"goods", NC_BYTE, 1, {2}},
                         {"flow", NC_DOUBLE, 3, {2, 0, 1}},
                         {"tariff", NC_DOUBLE, 3, {2, 0, 1}},
                         {"export_tax", NC_DOUBLE, 3, {2, 0, 1}},
                         {"input_share", NC_DOUBLE, 3, {0, 2, 3}},
                         {"value_added_share", NC_DOUBLE, 2, {0, 2}},
                         {"profit_share", NC_DOUBLE, 2, {0, 2}},
                         {"elasticity_set", NC_STRING, 1, {4}},
                         {"theta", NC_DOUBLE, 2, {4, 2}}};

typedef struct {
    const uint8_t *bytes;
    size_t left;
    int file, dim[DIMS];
    size_t length[DIMS];
} making;

static unsigned next(making *m) {
    if (!m->left)
        return 0;
    m->left--;
    return *m->bytes++;
}

static double next_number(making *m, int variable) {
    static const double odd[] = {0, -1, 1, 2, NAN, INFINITY, 1e308, -1e-9};
    unsigned byte = next(m);
    if (!byte) /* right values: goods 1, flows 5, inputs none, value added all, elasticities 4 */
        return variable == 7 ? 5 : variable == 14 ? 4 : variable == 11 || variable == 6 ? 1 : 0;
    return byte < 8 ? odd[byte] : byte / 255.0;
}

static void put_values(making *m, int variable, int id, nc_type type, size_t count) {
    static const char *const right[] = {"A", "B", "C", "D"}, *const odd[] = {"",    "A",    "A01",
                                                                             "C26", "\xff", "B"};
    const char *text[MOST];
    double number[MOST];
    for (size_t i = 0; i < count; i++) {
        unsigned byte = type == NC_STRING ? next(m) : 0;
        text[i] = byte ? odd[byte % 6] : right[i % 4];
        number[i] = type == NC_STRING ? 0 : next_number(m, variable);
    }
    if (type == NC_STRING)
        nc_put_var_string(m->file, id, text);
    else if (type != NC_CHAR)
        nc_put_var_double(m->file, id, number);
}

/* One variable; a first byte above 200 leaves it out or changes its shape, type or name. */
static void put_variable(making *m, int v) {
    static const nc_type types[] = {NC_DOUBLE, NC_STRING, NC_INT, NC_CHAR, NC_FLOAT, NC_UINT64};
    unsigned twist = next(m);
    nc_type type = VARIABLE[v].type;
    int dims = VARIABLE[v].dims, dim[3], id;
    size_t count = 1;
    for (int d = 0; d < dims; d++)
        dim[d] = VARIABLE[v].dim[d];
    if (twist > 240)
        return;
    if (twist > 220)
        type = types[next(m) % 6];
    else if (twist > 200)
        dim[0] = (int)(next(m) % DIMS);
    else if (twist > 190)
        dims = (int)(next(m) % 3);
    for (int d = 0; d < dims; d++) {
        count *= m->length[dim[d]];
        dim[d] = m->dim[dim[d]];
        if (dim[d] < 0)
            return;
    }
    if (count > MOST || nc_def_var(m->file, VARIABLE[v].name, type, dims, dim, &id))
        return;
    put_values(m, v, id, type, count);
}

static void put_attributes(making *m) {
    unsigned byte = next(m);
    int format[2] = {byte < 200 ? 1 : (int)byte, 2};
    const char *text[2] = {"a note", NULL};
    if (byte < 250)
        nc_put_att_int(m->file, NC_GLOBAL, "parley_format", NC_INT, byte > 240 ? 2 : 1, format);
    nc_put_att_text(m->file, NC_GLOBAL, "title", byte % 5, "title");
    byte = next(m);
    if (byte & 1)
        nc_put_att_string(m->file, NC_GLOBAL, "source", byte & 2 ? 2 : 1, text);
    if (byte & 4)
        nc_put_att_double(m->file, NC_GLOBAL, "year", NC_DOUBLE, byte & 8 ? 1 : 0, &(double){2022});
}

/* The file in memory, or none. */
static NC_memio make_file(const uint8_t *bytes, size_t size) {
    making m = {.bytes = bytes, .left = size};
    NC_memio memory = {0, NULL, 0};
    if (nc_create_mem("fuzz.nc", NC_NETCDF4, 65536, &m.file))
        return memory;
    put_attributes(&m);
    for (int d = 0; d < DIMS; d++) {
        unsigned byte = next(&m);
        m.length[d] = byte < 128 ? (d == 4 ? 1 : 2) : byte % 5;
        if (byte > 240 || nc_def_dim(m.file, DIM[d], m.length[d], &m.dim[d]))
            m.dim[d] = -1;
    }
    for (int v = 0; v < VARIABLES; v++)
        put_variable(&m, v);
    nc_close_memio(m.file, &memory);
    return memory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    pl_world *world = NULL;
    pl_world_report check;
    pl_error error = {PL_OK, ""};
    NC_memio memory = make_file(bytes, size);
    if (!memory.memory)
        return 0;
    pl_status status = pl_netcdf_read_memory("fuzz.nc", memory.memory, memory.size, &world, &error);
    if (!status && (pl_world_form(world, "", &error) || pl_world_check(world, &check, &error)))
        abort();
    if (!size && status) /* no bytes, a right world: else this fuzzer tests nothing */
        abort();
    pl_world_free(world);
    free(memory.memory);
    return 0;
}
