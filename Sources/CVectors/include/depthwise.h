#ifndef DEPTHWISE_H
#define DEPTHWISE_H

#include "ahead.h"

#include <stdbool.h>
#include <stddef.h>

// How outputs see an axis of an image: output i sees, with element k of the kernel, the position
// i·stride + start + k·step; zeros stand for positions outside.
typedef struct {
  ptrdiff_t outputs, positions, elements;
  ptrdiff_t stride, start, step;
} lockstep_axis;

// A convolution channel by channel of images [height, width, C], C ≥ 16.
typedef struct {
  ptrdiff_t channels;
  lockstep_axis rows, columns;
  // Line i of an image lies where line i mod `held` of x is: only the last so many may be there.
  ptrdiff_t held;
  // From one output to the next in y, in floats.
  ptrdiff_t row_y, column_y;
  // Whether y, whole lines of it, is written past the caches.
  bool streaming;
} lockstep_depthwise;

// y = Σ x·w over the kernel's elements in their order; w is [rows, columns, C].
//
// `zeros` are as many zeros as a line of the image has floats. What is `ahead`, unless it
// is NULL, is fetched meanwhile.
void lockstep_depthwise_outputs(
  const float *x, const float *w, const lockstep_depthwise *shape, const float *zeros, float *y,
  lockstep_ahead *ahead);

// dw = Σ x·dy over the outputs, row by row, from 0 or from what dw holds where `adding`.
void lockstep_depthwise_kernel_gradient(
  const float *x, const float *dy, const lockstep_depthwise *shape, const float *zeros, float *dw,
  bool adding, lockstep_ahead *ahead);

#endif
