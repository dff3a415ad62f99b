#include "transpose.h"
#include "lanes.h"

// Exchanges the blocks of `s`×`s` beside the diagonal, within each block of twice that size.
#define EXCHANGE(s, low, high)                                        \
  _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) { \
    if (i & s) continue;                                              \
    lanes a = row[i], b = row[i + s];                                 \
    row[i] = __builtin_shufflevector(a, b, low);                      \
    row[i + s] = __builtin_shufflevector(a, b, high);                 \
  }

// Sixteen rows of sixteen.
PART void square(const float *from, ptrdiff_t row_from, float *into, ptrdiff_t row_into) {
  lanes row[LANES];
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) row[i] = load(from + i * row_from);
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
  EXCHANGE(1, LOW_1, HIGH_1)
  EXCHANGE(2, LOW_2, HIGH_2)
  EXCHANGE(4, LOW_4, HIGH_4)
  EXCHANGE(8, LOW_8, HIGH_8)
#pragma clang loop unroll(full)
  for (int i = 0; i < LANES; i++) store(into + i * row_into, row[i]);
}

KERNEL void lockstep_transpose(
  const float *from, ptrdiff_t row_from, ptrdiff_t rows, ptrdiff_t columns, float *into,
  ptrdiff_t row_into)
{
  for (ptrdiff_t i = 0; i < rows; i += LANES) {
    for (ptrdiff_t j = 0; j < columns; j += LANES) {
      if (i + LANES <= rows && j + LANES <= columns) {
        square(from + i * row_from + j, row_from, into + j * row_into + i, row_into);
        continue;
      }
      for (ptrdiff_t k = i; k < rows && k < i + LANES; k++) {
        for (ptrdiff_t l = j; l < columns && l < j + LANES; l++) {
          into[l * row_into + k] = from[k * row_from + l];
        }
      }
    }
  }
}
