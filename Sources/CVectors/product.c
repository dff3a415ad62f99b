#include "product.h"
#include "fetching.h"
#include "lanes.h"

#include <stdbool.h>

// A block of `height` rows of c, `width` vectors and perhaps half of one, held in registers over the
// whole contraction.
//
// The last of them ends with the row, at `end`, and so may overlap the one before: both then hold the
// same. Half a vector takes half the time of a whole one.
PART void block(
  int height, int width, bool halved, const float *a, ptrdiff_t row_a, const float *b,
  const lockstep_contraction *over, float *c, ptrdiff_t row_c, ptrdiff_t end,
  lockstep_storing storing, lockstep_ahead *ahead)
{
  ptrdiff_t last = halved ? (width - 1) * LANES : end - LANES, rest = end - HALF_LANES;
  lanes sum[24];
  half_lanes more[8];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      const float *start = c + i * row_c + (j == width - 1 ? last : j * LANES);
      sum[i * width + j] = 0;
      if (storing == LOCKSTEP_ADDING) sum[i * width + j] = load(start);
    }
    if (!halved) continue;
    more[i] = 0;
    if (storing == LOCKSTEP_ADDING) more[i] = load_half(c + i * row_c + rest);
  }
  fetching state = fetching_in(over->outer * over->inner * over->length, ahead, a);
  for (ptrdiff_t o = 0; o < over->outer; o++) {
    for (ptrdiff_t n = 0; n < over->inner; n++) {
      // Four rows share a pointer: more pointers, or one, would not be held in registers.
      const float *x[4];
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) x[i] = a + o * over->outer_a + n * over->inner_a + 4 * i * row_a;
      const float *y = b + o * over->outer_b + n * over->inner_b;
      for (ptrdiff_t k = 0; k < over->length; k++, y += over->step_b) {
        fetch(&state);
        lanes factors[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < width; j++) factors[j] = load(y + (j == width - 1 ? last : j * LANES));
        half_lanes others = 0;
        if (halved) others = load_half(y + rest);
#pragma clang loop unroll(full)
        for (int i = 0; i < height; i++) {
          lanes value = x[i / 4][i % 4 * row_a];
#pragma clang loop unroll(full)
          for (int j = 0; j < width; j++) {
            sum[i * width + j] = fused(value, factors[j], sum[i * width + j]);
          }
          if (halved) more[i] = __builtin_elementwise_fma(value.lo, others, more[i]);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < (height + 3) / 4; i++) {
          x[i] += over->step_a;
          // Kept as it is: the compiler would compute all rows' addresses anew each step.
          __asm__("" : "+r"(x[i]));
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      float *target = c + i * row_c + (j == width - 1 ? last : j * LANES);
      if (storing == LOCKSTEP_STREAMING) stream(target, sum[i * width + j]);
      else store(target, sum[i * width + j]);
    }
    if (halved) store_half(c + i * row_c + rest, more[i]);
  }
}

// All rows of c: `height` at a time, which fills the registers, and then what is left.
#define ROWS(name, height, width, halved)                                                        \
  PART void name(                                                                                \
    const float *a, ptrdiff_t row_a, const float *b, const lockstep_contraction *over, float *c, \
    ptrdiff_t row_c, ptrdiff_t rows, ptrdiff_t end, lockstep_storing storing,                    \
    lockstep_ahead *ahead)                                                                       \
  {                                                                                              \
    for (; rows >= height; rows -= height, a += height * row_a, c += height * row_c)             \
      block(height, width, halved, a, row_a, b, over, c, row_c, end, storing, ahead);            \
    for (; rows >= 4; rows -= 4, a += 4 * row_a, c += 4 * row_c)                                 \
      block(4, width, halved, a, row_a, b, over, c, row_c, end, storing, ahead);                 \
    if (rows >= 2) {                                                                             \
      block(2, width, halved, a, row_a, b, over, c, row_c, end, storing, ahead);                 \
      rows -= 2, a += 2 * row_a, c += 2 * row_c;                                                 \
    }                                                                                            \
    if (rows > 0) block(1, width, halved, a, row_a, b, over, c, row_c, end, storing, ahead);     \
  }
// Blocks are as high as the registers allow. Half a vector beside a single one gains nothing.
ROWS(rows_of_16, 16, 1, false)
ROWS(rows_of_32, 12, 2, false)
ROWS(rows_of_40, 8, 2, true)
ROWS(rows_of_48, 8, 3, false)
ROWS(rows_of_56, 6, 3, true)
ROWS(rows_of_64, 6, 4, false)

KERNEL void lockstep_product(
  const float *a, ptrdiff_t row_a, const float *b, const lockstep_contraction *over, float *c,
  ptrdiff_t row_c, ptrdiff_t rows, ptrdiff_t columns, lockstep_storing storing,
  lockstep_ahead *ahead)
{
  switch ((columns + HALF_LANES - 1) / HALF_LANES) {
  case 2: rows_of_16(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  case 3:
  case 4: rows_of_32(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  case 5: rows_of_40(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  case 6: rows_of_48(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  case 7: rows_of_56(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  default: rows_of_64(a, row_a, b, over, c, row_c, rows, columns, storing, ahead); break;
  }
}
