#include "lanes.h"
#include "product.h"

// A block of `height` rows and 16·`width` columns of c, held in registers over the whole contraction.
//
// `tail` columns of the last sixteen are stored.
PART void block(
  int height, int width, const float *a, ptrdiff_t row, const float *b,
  const lockstep_contraction *over, float *c, ptrdiff_t c_row, ptrdiff_t tail, _Bool adding)
{
  lanes sum[24];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      const float *start = c + i * c_row + j * LANES;
      lanes zero = 0;
      sum[i * width + j] =
        !adding ? zero : j == width - 1 ? load_first(start, tail) : load(start);
    }
  }
  for (ptrdiff_t s = 0; s < over->count; s++) {
    const float *x = a + over->a[s];
    const float *y = b + over->b[s];
    for (ptrdiff_t k = 0; k < over->length; k++, x += over->step, y += over->row) {
      lanes weights[4];
#pragma clang loop unroll(full)
      for (int j = 0; j < width; j++) weights[j] = load(y + j * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < height; i++) {
        lanes value = x[i * row];
#pragma clang loop unroll(full)
        for (int j = 0; j < width; j++) {
          sum[i * width + j] = fused(value, weights[j], sum[i * width + j]);
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      float *start = c + i * c_row + j * LANES;
      if (j == width - 1) store_first(start, sum[i * width + j], tail);
      else store(start, sum[i * width + j]);
    }
  }
}

// All rows, `height` at a time, and what is left over in halves.
#define ROWS(name, height, width)                                                          \
  PART void name(                                                                          \
    const float *a, ptrdiff_t row, const float *b, const lockstep_contraction *over,      \
    float *c, ptrdiff_t c_row, ptrdiff_t rows, ptrdiff_t tail, _Bool adding)              \
  {                                                                                        \
    for (; rows >= height; rows -= height, a += height * row, c += height * c_row)         \
      block(height, width, a, row, b, over, c, c_row, tail, adding);                       \
    for (; rows >= 4; rows -= 4, a += 4 * row, c += 4 * c_row)                             \
      block(4, width, a, row, b, over, c, c_row, tail, adding);                            \
    for (; rows > 0; rows--, a += row, c += c_row)                                         \
      block(1, width, a, row, b, over, c, c_row, tail, adding);                            \
  }
ROWS(rows_of_16, 12, 1)
ROWS(rows_of_32, 12, 2)
ROWS(rows_of_48, 8, 3)
ROWS(rows_of_64, 6, 4)

KERNEL void lockstep_product(
  const float *a, ptrdiff_t row, const float *b, const lockstep_contraction *over, float *c,
  ptrdiff_t c_row, ptrdiff_t rows, ptrdiff_t columns, _Bool adding)
{
  ptrdiff_t width = (columns + LANES - 1) / LANES;
  ptrdiff_t tail = columns - (width - 1) * LANES;
  switch (width) {
  case 1: rows_of_16(a, row, b, over, c, c_row, rows, tail, adding); break;
  case 2: rows_of_32(a, row, b, over, c, c_row, rows, tail, adding); break;
  case 3: rows_of_48(a, row, b, over, c, c_row, rows, tail, adding); break;
  default: rows_of_64(a, row, b, over, c, c_row, rows, tail, adding); break;
  }
}
