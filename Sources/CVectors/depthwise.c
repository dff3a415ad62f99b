#include "depthwise.h"
#include "lanes.h"

// `width` outputs of a row, sixteen channels of each.
PART void outputs(
  int width, int rows, int columns, const float *x, const float *w,
  const lockstep_depthwise *shape, float *y)
{
  lanes sum[8] = {0};
  for (int k = 0; k < rows; k++) {
    for (int l = 0; l < columns; l++) {
      lanes factor = load(w + (k * columns + l) * shape->channels);
      const float *source = x + k * shape->kernel_row_x + l * shape->kernel_column_x;
#pragma clang loop unroll(full)
      for (int i = 0; i < width; i++) {
        sum[i] = fused(load(source + i * shape->column_x), factor, sum[i]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < width; i++) store(y + i * shape->column_y, sum[i]);
}

PART void all_outputs(
  int rows, int columns, const float *x, const float *w, const lockstep_depthwise *shape,
  float *y)
{
  for (ptrdiff_t r = 0; r < shape->rows; r++) {
    for (ptrdiff_t i = 0; i < shape->channels; i += LANES) {
      // The last sixteen channels end with the last one.
      ptrdiff_t c = i + LANES <= shape->channels ? i : shape->channels - LANES;
      const float *source = x + r * shape->row_x + c;
      float *target = y + r * shape->row_y + c;
      ptrdiff_t q = 0;
      for (; q + 8 <= shape->columns; q += 8) {
        outputs(
          8, rows, columns, source + q * shape->column_x, w + c, shape,
          target + q * shape->column_y);
      }
      for (; q + 2 <= shape->columns; q += 2) {
        outputs(
          2, rows, columns, source + q * shape->column_x, w + c, shape,
          target + q * shape->column_y);
      }
      for (; q < shape->columns; q++) {
        outputs(
          1, rows, columns, source + q * shape->column_x, w + c, shape,
          target + q * shape->column_y);
      }
    }
  }
}

KERNEL void lockstep_depthwise_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, float *y)
{
  if (shape->kernel_rows == 3 && shape->kernel_columns == 3) all_outputs(3, 3, x, w, shape, y);
  else all_outputs((int)shape->kernel_rows, (int)shape->kernel_columns, x, w, shape, y);
}

// A row of outputs' part in the gradients of nine elements of the kernel, 3×3, or of one.
//
// `count` channels, 1 to 16: rows are added up in dw, so that no channel may come twice.
PART void row_gradient(
  bool square, ptrdiff_t count, const float *x, const float *dy, const lockstep_depthwise *shape,
  float *dw, bool adding)
{
  int elements = square ? 9 : 1;
  lanes sum[9] = {0};
  if (adding) {
#pragma clang loop unroll(full)
    for (int l = 0; l < elements; l++) sum[l] = load_first(dw + l * shape->channels, count);
  }
  for (ptrdiff_t q = 0; q < shape->columns; q++) {
    lanes gradient = load_first(dy + q * shape->column_y, count);
    const float *source = x + q * shape->column_x;
#pragma clang loop unroll(full)
    for (int l = 0; l < elements; l++) {
      ptrdiff_t at = l / 3 * shape->kernel_row_x + l % 3 * shape->kernel_column_x;
      sum[l] = fused(load_first(source + at, count), gradient, sum[l]);
    }
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < elements; l++) store_first(dw + l * shape->channels, sum[l], count);
}

PART void channels_gradient(
  ptrdiff_t count, const float *x, const float *dy, const lockstep_depthwise *shape, float *dw,
  bool adding)
{
  if (shape->kernel_rows == 3 && shape->kernel_columns == 3) {
    row_gradient(true, count, x, dy, shape, dw, adding);
    return;
  }
  for (ptrdiff_t k = 0; k < shape->kernel_rows; k++) {
    for (ptrdiff_t l = 0; l < shape->kernel_columns; l++) {
      row_gradient(
        false, count, x + k * shape->kernel_row_x + l * shape->kernel_column_x, dy, shape,
        dw + (k * shape->kernel_columns + l) * shape->channels, adding);
    }
  }
}

KERNEL void lockstep_depthwise_kernel_gradient(
  const float *x, const float *dy, const lockstep_depthwise *shape, float *dw, bool adding)
{
  for (ptrdiff_t r = 0; r < shape->rows; r++) {
    const float *source = x + r * shape->row_x, *gradient = dy + r * shape->row_y;
    ptrdiff_t c = 0;
    for (; c + LANES <= shape->channels; c += LANES) {
      channels_gradient(LANES, source + c, gradient + c, shape, dw + c, adding || r > 0);
    }
    if (c < shape->channels) {
      channels_gradient(
        shape->channels - c, source + c, gradient + c, shape, dw + c, adding || r > 0);
    }
  }
}
