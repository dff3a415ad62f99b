#include "winners.h"

// Four channels beyond sixteen would take a vector each output. Here the four outputs of a window
// share one: four lanes each.

typedef float quarter __attribute__((ext_vector_type(4)));
typedef int32_t four_places __attribute__((ext_vector_type(4)));

// Lanes of a quarter; windows whose sums are held in registers; elements of the largest kernel.
enum { QUARTER = 4, WINDOWS = 4, TAPS = LOCKSTEP_NARROW_TAPS };

PART quarter load_quarter(const float *p) {
  quarter x;
  __builtin_memcpy(&x, p, sizeof(x));
  return x;
}

// Four floats, four times.
PART lanes repeated(const float *p) {
  quarter x = load_quarter(p);
  return __builtin_shufflevector(x, x, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
}

// Every pixel four times, so that a vector finds it for four channels.
PART void spread(const float *image, ptrdiff_t count, float *into) {
  for (ptrdiff_t i = 0; i < count; i += QUARTER) {
    quarter x = 0;
    if (i + QUARTER <= count) {
      x = load_quarter(image + i);
    } else {
      for (ptrdiff_t k = i; k < count; k++) x[k - i] = image[k];
    }
    store(
      into + QUARTER * i,
      __builtin_shufflevector(x, x, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));
  }
}

// What the four outputs of a window see, each for four channels.
PART lanes seen_by_four(const float *spread, ptrdiff_t line) {
  half_lanes above = load_half(spread), below = load_half(spread + QUARTER * line);
  return __builtin_shufflevector(
    above, below, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// The winners of four windows in four channels: a window's four outputs lie in a vector.
PART winner winners_of_quarters(const lanes *x, lanes bias) {
  lanes values[4];
#define PAIR(x, y, q)                                                                            \
  __builtin_shufflevector(                                                                       \
    x, y, 4 * q, 4 * q + 1, 4 * q + 2, 4 * q + 3, 4 * q + 16, 4 * q + 17, 4 * q + 18, 4 * q + 19)
#define VALUES(q)                                                                                \
  values[q] = __builtin_shufflevector(                                                           \
    PAIR(x[0], x[1], q), PAIR(x[2], x[3], q), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,   \
    15);
  VALUES(0) VALUES(1) VALUES(2) VALUES(3)
  return largest_of_four(values, bias);
}

// The first quarter of four channels of each of `count` windows.
PART void store_quarters(const lockstep_pooled *to, ptrdiff_t at, ptrdiff_t step, int count, winner best) {
  float values[LANES];
  int32_t numbers[LANES];
  store(values, clamped(best.value, to->floor, to->ceiling));
  store_places(numbers, best.number);
  for (int i = 0; i < count; i++) {
    __builtin_memcpy(to->y + at + i * step, values + QUARTER * i, sizeof(quarter));
    __builtin_memcpy(to->winners + at + i * step, numbers + QUARTER * i, sizeof(four_places));
  }
}

// `count` windows side by side: sixteen channels, and the last four if there are more.
PART void pool_windows(
  int count, bool more, const float *image, const float *spread, const lockstep_narrow *s,
  const float *weights, const float *tails, const lockstep_pooled *to, ptrdiff_t at)
{
  lanes sum[4 * WINDOWS], tail[WINDOWS];
#pragma clang loop unroll(full)
  for (int i = 0; i < 4 * count; i++) sum[i] = 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < WINDOWS; i++) tail[i] = 0;
  for (ptrdiff_t h = 0; h < s->kernel_height; h++) {
    for (ptrdiff_t w = 0; w < s->kernel_width; w++, weights += s->channels, tails += LANES) {
      const float *pixel = image + h * s->line + w;
      lanes weight = load(weights);
#pragma clang loop unroll(full)
      for (int i = 0; i < 4 * count; i++) {
        lanes value = pixel[i % 4 / 2 * s->line + i / 4 * 2 + i % 2];
        sum[i] = fused(value, weight, sum[i]);
      }
      if (!more) continue;
      lanes others = load(tails);
#pragma clang loop unroll(full)
      for (int i = 0; i < count; i++) {
        lanes values = seen_by_four(spread + QUARTER * (h * s->line + w + 2 * i), s->line);
        tail[i] = fused(values, others, tail[i]);
      }
    }
  }
  lanes bias = biases(to, 0), zero = 0;
#pragma clang loop unroll(full)
  for (int i = 0; i < count; i++) {
    store_winner(to, at + i * s->channels, largest_of_four(sum + 4 * i, bias));
  }
  if (!more) return;
  ptrdiff_t last = s->channels - QUARTER;
  store_quarters(
    to, at + last, s->channels, count,
    winners_of_quarters(tail, to->bias ? repeated(to->bias + last) : zero));
}

PART void pool_narrow(
  bool more, const float *image, const lockstep_narrow *s, const float *weights, float *memory,
  const lockstep_pooled *to)
{
  float tails[TAPS * LANES];
  ptrdiff_t taps = s->kernel_height * s->kernel_width, last = s->channels - QUARTER;
  if (more) {
    for (ptrdiff_t t = 0; t < taps; t++) {
      store(tails + t * LANES, repeated(weights + t * s->channels + last));
    }
    spread(image, s->height * s->line, memory);
  }
  ptrdiff_t at = 0;
  for (ptrdiff_t row = 0; row < s->rows; row++) {
    for (ptrdiff_t w = 0; w < s->windows;) {
      ptrdiff_t start = 2 * (row * s->line + w);
      bool one = w + WINDOWS > s->windows;
      if (one)
        pool_windows(
          1, more, image + start, memory + QUARTER * start, s, weights, tails, to, at);
      else
        pool_windows(
          WINDOWS, more, image + start, memory + QUARTER * start, s, weights, tails, to, at);
      w += one ? 1 : WINDOWS;
      at += (one ? 1 : WINDOWS) * s->channels;
    }
  }
}

KERNEL void lockstep_pool_narrow(
  const float *image, const lockstep_narrow *shape, const float *weights, float *memory,
  const lockstep_pooled *to)
{
  if (shape->channels > LANES) pool_narrow(true, image, shape, weights, memory, to);
  else pool_narrow(false, image, shape, weights, memory, to);
}
