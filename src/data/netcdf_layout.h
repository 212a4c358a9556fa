/* How a world is laid out in NetCDF-4: dimensions and variables, for those who read and those who write it.
 * docs/decisions/0002-world-format.md says why. */
#ifndef PL_NETCDF_LAYOUT_H
#define PL_NETCDF_LAYOUT_H

#include "data/data.h"

#include <netcdf.h>

enum { PL_NC_FORMAT = 1, PL_NC_MOST_DIMS = 3 };

enum { PL_NC_COUNTRY, PL_NC_SELLER, PL_NC_SECTOR, PL_NC_INPUT, PL_NC_SET, PL_NC_DIMS };
extern const char *const pl_nc_dim[PL_NC_DIMS];

enum {
    PL_NC_V_COUNTRY,
    PL_NC_V_COUNTRY_NAME,
    PL_NC_V_SELLER,
    PL_NC_V_SECTOR,
    PL_NC_V_SECTOR_NAME,
    PL_NC_V_INPUT,
    PL_NC_V_GOODS,
    PL_NC_V_FLOW,
    PL_NC_V_TARIFF,
    PL_NC_V_EXPORT_TAX,
    PL_NC_V_INPUT_SHARE,
    PL_NC_V_VALUE_ADDED_SHARE,
    PL_NC_V_PROFIT_SHARE,
    PL_NC_V_FLOW_ORIGIN,
    PL_NC_V_SET,
    PL_NC_V_THETA,
    PL_NC_V_THETA_ERROR,
    PL_NC_VARIABLES
};

/* One variable of the file: how it is shaped and described. */
typedef struct {
    const char *name;
    nc_type type;
    int dims, dim[PL_NC_MOST_DIMS];
    bool required;
    const char *units, *text;
} pl_nc_spec;
extern const pl_nc_spec pl_nc_variable[PL_NC_VARIABLES];

#endif
