#ifndef DROPOUT_H
#define DROPOUT_H

#include <stddef.h>
#include <stdint.h>

// Philox4x32-10's counter, but for its first word, and its key.
typedef struct {
  uint32_t counter[3], key[2];
} lockstep_philox;

// mask[i] = 0 where random number i is below `rate`, else `kept`; y = x·mask. Number i are the 24
// highest bits of word i mod 4 for a counter that begins with i / 4, as a number in [0, 1).
void lockstep_dropout(
  const float *x, ptrdiff_t count, const lockstep_philox *stream, float rate, float kept, float *y,
  float *mask);

#endif
