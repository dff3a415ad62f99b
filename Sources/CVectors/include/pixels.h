#ifndef PIXELS_H
#define PIXELS_H

#include <stddef.h>
#include <stdint.h>

// Overwrites out [count] with the entries of table [channels, 256] that belong to pixels [count],
// bytes with the channel last; count is a multiple of channels.
void lockstep_look_up(
  const uint8_t *pixels, ptrdiff_t count, const float *table, ptrdiff_t channels, float *out);

#endif
