#ifndef TRANSPOSE_H
#define TRANSPOSE_H

#include <stddef.h>

// into[j·row_into + i] = from[i·row_from + j] for i < rows, j < columns.
void lockstep_transpose(
  const float *from, ptrdiff_t row_from, ptrdiff_t rows, ptrdiff_t columns, float *into,
  ptrdiff_t row_into);

#endif
