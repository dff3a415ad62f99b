#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/// The number of calls of malloc, calloc, realloc and aligned_alloc in this process so far, without
/// those from inside OpenBLAS and Open MPI once there was a collective call.
long lockstep_allocations(void);

/// The number of calls of MPI_Barrier, MPI_Win_sync and MPI_Allgatherv so far.
long lockstep_collective_calls(void);

/// The largest number of these calls in a row with no allocation from the first to the last, less 1.
long lockstep_longest_quiet_stretch(void);

#endif
