#ifndef PRODUCT_H
#define PRODUCT_H

#include <stddef.h>

// Where the contraction of a product runs: over `count` segments of `length` steps each.
typedef struct {
  // For each segment the offset of its first element in a.
  const ptrdiff_t *a;
  // For each segment the offset of its first row in b.
  const ptrdiff_t *b;
  ptrdiff_t count;
  ptrdiff_t length;
  // From one step to the next in a.
  ptrdiff_t step;
  // From one step's row of b to the next.
  ptrdiff_t row;
} lockstep_contraction;

// c[i, j] = Σ a[i·row + segment + k·step] · b[segment + k·b row + j], for i < rows and j < columns.
//
// Every sum runs over the segments and their steps in order, fused, from 0, or from what c holds
// where `adding`. A row of b has 16 floats for each started sixteen of `columns`, at most 64.
void lockstep_product(
  const float *a, ptrdiff_t row, const float *b, const lockstep_contraction *over, float *c,
  ptrdiff_t c_row, ptrdiff_t rows, ptrdiff_t columns, _Bool adding);

#endif
