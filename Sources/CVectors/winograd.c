#include "winograd.h"
#include "lanes.h"

// One-dimensional transforms; `n` is the distance from one element to the next.

// Bᵀ, 6 → 6.
PART void window_transform(const lanes *d, int n, lanes *v) {
  lanes a = d[4 * n] - 4 * d[2 * n];
  lanes b = d[3 * n] - 4 * d[n];
  lanes c = d[4 * n] - d[2 * n];
  lanes e = 2 * (d[3 * n] - d[n]);
  lanes four = 4, minus_five = -5;
  v[0] = fused(four, d[0], fused(minus_five, d[2 * n], d[4 * n]));
  v[1] = a + b;
  v[2] = a - b;
  v[3] = c + e;
  v[4] = c - e;
  v[5] = fused(four, d[n], fused(minus_five, d[3 * n], d[5 * n]));
}

// B, 6 → 6.
PART void window_gradient_transform(const lanes *v, int n, lanes *d) {
  lanes a = v[n] + v[2 * n];
  lanes b = v[n] - v[2 * n];
  lanes c = v[3 * n] + v[4 * n];
  lanes e = v[3 * n] - v[4 * n];
  lanes two = 2, four = 4, minus_four = -4, minus_five = -5;
  d[0] = 4 * v[0];
  d[1] = fused(minus_four, b, fused(four, v[5 * n], -2 * e));
  d[2] = fused(minus_five, v[0], fused(minus_four, a, -c));
  d[3] = fused(two, e, fused(minus_five, v[5 * n], b));
  d[4] = v[0] + a + c;
  d[5] = v[5 * n];
}

// Aᵀ, 6 → side.
PART void output_transform(int side, const lanes *m, int n, lanes *y) {
  lanes a = m[n] + m[2 * n];
  lanes b = m[n] - m[2 * n];
  lanes c = m[3 * n] + m[4 * n];
  lanes e = m[3 * n] - m[4 * n];
  lanes two = 2, four = 4, eight = 8;
  y[0] = m[0] + a + c;
  y[1] = fused(two, e, b);
  if (side == 2) {
    y[1] += m[5 * n];
  } else {
    y[2] = fused(four, c, a);
    y[3] = fused(eight, e, b) + m[5 * n];
  }
}

// A, side → 6.
PART void output_gradient_transform(int side, const lanes *y, int n, lanes *z) {
  lanes four = 4;
  lanes even = y[0], odd = y[n], even_2 = y[0], odd_2 = 2 * y[n];
  if (side == 4) {
    even += y[2 * n];
    odd += y[3 * n];
    even_2 = fused(four, y[2 * n], even_2);
    odd_2 = 2 * fused(four, y[3 * n], y[n]);
  }
  z[0] = y[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = even_2 + odd_2;
  z[4] = even_2 - odd_2;
  z[5] = y[(side - 1) * n];
}

// G, side → 6, where side is the kernel's.
PART void kernel_transform(int side, const lanes *g, int n, lanes *u) {
  lanes four = 4;
  lanes even = g[0] + g[2 * n], odd = g[n];
  lanes even_2 = fused(four, g[2 * n], g[0]), odd_2 = 2 * g[n];
  if (side == 5) {
    lanes sixteen = 16;
    even += g[4 * n];
    odd += g[3 * n];
    even_2 = fused(sixteen, g[4 * n], even_2);
    odd_2 = 2 * fused(four, g[3 * n], g[n]);
  }
  u[0] = g[0] * 0.25f;
  u[1] = (even + odd) * (-1 / 6.0f);
  u[2] = (even - odd) * (-1 / 6.0f);
  u[3] = (even_2 + odd_2) * (1 / 24.0f);
  u[4] = (even_2 - odd_2) * (1 / 24.0f);
  u[5] = g[(side - 1) * n];
}

// Gᵀ, 6 → side.
PART void kernel_gradient_transform(int side, const lanes *u, int n, lanes *g) {
  lanes a = (u[n] + u[2 * n]) * (-1 / 6.0f);
  lanes b = (u[n] - u[2 * n]) * (-1 / 6.0f);
  lanes c = (u[3 * n] + u[4 * n]) * (1 / 24.0f);
  lanes e = (u[3 * n] - u[4 * n]) * (1 / 24.0f);
  lanes quarter = 0.25f, two = 2, four = 4;
  g[0] = fused(quarter, u[0], a) + c;
  g[1] = fused(two, e, b);
  g[2] = fused(four, c, a);
  if (side == 3) {
    g[2] += u[5 * n];
  } else {
    lanes eight = 8, sixteen = 16;
    g[3] = fused(eight, e, b);
    g[4] = fused(sixteen, c, a) + u[5 * n];
  }
}

// Where tile number `index` lies: its image, and the place of its first element there.
typedef struct {
  ptrdiff_t image, y, x;
} place;

PART place place_of(const lockstep_tiles *tiles, ptrdiff_t index) {
  ptrdiff_t image = index / (tiles->rows * tiles->columns);
  ptrdiff_t within = index % (tiles->rows * tiles->columns);
  place at = {
    image, within / tiles->columns * tiles->side - tiles->row_padding,
    within % tiles->columns * tiles->side - tiles->column_padding};
  return at;
}

// Rows or columns `from` ..< `to` of a stretch of `side` lie within an image of `size`.
typedef struct {
  ptrdiff_t from, to;
} range;

PART range within(ptrdiff_t start, ptrdiff_t side, ptrdiff_t size) {
  range r = {start < 0 ? -start : 0, start + side > size ? size - start : side};
  return r;
}

// Loads `side` elements of a row, zeros where it lies outside.
PART void load_row(int side, const float *p, ptrdiff_t step, range columns, lanes *d) {
  if (columns.from == 0 && columns.to == side) {
#pragma clang loop unroll(full)
    for (int j = 0; j < side; j++) d[j] = load(p + j * step);
  } else {
#pragma clang loop unroll(full)
    for (int j = 0; j < side; j++) {
      d[j] = 0;
      if (columns.from <= j && j < columns.to) d[j] = load(p + j * step);
    }
  }
}

PART void windows(
  const float *x, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *v, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  for (ptrdiff_t t = 0; t < count; t++) {
    place at = place_of(tiles, first + t);
    range down = within(at.y, 6, tiles->height), across = within(at.x, 6, tiles->width);
    const float *start = x + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[36];
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes d[6] = {0};
        if (down.from <= k && k < down.to) {
          load_row(6, start + k * line + c, channels, across, d);
        }
        window_transform(d, 1, half + 6 * k);
      }
      float *out = v + t * columns + c;
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes w[6];
        window_transform(half + k, 6, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) store(out + (6 * j + k) * stride, w[j]);
      }
    }
  }
}

KERNEL void lockstep_winograd_windows(
  const float *x, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *v, ptrdiff_t stride)
{
  windows(x, tiles, columns, first, count, v, stride);
}

PART void window_gradients(
  const float *v, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *dx, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  for (ptrdiff_t t = 0; t < count; t++) {
    place at = place_of(tiles, first + t);
    range down = within(at.y, 6, tiles->height), across = within(at.x, 6, tiles->width);
    float *start = dx + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      // What an earlier vector has added counts nothing.
      lanes weight = 1;
      for (ptrdiff_t l = 0; l < i - c; l++) weight[l] = 0;
      const float *in = v + t * columns + c;
      lanes half[36];
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes d[6], w[6];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) d[j] = load(in + (6 * j + k) * stride);
        window_gradient_transform(d, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) half[6 * j + k] = w[j];
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        if (k < down.from || down.to <= k) continue;
        lanes w[6];
        window_gradient_transform(half + 6 * k, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) {
          if (j < across.from || across.to <= j) continue;
          float *target = start + k * line + j * channels + c;
          store(target, fused(w[j], weight, load(target)));
        }
      }
    }
  }
}

KERNEL void lockstep_winograd_window_gradients(
  const float *v, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *dx, ptrdiff_t stride)
{
  window_gradients(v, tiles, columns, first, count, dx, stride);
}

PART void outputs(
  int side, const float *m, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *y, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  for (ptrdiff_t t = 0; t < count; t++) {
    place at = place_of(tiles, first + t);
    range down = within(at.y, side, tiles->height), across = within(at.x, side, tiles->width);
    float *start = y + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      const float *in = m + t * columns + c;
      lanes half[24];
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes d[6], r[4];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) d[j] = load(in + (6 * j + k) * stride);
        output_transform(side, d, 1, r);
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) half[6 * j + k] = r[j];
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes r[4];
        output_transform(side, half + 6 * k, 1, r);
        if (k >= down.to) continue;
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) {
          if (j < across.to) store(start + k * line + j * channels + c, r[j]);
        }
      }
    }
  }
}

KERNEL void lockstep_winograd_outputs(
  const float *m, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *y, ptrdiff_t stride)
{
  if (tiles->side == 4) outputs(4, m, tiles, columns, first, count, y, stride);
  else outputs(2, m, tiles, columns, first, count, y, stride);
}

PART void output_gradients(
  int side, const float *dy, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *z, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  for (ptrdiff_t t = 0; t < count; t++) {
    place at = place_of(tiles, first + t);
    range down = within(at.y, side, tiles->height), across = within(at.x, side, tiles->width);
    const float *start = dy + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[24];
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes d[4] = {0};
        if (k < down.to) load_row(side, start + k * line + c, channels, across, d);
        output_gradient_transform(side, d, 1, half + 6 * k);
      }
      float *out = z + t * columns + c;
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes w[6];
        output_gradient_transform(side, half + k, 6, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) store(out + (6 * j + k) * stride, w[j]);
      }
    }
  }
}

KERNEL void lockstep_winograd_output_gradients(
  const float *dy, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *z, ptrdiff_t stride)
{
  if (tiles->side == 4) output_gradients(4, dy, tiles, columns, first, count, z, stride);
  else output_gradients(2, dy, tiles, columns, first, count, z, stride);
}

PART void kernels(
  int side, const float *g, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  float *u, ptrdiff_t stride)
{
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[30];
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
        kernel_transform(side, d, 1, half + 6 * k);
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes w[6];
        kernel_transform(side, half + k, 6, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) store(u + (6 * j + k) * stride + r * columns + c, w[j]);
      }
    }
  }
}

KERNEL void lockstep_winograd_kernels(
  const float *g, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns, float *u,
  ptrdiff_t stride)
{
  if (at->side == 3) kernels(3, g, at, rows, columns, u, stride);
  else kernels(5, g, at, rows, columns, u, stride);
}

PART void kernel_gradients(
  int side, const float *du, const lockstep_kernels *at, ptrdiff_t rows, ptrdiff_t columns,
  ptrdiff_t stride, float *dg)
{
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      const float *in = du + r * columns + c;
      lanes half[30];
#pragma clang loop unroll(full)
      for (int k = 0; k < 6; k++) {
        lanes d[6], w[5];
#pragma clang loop unroll(full)
        for (int j = 0; j < 6; j++) d[j] = load(in + (6 * j + k) * stride);
        kernel_gradient_transform(side, d, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < side; j++) half[6 * j + k] = w[j];
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes w[5];
        kernel_gradient_transform(side, half + 6 * k, 1, w);
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
  if (at->side == 3) kernel_gradients(3, du, at, rows, columns, stride, dg);
  else kernel_gradients(5, du, at, rows, columns, stride, dg);
}
