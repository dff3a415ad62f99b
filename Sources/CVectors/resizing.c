#include "resizing.h"

#include "lanes.h"

enum { BITS = 22, HALF = 1 << (BITS - 1) };

PART uint8_t to_byte(int32_t sum) {
  int32_t level = sum >> BITS;
  return level < 0 ? 0 : level > 255 ? 255 : (uint8_t)level;
}

PART void resize_row(
  const uint8_t *restrict row, ptrdiff_t channels, const int32_t *restrict starts,
  const int32_t *restrict counts, const int32_t *restrict weights, ptrdiff_t stride,
  ptrdiff_t targets, uint8_t *restrict out)
{
  for (ptrdiff_t t = 0; t < targets; t++) {
    const uint8_t *pixel = row + starts[t] * channels;
    const int32_t *weight = weights + t * stride;
    for (ptrdiff_t c = 0; c < channels; c++) {
      int32_t sum = HALF;
      for (ptrdiff_t i = 0; i < counts[t]; i++) sum += pixel[i * channels + c] * weight[i];
      out[t * channels + c] = to_byte(sum);
    }
  }
}

void lockstep_resize_row(
  const uint8_t *row, ptrdiff_t channels, const int32_t *starts, const int32_t *counts,
  const int32_t *weights, ptrdiff_t stride, ptrdiff_t targets, uint8_t *out)
{
  if (channels == 3) {
    resize_row(row, 3, starts, counts, weights, stride, targets, out);
  } else {
    resize_row(row, channels, starts, counts, weights, stride, targets, out);
  }
}

PART void resize_column(
  const uint8_t *restrict rows, ptrdiff_t width, const int32_t *restrict weights, ptrdiff_t count,
  int32_t *restrict sums, uint8_t *restrict out)
{
  for (ptrdiff_t i = 0; i < width; i++) sums[i] = HALF;
  for (ptrdiff_t row = 0; row < count; row++) {
    for (ptrdiff_t i = 0; i < width; i++) sums[i] += rows[row * width + i] * weights[row];
  }
  for (ptrdiff_t i = 0; i < width; i++) out[i] = to_byte(sums[i]);
}

KERNEL void lockstep_resize_column(
  const uint8_t *rows, ptrdiff_t width, const int32_t *weights, ptrdiff_t count, int32_t *sums,
  uint8_t *out)
{
  resize_column(rows, width, weights, count, sums, out);
}
