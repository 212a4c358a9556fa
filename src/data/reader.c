/* Bytes from a plain, gzip or zstd file, told apart by their first bytes and decompressed as they are read.
 */
#include "data/data.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum { CHUNK = 1 << 16 };

typedef enum { PLAIN, GZIP, ZSTD_FRAME } packing;

struct pl_reader {
    char *name;
    FILE *file;
    packing packing;
    bool file_ended,
        inside; /* inside a gzip member or a zstd frame: the end of the file would cut it short */
    z_stream gzip;
    bool gzip_ready;
    ZSTD_DStream *zstd;
    size_t start, end; /* compressed bytes waiting in `in` */
    unsigned char in[CHUNK];
};

static pl_status fill(pl_reader *r, pl_error *error) {
    if (r->start < r->end || r->file_ended)
        return PL_OK;
    r->start = 0;
    errno = 0;
    r->end = fread(r->in, 1, CHUNK, r->file);
    if (ferror(r->file))
        return pl_fail_errno(error, "cannot read", r->name);
    r->file_ended = r->end == 0;
    return PL_OK;
}

static pl_status recognise(pl_reader *r, pl_error *error) {
    static const unsigned char gzip[2] = {0x1f, 0x8b}, zstd[4] = {0x28, 0xb5, 0x2f, 0xfd};
    pl_status status = fill(r, error);
    if (status)
        return status;
    if (r->end >= 2 && !memcmp(r->in, gzip, 2)) {
        r->packing = GZIP;
        if (inflateInit2(&r->gzip, 15 + 16) != Z_OK)
            return pl_fail_memory(error, CHUNK);
        r->gzip_ready = true;
    } else if (r->end >= 4 && !memcmp(r->in, zstd, 4)) {
        r->packing = ZSTD_FRAME;
        r->zstd = ZSTD_createDStream();
        if (!r->zstd)
            return pl_fail_memory(error, CHUNK);
    }
    return PL_OK;
}

pl_status pl_reader_from(FILE *file, const char *name, pl_reader **reader, pl_error *error) {
    *reader = NULL;
    pl_reader *r = pl_alloc(1, sizeof *r);
    if (!r) {
        fclose(file);
        return pl_fail_memory(error, sizeof *r);
    }
    r->file = file;
    r->name = pl_strdup(name);
    pl_status status = r->name ? recognise(r, error) : pl_fail_memory(error, strlen(name));
    if (status) {
        pl_reader_free(r);
        return status;
    }
    *reader = r;
    return PL_OK;
}

pl_status pl_reader_open(const char *path, pl_reader **reader, pl_error *error) {
    *reader = NULL;
    FILE *file = fopen(path, "rb");
    return file ? pl_reader_from(file, path, reader, error) : pl_fail_errno(error, "cannot read", path);
}

void pl_reader_free(pl_reader *r) {
    if (!r)
        return;
    if (r->gzip_ready)
        inflateEnd(&r->gzip);
    ZSTD_freeDStream(r->zstd);
    fclose(r->file);
    free(r->name);
    free(r);
}

const char *pl_reader_name(const pl_reader *r) {
    return r->name;
}

static pl_status damaged(const pl_reader *r, const char *how, pl_error *error) {
    return pl_fail_at(error, PL_IO, r->name, 0, "the compressed data is %s", how);
}

/* One step of decompression; the space left in `out` shrinks by what was made. */
static pl_status inflate_some(pl_reader *r, unsigned char *out, size_t size, size_t *made, pl_error *error) {
    if (!r->inside && inflateReset(&r->gzip) != Z_OK)
        return damaged(r, "damaged", error);
    r->gzip.next_in = r->in + r->start;
    r->gzip.avail_in = (uInt)(r->end - r->start);
    r->gzip.next_out = out;
    r->gzip.avail_out = (uInt)size;
    int code = inflate(&r->gzip, Z_NO_FLUSH);
    r->start = r->end - r->gzip.avail_in;
    *made = size - r->gzip.avail_out;
    r->inside = code != Z_STREAM_END;
    if (code == Z_MEM_ERROR)
        return pl_fail_memory(error, CHUNK);
    return code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR ? PL_OK : damaged(r, "damaged", error);
}

static pl_status unpack_some(pl_reader *r, unsigned char *out, size_t size, size_t *made, pl_error *error) {
    ZSTD_inBuffer in = {r->in + r->start, r->end - r->start, 0};
    ZSTD_outBuffer to = {out, size, 0};
    size_t left = ZSTD_decompressStream(r->zstd, &to, &in);
    r->start += in.pos;
    *made = to.pos;
    r->inside = left != 0;
    return ZSTD_isError(left) ? damaged(r, "damaged", error) : PL_OK;
}

pl_status pl_reader_read(pl_reader *r, void *buffer, size_t size, size_t *got, pl_error *error) {
    unsigned char *out = buffer;
    enum { MOST = 1 << 30 };
    size = size < MOST ? size : MOST;
    *got = 0;
    while (*got < size) {
        size_t made = 0;
        pl_status status = fill(r, error);
        if (status)
            return status;
        if (r->start == r->end) {
            if (r->inside)
                return damaged(r, "cut short: the file ends in the middle of it", error);
            return PL_OK;
        }
        if (r->packing == PLAIN) {
            made = r->end - r->start < size - *got ? r->end - r->start : size - *got;
            memcpy(out + *got, r->in + r->start, made);
            r->start += made;
        } else {
            status = r->packing == GZIP ? inflate_some(r, out + *got, size - *got, &made, error)
                                        : unpack_some(r, out + *got, size - *got, &made, error);
        }
        if (status)
            return status;
        *got += made;
    }
    return PL_OK;
}
