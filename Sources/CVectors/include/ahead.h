#ifndef AHEAD_H
#define AHEAD_H

#include <stddef.h>

// Two pieces of memory of `count` floats each: one begins `apart` floats after the other.
typedef struct {
  const float *first;
  ptrdiff_t apart, count;
} lockstep_pieces;

enum { LOCKSTEP_PIECES = 4 };

// Memory that will soon be read or written, to be fetched into the cache beside the arithmetic, which
// leaves memory idle: by one kernel after the other, each of which goes on where the last ended.
typedef struct {
  // What is left, in order; those that are done, or were never there, have a count of 0.
  lockstep_pieces pieces[LOCKSTEP_PIECES];
  // Floats of each piece that a step of a loop fetches: at most a cache line, or it would skip some.
  ptrdiff_t step;
} lockstep_ahead;

// Adds `count` floats, at most LOCKSTEP_PIECES times.
static inline void lockstep_ahead_add(lockstep_ahead *ahead, const float *first, ptrdiff_t count) {
  int i = 0;
  while (ahead->pieces[i].count != 0) i++;
  ahead->pieces[i] = (lockstep_pieces){first, count / 2, (count + 1) / 2};
}

// Fetches `count` floats at once.
static inline void lockstep_fetch(const float *first, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += 16) __builtin_prefetch(first + i, 0, 2);
}

// Fetches what is left at once.
static inline void lockstep_ahead_finish(lockstep_ahead *ahead) {
  for (int i = 0; i < LOCKSTEP_PIECES; i++) {
    lockstep_pieces *left = &ahead->pieces[i];
    lockstep_fetch(left->first, left->count);
    lockstep_fetch(left->first + left->apart, left->count);
    left->count = 0;
  }
}

#endif
