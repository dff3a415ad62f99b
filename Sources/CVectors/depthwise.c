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
  fetching state = fetching_in(vectors(shape) * rows * (to - from), ahead, w);
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

// The 3×3 kernels that nearly all networks have: `height` rows of `width` outputs at a time, so that
// what is read once serves several of them. Every output is the same chain as one by one.
PART void tile(
  int height, int width, int stride, int from, int to, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, ptrdiff_t q, ptrdiff_t c, float *y, fetching *state)
{
  ptrdiff_t channels = shape->channels;
  ptrdiff_t start = (q * stride + shape->columns.start) * channels + c;
  lanes factors[9], sum[8] = {0};
#pragma clang loop unroll(full)
  for (int k = 0; k < 9; k++) factors[k] = load(w + k * channels + c);
#pragma clang loop unroll(full)
  for (int j = 0; j < 3 + (height - 1) * stride; j++) {
    for (int n = 0; n < 3; n++) fetch(state);
#pragma clang loop unroll(full)
    for (int p = from; p < (width - 1) * stride + to; p++) {
      lanes value = load(lines[j] + start + p * channels);
#pragma clang loop unroll(full)
      for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
        for (int o = 0; o < width; o++) {
          int k = j - i * stride, l = p - o * stride;
          if (k < 0 || k > 2 || l < from || l >= to) continue;
          sum[i * width + o] = fused(value, factors[3 * k + l], sum[i * width + o]);
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < height; i++) {
#pragma clang loop unroll(full)
    for (int o = 0; o < width; o++) {
      float *target = y + i * shape->row_y + (q + o) * shape->column_y + c;
      if (shape->streaming) stream(target, sum[i * width + o]);
      else store(target, sum[i * width + o]);
    }
  }
}

// All channels of tiles of one size from column q on, while they end by `end`: the column after them.
//
// Elements `from` ..< `to` of a row of the kernel are taken.
PART ptrdiff_t tiles(
  int height, int width, int stride, int from, int to, ptrdiff_t q, ptrdiff_t end,
  const float *const *lines, const float *w, const lockstep_depthwise *shape, float *y,
  lockstep_ahead *ahead)
{
  ptrdiff_t steps = vectors(shape) * (3 + (height - 1) * stride) * 3;
  for (; q + width <= end; q += width) {
    fetching state = fetching_in(steps, ahead, w);
    for (ptrdiff_t i = 0; i < shape->channels; i += LANES) {
      ptrdiff_t c = channel(i, shape->channels);
      tile(height, width, stride, from, to, lines, w, shape, q, c, y, &state);
    }
  }
  return q;
}

// `height` whole rows of outputs; the first and the last may see one column of zeros.
PART void rows_of_tiles(
  int height, int stride, inner whole, const float *const *lines, const float *w,
  const lockstep_depthwise *shape, float *y, lockstep_ahead *ahead)
{
  ptrdiff_t q = tiles(height, 1, stride, 1, 3, 0, whole.from, lines, w, shape, y, ahead);
  if (height == 1) q = tiles(1, 8, stride, 0, 3, q, whole.to, lines, w, shape, y, ahead);
  q = tiles(height, 4, stride, 0, 3, q, whole.to, lines, w, shape, y, ahead);
  q = tiles(height, 2, stride, 0, 3, q, whole.to, lines, w, shape, y, ahead);
  q = tiles(height, 1, stride, 0, 3, q, whole.to, lines, w, shape, y, ahead);
  tiles(height, 1, stride, 0, 2, q, shape->columns.outputs, lines, w, shape, y, ahead);
}

// Whether columns are such as `rows_of_tiles` takes, with a kernel of three.
PART _Bool takes_tiles(const lockstep_axis *columns, inner whole) {
  ptrdiff_t last = columns->outputs - 1;
  inner left = inner_elements(columns, 0), right = inner_elements(columns, last);
  return columns->elements == 3 && columns->step == 1 && whole.from < whole.to
    && (whole.from == 0 || (whole.from == 1 && left.from == 1 && left.to == 3))
    && (whole.to == columns->outputs
        || (whole.to == last && right.from == 0 && right.to == 2));
}

PART void all_tiles(
  int stride, inner whole, const float *x, const float *w, const lockstep_depthwise *shape,
  const float *zeros, float *y, lockstep_ahead *ahead)
{
  const float *lines[5];
  ptrdiff_t rows = shape->rows.outputs;
  ptrdiff_t r = 0;
  for (; r + 2 <= rows; r += 2) {
    find_lines(x, shape, zeros, 3 + stride, r, lines);
    rows_of_tiles(2, stride, whole, lines, w, shape, y + r * shape->row_y, ahead);
  }
  if (r < rows) {
    find_lines(x, shape, zeros, 3, r, lines);
    rows_of_tiles(1, stride, whole, lines, w, shape, y + r * shape->row_y, ahead);
  }
}

KERNEL void lockstep_depthwise_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, const float *zeros, float *y,
  lockstep_ahead *ahead)
{
  const lockstep_axis *rows = &shape->rows, *columns = &shape->columns;
  inner whole = inner_outputs(columns);
  _Bool fits = rows->elements == 3 && rows->step == 1 && rows->stride == columns->stride
    && takes_tiles(columns, whole);
  if (fits && columns->stride == 1) all_tiles(1, whole, x, w, shape, zeros, y, ahead);
  else if (fits && columns->stride == 2) all_tiles(2, whole, x, w, shape, zeros, y, ahead);
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

KERNEL void lockstep_depthwise_kernel_gradient(
  const float *x, const float *dy, const lockstep_depthwise *shape, const float *zeros, float *dw,
  bool adding, lockstep_ahead *ahead)
{
  inner whole = inner_outputs(&shape->columns);
  for (ptrdiff_t r = 0; r < shape->rows.outputs; r++) {
    const float *lines[MOST_ROWS];
    find_lines(x, shape, zeros, shape->rows.elements, r, lines);
    const float *line = dy + r * shape->row_y;
    bool is_adding = adding || r > 0;
    ptrdiff_t c = 0;
    for (; c + LANES <= shape->channels; c += LANES) {
      channels_gradient(LANES, lines, line, shape, whole, c, dw, is_adding, ahead);
    }
    if (c < shape->channels) {
      channels_gradient(shape->channels - c, lines, line, shape, whole, c, dw, is_adding, ahead);
    }
  }
}
