#include "winograd.h"
#include "winners.h"

#include <stdbool.h>

// Outputs along the side of a tile that sees a window of side 4, 6 or 8: what `tiles.side` is, known
// to the compiler.
PART int tile_side(int window) { return window == 4 ? 2 : 4; }

// Outputs along the side of the larger tiles, which can be pooled.
enum { SIDE = 4 };

// One-dimensional transforms; `n` is the distance from one element to the next, and `window` the
// side of a window.

// Bᵀ, window → window.
PART void window_transform(int window, const lanes *d, int n, lanes *v) {
  if (window == 4) {
    v[0] = d[0] - d[2 * n];
    v[1] = d[n] + d[2 * n];
    v[2] = d[2 * n] - d[n];
    v[3] = d[3 * n] - d[n];
    return;
  }
  if (window == 8) {
    lanes quarter = 0.25f, half = 0.5f, two = 2, four = 4;
    lanes more = 4.25f, much = 5.25f, less = -1.25f, mean = -2.5f, five = -5;
    lanes even = fused(-more, d[4 * n], d[2 * n] + d[6 * n]);
    lanes odd = fused(-more, d[3 * n], d[n] + d[5 * n]);
    lanes even_2 = fused(quarter, d[2 * n], fused(less, d[4 * n], d[6 * n]));
    lanes odd_2 = fused(half, d[n], fused(mean, d[3 * n], two * d[5 * n]));
    lanes even_3 = fused(four, d[2 * n], fused(five, d[4 * n], d[6 * n]));
    lanes odd_3 = fused(two, d[n], fused(mean, d[3 * n], half * d[5 * n]));
    v[0] = fused(much, d[2 * n] - d[4 * n], d[6 * n] - d[0]);
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = even_2 + odd_2;
    v[4] = even_2 - odd_2;
    v[5] = even_3 + odd_3;
    v[6] = even_3 - odd_3;
    v[7] = fused(much, d[3 * n] - d[5 * n], d[7 * n] - d[n]);
    return;
  }
  lanes two = 2, four = 4, minus_five = -5;
  lanes a = fused(-four, d[2 * n], d[4 * n]);
  lanes b = fused(-four, d[n], d[3 * n]);
  lanes c = d[4 * n] - d[2 * n];
  lanes e = d[3 * n] - d[n];
  v[0] = fused(four, d[0], fused(minus_five, d[2 * n], d[4 * n]));
  v[1] = a + b;
  v[2] = a - b;
  v[3] = fused(two, e, c);
  v[4] = fused(-two, e, c);
  v[5] = fused(four, d[n], fused(minus_five, d[3 * n], d[5 * n]));
}

// B, window → window.
PART void window_gradient_transform(int window, const lanes *v, int n, lanes *d) {
  if (window == 4) {
    d[0] = v[0];
    d[1] = v[n] - v[2 * n] - v[3 * n];
    d[2] = v[n] + v[2 * n] - v[0];
    d[3] = v[3 * n];
    return;
  }
  lanes a = v[n] + v[2 * n];
  lanes b = v[n] - v[2 * n];
  lanes c = v[3 * n] + v[4 * n];
  lanes e = v[3 * n] - v[4 * n];
  lanes two = 2, four = 4, minus_four = -4, minus_five = -5;
  if (window == 8) {
    lanes f = v[5 * n] + v[6 * n];
    lanes g = v[5 * n] - v[6 * n];
    lanes quarter = 0.25f, half = 0.5f, more = -4.25f, much = 5.25f, less = -1.25f, mean = -2.5f;
    d[0] = -v[0];
    d[1] = fused(half, e, fused(two, g, b)) - v[7 * n];
    d[2] = fused(much, v[0], fused(quarter, c, fused(four, f, a)));
    d[3] = fused(more, b, fused(mean, e + g, much * v[7 * n]));
    d[4] = fused(-much, v[0], fused(more, a, fused(less, c, minus_five * f)));
    d[5] = fused(-much, v[7 * n], fused(two, e, fused(half, g, b)));
    d[6] = (v[0] + a) + (c + f);
    d[7] = v[7 * n];
    return;
  }
  d[0] = 4 * v[0];
  d[1] = fused(minus_four, b, fused(four, v[5 * n], -2 * e));
  d[2] = fused(minus_five, v[0], fused(minus_four, a, -c));
  d[3] = fused(two, e, fused(minus_five, v[5 * n], b));
  d[4] = v[0] + a + c;
  d[5] = v[5 * n];
}

// Aᵀ, window → side of the tile.
PART void output_transform(int window, const lanes *m, int n, lanes *y) {
  lanes a = m[n] + m[2 * n];
  lanes b = m[n] - m[2 * n];
  if (window == 4) {
    y[0] = m[0] + a;
    y[1] = b + m[3 * n];
    return;
  }
  lanes c = m[3 * n] + m[4 * n];
  lanes e = m[3 * n] - m[4 * n];
  lanes two = 2, four = 4, eight = 8;
  y[0] = m[0] + a + c;
  y[1] = fused(two, e, b);
  y[2] = fused(four, c, a);
  y[3] = fused(eight, e, b) + m[(window - 1) * n];
  if (window == 8) {
    lanes half = 0.5f, quarter = 0.25f, eighth = 0.125f;
    lanes f = m[5 * n] + m[6 * n];
    lanes g = m[5 * n] - m[6 * n];
    y[0] += f;
    y[1] = fused(half, g, y[1]);
    y[2] = fused(quarter, f, y[2]);
    y[3] = fused(eighth, g, y[3]);
  }
}

// A, side of the tile → window.
PART void output_gradient_transform(int window, const lanes *y, int n, lanes *z) {
  if (window == 4) {
    z[0] = y[0];
    z[1] = y[0] + y[n];
    z[2] = y[0] - y[n];
    z[3] = y[n];
    return;
  }
  lanes four = 4;
  lanes even = y[0] + y[2 * n], odd = y[n] + y[3 * n];
  lanes even_2 = fused(four, y[2 * n], y[0]), odd_2 = 2 * fused(four, y[3 * n], y[n]);
  z[0] = y[0];
  z[1] = even + odd;
  z[2] = even - odd;
  z[3] = even_2 + odd_2;
  z[4] = even_2 - odd_2;
  if (window == 8) {
    lanes quarter = 0.25f;
    lanes even_3 = fused(quarter, y[2 * n], y[0]);
    lanes odd_3 = 0.5f * fused(quarter, y[3 * n], y[n]);
    z[5] = even_3 + odd_3;
    z[6] = even_3 - odd_3;
  }
  z[window - 1] = y[3 * n];
}

// Where tile number `index` lies: its image, and the place of its first element there.
typedef struct {
  ptrdiff_t image, y, x;
} place;

PART place place_of(const lockstep_tiles *tiles, ptrdiff_t index) {
  ptrdiff_t image = index / (tiles->rows * tiles->columns);
  ptrdiff_t within = index % (tiles->rows * tiles->columns), side = tiles->side;
  place at = {
    image, within / tiles->columns * side - tiles->row_padding,
    within % tiles->columns * side - tiles->column_padding};
  return at;
}

// Where the next tile lies: to the right, else first in the row below, else in the next image.
PART place place_after(const lockstep_tiles *tiles, place at) {
  ptrdiff_t side = tiles->side;
  at.x += side;
  if (at.x + tiles->column_padding < side * tiles->columns) return at;
  at.x = -tiles->column_padding;
  at.y += side;
  if (at.y + tiles->row_padding < side * tiles->rows) return at;
  at.y = -tiles->row_padding;
  at.image++;
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

// Loads `side` elements of a row, zeros where it lies outside: those are read where the nearest lies
// that is within, and masked. `ends`: nothing but the first and the last may lie outside.
PART void load_row(int side, bool ends, const float *p, ptrdiff_t step, range columns, lanes *d) {
#pragma clang loop unroll(full)
  for (int j = 0; j < side; j++) {
    if (ends && 0 < j && j < side - 1) {
      d[j] = load(p + j * step);
      continue;
    }
    places keep = columns.from <= j && j < columns.to ? -1 : 0;
    ptrdiff_t near = j < columns.from ? columns.from : j < columns.to ? j : columns.to - 1;
    d[j] = (lanes)((places)load(p + near * step) & keep);
  }
}

// Half of the columns of a window, transformed: as many values as registers hold. `ends`: nothing
// but the first and the last row and column may lie outside.
PART void half_window(
  int window, int part, bool ends, const float *start, ptrdiff_t line, ptrdiff_t channels,
  range down, range across, float *out, ptrdiff_t stride)
{
  int columns = window / 2, first = part * columns;
  lanes half[32];
#pragma clang loop unroll(full)
  for (int k = 0; k < window; k++) {
    lanes d[8] = {0}, w[8];
    if ((ends && 0 < k && k < window - 1) || (down.from <= k && k < down.to)) {
      load_row(window, ends, start + k * line, channels, across, d);
    }
    window_transform(window, d, 1, w);
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) half[columns * k + j] = w[first + j];
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < columns; k++) {
    lanes w[8];
    window_transform(window, half + k, columns, w);
#pragma clang loop unroll(full)
    for (int j = 0; j < window; j++) store(out + (window * j + first + k) * stride, w[j]);
  }
}

PART void windows(
  int window, const float *x, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *v, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    range down = within(at.y, window, tiles->height), across = within(at.x, window, tiles->width);
    const float *start = x + (at.image * tiles->height + at.y) * line + at.x * channels;
    bool ends = down.from <= 1 && down.to >= window - 1;
    ends = ends && across.from <= 1 && across.to >= window - 1;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      const float *in = start + c;
      float *out = v + t * columns + c;
      if (ends) {
        half_window(window, 0, true, in, line, channels, down, across, out, stride);
        half_window(window, 1, true, in, line, channels, down, across, out, stride);
      } else {
        half_window(window, 0, false, in, line, channels, down, across, out, stride);
        half_window(window, 1, false, in, line, channels, down, across, out, stride);
      }
    }
  }
}

// The same code for each kind of window.
#define EACH_WINDOW(part, ...)          \
  switch (tiles->window) {              \
  case 4: part(4, __VA_ARGS__); break;  \
  case 6: part(6, __VA_ARGS__); break;  \
  default: part(8, __VA_ARGS__); break; \
  }

KERNEL void lockstep_winograd_windows(
  const float *x, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *v, ptrdiff_t stride)
{
  EACH_WINDOW(windows, x, tiles, columns, first, count, v, stride)
}

PART void window_gradients(
  int window, const float *v, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *dx, ptrdiff_t stride)
{
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    range down = within(at.y, window, tiles->height), across = within(at.x, window, tiles->width);
    float *start = dx + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      // What an earlier vector has added counts nothing.
      lanes weight = 1;
      for (ptrdiff_t l = 0; l < i - c; l++) weight[l] = 0;
      const float *in = v + t * columns + c;
      lanes half[64];
#pragma clang loop unroll(full)
      for (int k = 0; k < window; k++) {
        lanes d[8], w[8];
#pragma clang loop unroll(full)
        for (int j = 0; j < window; j++) d[j] = load(in + (window * j + k) * stride);
        window_gradient_transform(window, d, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < window; j++) half[window * j + k] = w[j];
      }
#pragma clang loop unroll(full)
      for (int k = 0; k < window; k++) {
        if (k < down.from || down.to <= k) continue;
        lanes w[8];
        window_gradient_transform(window, half + window * k, 1, w);
#pragma clang loop unroll(full)
        for (int j = 0; j < window; j++) {
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
  EACH_WINDOW(window_gradients, v, tiles, columns, first, count, dx, stride)
}

// The columns of a window of products, transformed: [outputs][columns of the window].
PART void output_columns(int window, const float *in, ptrdiff_t stride, lanes *half) {
#pragma clang loop unroll(full)
  for (int k = 0; k < window; k++) {
    lanes d[8], r[4];
#pragma clang loop unroll(full)
    for (int j = 0; j < window; j++) d[j] = load(in + (window * j + k) * stride);
    output_transform(window, d, 1, r);
#pragma clang loop unroll(full)
    for (int j = 0; j < tile_side(window); j++) half[window * j + k] = r[j];
  }
}

// What is left of the transform of outputs' gradients, whose rows are transformed: the columns.
PART void output_gradient_columns(int window, const lanes *half, float *out, ptrdiff_t stride) {
#pragma clang loop unroll(full)
  for (int k = 0; k < window; k++) {
    lanes w[8];
    output_gradient_transform(window, half + k, window, w);
#pragma clang loop unroll(full)
    for (int j = 0; j < window; j++) store(out + (window * j + k) * stride, w[j]);
  }
}

PART void outputs(
  int window, const float *m, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *y, ptrdiff_t stride)
{
  int side = tile_side(window);
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    range down = within(at.y, side, tiles->height), across = within(at.x, side, tiles->width);
    float *start = y + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[32];
      output_columns(window, m + t * columns + c, stride, half);
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes r[4];
        output_transform(window, half + window * k, 1, r);
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
  EACH_WINDOW(outputs, m, tiles, columns, first, count, y, stride)
}

PART void pooled_outputs(
  int window, const float *m, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, const lockstep_pooled *to, ptrdiff_t stride)
{
  ptrdiff_t height = tiles->height / 2, width = tiles->width / 2;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    ptrdiff_t corner = (at.image * height + at.y / 2) * width + at.x / 2;
    range down = within(at.y / 2, 2, height), across = within(at.x / 2, 2, width);
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[32], bias = biases(to, c);
      output_columns(window, m + t * columns + c, stride, half);
#pragma clang loop unroll(full)
      for (int k = 0; k < 2; k++) {
        lanes r[2 * SIDE];
        output_transform(window, half + 2 * k * window, 1, r);
        output_transform(window, half + (2 * k + 1) * window, 1, r + SIDE);
        if (k >= down.to) continue;
#pragma clang loop unroll(full)
        for (int j = 0; j < 2; j++) {
          lanes values[4] = {r[2 * j], r[2 * j + 1], r[SIDE + 2 * j], r[SIDE + 2 * j + 1]};
          winner best = largest_of_four(values, bias);
          ptrdiff_t place = (corner + k * width + j) * tiles->channels + c;
          if (j < across.to) store_winner(to, place, best);
        }
      }
    }
  }
}

KERNEL void lockstep_winograd_pooled_outputs(
  const float *m, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, const lockstep_pooled *to, ptrdiff_t stride)
{
  if (tiles->window == 6) pooled_outputs(6, m, tiles, columns, first, count, to, stride);
  else pooled_outputs(8, m, tiles, columns, first, count, to, stride);
}

PART void output_gradients(
  int window, const float *dy, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *z, ptrdiff_t stride)
{
  int side = tile_side(window);
  ptrdiff_t channels = tiles->channels, line = tiles->width * channels;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    range down = within(at.y, side, tiles->height), across = within(at.x, side, tiles->width);
    const float *start = dy + (at.image * tiles->height + at.y) * line + at.x * channels;
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[32];
#pragma clang loop unroll(full)
      for (int k = 0; k < side; k++) {
        lanes d[4] = {0};
        if (k < down.to) load_row(side, false, start + k * line + c, channels, across, d);
        output_gradient_transform(window, d, 1, half + window * k);
      }
      output_gradient_columns(window, half, z + t * columns + c, stride);
    }
  }
}

KERNEL void lockstep_winograd_output_gradients(
  const float *dy, const lockstep_tiles *tiles, ptrdiff_t columns, ptrdiff_t first,
  ptrdiff_t count, float *z, ptrdiff_t stride)
{
  EACH_WINDOW(output_gradients, dy, tiles, columns, first, count, z, stride)
}

PART void pooled_output_gradients(
  int window, const float *dy, const int32_t *winners, const lockstep_tiles *tiles,
  ptrdiff_t columns, ptrdiff_t first, ptrdiff_t count, float *z, ptrdiff_t stride)
{
  ptrdiff_t height = tiles->height / 2, width = tiles->width / 2;
  place at = place_of(tiles, first);
  for (ptrdiff_t t = 0; t < count; t++, at = place_after(tiles, at)) {
    ptrdiff_t corner = (at.image * height + at.y / 2) * width + at.x / 2;
    range down = within(at.y / 2, 2, height), across = within(at.x / 2, 2, width);
    for (ptrdiff_t i = 0; i < columns; i += LANES) {
      ptrdiff_t c = channel(i, columns);
      lanes half[32];
#pragma clang loop unroll(full)
      for (int k = 0; k < 2; k++) {
        lanes d[2 * SIDE];
#pragma clang loop unroll(full)
        for (int j = 0; j < 2; j++) {
          ptrdiff_t place = (corner + k * width + j) * tiles->channels + c;
          lanes gradient = 0;
          places number = 0;
          if (k < down.to && j < across.to) {
            gradient = load(dy + place);
            number = load_places(winners + place);
          }
#pragma clang loop unroll(full)
          for (int q = 0; q < 4; q++) d[q / 2 * SIDE + 2 * j + q % 2] = taken(gradient, number, q);
        }
        output_gradient_transform(window, d, 1, half + 2 * k * window);
        output_gradient_transform(window, d + SIDE, 1, half + (2 * k + 1) * window);
      }
      output_gradient_columns(window, half, z + t * columns + c, stride);
    }
  }
}

KERNEL void lockstep_winograd_pooled_output_gradients(
  const float *dy, const int32_t *winners, const lockstep_tiles *tiles, ptrdiff_t columns,
  ptrdiff_t first, ptrdiff_t count, float *z, ptrdiff_t stride)
{
  if (tiles->window == 6)
    pooled_output_gradients(6, dy, winners, tiles, columns, first, count, z, stride);
  else
    pooled_output_gradients(8, dy, winners, tiles, columns, first, count, z, stride);
}
