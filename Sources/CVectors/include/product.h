#ifndef PRODUCT_H
#define PRODUCT_H

#include "ahead.h"

#include <stddef.h>

// What the sums of a product run over: `outer` times `inner` times `length` steps, in this order.
//
// Strides count floats. A step moves by `step_a` in a and by one row, `step_b`, in b.
typedef struct {
  ptrdiff_t outer, outer_a, outer_b;
  ptrdiff_t inner, inner_a, inner_b;
  ptrdiff_t length, step_a, step_b;
} lockstep_contraction;

// What becomes of the sums: they overwrite c, also past the caches, or are added to it.
typedef enum { LOCKSTEP_OVERWRITING, LOCKSTEP_STREAMING, LOCKSTEP_ADDING } lockstep_storing;

// c[i·row_c + j] = Σ a[i·row_a + …]·b[… + j] for i < rows and j < columns, 16 ≤ columns ≤ 64.
//
// Every element is one chain of fused multiply-adds in the order of `over`, from 0, or from what
// c holds where it is adding. Streaming needs whole lines of c: addresses, row_c and columns are
// multiples of 64 bytes. What is `ahead`, unless it is NULL, is fetched meanwhile.
void lockstep_product(
  const float *a, ptrdiff_t row_a, const float *b, const lockstep_contraction *over, float *c,
  ptrdiff_t row_c, ptrdiff_t rows, ptrdiff_t columns, lockstep_storing storing,
  lockstep_ahead *ahead);

#endif
