#ifndef LIBRARIES_H
#define LIBRARIES_H

#include <stdbool.h>

/// Looks up where the code of OpenBLAS and Open MPI lies, of their plug-ins too.
void lockstep_find_libraries(void);

/// Whether an address is in what was found; false before anything was looked up.
bool lockstep_is_in_library(const void *address);

#endif
