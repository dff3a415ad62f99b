#ifndef DEPTHWISE_H
#define DEPTHWISE_H

#include <stdbool.h>
#include <stddef.h>

// A convolution channel by channel, on an image that is framed by zeros; strides count floats.
typedef struct {
  ptrdiff_t channels;
  // The outputs.
  ptrdiff_t rows, columns;
  // From one output to the next, in x and in y.
  ptrdiff_t row_x, column_x, row_y, column_y;
  // The kernel's elements, and from one to the next in x.
  ptrdiff_t kernel_rows, kernel_columns, kernel_row_x, kernel_column_x;
} lockstep_depthwise;

// y = Σ x·w over the kernel's elements in their order; w is [rows, columns, C], C ≥ 16.
void lockstep_depthwise_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, float *y);

// dw = Σ x·dy over the outputs, row by row, from 0 or from what dw holds where `adding`.
void lockstep_depthwise_kernel_gradient(
  const float *x, const float *dy, const lockstep_depthwise *shape, float *dw, bool adding);

#endif
