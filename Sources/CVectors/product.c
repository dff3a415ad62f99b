#include "product.h"
#include "fetching.h"
#include "lanes.h"

// A block of `height` rows and `width` vectors of c, held in registers over the whole contraction.
//
// The last vector ends with the row, and so may overlap the one before: both then hold the same.
PART void block(
  int height, int width, const float *a, ptrdiff_t row_a, const float *b,
  const lockstep_contraction *over, float *c, ptrdiff_t row_c, ptrdiff_t last, lockstep_storing storing,
  fetching *ahead)
{
  lanes sum[24];
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int j = 0; j < width; j++) {
      const float *start = c + i * row_c + (j == width - 1 ? last : j * LANES);
      sum[i * width + j] = 0;
      if (storing == LOCKSTEP_ADDING) sum[i * width + j] = load(start);
    }
  }
  for (ptrdiff_t o = 0; o < over->outer; o++) {
    for (ptrdiff_t n = 0; n < over->inner; n++) {
      // Four rows share a pointer: more pointers, or one, would not be held in registers.
      const float *x[4];
#pragma clang loop unroll(full)
      for (int i = 0; i < 4; i++) x[i] = a + o * over->outer_a + n * over->inner_a + 4 * i * row_a;
      const float *y = b + o * over->outer_b + n * over->inner_b;
      for (ptrdiff_t k = 0; k < over->length; k++, y += over->step_b) {
        fetch(ahead);
        lanes factors[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < width; j++) factors[j] = load(y + (j == width - 1 ? last : j * LANES));
#pragma clang loop unroll(full)
        for (int i = 0; i < height; i++) {
          lanes value = x[i / 4][i % 4 * row_a];
#pragma clang loop unroll(full)
          for (int j = 0; j < width; j++) {
            sum[i * width + j] = fused(value, factors[j], sum[i * width + j]);
          }
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
  }
}

// All rows of c: `height` at a time, which fills the registers, and then what is left.
#define ROWS(name, height, width)                                                                \
  PART void name(                                                                                \
    const float *a, ptrdiff_t row_a, const float *b, const lockstep_contraction *over, float *c, \
    ptrdiff_t row_c, ptrdiff_t rows, ptrdiff_t last, lockstep_storing storing,                   \
    fetching *ahead)                                                                             \
  {                                                                                              \
    for (; rows >= height; rows -= height, a += height * row_a, c += height * row_c)             \
      block(height, width, a, row_a, b, over, c, row_c, last, storing, ahead);                   \
    for (; rows >= 4; rows -= 4, a += 4 * row_a, c += 4 * row_c)                                 \
      block(4, width, a, row_a, b, over, c, row_c, last, storing, ahead);                        \
    if (rows >= 2) {                                                                             \
      block(2, width, a, row_a, b, over, c, row_c, last, storing, ahead);                        \
      rows -= 2, a += 2 * row_a, c += 2 * row_c;                                                 \
    }                                                                                            \
    if (rows > 0) block(1, width, a, row_a, b, over, c, row_c, last, storing, ahead);            \
  }
// Blocks of one to four vectors are as high as the registers allow.
static const ptrdiff_t heights[] = {16, 12, 8, 6};
ROWS(rows_of_16, 16, 1)
ROWS(rows_of_32, 12, 2)
ROWS(rows_of_48, 8, 3)
ROWS(rows_of_64, 6, 4)

KERNEL void lockstep_product(
  const float *a, ptrdiff_t row_a, const float *b, const lockstep_contraction *over, float *c,
  ptrdiff_t row_c, ptrdiff_t rows, ptrdiff_t columns, lockstep_storing storing,
  const lockstep_ahead *ahead)
{
  ptrdiff_t last = columns - LANES;
  ptrdiff_t vectors = (columns + LANES - 1) / LANES;
  ptrdiff_t blocks = (rows + heights[vectors - 1] - 1) / heights[vectors - 1];
  fetching state = fetching_over(blocks * over->outer * over->inner * over->length, ahead, a);
  switch (vectors) {
  case 1: rows_of_16(a, row_a, b, over, c, row_c, rows, last, storing, &state); break;
  case 2: rows_of_32(a, row_a, b, over, c, row_c, rows, last, storing, &state); break;
  case 3: rows_of_48(a, row_a, b, over, c, row_c, rows, last, storing, &state); break;
  default: rows_of_64(a, row_a, b, over, c, row_c, rows, last, storing, &state); break;
  }
}
