#ifndef NORMALIZATION_H
#define NORMALIZATION_H

#include <stddef.h>

// Batch normalization of activations of `count` floats, rows of `channels`.
//
// An array is looked at as rows of `columns` floats: the least common multiple of `channels` and
// LOCKSTEP_COLUMNS, so that any number of channels fills whole vectors. A workspace holds
// LOCKSTEP_WORKSPACE floats a column, aligned for doubles; a part of it is overwritten.
enum { LOCKSTEP_COLUMNS = 64, LOCKSTEP_WORKSPACE = 7 };

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

// The sums of each channel: weight_sum = Σ dz·(x − mean)·inverse, bias_sum = Σ dz.
//
// dz is `gradient`, plus `further` unless that is NULL, and 0 where a clamp's output is not between
// 0 and `ceiling`: y, or if that is NULL, (x − mean)·(inverse·weight) + bias, computed again; with
// no bias either, there is no clamp. `gradient` is overwritten with dz where it took `further` or y.
void lockstep_normalize_sums(
  const float *x, const float *y, const float *further, ptrdiff_t count, ptrdiff_t channels,
  ptrdiff_t columns, const float *mean, const float *inverse, const float *weight,
  const float *bias, float ceiling, void *workspace, float *gradient, float *weight_sum,
  float *bias_sum);

// dx = weight·inverse·(dz − bias_sum / R − (x − mean)·inverse·weight_sum / R); dx may be dz.
//
// Unless bias is NULL, dz counts only where the clamp, computed again, was open.
void lockstep_normalize_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *bias, float ceiling,
  const float *weight_sum, const float *bias_sum, void *workspace, float *dx);

#endif
