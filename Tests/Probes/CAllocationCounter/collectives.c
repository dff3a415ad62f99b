// Notes, at each of the calls that all ranks make together and that steps of training are made of, how many allocations
// there were so far: symbols of the executable come before libmpi's, which has each function a
// second time with P before its name (the standard's profiling interface).
#include "CAllocationCounter.h"
#include "libraries.h"

#include <mpi.h>

enum { capacity = 1 << 16 };
static long counts[capacity];
static long calls;

static void note(void) {
  // Again and again: Open MPI loads plug-ins when it first needs them.
  lockstep_find_libraries();
  if (calls < capacity) counts[calls++] = lockstep_allocations();
}

long lockstep_collective_calls(void) { return calls; }

long lockstep_longest_quiet_stretch(void) {
  long longest = 0, start = 0;
  for (long call = 0; call < calls; call++) {
    if (counts[call] != counts[start]) start = call;
    if (call - start > longest) longest = call - start;
  }
  return longest;
}

int MPI_Barrier(MPI_Comm communicator) {
  note();
  return PMPI_Barrier(communicator);
}

int MPI_Win_sync(MPI_Win window) {
  note();
  return PMPI_Win_sync(window);
}

int MPI_Allgatherv(const void *sent, int count, MPI_Datatype sent_type, void *received,
                   const int counts_received[], const int displacements[], MPI_Datatype type,
                   MPI_Comm communicator) {
  note();
  return PMPI_Allgatherv(sent, count, sent_type, received, counts_received, displacements, type,
                         communicator);
}
