#ifndef POOLING_H
#define POOLING_H

#include <stddef.h>
#include <stdint.h>

// How a window slides over images [H, W, C], channels innermost.
typedef struct {
  ptrdiff_t samples, channels;
  ptrdiff_t input_height, input_width, output_height, output_width;
  ptrdiff_t kernel_height, kernel_width, stride_height, stride_width;
  ptrdiff_t padding_height, padding_width;
} lockstep_pooling;

// y = the largest input of each window, and where it lies in its sample; padding never wins, the
// first of equals does, and NaN wins over numbers. Every window reaches into the input.
void lockstep_max_pooling(const float *x, const lockstep_pooling *shape, float *y, int32_t *winners);

// dx = the sum of dy over the windows that an input won, in the order of the windows.
void lockstep_max_pooling_gradient(
  const float *dy, const int32_t *winners, const lockstep_pooling *shape, float *dx);

// y = the sum of each window's inputs, in their order, times `share`.
void lockstep_average_pooling(
  const float *x, const lockstep_pooling *shape, float share, float *y);

// dx = the sum of dy·share over the windows that saw an input, in the order of the windows.
void lockstep_average_pooling_gradient(
  const float *dy, const lockstep_pooling *shape, float share, float *dx);

#endif
