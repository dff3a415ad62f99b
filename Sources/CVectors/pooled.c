#include "winners.h"

PART void pool_rows(
  const float *rows, ptrdiff_t width, ptrdiff_t channels, const lockstep_pooled *to)
{
  const float *below = rows + width * channels;
  for (ptrdiff_t i = 0; i < channels; i += LANES) {
    ptrdiff_t c = channel(i, channels);
    lanes bias = biases(to, c);
    for (ptrdiff_t w = 0; w < width / 2; w++) {
      ptrdiff_t left = 2 * w * channels + c, right = left + channels;
      lanes values[4] = {
        load(rows + left), load(rows + right), load(below + left), load(below + right)};
      store_winner(to, w * channels + c, largest_of_four(values, bias));
    }
  }
}

KERNEL void lockstep_pool_rows(
  const float *rows, ptrdiff_t width, ptrdiff_t channels, const lockstep_pooled *to)
{
  pool_rows(rows, width, channels, to);
}

// Rows of at most `width` elements, 8 or 16, are moved at once: shorter moves cross fewer lines.
PART void gather_patches(
  int width, const float *image, ptrdiff_t line, ptrdiff_t step, ptrdiff_t positions, ptrdiff_t height,
  ptrdiff_t length, float *into, ptrdiff_t stride)
{
  for (ptrdiff_t p = 0; p < positions; p++) {
    // What a row leaves behind its end the next one overwrites.
    for (ptrdiff_t h = 0; h < height; h++) {
      const float *from = image + p * step + h * line;
      float *to = into + p * stride + h * length;
      for (ptrdiff_t i = 0; i < length; i += width) {
        __builtin_memcpy(to + i, from + i, sizeof(float) * (size_t)width);
      }
    }
  }
}

KERNEL void lockstep_gather_patches(
  const float *image, ptrdiff_t line, ptrdiff_t step, ptrdiff_t positions, ptrdiff_t height,
  ptrdiff_t length, float *into, ptrdiff_t stride)
{
  if (length <= 8) gather_patches(8, image, line, step, positions, height, length, into, stride);
  else gather_patches(LANES, image, line, step, positions, height, length, into, stride);
}

// The sums of `group` channels, `vectors` sixteens of their patches, held in registers.
PART void add_won(
  int group, int vectors, const float *dy, const int32_t *winners, ptrdiff_t windows,
  ptrdiff_t channels, const float *patches, const ptrdiff_t *starts, ptrdiff_t stride,
  float *gradient)
{
  lanes sum[16];
#pragma clang loop unroll(full)
  for (int g = 0; g < group; g++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[g * vectors + v] = load(gradient + g * stride + v * LANES);
  }
  for (ptrdiff_t w = 0; w < windows; w++, dy += channels, winners += channels, patches += 2 * stride) {
#pragma clang loop unroll(full)
    for (int g = 0; g < group; g++) {
      const float *patch = patches + starts[winners[g]];
      lanes factor = dy[g];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sum[g * vectors + v] = fused(factor, load(patch + v * LANES), sum[g * vectors + v]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int g = 0; g < group; g++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) store(gradient + g * stride + v * LANES, sum[g * vectors + v]);
  }
}

#define ADD_WON(group, vectors)                                                                \
  add_won(                                                                                     \
    group, vectors, dy + c, winners + c, windows, channels, patches + first, starts, stride,   \
    gradient + c * stride + first)

PART void add_won_patches(
  const float *dy, const int32_t *winners, ptrdiff_t windows, ptrdiff_t channels,
  const float *patches, ptrdiff_t width, ptrdiff_t stride, float *gradient)
{
  const ptrdiff_t starts[4] = {0, stride, width * stride, (width + 1) * stride};
  for (ptrdiff_t first = 0; first < stride;) {
    ptrdiff_t left = (stride - first) / LANES;
    for (ptrdiff_t c = 0; c < channels;) {
      int one = c + 4 > channels;
      if (left == 1) one ? ADD_WON(1, 1) : ADD_WON(4, 1);
      else if (left == 2) one ? ADD_WON(1, 2) : ADD_WON(4, 2);
      else if (left == 3) one ? ADD_WON(1, 3) : ADD_WON(4, 3);
      else one ? ADD_WON(1, 4) : ADD_WON(4, 4);
      c += one ? 1 : 4;
    }
    first += (left < 4 ? left : 4) * LANES;
  }
}

KERNEL void lockstep_add_won_patches(
  const float *dy, const int32_t *winners, ptrdiff_t windows, ptrdiff_t channels,
  const float *patches, ptrdiff_t width, ptrdiff_t stride, float *gradient)
{
  add_won_patches(dy, winners, windows, channels, patches, width, stride, gradient);
}
