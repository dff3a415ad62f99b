// zlib for gzip-compressed IDX files. inflateInit2 is a macro that Swift does not import.
#include <zlib.h>

static inline int lockstep_inflate_init_gzip(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}
