#include "lanes.h"
#include "winograd.h"

// One-dimensional transforms of kernels; `n` is the distance from one element to the next, and
// `window` the side of a window: 4 and 6 with kernels of 3×3, 8 with 5×5.

// The side of the kernels.
PART int kernel_side(int window) { return window == 8 ? 5 : 3; }

// G, side of the kernel → window.
PART void kernel_transform(int window, const lanes *g, int n, lanes *u) {
  lanes four = 4;
  lanes even = g[0] + g[2 * n], odd = g[n];
  if (window == 4) {
    u[0] = g[0];
    u[1] = 0.5f * (even + odd);
    u[2] = 0.5f * (even - odd);
    u[3] = g[2 * n];
    return;
  }
  lanes even_2 = fused(four, g[2 * n], g[0]), odd_2 = 2 * g[n];
  if (window == 8) {
    lanes quarter = 0.25f, sixteenth = 0.0625f, sixteen = 16;
    even += g[4 * n];
    odd += g[3 * n];
    even_2 = fused(sixteen, g[4 * n], even_2);
    odd_2 = 2 * fused(four, g[3 * n], g[n]);
    lanes even_3 = fused(sixteenth, g[4 * n], fused(quarter, g[2 * n], g[0]));
    lanes odd_3 = 0.5f * fused(quarter, g[3 * n], g[n]);
    u[0] = -g[0];
    u[1] = (even + odd) * (-2 / 9.0f);
    u[2] = (even - odd) * (-2 / 9.0f);
    u[3] = (even_2 + odd_2) * (1 / 90.0f);
    u[4] = (even_2 - odd_2) * (1 / 90.0f);
    u[5] = (even_3 + odd_3) * (32 / 45.0f);
    u[6] = (even_3 - odd_3) * (32 / 45.0f);
    u[7] = g[4 * n];
    return;
  }
  u[0] = g[0] * 0.25f;
  u[1] = (even + odd) * (-1 / 6.0f);
  u[2] = (even - odd) * (-1 / 6.0f);
  u[3] = (even_2 + odd_2) * (1 / 24.0f);
  u[4] = (even_2 - odd_2) * (1 / 24.0f);
  u[5] = g[2 * n];
}

// Gᵀ, window → side of the kernel.
PART void kernel_gradient_transform(int window, const lanes *u, int n, lanes *g) {
  if (window == 4) {
    lanes half = 0.5f, mean = half * (u[n] + u[2 * n]);
    g[0] = u[0] + mean;
    g[1] = half * (u[n] - u[2 * n]);
    g[2] = mean + u[3 * n];
    return;
  }
  lanes two = 2, four = 4;
  lanes first = window == 8 ? -2 / 9.0f : -1 / 6.0f, second = window == 8 ? 1 / 90.0f : 1 / 24.0f;
  lanes a = (u[n] + u[2 * n]) * first;
  lanes b = (u[n] - u[2 * n]) * first;
  lanes c = (u[3 * n] + u[4 * n]) * second;
  lanes e = (u[3 * n] - u[4 * n]) * second;
  if (window == 8) {
    lanes half = 0.5f, quarter = 0.25f, eighth = 0.125f, sixteenth = 0.0625f;
    lanes eight = 8, sixteen = 16;
    lanes f = (u[5 * n] + u[6 * n]) * (32 / 45.0f);
    lanes h = (u[5 * n] - u[6 * n]) * (32 / 45.0f);
    g[0] = (a - u[0]) + (c + f);
    g[1] = fused(half, h, fused(two, e, b));
    g[2] = fused(quarter, f, fused(four, c, a));
    g[3] = fused(eighth, h, fused(eight, e, b));
    g[4] = fused(sixteenth, f, fused(sixteen, c, a)) + u[7 * n];
    return;
  }
  lanes quarter = 0.25f;
  g[0] = fused(quarter, u[0], a) + c;
  g[1] = fused(two, e, b);
  g[2] = fused(four, c, a) + u[5 * n];
}

PART void kernels(
  int window, const float *g, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  float *u, ptrdiff_t stride)
{
  int side = kernel_side(window);
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[40];
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes d[5];
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) {
          const float *source = g + (k * side + j) * at->element + r * at->row + c;
          d[j] = load(source);
          // Large kernels come from far away, in steps that the hardware does not foresee.
          __builtin_prefetch(source + 2 * at->row);
        }
        kernel_transform(window, d, 1, half + window * k);
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < window; k++) {
        lanes w[8];
        kernel_transform(window, half + k, window, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < window; j++) store(u + (window * j + k) * stride + r * columns + c, w[j]);
      }
    }
  }
}

KERNEL void lockstep_winograd_kernels(
  const float *g, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns, float *u,
  ptrdiff_t stride)
{
  switch (at->window) {
  case 4: kernels(4, g, at, rows, columns, u, stride); break;
  case 6: kernels(6, g, at, rows, columns, u, stride); break;
  default: kernels(8, g, at, rows, columns, u, stride); break;
  }
}

PART void kernel_gradients(
  int window, const float *du, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  ptrdiff_t stride, float *dg)
{
  int side = kernel_side(window);
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      const float *in = du + r * columns + c;
      lanes half[40];
#pragma clang loop unroll(full)
      for (int k = 0; k < window; k++) {
        lanes d[8], w[5];
#pragma clang loop unroll(full)
        for (int j = 0; j < window; j++) d[j] = load(in + (window * j + k) * stride);
        kernel_gradient_transform(window, d, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) half[window * j + k] = w[j];
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes w[5];
        kernel_gradient_transform(window, half + window * k, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) {
          store(dg + (k * side + j) * at->element + r * at->row + c, w[j]);
        }
      }
    }
  }
}

KERNEL void lockstep_winograd_kernel_gradients(
  const float *du, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  ptrdiff_t stride, float *dg)
{
  switch (at->window) {
  case 4: kernel_gradients(4, du, at, rows, columns, stride, dg); break;
  case 6: kernel_gradients(6, du, at, rows, columns, stride, dg); break;
  default: kernel_gradients(8, du, at, rows, columns, stride, dg); break;
  }
}
