#include "pixels.h"

#include "lanes.h"

PART void look_up(
  const uint8_t *restrict pixels, ptrdiff_t count, const float *restrict table,
  ptrdiff_t channels, float *restrict out)
{
  for (ptrdiff_t at = 0; at < count; at += channels) {
    for (ptrdiff_t c = 0; c < channels; c++) out[at + c] = table[256 * c + pixels[at + c]];
  }
}

PART void look_up_mirrored(
  const uint8_t *restrict pixels, ptrdiff_t count, const float *restrict table,
  ptrdiff_t channels, float *restrict out)
{
  for (ptrdiff_t at = 0; at < count; at += channels) {
    const uint8_t *pixel = pixels + count - channels - at;
    for (ptrdiff_t c = 0; c < channels; c++) out[at + c] = table[256 * c + pixel[c]];
  }
}

// One load an entry at any level: no instruction finds sixteen of 256 entries faster.
void lockstep_look_up(
  const uint8_t *pixels, ptrdiff_t count, const float *table, ptrdiff_t channels, float *out)
{
  if (channels == 1) {
    look_up(pixels, count, table, 1, out);
  } else if (channels == 3) {
    look_up(pixels, count, table, 3, out);
  } else {
    look_up(pixels, count, table, channels, out);
  }
}

void lockstep_look_up_mirrored(
  const uint8_t *pixels, ptrdiff_t count, const float *table, ptrdiff_t channels, float *out)
{
  if (channels == 1) {
    look_up_mirrored(pixels, count, table, 1, out);
  } else if (channels == 3) {
    look_up_mirrored(pixels, count, table, 3, out);
  } else {
    look_up_mirrored(pixels, count, table, channels, out);
  }
}
