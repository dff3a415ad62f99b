#ifndef RESIZING_H
#define RESIZING_H

#include <stddef.h>
#include <stdint.h>

// Weights are multiples of 2^-22; a sum begins at one half and is cut to a byte.

// Overwrites out [targets, channels] with weighted sums of pixels of a row [W, channels]: target t
// takes counts[t] pixels from starts[t] on, with the weights at weights + t · stride.
void lockstep_resize_row(
  const uint8_t *row, ptrdiff_t channels, const int32_t *starts, const int32_t *counts,
  const int32_t *weights, ptrdiff_t stride, ptrdiff_t targets, uint8_t *out);

// Overwrites out [width] with the weighted sum of `count` rows [width] that follow each other; sums
// is memory [width].
void lockstep_resize_column(
  const uint8_t *rows, ptrdiff_t width, const int32_t *weights, ptrdiff_t count, int32_t *sums,
  uint8_t *out);

#endif
