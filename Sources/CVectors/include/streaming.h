#ifndef STREAMING_H
#define STREAMING_H

// Outputs of at least so many floats are written past the caches: who reads them finds the first of
// them gone in any case, and what they would replace may still be there. (Tried: 19 MB take 1.3 ms,
// not 2.9; 6 MB gain nothing.)
enum { LOCKSTEP_STREAMED = 2 << 20 };

#endif
