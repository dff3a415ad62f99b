#ifndef NORMALIZATION_H
#define NORMALIZATION_H

#include <stdbool.h>
#include <stddef.h>

// Batch normalization of activations of `count` floats, rows of `channels`.
//
// An array is looked at as rows of `columns` floats: the least common multiple of `channels` and
// LOCKSTEP_COLUMNS, so that any number of channels fills whole vectors. A workspace holds
// LOCKSTEP_WORKSPACE floats a column, aligned for doubles; a part of it is overwritten.
enum { LOCKSTEP_COLUMNS = 64, LOCKSTEP_WORKSPACE = 7 };

// Sums over rows are made in parts: `start`, then `add` for one range of floats after the other, each
// but the last of a multiple of LOCKSTEP_PART rows of `columns` floats, then `finish`. The parts change
// no bit of the sums.
enum { LOCKSTEP_PART = 64 };

// The mean and the biased variance of each channel.
void lockstep_moments_start(ptrdiff_t columns, void *workspace);

void lockstep_moments_add(
  const float *x, ptrdiff_t from, ptrdiff_t to, ptrdiff_t count, ptrdiff_t columns,
  void *workspace);

void lockstep_moments_finish(
  ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns, void *workspace, float *mean,
  float *variance);

// y = (x − mean)·(inverse·weight) + bias, fused, then + residual unless that is NULL, then not below
// `floor` and not above `ceiling`; NaN stays.
void lockstep_normalize(
  const float *x, const float *residual, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *bias, float floor,
  float ceiling, void *workspace, float *y);

// The sums of each channel: weight_sum = Σ dz·(x − mean)·inverse, bias_sum = Σ dz.
//
// dz is `gradient`, plus `further` unless that is NULL, and 0 where a clamp's output is not between
// 0 and `ceiling`: y, or if `clamps`, (x − mean)·(inverse·weight) + bias, computed again.
// `gradient` is overwritten with dz where it took `further` or y. `bias` may be NULL unless `clamps`.
void lockstep_normalize_sums_start(
  ptrdiff_t channels, ptrdiff_t columns, const float *mean, const float *inverse,
  const float *weight, const float *bias, void *workspace);

void lockstep_normalize_sums_add(
  const float *x, const float *y, const float *further, ptrdiff_t from, ptrdiff_t to,
  ptrdiff_t count, ptrdiff_t columns, bool clamps, float ceiling, void *workspace,
  float *gradient);

void lockstep_normalize_sums_finish(
  ptrdiff_t channels, ptrdiff_t columns, const float *inverse, void *workspace,
  float *weight_sum, float *bias_sum);

// dx = weight·inverse·(dz − bias_sum / R − (x − mean)·inverse·weight_sum / R); dx may be dz.
//
// The `count` floats are all of the R = `rows` rows of `channels`, or some of them. Unless bias is
// NULL, dz counts only where the clamp, computed again, was open.
void lockstep_normalize_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t rows, ptrdiff_t channels,
  ptrdiff_t columns, const float *mean, const float *inverse, const float *weight,
  const float *bias, float ceiling, const float *weight_sum, const float *bias_sum,
  void *workspace, float *dx);

#endif
