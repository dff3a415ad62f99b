// Memory fetched into the cache, a piece with each step of a loop that computes on other memory.
#ifndef FETCHING_H
#define FETCHING_H

#include "ahead.h"
#include "lanes.h"

typedef struct {
  const float *at;
  // From one place to the other, and from one step to the next.
  ptrdiff_t apart, step;
} fetching;

// What a loop of `steps` steps fetches of what is ahead, or `idle`, which is in the cache, again and
// again, if nothing is left: a fetch costs less than the question whether there is anything to fetch.
PART fetching fetching_in(ptrdiff_t steps, lockstep_ahead *ahead, const float *idle) {
  for (int i = 0; ahead && i < LOCKSTEP_PIECES; i++) {
    lockstep_pieces *left = &ahead->pieces[i];
    if (left->count == 0) continue;
    fetching result = {left->first, left->apart, ahead->step};
    ptrdiff_t fetched = steps * ahead->step;
    if (fetched > left->count) {
      fetched = left->count;
      result.step = (left->count + steps - 1) / steps;
    }
    left->first += fetched;
    left->count -= fetched;
    return result;
  }
  return (fetching){idle, 0, 0};
}

// One step: into the second level of the cache, since the first holds what is computed on.
PART void fetch(fetching *state) {
  __builtin_prefetch(state->at, 0, 2);
  __builtin_prefetch(state->at + state->apart, 0, 2);
  state->at += state->step;
}

#endif
