#include "places.h"
#include "pooling.h"

// Runs `statement` for sixteen channels from `c` on, `some` of which count.
//
// The last sixteen reach back over those before, where there are any: they are computed twice, to
// the same bits.
#define EACH_CHANNELS(channels, statement)                                                 \
  if ((channels) < LANES) {                                                                \
    const ptrdiff_t c = 0, some = channels;                                                \
    statement                                                                              \
  } else {                                                                                 \
    const ptrdiff_t some = LANES;                                                          \
    ptrdiff_t c = 0;                                                                       \
    for (; c + LANES <= (channels); c += LANES) { statement }                              \
    if (c < (channels)) {                                                                  \
      c = (channels) - LANES;                                                              \
      statement                                                                            \
    }                                                                                      \
  }

// A stretch of rows or columns.
typedef struct {
  ptrdiff_t first, last;
} stretch;

// The inputs under the window at `position`, on one axis.
PART stretch inputs_of(
  ptrdiff_t position, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t extent)
{
  ptrdiff_t first = position * stride - padding, last = first + kernel;
  return (stretch){first < 0 ? 0 : first, last > extent ? extent : last};
}

// The windows over the input at `position`, on one axis.
PART stretch windows_of(
  ptrdiff_t position, ptrdiff_t kernel, ptrdiff_t stride, ptrdiff_t padding, ptrdiff_t extent)
{
  ptrdiff_t reach = position + padding - kernel, end = position + padding;
  // Divisions are slow, but for those by 2.
  ptrdiff_t first = reach < 0 ? 0 : (stride == 2 ? reach / 2 : reach / stride) + 1;
  ptrdiff_t last = (stride == 2 ? end / 2 : end / stride) + 1;
  return (stretch){first, last > extent ? extent : last};
}

PART stretch input_rows(const lockstep_pooling *s, ptrdiff_t row) {
  return inputs_of(row, s->kernel_height, s->stride_height, s->padding_height, s->input_height);
}

PART stretch input_columns(const lockstep_pooling *s, ptrdiff_t column) {
  return inputs_of(column, s->kernel_width, s->stride_width, s->padding_width, s->input_width);
}

PART stretch window_rows(const lockstep_pooling *s, ptrdiff_t row) {
  return windows_of(row, s->kernel_height, s->stride_height, s->padding_height, s->output_height);
}

PART stretch window_columns(const lockstep_pooling *s, ptrdiff_t column) {
  return windows_of(
    column, s->kernel_width, s->stride_width, s->padding_width, s->output_width);
}

// The first `count` of sixteen places; the other lanes are 0.
PART places load_first_places(const int32_t *p, ptrdiff_t count) {
  if (count == LANES) return load_places(p);
  places x = 0;
  for (ptrdiff_t i = 0; i < count; i++) x[i] = p[i];
  return x;
}

// The place of channel 0, and of the fifteen after it.
PART places places_from(ptrdiff_t first) {
  const places count = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return (int32_t)first + count;
}

// One window of height × width inputs from place `start` on, some channels from c on.
PART void largest(
  const float *x, const lockstep_pooling *s, ptrdiff_t start, ptrdiff_t height, ptrdiff_t width,
  ptrdiff_t c, ptrdiff_t some, float *y, int32_t *winners)
{
  lanes best = load_first(x + start + c, some);
  places winner = places_from(start + c);
#pragma clang loop unroll_count(3)
  for (ptrdiff_t h = 0; h < height; h++) {
#pragma clang loop unroll_count(3)
    for (ptrdiff_t w = 0; w < width; w++) {
      ptrdiff_t at = start + (h * s->input_width + w) * s->channels + c;
      lanes value = load_first(x + at, some);
      // The first input meets itself: it does not win, or to no effect.
      places wins = (value > best) | (value != value);
      best = wins ? value : best;
      winner = wins ? places_from(at) : winner;
    }
  }
  store_first(y + c, best, some);
  if (some == LANES) {
    store_places(winners + c, winner);
  } else {
    for (ptrdiff_t i = 0; i < some; i++) winners[c + i] = winner[i];
  }
}

PART void max_pooling(
  const float *x, const lockstep_pooling *s, float *y, int32_t *winners)
{
  ptrdiff_t sample = s->input_height * s->input_width * s->channels;
  for (ptrdiff_t n = 0; n < s->samples; n++, x += sample) {
    for (ptrdiff_t row = 0; row < s->output_height; row++) {
      stretch rows = input_rows(s, row);
      for (ptrdiff_t column = 0; column < s->output_width; column++) {
        stretch columns = input_columns(s, column);
        ptrdiff_t start = (rows.first * s->input_width + columns.first) * s->channels;
        ptrdiff_t height = rows.last - rows.first, width = columns.last - columns.first;
        if (height == 2 && width == 2) {
          EACH_CHANNELS(s->channels, largest(x, s, start, 2, 2, c, some, y, winners);)
        } else if (height == 3 && width == 3) {
          EACH_CHANNELS(s->channels, largest(x, s, start, 3, 3, c, some, y, winners);)
        } else {
          EACH_CHANNELS(s->channels, largest(x, s, start, height, width, c, some, y, winners);)
        }
        y += s->channels;
        winners += s->channels;
      }
    }
  }
}

KERNEL void lockstep_max_pooling(
  const float *x, const lockstep_pooling *shape, float *y, int32_t *winners)
{
  max_pooling(x, shape, y, winners);
}

// One input, some channels: what it takes from the windows over it.
PART void won(
  const float *dy, const int32_t *winners, const lockstep_pooling *s, stretch rows,
  stretch columns, ptrdiff_t place, ptrdiff_t some, float *dx)
{
  places own = places_from(place);
  lanes zero = 0, sum = 0;
  for (ptrdiff_t row = rows.first; row < rows.last; row++) {
    for (ptrdiff_t column = columns.first; column < columns.last; column++) {
      ptrdiff_t at = (row * s->output_width + column) * s->channels;
      lanes outer = load_first(dy + at, some);
      sum += load_first_places(winners + at, some) == own ? outer : zero;
    }
  }
  store_first(dx, sum, some);
}

// Windows that touch each other and fill the input: each gradient is looked at once.
PART void won_in_tiles(
  const float *dy, const int32_t *winners, const lockstep_pooling *s, ptrdiff_t height,
  ptrdiff_t width, float *dx)
{
  ptrdiff_t sample = s->input_height * s->input_width * s->channels;
  lanes zero = 0;
  for (ptrdiff_t n = 0; n < s->samples; n++, dx += sample) {
    for (ptrdiff_t row = 0; row < s->output_height; row++) {
      ptrdiff_t start = row * height * s->input_width * s->channels;
      for (ptrdiff_t column = 0; column < s->output_width; column++) {
        EACH_CHANNELS(
          s->channels, places winner = load_first_places(winners + c, some);
          lanes outer = load_first(dy + c, some);
          for (ptrdiff_t h = 0; h < height; h++) {
            for (ptrdiff_t w = 0; w < width; w++) {
              ptrdiff_t at = start + (h * s->input_width + w) * s->channels + c;
              // From 0 as a sum of one: -0 becomes 0, as in the other way.
              store_first(dx + at, zero + (winner == places_from(at) ? outer : zero), some);
            }
          })
        start += width * s->channels;
        dy += s->channels;
        winners += s->channels;
      }
    }
  }
}

PART void max_pooling_gradient(
  const float *dy, const int32_t *winners, const lockstep_pooling *s, float *dx)
{
  if (s->kernel_height == s->stride_height && s->kernel_width == s->stride_width
      && s->output_height * s->kernel_height == s->input_height
      && s->output_width * s->kernel_width == s->input_width) {
    if (s->kernel_height == 2 && s->kernel_width == 2) {
      won_in_tiles(dy, winners, s, 2, 2, dx);
    } else {
      won_in_tiles(dy, winners, s, s->kernel_height, s->kernel_width, dx);
    }
    return;
  }
  ptrdiff_t sample = s->output_height * s->output_width * s->channels;
  for (ptrdiff_t n = 0; n < s->samples; n++, dy += sample, winners += sample) {
    ptrdiff_t place = 0;
    for (ptrdiff_t row = 0; row < s->input_height; row++) {
      stretch rows = window_rows(s, row);
      for (ptrdiff_t column = 0; column < s->input_width; column++) {
        stretch columns = window_columns(s, column);
        EACH_CHANNELS(
          s->channels, won(dy + c, winners + c, s, rows, columns, place + c, some, dx + c);)
        place += s->channels;
        dx += s->channels;
      }
    }
  }
}

KERNEL void lockstep_max_pooling_gradient(
  const float *dy, const int32_t *winners, const lockstep_pooling *shape, float *dx)
{
  max_pooling_gradient(dy, winners, shape, dx);
}

// The sum over a stretch of rows and columns of an image [.., width, channels], some channels.
PART lanes sum_over(
  const float *x, stretch rows, stretch columns, ptrdiff_t width, ptrdiff_t channels,
  float factor, ptrdiff_t some)
{
  lanes sum = 0, by = factor;
  for (ptrdiff_t h = rows.first; h < rows.last; h++) {
    for (ptrdiff_t w = columns.first; w < columns.last; w++) {
      sum += load_first(x + (h * width + w) * channels, some) * by;
    }
  }
  return sum;
}

PART void average_pooling(const float *x, const lockstep_pooling *s, float share, float *y) {
  ptrdiff_t sample = s->input_height * s->input_width * s->channels;
  for (ptrdiff_t n = 0; n < s->samples; n++, x += sample) {
    for (ptrdiff_t row = 0; row < s->output_height; row++) {
      stretch rows = input_rows(s, row);
      for (ptrdiff_t column = 0; column < s->output_width; column++, y += s->channels) {
        stretch columns = input_columns(s, column);
        EACH_CHANNELS(
          s->channels,
          store_first(
            y + c,
            sum_over(x + c, rows, columns, s->input_width, s->channels, 1, some) * share, some);)
      }
    }
  }
}

KERNEL void lockstep_average_pooling(
  const float *x, const lockstep_pooling *shape, float share, float *y)
{
  average_pooling(x, shape, share, y);
}

PART void average_pooling_gradient(
  const float *dy, const lockstep_pooling *s, float share, float *dx)
{
  ptrdiff_t sample = s->output_height * s->output_width * s->channels;
  for (ptrdiff_t n = 0; n < s->samples; n++, dy += sample) {
    for (ptrdiff_t row = 0; row < s->input_height; row++) {
      stretch rows = window_rows(s, row);
      for (ptrdiff_t column = 0; column < s->input_width; column++, dx += s->channels) {
        stretch columns = window_columns(s, column);
        EACH_CHANNELS(
          s->channels,
          store_first(
            dx + c, sum_over(dy + c, rows, columns, s->output_width, s->channels, share, some),
            some);)
      }
    }
  }
}

KERNEL void lockstep_average_pooling_gradient(
  const float *dy, const lockstep_pooling *shape, float share, float *dx)
{
  average_pooling_gradient(dy, shape, share, dx);
}
