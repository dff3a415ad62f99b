#ifndef POOLED_H
#define POOLED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a convolution's output becomes: a bias a channel is added, the largest of each 2×2 outputs
// taken and clamped. A row or column that is left over is not seen.
typedef struct {
  // [C], or NULL.
  const float *bias;
  float floor, ceiling;
  // [N, OH/2, OW/2, C]: the largest, and which of the four it was, row by row.
  float *y;
  int32_t *winners;
} lockstep_pooled;

// Pools two rows [2, width, channels] of a convolution's output, 16 channels or more.
void lockstep_pool_rows(
  const float *rows, ptrdiff_t width, ptrdiff_t channels, const lockstep_pooled *to);

// A convolution of one channel into 16 to 20, with stride 1.
typedef struct {
  // Rows of the image in its frame, and pixels of each.
  ptrdiff_t height, line;
  // Elements of the kernel, LOCKSTEP_NARROW_TAPS at most.
  ptrdiff_t kernel_height, kernel_width;
  // Rows of windows, windows of a row, and channels of the output.
  ptrdiff_t rows, windows, channels;
} lockstep_narrow;

enum { LOCKSTEP_NARROW_TAPS = 64 };

// Convolves an image [height, line] with weights [KH, KW, C] and pools it; `memory` is for four
// times the image, if there are more than 16 channels, and for 12 floats more. Sums are those of
// `lockstep_product` over the kernel's elements in their order.
void lockstep_pool_narrow(
  const float *image, const lockstep_narrow *shape, const float *weights, float *memory,
  const lockstep_pooled *to);

// into[p·stride ..] = the patch [height, length] that position p of a row sees in an image: its
// first row begins at image + p·step, and one row `line` after the other. Up to 15 floats behind a
// patch's row are read, and as many behind all patches overwritten.
void lockstep_gather_patches(
  const float *image, ptrdiff_t line, ptrdiff_t step, ptrdiff_t positions, ptrdiff_t height,
  ptrdiff_t length, float *into, ptrdiff_t stride);

// gradient[c·stride ..] += dy[w, c] · the patch of window w's winner in channel c, for `windows`
// windows of two rows of `width` positions, whose patches lie `stride` apart, a multiple of 16.
void lockstep_add_won_patches(
  const float *dy, const int32_t *winners, ptrdiff_t windows, ptrdiff_t channels,
  const float *patches, ptrdiff_t width, ptrdiff_t stride, float *gradient);

#endif
