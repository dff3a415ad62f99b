#ifndef AHEAD_H
#define AHEAD_H

#include <stddef.h>

// Memory that will soon be read: `count` floats from each of two places, to be fetched into the cache
// beside the arithmetic, which leaves memory idle; none where `count` is 0.
typedef struct {
  const float *first, *second;
  ptrdiff_t count;
} lockstep_ahead;

#endif
