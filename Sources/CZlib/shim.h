#pragma once
#include <zlib.h>

/* deflateInit2 is a macro, which Swift does not see. A negative window size is deflate without zlib's own header. */
static inline int rg_deflate_begin(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
}
