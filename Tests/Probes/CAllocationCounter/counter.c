// Counts heap allocations by standing in front of glibc's allocator: symbols defined in the
// executable win over those of shared libraries.
#include "CAllocationCounter.h"
#include "libraries.h"

#include <stdatomic.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long allocations;

long lockstep_allocations(void) { return atomic_load(&allocations); }

static void note(const void *caller) {
  if (!lockstep_is_in_library(caller)) atomic_fetch_add(&allocations, 1);
}

void *malloc(size_t bytes) {
  note(__builtin_return_address(0));
  return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
  note(__builtin_return_address(0));
  return __libc_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes) {
  note(__builtin_return_address(0));
  return __libc_realloc(old, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  note(__builtin_return_address(0));
  return __libc_memalign(alignment, bytes);
}

int posix_memalign(void **result, size_t alignment, size_t bytes) {
  note(__builtin_return_address(0));
  *result = __libc_memalign(alignment, bytes);
  return *result == NULL ? 12 : 0;
}
