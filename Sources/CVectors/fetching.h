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

// All of what is ahead in about `steps` steps, or `idle`, which is in the cache, again and again: a
// fetch costs less than the question whether there is anything to fetch.
PART fetching fetching_over(ptrdiff_t steps, const lockstep_ahead *ahead, const float *idle) {
  if (ahead->count == 0 || steps == 0) return (fetching){idle, 0, 0};
  return (fetching){
    ahead->first, ahead->second - ahead->first, (ahead->count + steps - 1) / steps};
}

// One step: into the second level of the cache, since the first holds what is computed on.
PART void fetch(fetching *state) {
  __builtin_prefetch(state->at, 0, 2);
  __builtin_prefetch(state->at + state->apart, 0, 2);
  state->at += state->step;
}

#endif
