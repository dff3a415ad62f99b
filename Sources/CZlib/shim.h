// zlib for gzip-compressed IDX files and zip archives of arrays. inflateInit2 is a macro that Swift does not import.
#include <zlib.h>

static inline int lockstep_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}

static inline int lockstep_inflate_init_raw(z_stream *stream) {
  return inflateInit2(stream, -15);
}
