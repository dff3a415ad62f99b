// Tells calls from inside OpenBLAS, Open MPI, TurboJPEG and libpng apart: what they allocate is not
// ours to avoid.
// (OpenBLAS's kernels for small matrices call malloc in some shapes.)
#define _GNU_SOURCE
#include "libraries.h"

#include <link.h>
#include <stdatomic.h>
#include <string.h>

// One thread adds ranges, at the end; any thread looks at those that are counted.
enum { capacity = 512 };
static struct {
  const char *start, *end;
} ranges[capacity];
static atomic_int range_count;

static int note(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  const char *name = object->dlpi_name;
  if (!strstr(name, "openblas") && !strstr(name, "libmpi") && !strstr(name, "libopen-") &&
      !strstr(name, "/openmpi/") && !strstr(name, "pmix") && !strstr(name, "libevent") &&
      !strstr(name, "libturbojpeg") && !strstr(name, "libpng"))
    return 0;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    const char *start = (const char *)object->dlpi_addr + segment->p_vaddr;
    int count = atomic_load(&range_count);
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) || count == capacity ||
        lockstep_is_in_library(start))
      continue;
    ranges[count].start = start;
    ranges[count].end = start + segment->p_memsz;
    atomic_store(&range_count, count + 1);
  }
  return 0;
}

void lockstep_find_libraries(void) { dl_iterate_phdr(note, NULL); }

bool lockstep_is_in_library(const void *address) {
  const char *place = address;
  int count = atomic_load(&range_count);
  for (int index = 0; index < count; index++)
    if (place >= ranges[index].start && place < ranges[index].end) return true;
  return false;
}
