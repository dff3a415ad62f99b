#ifndef WINOGRAD_H
#define WINOGRAD_H

#include "pooled.h"

#include <stdbool.h>
#include <stddef.h>

// Winograd's minimal filtering: F(2×2, 3×3) with windows of 4×4, F(4×4, 3×3) with windows of 6×6, and
// F(4×4, 5×5) with windows of 8×8.
//
// Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, after Winograd, 1980;
// points 0, ±1 and ∞, for larger windows ±2 too, and for the largest ±½. With Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A for a
// window d and a kernel g, the 16, 36 or 64 products over channels are matrix products over tiles, done
// by `lockstep_product`.

// The tiles of images [N, H, W, C], of s×s outputs: tile (y, x) has its outputs from (s·y, s·x) on,
// and sees the window from (s·y − row padding, s·x − column padding) on.
typedef struct {
  // The images that are read or written.
  ptrdiff_t height, width, channels;
  // The tiles of one image.
  ptrdiff_t rows, columns;
  // The side of a tile and of the window it sees: 2 and 4, 4 and 6, or 4 and 8.
  ptrdiff_t side, window;
  ptrdiff_t row_padding, column_padding;
} lockstep_tiles;

// v[ξ·stride + t·columns + c] = Bᵀ d B of the windows of tiles `first` + t, t < count.
//
// `columns` channels are taken, 16 or more, the first of them at x.
void lockstep_winograd_windows(
  const float *x, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *v, ptrdiff_t stride);

// dx's windows += B v Bᵀ, the adjoint of the windows, tile by tile.
void lockstep_winograd_window_gradients(
  const float *v, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *dx, ptrdiff_t stride);

// y's tiles = Aᵀ m A, where they lie within the image.
void lockstep_winograd_outputs(
  const float *m, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *y, ptrdiff_t stride);

// The same of tiles of 4×4 outputs, pooled before it is written; `tiles` are of what is not written. `to` begins at the first
// of the columns, as y does.
void lockstep_winograd_pooled_outputs(
  const float *m, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, const lockstep_pooled *to, ptrdiff_t stride);

// z = A dy Aᵀ, the adjoint of the outputs: zeros stand for what lies outside the image.
void lockstep_winograd_output_gradients(
  const float *dy, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *z, ptrdiff_t stride);

// The same of the gradient that pooling hands back: dy [N, height/2, width/2, C] at its winners.
void lockstep_winograd_pooled_output_gradients(
  const float *dy, const int32_t *winners, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *z, ptrdiff_t stride);

// Where the kernels of windows lie: from one element to the next, and from one row to the next, in
// floats. A row is an input channel, a column an output channel, or the reverse.
typedef struct {
  ptrdiff_t window, element, row;
} lockstep_kernels;

// u[ξ·stride + i·columns + j] = G g Gᵀ of `rows` rows and `columns` columns, 16 or more.
void lockstep_winograd_kernels(
  const float *g, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns, float *u,
  ptrdiff_t stride);

// dg = Gᵀ du G, the adjoint of the kernels.
void lockstep_winograd_kernel_gradients(
  const float *du, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  ptrdiff_t stride, float *dg);

#endif
