#include "depthwise.h"
#include "fetching.h"
#include "lanes.h"

enum { MOST_ROWS = 16 };

// The outputs of an axis all of whose elements lie within the image: `from` ..< `to`.
typedef struct {
  ptrdiff_t from, to;
} inner;

PART inner inner_outputs(const lockstep_axis *axis) {
  ptrdiff_t last = axis->positions - 1 - axis->start - (axis->elements - 1) * axis->step;
  inner result = {
    axis->start >= 0 ? 0 : (-axis->start + axis->stride - 1) / axis->stride,
    last < 0 ? 0 : last / axis->stride + 1};
  if (result.to > axis->outputs) result.to = axis->outputs;
  if (result.from > result.to) result.from = result.to;
  return result;
}

// Vectors that hold the channels of a position.
PART ptrdiff_t vectors(const lockstep_depthwise *shape) {
  return (shape->channels + LANES - 1) / LANES;
}

// The lines of the image under the kernel at output row `r`; zeros for those outside.
PART void find_lines(
  const float *x, const lockstep_depthwise *shape, const float *zeros, ptrdiff_t count,
  ptrdiff_t r, const float **lines)
{
  const lockstep_axis *axis = &shape->rows;
  for (ptrdiff_t k = 0; k < count; k++) {
    ptrdiff_t at = r * axis->stride + axis->start + k * axis->step;
    bool is_inside = 0 <= at && at < axis->positions;
    ptrdiff_t place = at % shape->held * shape->columns.positions * shape->channels;
    lines[k] = is_inside ? x + place : zeros;
  }
}

// `width` outputs of a row from column q on, sixteen channels of each from c on.
//
// Elements `from` ..< `to` of each row of the kernel are taken: the others see zeros.
PART void outputs(
  int width, int rows, int from, int to, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, ptrdiff_t q, ptrdiff_t c, float *y, fetching *state)
{
  ptrdiff_t channels = shape->channels;
  ptrdiff_t stride = shape->columns.stride * channels;
  ptrdiff_t start = (q * shape->columns.stride + shape->columns.start) * channels + c;
  ptrdiff_t step = shape->columns.step * channels;
  lanes sum[8] = {0};
  for (int k = 0; k < rows; k++) {
    for (int l = from; l < to; l++) {
      fetch(state);
      lanes factor = load(w + (k * shape->columns.elements + l) * channels + c);
      const float *source = lines[k] + start + l * step;
#pragma clang loop unroll(full)
      for (int i = 0; i < width; i++) sum[i] = fused(load(source + i * stride), factor, sum[i]);
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < width; i++) {
    fetch(state);
    float *target = y + (q + i) * shape->column_y + c;
    if (shape->streaming) stream(target, sum[i]);
    else store(target, sum[i]);
  }
}

// Elements of a row of the kernel that lie within the image at output column q.
PART inner inner_elements(const lockstep_axis *axis, ptrdiff_t q) {
  ptrdiff_t start = q * axis->stride + axis->start;
  inner result = {0, axis->elements};
  while (result.from < result.to && start + result.from * axis->step < 0) result.from++;
  while (result.from < result.to && start + (result.to - 1) * axis->step >= axis->positions) {
    result.to--;
  }
  return result;
}

// All channels of `width` outputs, before the next ones: memory is read in its order.
PART void all_channels(
  int width, int rows, inner part, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, ptrdiff_t q, float *y, lockstep_ahead *ahead)
{
  int from = (int)part.from, to = (int)part.to;
  fetching state = fetching_in(vectors(shape) * (rows * (to - from) + width), ahead, w);
  for (ptrdiff_t i = 0; i < shape->channels; i += LANES) {
    ptrdiff_t c = channel(i, shape->channels);
    outputs(width, rows, from, to, lines, w, shape, q, c, y, &state);
  }
}

PART void all_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, const float *zeros, float *y,
  lockstep_ahead *ahead)
{
  int rows = (int)shape->rows.elements, columns = (int)shape->columns.elements;
  inner whole = inner_outputs(&shape->columns), all = {0, columns};
  for (ptrdiff_t r = 0; r < shape->rows.outputs; r++) {
    const float *lines[MOST_ROWS];
    find_lines(x, shape, zeros, rows, r, lines);
    float *line = y + r * shape->row_y;
    ptrdiff_t q = 0;
    for (; q < whole.from; q++) {
      all_channels(1, rows, inner_elements(&shape->columns, q), lines, w, shape, q, line, ahead);
    }
    for (; q + 8 <= whole.to; q += 8) all_channels(8, rows, all, lines, w, shape, q, line, ahead);
    for (; q + 2 <= whole.to; q += 2) all_channels(2, rows, all, lines, w, shape, q, line, ahead);
    for (; q < whole.to; q++) all_channels(1, rows, all, lines, w, shape, q, line, ahead);
    for (; q < shape->columns.outputs; q++) {
      all_channels(1, rows, inner_elements(&shape->columns, q), lines, w, shape, q, line, ahead);
    }
  }
}

// Whether windows move over such images: 3×3 kernels, which nearly all networks have, and no others.
PART bool moves(const lockstep_depthwise *shape) {
  const lockstep_axis *rows = &shape->rows, *columns = &shape->columns;
  return rows->elements == 3 && rows->step == 1 && columns->elements == 3 && columns->step == 1
    && rows->stride == columns->stride && columns->stride <= 2;
}

// Sixteen channels of a column of `count` lines; zeros where it is not inside the image.
PART void take_column(
  int count, const float *const *lines, ptrdiff_t place, bool is_inside, lanes *column)
{
#pragma clang loop unroll(full)
  for (int j = 0; j < count; j++) column[j] = is_inside ? load(lines[j] + place) : 0;
}

// Sixteen channels of `height` rows of outputs of a 3×3 kernel.
//
// A window of three columns moves along the lines, so that every activation is loaded once. Every
// output is the same chain as one by one.
PART void moving_window(
  int height, int stride, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, ptrdiff_t c, float *y, fetching *state)
{
  const lockstep_axis *columns = &shape->columns;
  ptrdiff_t channels = shape->channels;
  int count = 3 + (height - 1) * stride;
  // Column p of the lines is at p mod 3.
  lanes factors[9], window[3][5] = {0};
#pragma clang loop unroll(full)
  for (int k = 0; k < 9; k++) factors[k] = load(w + k * channels + c);
  // Each step takes in as many columns as the stride: the first sees what is not there before.
  ptrdiff_t at = columns->start, place = at * channels + c;
#pragma clang loop unroll(full)
  for (int p = 0; p < 3 - stride; p++) {
    take_column(count, lines, place, 0 <= at && at < columns->positions, window[p]);
    at++, place += channels;
  }
  float *target = y + c;
  for (ptrdiff_t left = columns->outputs; left > 0;) {
#pragma clang loop unroll(full)
    for (int u = 0; u < 3; u++) {
#pragma clang loop unroll(full)
      for (int p = 3 - stride; p < 3; p++) {
        fetch(state);
        bool is_inside = 0 <= at && at < columns->positions;
        take_column(count, lines, place, is_inside, window[(u * stride + p) % 3]);
        at++, place += channels;
        // Kept as it is: the compiler would keep a pointer for each of the loads.
        __asm__("" : "+r"(place));
      }
#pragma clang loop unroll(full)
      for (int i = 0; i < height; i++) {
        fetch(state);
        lanes sum = 0;
#pragma clang loop unroll(full)
        for (int k = 0; k < 9; k++) {
          lanes value = window[(u * stride + k % 3) % 3][i * stride + k / 3];
          sum = fused(value, factors[k], sum);
        }
        if (shape->streaming) stream(target + i * shape->row_y, sum);
        else store(target + i * shape->row_y, sum);
      }
      target += shape->column_y;
      __asm__("" : "+r"(target));
      if (--left == 0) return;
    }
  }
}

// All channels of `height` rows of outputs.
PART void moving_windows(
  int height, int stride, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, float *y, lockstep_ahead *ahead)
{
  ptrdiff_t steps = shape->columns.outputs * (height + stride);
  for (ptrdiff_t i = 0; i < shape->channels; i += LANES) {
    fetching state = fetching_in(steps, ahead, w);
    ptrdiff_t c = channel(i, shape->channels);
    moving_window(height, stride, lines, w, shape, c, y, &state);
  }
}

PART void all_windows(
  int stride, const float *x, const float *w, const lockstep_depthwise *shape,
  const float *zeros, float *y, lockstep_ahead *ahead)
{
  const float *lines[5];
  ptrdiff_t r = 0;
  for (; r + 2 <= shape->rows.outputs; r += 2) {
    find_lines(x, shape, zeros, 3 + stride, r, lines);
    moving_windows(2, stride, lines, w, shape, y + r * shape->row_y, ahead);
  }
  if (r < shape->rows.outputs) {
    find_lines(x, shape, zeros, 3, r, lines);
    moving_windows(1, stride, lines, w, shape, y + r * shape->row_y, ahead);
  }
}

KERNEL void lockstep_depthwise_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, const float *zeros, float *y,
  lockstep_ahead *ahead)
{
  ptrdiff_t stride = shape->columns.stride;
  if (moves(shape) && stride == 1) all_windows(1, x, w, shape, zeros, y, ahead);
  else if (moves(shape)) all_windows(2, x, w, shape, zeros, y, ahead);
  else all_outputs(x, w, shape, zeros, y, ahead);
}

// The part of a row of outputs in the gradients of `rows`×`columns` elements of the kernel.
//
// `count` channels, 1 to 16: rows are added up in dw, so that no channel may come twice.
PART void row_gradient(
  int rows, int columns, ptrdiff_t count, const float *const *lines, const float *dy,
  const lockstep_depthwise *shape, inner whole, ptrdiff_t c, ptrdiff_t first, float *dw,
  bool adding, lockstep_ahead *ahead)
{
  ptrdiff_t channels = shape->channels;
  ptrdiff_t step = shape->columns.step * channels;
  lanes sum[9] = {0};
  if (adding) {
#pragma clang loop unroll(full)
    for (int l = 0; l < rows * columns; l++) sum[l] = load_first(dw + l * channels, count);
  }
  fetching state = fetching_in(shape->columns.outputs, ahead, dy);
  for (ptrdiff_t q = 0; q < shape->columns.outputs; q++) {
    fetch(&state);
    lanes gradient = load_first(dy + q * shape->column_y + c, count);
    ptrdiff_t at = q * shape->columns.stride + shape->columns.start + first * shape->columns.step;
    bool is_whole = whole.from <= q && q < whole.to;
    ptrdiff_t start = at * channels + c;
#pragma clang loop unroll(full)
    for (int k = 0; k < rows; k++) {
#pragma clang loop unroll(full)
      for (int l = 0; l < columns; l++) {
        ptrdiff_t position = at + l * shape->columns.step;
        if (!is_whole && (position < 0 || position >= shape->columns.positions)) continue;
        lanes value = load_first(lines[k] + start + l * step, count);
        sum[k * columns + l] = fused(value, gradient, sum[k * columns + l]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < rows * columns; l++) store_first(dw + l * channels, sum[l], count);
}

PART void channels_gradient(
  ptrdiff_t count, const float *const *lines, const float *dy, const lockstep_depthwise *shape,
  inner whole, ptrdiff_t c, float *dw, bool adding, lockstep_ahead *ahead)
{
  ptrdiff_t rows = shape->rows.elements, columns = shape->columns.elements;
  if (rows == 3 && columns == 3) {
    row_gradient(3, 3, count, lines, dy, shape, whole, c, 0, dw + c, adding, ahead);
    return;
  }
  for (ptrdiff_t k = 0; k < rows; k++) {
    for (ptrdiff_t l = 0; l < columns; l++) {
      float *target = dw + (k * columns + l) * shape->channels + c;
      row_gradient(1, 1, count, lines + k, dy, shape, whole, c, l, target, adding, ahead);
    }
  }
}

// Sixteen channels of the gradient of a 3×3 kernel: a window of three columns moves along the lines
// under each row of outputs, and the sums stay in registers from row to row.
PART void moving_gradient(
  int stride, const float *x, const float *dy, const lockstep_depthwise *shape, const float *zeros,
  ptrdiff_t c, float *dw, bool adding, lockstep_ahead *ahead)
{
  const lockstep_axis *columns = &shape->columns;
  ptrdiff_t channels = shape->channels;
  lanes sum[9] = {0};
  if (adding) {
#pragma clang loop unroll(full)
    for (int k = 0; k < 9; k++) sum[k] = load(dw + k * channels + c);
  }
  fetching state = fetching_in(shape->rows.outputs * columns->outputs, ahead, dy);
  for (ptrdiff_t r = 0; r < shape->rows.outputs; r++) {
    const float *lines[3], *source = dy + r * shape->row_y + c;
    find_lines(x, shape, zeros, 3, r, lines);
    lanes window[3][3] = {0};
    ptrdiff_t at = columns->start, place = at * channels + c;
#pragma clang loop unroll(full)
    for (int p = 0; p < 3 - stride; p++) {
      take_column(3, lines, place, 0 <= at && at < columns->positions, window[p]);
      at++, place += channels;
    }
    for (ptrdiff_t left = columns->outputs; left > 0;) {
#pragma clang loop unroll(full)
      for (int u = 0; u < 3; u++) {
        fetch(&state);
#pragma clang loop unroll(full)
        for (int p = 3 - stride; p < 3; p++) {
          bool is_inside = 0 <= at && at < columns->positions;
          take_column(3, lines, place, is_inside, window[(u * stride + p) % 3]);
          at++, place += channels;
          __asm__("" : "+r"(place));
        }
        lanes gradient = load(source);
        source += shape->column_y;
#pragma clang loop unroll(full)
        for (int k = 0; k < 9; k++) {
          sum[k] = fused(window[(u * stride + k % 3) % 3][k / 3], gradient, sum[k]);
        }
        if (--left == 0) break;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int k = 0; k < 9; k++) store(dw + k * channels + c, sum[k]);
}

KERNEL void lockstep_depthwise_kernel_gradient(
  const float *x, const float *dy, const lockstep_depthwise *shape, const float *zeros, float *dw,
  bool adding, lockstep_ahead *ahead)
{
  inner whole = inner_outputs(&shape->columns);
  ptrdiff_t whole_vectors = shape->channels / LANES * LANES, moved = 0;
  if (moves(shape)) {
    for (; moved < whole_vectors; moved += LANES) {
      if (shape->columns.stride == 1) {
        moving_gradient(1, x, dy, shape, zeros, moved, dw, adding, ahead);
      } else {
        moving_gradient(2, x, dy, shape, zeros, moved, dw, adding, ahead);
      }
    }
  }
  for (ptrdiff_t r = 0; r < shape->rows.outputs && moved < shape->channels; r++) {
    const float *lines[MOST_ROWS];
    find_lines(x, shape, zeros, shape->rows.elements, r, lines);
    const float *line = dy + r * shape->row_y;
    bool is_adding = adding || r > 0;
    ptrdiff_t c = moved;
    for (; c < whole_vectors; c += LANES) {
      channels_gradient(LANES, lines, line, shape, whole, c, dw, is_adding, ahead);
    }
    if (c < shape->channels) {
      channels_gradient(shape->channels - c, lines, line, shape, whole, c, dw, is_adding, ahead);
    }
  }
}
