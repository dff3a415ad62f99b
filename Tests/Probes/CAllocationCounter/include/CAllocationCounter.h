#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/// The number of calls of malloc, calloc, realloc and aligned_alloc in this process so far.
long lockstep_allocations(void);

#endif
