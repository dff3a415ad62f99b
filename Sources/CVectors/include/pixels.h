#ifndef PIXELS_H
#define PIXELS_H

#include <stddef.h>
#include <stdint.h>

// Overwrites out [count] with the entries of table [channels, 256] that belong to pixels [count],
// bytes with the channel last; count is a multiple of channels.
void lockstep_look_up(
  const uint8_t *pixels, ptrdiff_t count, const float *table, ptrdiff_t channels, float *out);

// The same with the pixels from the last to the first; a pixel's channels keep their order.
void lockstep_look_up_mirrored(
  const uint8_t *pixels, ptrdiff_t count, const float *table, ptrdiff_t channels, float *out);

#endif
