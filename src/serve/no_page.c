/* The table of the page's files when the program is built without the page. */
#include "serve/serve.h"

#ifndef PL_PAGE
const pl_asset pl_assets[1] = {{NULL, NULL, NULL, 0, NULL}};
const size_t pl_asset_count = 0;
#endif
