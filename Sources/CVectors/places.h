// Sixteen integers beside sixteen floats: places in a sample, or choices.
#ifndef PLACES_H
#define PLACES_H

#include "lanes.h"

#include <stdint.h>

// Sixteen places in a sample, or sixteen choices: all bits set, or none.
typedef int32_t places __attribute__((ext_vector_type(16)));
typedef places unaligned_places __attribute__((aligned(4)));

PART places load_places(const int32_t *p) { return *(const unaligned_places *)p; }

PART void store_places(int32_t *p, places x) { *(unaligned_places *)p = x; }

#endif
