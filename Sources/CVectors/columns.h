// Arrays of rows of channels, looked at as rows of many columns, several of them a channel.
#ifndef COLUMNS_H
#define COLUMNS_H

#include "lanes.h"

#include <string.h>

// Columns that a loop over rows holds in registers, as vectors and as floats; rows that single
// precision sums up before double takes over.
enum { TILE = 4, WIDTH = TILE * LANES, BLOCK = 64 };

#define EACH(t) _Pragma("clang loop unroll(full)") for (int t = 0; t < TILE; t++)

// Sixteen doubles.
typedef double wide __attribute__((ext_vector_type(16)));
typedef wide unaligned_wide __attribute__((aligned(8)));

PART wide load_wide(const double *p) { return *(const unaligned_wide *)p; }

PART void store_wide(double *p, wide x) { *(unaligned_wide *)p = x; }

PART void add_wide(double *p, lanes x) {
  store_wide(p, load_wide(p) + __builtin_convertvector(x, wide));
}

// Not below `floor` and not above `ceiling`; NaN stays.
PART lanes clamped(lanes x, float floor, float ceiling) {
  lanes low = floor, high = ceiling;
  x = x < low ? low : x;
  return x > high ? high : x;
}

// dz where 0 < y < `ceiling`, else 0.
PART lanes open(lanes y, float ceiling, lanes dz) {
  lanes zero = 0, high = ceiling;
  dz = y > zero ? dz : zero;
  return y < high ? dz : zero;
}

// Fills `columns` floats with copies of the first `channels`.
PART void repeat(float *table, ptrdiff_t channels, ptrdiff_t columns) {
  for (ptrdiff_t v = channels; v < columns; v += channels) {
    memcpy(table + v, table, sizeof(float) * (size_t)channels);
  }
}

// Adds to the first `channels` columns the further ones of the same channels, in order.
PART void fold(double *sums, ptrdiff_t channels, ptrdiff_t columns) {
  for (ptrdiff_t v = channels; v < columns; v += channels) {
    for (ptrdiff_t c = 0; c < channels; c++) sums[c] += sums[v + c];
  }
}

#endif
