/* The page's files, from the table in the program. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

const pl_asset *pl_asset_find(const char *name) {
    for (size_t i = 0; i < pl_asset_count; i++)
        if (!strcmp(pl_assets[i].name, name))
            return &pl_assets[i];
    return NULL;
}

unsigned char *pl_asset_unpack(const pl_asset *asset, size_t *size) {
    /* A gzip file ends with the size of what it holds. */
    const unsigned char *tail = asset->gzip + asset->size - 4;
    size_t length = tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    unsigned char *out = malloc(length + 1);
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)asset->gzip,
                       .avail_in = (unsigned)asset->size,
                       .next_out = out,
                       .avail_out = (unsigned)length};
    if (!out || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) {
        free(out);
        return NULL;
    }
    int code = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    if (code != Z_STREAM_END || stream.total_out != length) {
        free(out);
        return NULL;
    }
    *size = length;
    return out;
}

/* ---- sent ---- */

static const char no_page[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Parley</title>\n<h1>Parley</h1>\n"
    "<p>This program was built without its page. Its questions are answered all the same: "
    "<a href=\"/api/about\">/api/about</a> lists what can be asked.\n"
    "<p>To build the page, install the Debian packages nodejs and npm, then run ./dev build in the folder "
    "of the sources.\n</html>\n";

static bool accepts_gzip(const char *accepted) {
    const char *found = accepted ? strstr(accepted, "gzip") : NULL;
    return found && strncmp(found, "gzip;q=0", 8);
}

static bool is_known(const char *etags, const pl_asset *asset) {
    return etags && (!strcmp(etags, "*") || strstr(etags, asset->etag));
}

static struct MHD_Response *packed_or_not(const pl_asset *asset, bool packed) {
    size_t size = 0;
    if (packed) {
        struct MHD_Response *response = MHD_create_response_from_buffer(
            asset->size, (void *)(uintptr_t)asset->gzip, MHD_RESPMEM_PERSISTENT);
        if (response)
            MHD_add_response_header(response, "Content-Encoding", "gzip");
        return response;
    }
    unsigned char *plain = pl_asset_unpack(asset, &size);
    struct MHD_Response *response =
        plain ? MHD_create_response_from_buffer(size, plain, MHD_RESPMEM_MUST_FREE) : NULL;
    if (!response)
        free(plain);
    return response;
}

static enum MHD_Result queue(pl_viewer *viewer, unsigned status, struct MHD_Response *response) {
    if (!response)
        return MHD_NO;
    enum MHD_Result queued = MHD_queue_response(viewer->connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

enum MHD_Result pl_http_asset(pl_viewer *viewer, const char *name) {
    const pl_asset *asset = pl_asset_find(name);
    struct MHD_Response *response = NULL;
    if (!asset && !strcmp(name, "index.html")) {
        response = MHD_create_response_from_buffer(sizeof no_page - 1, (void *)(uintptr_t)no_page,
                                                   MHD_RESPMEM_PERSISTENT);
        if (response)
            pl_http_headers(response, "text/html; charset=utf-8", "no-cache");
        return queue(viewer, 200, response);
    }
    if (!asset)
        return pl_http_refuse(viewer, 404, "there is nothing at this address");
    struct MHD_Connection *connection = viewer->connection;
    bool known = is_known(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match"), asset);
    bool gzip = accepts_gzip(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding"));
    response =
        known ? MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT) : packed_or_not(asset, gzip);
    if (response) {
        pl_http_headers(response, asset->type, "no-cache");
        MHD_add_response_header(response, "ETag", asset->etag);
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    }
    return queue(viewer, known ? 304 : 200, response);
}
