#ifndef ELEMENTWISE_H
#define ELEMENTWISE_H

#include <stddef.h>

// y = x, not below `floor` and not above `ceiling`; NaN stays.
void lockstep_clamp(const float *x, ptrdiff_t count, float floor, float ceiling, float *y);

// Sets the gradient to 0 where y is not between 0 and `ceiling`.
void lockstep_clamp_gradient(const float *y, ptrdiff_t count, float ceiling, float *gradient);

// z = x + y, not below `floor` and not above `ceiling`; z may be x or y.
void lockstep_add(
  const float *x, const float *y, ptrdiff_t count, float floor, float ceiling, float *z);

// z = x·y; z may be x or y.
void lockstep_multiply(const float *x, const float *y, ptrdiff_t count, float *z);

// Adds `row` to all `rows` rows of `columns` floats.
void lockstep_add_to_rows(const float *row, ptrdiff_t rows, ptrdiff_t columns, float *matrix);

// The sums over all rows: of every 64 rows in single precision, of those in double.
void lockstep_sum_rows(const float *matrix, ptrdiff_t rows, ptrdiff_t columns, float *sums);

#endif
