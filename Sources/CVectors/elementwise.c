#include "columns.h"
#include "elementwise.h"

// Runs `statement` for each sixteen elements from `at` on, of which `some` count.
#define EACH_SIXTEEN(count, statement)                                                     \
  for (ptrdiff_t at = 0; at < count; at += LANES) {                                        \
    ptrdiff_t some = count - at < LANES ? count - at : LANES;                              \
    statement;                                                                             \
  }

PART void clamp(const float *x, ptrdiff_t count, float floor, float ceiling, float *y) {
  EACH_SIXTEEN(count, store_first(y + at, clamped(load_first(x + at, some), floor, ceiling), some))
}

KERNEL void lockstep_clamp(const float *x, ptrdiff_t count, float floor, float ceiling, float *y) {
  clamp(x, count, floor, ceiling, y);
}

PART void clamp_gradient(const float *y, ptrdiff_t count, float ceiling, float *gradient) {
  EACH_SIXTEEN(
    count,
    store_first(
      gradient + at, open(load_first(y + at, some), ceiling, load_first(gradient + at, some)),
      some))
}

KERNEL void lockstep_clamp_gradient(
  const float *y, ptrdiff_t count, float ceiling, float *gradient)
{
  clamp_gradient(y, count, ceiling, gradient);
}

PART void add(
  const float *x, const float *y, ptrdiff_t count, float floor, float ceiling, float *z)
{
  EACH_SIXTEEN(
    count,
    store_first(
      z + at, clamped(load_first(x + at, some) + load_first(y + at, some), floor, ceiling), some))
}

KERNEL void lockstep_add(
  const float *x, const float *y, ptrdiff_t count, float floor, float ceiling, float *z)
{
  add(x, y, count, floor, ceiling, z);
}

PART void multiply(const float *x, const float *y, ptrdiff_t count, float *z) {
  EACH_SIXTEEN(
    count, store_first(z + at, load_first(x + at, some) * load_first(y + at, some), some))
}

KERNEL void lockstep_multiply(const float *x, const float *y, ptrdiff_t count, float *z) {
  multiply(x, y, count, z);
}

// Several short rows are one: at most WIDTH·WIDTH columns of a table.
PART ptrdiff_t rows_together(ptrdiff_t columns) {
  if (columns > WIDTH) return 1;
  ptrdiff_t rows = 1;
  while (rows * columns % WIDTH != 0) rows++;
  return rows;
}

PART void add_to_rows(const float *row, ptrdiff_t count, ptrdiff_t columns, float *matrix) {
  for (ptrdiff_t first = 0; first < count; first += columns) {
    ptrdiff_t width = count - first < columns ? count - first : columns;
    EACH_SIXTEEN(
      width,
      store_first(
        matrix + first + at, load_first(matrix + first + at, some) + load_first(row + at, some),
        some))
  }
}

KERNEL void lockstep_add_to_rows(
  const float *row, ptrdiff_t rows, ptrdiff_t columns, float *matrix)
{
  ptrdiff_t together = rows_together(columns);
  if (columns > WIDTH || rows < together) {
    add_to_rows(row, rows * columns, columns, matrix);
    return;
  }
  float table[WIDTH * WIDTH];
  memcpy(table, row, sizeof(float) * (size_t)columns);
  repeat(table, columns, together * columns);
  add_to_rows(table, rows * columns, together * columns, matrix);
}

// Adds up some columns of `rows` rows: `vectors` sixteens, of the last of which `tail` count.
PART void sum_tile(
  const float *x, ptrdiff_t rows, ptrdiff_t row, int vectors, ptrdiff_t tail, double *sums)
{
  for (ptrdiff_t first = 0; first < rows; first += BLOCK) {
    ptrdiff_t last = rows - first < BLOCK ? rows : first + BLOCK;
    lanes sum[TILE] = {0, 0, 0, 0};
    for (ptrdiff_t i = first; i < last; i++) {
#pragma clang loop unroll(full)
      for (int t = 0; t < vectors; t++) {
        const float *from = x + i * row + t * LANES;
        sum[t] += t == vectors - 1 ? load_first(from, tail) : load(from);
      }
    }
#pragma clang loop unroll(full)
    for (int t = 0; t < vectors; t++) add_wide(sums + t * LANES, sum[t]);
  }
}

PART void sum_columns(
  const float *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t row, double *sums)
{
  ptrdiff_t column = 0;
  for (; column + WIDTH <= columns; column += WIDTH) {
    sum_tile(x + column, rows, row, TILE, LANES, sums + column);
  }
  for (; column < columns; column += LANES) {
    ptrdiff_t some = columns - column < LANES ? columns - column : LANES;
    sum_tile(x + column, rows, row, 1, some, sums + column);
  }
}

KERNEL void lockstep_sum_rows(
  const float *matrix, ptrdiff_t rows, ptrdiff_t columns, float *sums)
{
  double table[WIDTH * WIDTH];
  ptrdiff_t together = rows_together(columns), wide_columns = together * columns;
  // More columns than the table holds are taken in several goes.
  for (ptrdiff_t first = 0; first < columns; first += WIDTH * WIDTH) {
    ptrdiff_t left = wide_columns - first;
    ptrdiff_t some = left < WIDTH * WIDTH ? left : WIDTH * WIDTH;
    memset(table, 0, sizeof(double) * (size_t)((some + LANES - 1) / LANES * LANES));
    const float *start = matrix + first;
    sum_columns(start, rows / together, some, wide_columns, table);
    ptrdiff_t rest = rows % together * columns;
    sum_columns(start + rows / together * wide_columns, 1, rest, 0, table);
    ptrdiff_t count = columns - first < some ? columns - first : some;
    fold(table, count, some);
    for (ptrdiff_t c = 0; c < count; c++) sums[first + c] = (float)table[c];
  }
}
