#include "columns.h"
#include "normalization.h"
#include "streaming.h"

#include <stdint.h>

_Static_assert(LOCKSTEP_PART == BLOCK, "parts of sums are whole blocks");

// What is known of the rows so far, a column: the mean, and the sum of squared deviations from it.
typedef struct {
  double *mean;
  double *squares;
} moments;

// Large arrays come from memory, and that is fast only in order: their rows are taken one by one,
// over all columns, with coefficients and sums from the cache. Of small ones a tile of columns is
// taken over a block of rows, with all of these in registers. (Tried on 19 MB: 12 GB/s by tiles of
// a third of the columns, 20 to 45 in order; on 1 MB: 70 GB/s by tiles, 40 in order.)
enum { LARGE = 1 << 20 };

PART _Bool in_order(ptrdiff_t count, ptrdiff_t columns) {
  return columns > WIDTH && count >= LARGE;
}

// Joins `rows` rows to `before` rows, sixteen columns from v on.
//
// (Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
// variances", 1979.)
PART void join(
  lanes center, lanes sum, lanes squares, ptrdiff_t rows, ptrdiff_t before, moments known,
  ptrdiff_t v)
{
  double share = (double)rows / (double)(before + rows);
  double both = (double)before * share;
  wide mean = load_wide(known.mean + v);
  wide total = __builtin_convertvector(sum, wide), distance = total / (double)rows;
  wide own = __builtin_convertvector(squares, wide) - total * distance;
  wide step = __builtin_convertvector(center, wide) + distance - mean;
  store_wide(known.mean + v, mean + step * share);
  store_wide(known.squares + v, load_wide(known.squares + v) + own + step * step * both);
}

// Adds `rows` rows to `before` rows, of one tile of columns.
//
// Deviations are taken from the mean of all rows before, so that the sums in single precision lose
// nothing to a large mean.
PART void join_block(
  const float *x, ptrdiff_t row, ptrdiff_t rows, ptrdiff_t before, moments known)
{
  lanes center[TILE], sum[TILE], squares[TILE];
  EACH(t) {
    center[t] = __builtin_convertvector(load_wide(known.mean + t * LANES), lanes);
    sum[t] = squares[t] = 0;
  }
  if (before == 0) {
    for (ptrdiff_t i = 0; i < rows; i++) EACH(t) sum[t] += load(x + i * row + t * LANES);
    EACH(t) {
      center[t] = sum[t] / (float)rows;
      sum[t] = 0;
    }
  }
  for (ptrdiff_t i = 0; i < rows; i++) {
    EACH(t) {
      lanes deviation = load(x + i * row + t * LANES) - center[t];
      sum[t] += deviation;
      squares[t] = fused(deviation, deviation, squares[t]);
    }
  }
  EACH(t) join(center[t], sum[t], squares[t], rows, before, known, t * LANES);
}

// The same for all columns, so that memory is read in order; three tables of `columns` floats.
PART void join_rows(
  const float *x, ptrdiff_t columns, ptrdiff_t rows, ptrdiff_t before, moments known,
  float *centers)
{
  float *sums = centers + columns, *squares = sums + columns;
  for (ptrdiff_t v = 0; v < columns; v += LANES) {
    lanes center = __builtin_convertvector(load_wide(known.mean + v), lanes), zero = 0;
    if (before == 0) {
      for (ptrdiff_t i = 0; i < rows; i++) center += load(x + i * columns + v);
      center /= (float)rows;
    }
    store(centers + v, center);
    store(sums + v, zero);
    store(squares + v, zero);
  }
  for (ptrdiff_t i = 0; i < rows; i++) {
    for (ptrdiff_t v = 0; v < columns; v += LANES) {
      lanes deviation = load(x + i * columns + v) - load(centers + v);
      store(sums + v, load(sums + v) + deviation);
      store(squares + v, fused(deviation, deviation, load(squares + v)));
    }
  }
  for (ptrdiff_t v = 0; v < columns; v += LANES) {
    join(load(centers + v), load(sums + v), load(squares + v), rows, before, known, v);
  }
}

KERNEL void lockstep_moments_start(ptrdiff_t columns, void *workspace) {
  memset(workspace, 0, sizeof(double) * (size_t)(2 * columns));
}

KERNEL void lockstep_moments_add(
  const float *x, ptrdiff_t from, ptrdiff_t to, ptrdiff_t count, ptrdiff_t columns,
  void *workspace)
{
  moments known = {workspace, (double *)workspace + columns};
  ptrdiff_t rows = to / columns;
  for (ptrdiff_t first = from / columns; first < rows; first += BLOCK) {
    ptrdiff_t some = rows - first < BLOCK ? rows - first : BLOCK;
    if (in_order(count, columns)) {
      float *tables = (float *)(known.squares + columns);
      join_rows(x + first * columns, columns, some, first, known, tables);
      continue;
    }
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      moments tile = {known.mean + column, known.squares + column};
      join_block(x + first * columns + column, columns, some, first, tile);
    }
  }
  const float *rest = x + rows * columns;
  double share = 1 / (double)(rows + 1);
  for (ptrdiff_t v = 0; v < to - rows * columns; v++) {
    double step = (double)rest[v] - known.mean[v];
    known.mean[v] += step * share;
    known.squares[v] += step * step * ((double)rows * share);
  }
}

KERNEL void lockstep_moments_finish(
  ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns, void *workspace, float *mean,
  float *variance)
{
  moments known = {workspace, (double *)workspace + columns};
  ptrdiff_t rows = count / columns, rest = count % columns;
  // Columns that stand for the same channel are joined, the first with each further one.
  double before = (double)(rows + (rest > 0));
  for (ptrdiff_t v = channels; v < columns; v += channels) {
    double more = (double)(rows + (v < rest));
    if (more == 0) break;
    double part = more / (before + more), both = before * part;
    for (ptrdiff_t c = 0; c < channels; c++) {
      double step = known.mean[v + c] - known.mean[c];
      known.mean[c] += step * part;
      known.squares[c] += known.squares[v + c] + step * step * both;
    }
    before += more;
  }
  for (ptrdiff_t c = 0; c < channels; c++) {
    mean[c] = (float)known.mean[c];
    variance[c] = (float)(known.squares[c] / before);
  }
}

// Tables of `columns` floats: means, factors inverse·weight, and biases unless they are NULL.
PART void fill_tables(
  float *tables, ptrdiff_t channels, ptrdiff_t columns, const float *mean, const float *inverse,
  const float *weight, const float *bias)
{
  float *factors = tables + columns, *biases = factors + columns;
  for (ptrdiff_t c = 0; c < channels; c++) {
    tables[c] = mean[c];
    factors[c] = inverse[c] * weight[c];
    if (bias) biases[c] = bias[c];
  }
  repeat(tables, channels, columns);
  repeat(factors, channels, columns);
  if (bias) repeat(biases, channels, columns);
}

// One vector of outputs.
PART lanes normalized(
  lanes x, lanes residual, _Bool adding, lanes mean, lanes factor, lanes bias, float floor,
  float ceiling)
{
  lanes y = fused(x - mean, factor, bias);
  return clamped(adding ? y + residual : y, floor, ceiling);
}

PART void normalize(
  const float *x, const float *residual, _Bool adding, _Bool streaming, ptrdiff_t count,
  ptrdiff_t columns, const float *means, float floor, float ceiling, float *y)
{
  const float *factors = means + columns, *biases = factors + columns;
  ptrdiff_t rows = count / columns;
  ptrdiff_t block = in_order(count, columns) ? 1 : BLOCK;
  for (ptrdiff_t first = 0; first < rows; first += block) {
    ptrdiff_t last = rows - first < block ? rows : first + block;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      lanes mean[TILE], factor[TILE], bias[TILE];
      EACH(t) {
        mean[t] = load(means + column + t * LANES);
        factor[t] = load(factors + column + t * LANES);
        bias[t] = load(biases + column + t * LANES);
      }
      for (ptrdiff_t i = first; i < last; i++) {
        EACH(t) {
          ptrdiff_t at = i * columns + column + t * LANES;
          lanes other = adding ? load(residual + at) : (lanes)0;
          lanes value = normalized(
            load(x + at), other, adding, mean[t], factor[t], bias[t], floor, ceiling);
          if (streaming) stream(y + at, value);
          else store(y + at, value);
        }
      }
    }
  }
  for (ptrdiff_t at = rows * columns, v = 0; at < count; at += LANES, v += LANES) {
    ptrdiff_t some = count - at < LANES ? count - at : LANES;
    lanes other = adding ? load_first(residual + at, some) : (lanes)0;
    store_first(
      y + at,
      normalized(
        load_first(x + at, some), other, adding, load(means + v), load(factors + v),
        load(biases + v), floor, ceiling),
      some);
  }
}

KERNEL void lockstep_normalize(
  const float *x, const float *residual, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *bias, float floor,
  float ceiling, void *workspace, float *y)
{
  float *tables = workspace;
  fill_tables(tables, channels, columns, mean, inverse, weight, bias);
  _Bool streaming = count >= LOCKSTEP_STREAMED && (uintptr_t)y % sizeof(lanes) == 0;
  if (residual && streaming) {
    normalize(x, residual, 1, 1, count, columns, tables, floor, ceiling, y);
  } else if (residual) {
    normalize(x, residual, 1, 0, count, columns, tables, floor, ceiling, y);
  } else if (streaming) {
    normalize(x, NULL, 0, 1, count, columns, tables, floor, ceiling, y);
  } else {
    normalize(x, NULL, 0, 0, count, columns, tables, floor, ceiling, y);
  }
}

// What a gradient passes on its way from what followed a normalization to the normalization.
typedef struct {
  // Added to it first, unless NULL.
  const float *further;
  // The output of a clamp that lets it through or not; NULL if there was none, or if the clamp's
  // input is computed again.
  const float *y;
  // Whether it is.
  _Bool again;
  float ceiling;
} way;

// The coefficients of one vector of columns.
typedef struct {
  lanes mean, factor, bias, shift, slope;
} coefficients;

// One vector of dz, of which `some` lanes count; the others are 0.
PART lanes arrived(
  way by, const float *gradient, lanes x, ptrdiff_t at, ptrdiff_t some, const coefficients *c)
{
  lanes dz = load_first(gradient + at, some);
  if (by.further) dz += load_first(by.further + at, some);
  if (by.again) return open(fused(x - c->mean, c->factor, c->bias), by.ceiling, dz);
  return by.y ? open(load_first(by.y + at, some), by.ceiling, dz) : dz;
}

// Adds the part of the sums that floats `from` ..< `to` make; `from` is a row's first.
PART void sums(
  const float *x, way by, ptrdiff_t from, ptrdiff_t to, ptrdiff_t count, ptrdiff_t columns,
  const float *tables, float *gradient, double *plain, double *along)
{
  ptrdiff_t rows = to / columns;
  _Bool changing = by.further || by.y;
  ptrdiff_t block = in_order(count, columns) ? 1 : BLOCK;
  for (ptrdiff_t first = from / columns; first < rows; first += block) {
    ptrdiff_t last = rows - first < block ? rows : first + block;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      coefficients c[TILE];
      lanes sum[TILE], product[TILE];
      EACH(t) {
        const float *table = tables + column + t * LANES;
        c[t].mean = load(table);
        if (by.again) {
          c[t].factor = load(table + columns);
          c[t].bias = load(table + 2 * columns);
        }
        sum[t] = product[t] = 0;
      }
      for (ptrdiff_t i = first; i < last; i++) {
        EACH(t) {
          ptrdiff_t at = i * columns + column + t * LANES;
          lanes value = load(x + at);
          lanes dz = arrived(by, gradient, value, at, LANES, &c[t]);
          if (changing) store(gradient + at, dz);
          sum[t] += dz;
          product[t] = fused(dz, value - c[t].mean, product[t]);
        }
      }
      EACH(t) {
        add_wide(plain + column + t * LANES, sum[t]);
        add_wide(along + column + t * LANES, product[t]);
      }
    }
  }
  for (ptrdiff_t at = rows * columns, v = 0; at < to; at += LANES, v += LANES) {
    ptrdiff_t some = to - at < LANES ? to - at : LANES;
    coefficients c = {.mean = load(tables + v)};
    if (by.again) {
      c.factor = load(tables + columns + v);
      c.bias = load(tables + 2 * columns + v);
    }
    lanes value = load_first(x + at, some);
    lanes dz = arrived(by, gradient, value, at, some, &c);
    if (changing) store_first(gradient + at, dz, some);
    add_wide(plain + v, dz);
    add_wide(along + v, dz * (value - c.mean));
  }
}

KERNEL void lockstep_normalize_sums_start(
  ptrdiff_t channels, ptrdiff_t columns, const float *mean, const float *inverse,
  const float *weight, const float *bias, void *workspace)
{
  double *plain = workspace;
  memset(workspace, 0, sizeof(double) * (size_t)(2 * columns));
  fill_tables((float *)(plain + 2 * columns), channels, columns, mean, inverse, weight, bias);
}

KERNEL void lockstep_normalize_sums_add(
  const float *x, const float *y, const float *further, ptrdiff_t from, ptrdiff_t to,
  ptrdiff_t count, ptrdiff_t columns, _Bool clamps, float ceiling, void *workspace,
  float *gradient)
{
  double *plain = workspace, *along = plain + columns;
  const float *tables = (float *)(along + columns);
  // A call for each way: the compiler leaves out what it does not take.
  if (y && further) {
    way by = {further, y, 0, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  } else if (y) {
    way by = {NULL, y, 0, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  } else if (clamps && further) {
    way by = {further, NULL, 1, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  } else if (clamps) {
    way by = {NULL, NULL, 1, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  } else if (further) {
    way by = {further, NULL, 0, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  } else {
    way by = {NULL, NULL, 0, ceiling};
    sums(x, by, from, to, count, columns, tables, gradient, plain, along);
  }
}

KERNEL void lockstep_normalize_sums_finish(
  ptrdiff_t channels, ptrdiff_t columns, const float *inverse, void *workspace,
  float *weight_sum, float *bias_sum)
{
  double *plain = workspace, *along = plain + columns;
  fold(plain, channels, columns);
  fold(along, channels, columns);
  for (ptrdiff_t c = 0; c < channels; c++) {
    bias_sum[c] = (float)plain[c];
    weight_sum[c] = (float)(along[c] * (double)inverse[c]);
  }
}

PART coefficients all_coefficients(const float *table, ptrdiff_t columns, _Bool again) {
  coefficients c = {.mean = load(table), .factor = load(table + columns)};
  if (again) c.bias = load(table + 2 * columns);
  c.shift = load(table + 3 * columns);
  c.slope = load(table + 4 * columns);
  return c;
}

// One vector of dx.
PART lanes descended(lanes x, lanes dz, const coefficients *c) {
  return c->factor * fused(c->mean - x, c->slope, dz - c->shift);
}

PART void input_gradient(
  const float *x, const float *dz, way by, ptrdiff_t count, ptrdiff_t columns,
  const float *tables, float *dx)
{
  ptrdiff_t rows = count / columns;
  ptrdiff_t block = in_order(count, columns) ? 1 : BLOCK;
  for (ptrdiff_t first = 0; first < rows; first += block) {
    ptrdiff_t last = rows - first < block ? rows : first + block;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      coefficients c[TILE];
      EACH(t) c[t] = all_coefficients(tables + column + t * LANES, columns, by.again);
      for (ptrdiff_t i = first; i < last; i++) {
        EACH(t) {
          ptrdiff_t at = i * columns + column + t * LANES;
          lanes value = load(x + at);
          store(dx + at, descended(value, arrived(by, dz, value, at, LANES, &c[t]), &c[t]));
        }
      }
    }
  }
  for (ptrdiff_t at = rows * columns, v = 0; at < count; at += LANES, v += LANES) {
    ptrdiff_t some = count - at < LANES ? count - at : LANES;
    coefficients c = all_coefficients(tables + v, columns, by.again);
    lanes value = load_first(x + at, some);
    store_first(dx + at, descended(value, arrived(by, dz, value, at, some, &c), &c), some);
  }
}

KERNEL void lockstep_normalize_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t rows, ptrdiff_t channels,
  ptrdiff_t columns, const float *mean, const float *inverse, const float *weight,
  const float *bias, float ceiling, const float *weight_sum, const float *bias_sum,
  void *workspace, float *dx)
{
  float *tables = workspace, *shifts = tables + 3 * columns, *slopes = shifts + columns;
  float share = 1 / (float)rows;
  fill_tables(tables, channels, columns, mean, inverse, weight, bias);
  for (ptrdiff_t c = 0; c < channels; c++) {
    shifts[c] = bias_sum[c] * share;
    slopes[c] = inverse[c] * (weight_sum[c] * share);
  }
  repeat(shifts, channels, columns);
  repeat(slopes, channels, columns);
  if (bias) input_gradient(x, dz, (way){NULL, NULL, 1, ceiling}, count, columns, tables, dx);
  else input_gradient(x, dz, (way){NULL, NULL, 0, ceiling}, count, columns, tables, dx);
}
