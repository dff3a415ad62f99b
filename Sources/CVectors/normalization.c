#include "columns.h"
#include "normalization.h"

// What is known of the rows so far, a column: the mean, and the sum of squared deviations from it.
typedef struct {
  double *mean;
  double *squares;
} moments;

// Adds `rows` rows to `before` rows, of one tile of columns.
//
// Deviations are taken from the mean of all rows before, so that the sums in single precision lose
// nothing to a large mean; blocks are joined in double (Chan, Golub and LeVeque, "Updating formulae
// and a pairwise algorithm for computing sample variances", 1979).
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
  double share = (double)rows / (double)(before + rows);
  double both = (double)before * share;
  EACH(t) {
    wide mean = load_wide(known.mean + t * LANES);
    wide distance = __builtin_convertvector(sum[t], wide) / (double)rows;
    wide own = __builtin_convertvector(squares[t], wide)
      - __builtin_convertvector(sum[t], wide) * distance;
    wide step = __builtin_convertvector(center[t], wide) + distance - mean;
    store_wide(known.mean + t * LANES, mean + step * share);
    store_wide(
      known.squares + t * LANES,
      load_wide(known.squares + t * LANES) + own + step * step * both);
  }
}

KERNEL void lockstep_moments(
  const float *x, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns, void *workspace,
  float *mean, float *variance)
{
  moments known = {workspace, (double *)workspace + columns};
  memset(workspace, 0, sizeof(double) * (size_t)(2 * columns));
  ptrdiff_t rows = count / columns;
  for (ptrdiff_t first = 0; first < rows; first += BLOCK) {
    ptrdiff_t some = rows - first < BLOCK ? rows - first : BLOCK;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      moments tile = {known.mean + column, known.squares + column};
      join_block(x + first * columns + column, columns, some, first, tile);
    }
  }
  const float *rest = x + rows * columns;
  ptrdiff_t rest_count = count - rows * columns;
  double share = 1 / (double)(rows + 1);
  for (ptrdiff_t v = 0; v < rest_count; v++) {
    double step = (double)rest[v] - known.mean[v];
    known.mean[v] += step * share;
    known.squares[v] += step * step * ((double)rows * share);
  }
  // Columns that stand for the same channel are joined, the first with each further one.
  double before = (double)(rows + (rest_count > 0));
  for (ptrdiff_t v = channels; v < columns; v += channels) {
    double more = (double)(rows + (v < rest_count));
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

// One vector of outputs.
PART lanes normalized(
  lanes x, lanes residual, _Bool adding, lanes mean, lanes factor, lanes bias, float floor,
  float ceiling)
{
  lanes y = fused(x - mean, factor, bias);
  return clamped(adding ? y + residual : y, floor, ceiling);
}

PART void normalize(
  const float *x, const float *residual, _Bool adding, ptrdiff_t count, ptrdiff_t columns,
  const float *means, const float *factors, const float *biases, float floor, float ceiling,
  float *y)
{
  ptrdiff_t rows = count / columns;
  for (ptrdiff_t first = 0; first < rows; first += BLOCK) {
    ptrdiff_t last = rows - first < BLOCK ? rows : first + BLOCK;
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
          store(
            y + at,
            normalized(
              load(x + at), other, adding, mean[t], factor[t], bias[t], floor, ceiling));
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
  float *means = workspace, *factors = means + columns, *biases = factors + columns;
  for (ptrdiff_t c = 0; c < channels; c++) {
    means[c] = mean[c];
    factors[c] = inverse[c] * weight[c];
    biases[c] = bias[c];
  }
  repeat(means, channels, columns);
  repeat(factors, channels, columns);
  repeat(biases, channels, columns);
  if (residual) normalize(x, residual, 1, count, columns, means, factors, biases, floor, ceiling, y);
  else normalize(x, x, 0, count, columns, means, factors, biases, floor, ceiling, y);
}

// Whether dz is more than dy: by the gradients of a second reader, and by an activation's slope.
typedef struct {
  const float *further;
  const float *y;
  float ceiling;
} slopes;

// One vector of dz; `some` lanes of it count, the others are 0.
PART lanes sloped(
  const float *gradient, slopes by, ptrdiff_t at, ptrdiff_t some)
{
  lanes dz = load_first(gradient + at, some);
  if (by.further) dz += load_first(by.further + at, some);
  return by.y ? open(load_first(by.y + at, some), by.ceiling, dz) : dz;
}

PART void sums(
  const float *x, slopes by, ptrdiff_t count, ptrdiff_t columns, const float *means,
  float *gradient, double *plain, double *along)
{
  ptrdiff_t rows = count / columns;
  _Bool changing = by.further || by.y;
  for (ptrdiff_t first = 0; first < rows; first += BLOCK) {
    ptrdiff_t last = rows - first < BLOCK ? rows : first + BLOCK;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      lanes mean[TILE], sum[TILE], product[TILE];
      EACH(t) {
        mean[t] = load(means + column + t * LANES);
        sum[t] = product[t] = 0;
      }
      for (ptrdiff_t i = first; i < last; i++) {
        EACH(t) {
          ptrdiff_t at = i * columns + column + t * LANES;
          lanes dz = sloped(gradient, by, at, LANES);
          if (changing) store(gradient + at, dz);
          sum[t] += dz;
          product[t] = fused(dz, load(x + at) - mean[t], product[t]);
        }
      }
      EACH(t) {
        add_wide(plain + column + t * LANES, sum[t]);
        add_wide(along + column + t * LANES, product[t]);
      }
    }
  }
  for (ptrdiff_t at = rows * columns, v = 0; at < count; at += LANES, v += LANES) {
    ptrdiff_t some = count - at < LANES ? count - at : LANES;
    lanes dz = sloped(gradient, by, at, some);
    if (changing) store_first(gradient + at, dz, some);
    add_wide(plain + v, dz);
    add_wide(along + v, dz * (load_first(x + at, some) - load(means + v)));
  }
}

KERNEL void lockstep_normalize_sums(
  const float *x, const float *y, const float *further, ptrdiff_t count, ptrdiff_t channels,
  ptrdiff_t columns, const float *mean, const float *inverse, float ceiling, void *workspace,
  float *gradient, float *weight, float *bias)
{
  double *plain = workspace, *along = plain + columns;
  float *means = (float *)(along + columns);
  memset(workspace, 0, sizeof(double) * (size_t)(2 * columns));
  memcpy(means, mean, sizeof(float) * (size_t)channels);
  repeat(means, channels, columns);
  if (further && y) {
    sums(x, (slopes){further, y, ceiling}, count, columns, means, gradient, plain, along);
  } else if (further) {
    sums(x, (slopes){further, NULL, ceiling}, count, columns, means, gradient, plain, along);
  } else if (y) {
    sums(x, (slopes){NULL, y, ceiling}, count, columns, means, gradient, plain, along);
  } else {
    sums(x, (slopes){NULL, NULL, ceiling}, count, columns, means, gradient, plain, along);
  }
  fold(plain, channels, columns);
  fold(along, channels, columns);
  for (ptrdiff_t c = 0; c < channels; c++) {
    bias[c] = (float)plain[c];
    weight[c] = (float)(along[c] * (double)inverse[c]);
  }
}

// One vector of dx.
PART lanes gradient_of(lanes x, lanes dz, lanes mean, lanes factor, lanes shift, lanes slope) {
  return factor * fused(mean - x, slope, dz - shift);
}

PART void input_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t columns, const float *means,
  const float *factors, const float *shifts, const float *slopes, float *dx)
{
  ptrdiff_t rows = count / columns;
  for (ptrdiff_t first = 0; first < rows; first += BLOCK) {
    ptrdiff_t last = rows - first < BLOCK ? rows : first + BLOCK;
    for (ptrdiff_t column = 0; column < columns; column += WIDTH) {
      lanes center[TILE], factor[TILE], shift[TILE], slope[TILE];
      EACH(t) {
        center[t] = load(means + column + t * LANES);
        factor[t] = load(factors + column + t * LANES);
        shift[t] = load(shifts + column + t * LANES);
        slope[t] = load(slopes + column + t * LANES);
      }
      for (ptrdiff_t i = first; i < last; i++) {
        EACH(t) {
          ptrdiff_t at = i * columns + column + t * LANES;
          store(
            dx + at,
            gradient_of(
              load(x + at), load(dz + at), center[t], factor[t], shift[t], slope[t]));
        }
      }
    }
  }
  for (ptrdiff_t at = rows * columns, v = 0; at < count; at += LANES, v += LANES) {
    ptrdiff_t some = count - at < LANES ? count - at : LANES;
    store_first(
      dx + at,
      gradient_of(
        load_first(x + at, some), load_first(dz + at, some), load(means + v), load(factors + v),
        load(shifts + v), load(slopes + v)),
      some);
  }
}

KERNEL void lockstep_normalize_gradient(
  const float *x, const float *dz, ptrdiff_t count, ptrdiff_t channels, ptrdiff_t columns,
  const float *mean, const float *inverse, const float *weight, const float *weight_sum,
  const float *bias_sum, void *workspace, float *dx)
{
  float *means = workspace, *factors = means + columns;
  float *shifts = factors + columns, *slopes = shifts + columns;
  float share = 1 / (float)(count / channels);
  for (ptrdiff_t c = 0; c < channels; c++) {
    means[c] = mean[c];
    factors[c] = weight[c] * inverse[c];
    shifts[c] = bias_sum[c] * share;
    slopes[c] = inverse[c] * (weight_sum[c] * share);
  }
  for (ptrdiff_t table = 0; table < 4; table++) {
    repeat(means + table * columns, channels, columns);
  }
  input_gradient(x, dz, count, columns, means, factors, shifts, slopes, dx);
}
