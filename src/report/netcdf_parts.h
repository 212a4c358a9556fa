/* The parts every NetCDF-4 file is put together from. The first failure is kept, and everything after it does nothing. */
#ifndef PL_NETCDF_PARTS_H
#define PL_NETCDF_PARTS_H

#include "report/report.h"

#include <netcdf.h>

typedef struct {
    int file, code; /* of NetCDF */
    bool no_memory;
} pl_netcdf;

/* Keeps a code when it is the first that is not NC_NOERR. */
void pl_netcdf_note(pl_netcdf *n, int code);
/* The id of a new dimension. */
int pl_netcdf_axis(pl_netcdf *n, const char *name, size_t size);
/* The id of a new variable with units and long_name, either of which may be NULL or empty; numbers with more than one dimension
 * are deflated. */
int pl_netcdf_define(pl_netcdf *n, const char *name, nc_type type, const int *dims, size_t count,
                     const char *unit, const char *text);
void pl_netcdf_end_definitions(pl_netcdf *n);
/* An attribute of a variable or of NC_GLOBAL; nothing where there is no text. */
void pl_netcdf_text(pl_netcdf *n, int variable, const char *name, const char *text);
/* Settings of a long run, but those that `skip` names; NULL: none. */
void pl_netcdf_settings(pl_netcdf *n, const pl_settings *settings, const pl_scan *skip);
/* The notes of a world as world_KEY. */
void pl_netcdf_world(pl_netcdf *n, const pl_world *world);

void pl_netcdf_strings(pl_netcdf *n, int variable, const char *const *text);
void pl_netcdf_codes(pl_netcdf *n, int variable, const pl_world *world, pl_axis axis);
void pl_netcdf_names(pl_netcdf *n, int variable, const pl_world *world, pl_axis axis);

/* Writes what `fill` puts into a file of that name, which stands in messages. Made in memory, then written like any other file:
 * an HDF5 file whose last write fails cannot be closed, and ends the program with a fault when the library cleans up. */
pl_status pl_netcdf_write(FILE *out, const char *name, void (*fill)(pl_netcdf *n, const void *data),
                          const void *data, pl_error *error);

#endif
