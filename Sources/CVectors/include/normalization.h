#ifndef NORMALIZATION_H
#define NORMALIZATION_H

#include <stddef.h>

// Batch normalization of activations of `count` floats, rows of `channels`.
//
// An array is looked at as rows of `columns` floats: the least common multiple of `channels` and
// LOCKSTEP_COLUMNS, so that any number of channels fills whole vectors. A workspace holds
// LOCKSTEP_WORKSPACE floats a column, aligned for doubles; a part of it is overwritten.
enum { LOCKSTEP_COLUMNS = 64, LOCKSTEP_WORKSPACE = 5 };

// The mean and the biased variance of each channel.
void lockstep_moments(
  const float *x, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns, void *workspace,
  float *mean, float *variance);

// y = (x − mean)·(inverse·weight) + bias, fused, then + residual unless that is NULL, then not below
// `floor` and not above `ceiling`; NaN stays.
void lockstep_normalize(
  const float *x, const float *residual, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *bias, float floor,
  float ceiling, void *workspace, float *y);

// Makes dz of dy in place, and weight = Σ dz·(x − mean)·inverse, bias = Σ dz of each channel.
//
// dz = dy + further, where `further` is not NULL; 0 where y is not NULL and not between 0 and
// `ceiling`.
void lockstep_normalize_sums(
  const float *x, const float *y, const float *further, ptrdiff_t count, ptrdiff_t channels,
  ptrdiff_t columns, const float *mean, const float *inverse, float ceiling, void *workspace,
  float *gradient, float *weight, float *bias);

// dx = weight·inverse·(dz − bias_sum / R − (x − mean)·inverse·weight_sum / R); dx may be dz.
void lockstep_normalize_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *weight_sum,
  const float *bias_sum, void *workspace, float *dx);

#endif
