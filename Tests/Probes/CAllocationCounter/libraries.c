// Tells calls from inside OpenBLAS, Open MPI, TurboJPEG and libpng apart: what they allocate is not
// ours to avoid.
// (OpenBLAS's kernels for small matrices call malloc in some shapes.)
#define _GNU_SOURCE
#include "libraries.h"

#include <link.h>
#include <string.h>

enum { capacity = 512 };
static struct {
  const char *start, *end;
} ranges[capacity];
static int range_count;

static int note(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size, (void)unused;
  const char *name = object->dlpi_name;
  if (!strstr(name, "openblas") && !strstr(name, "libmpi") && !strstr(name, "libopen-") &&
      !strstr(name, "/openmpi/") && !strstr(name, "pmix") && !strstr(name, "libevent") &&
      !strstr(name, "libturbojpeg") && !strstr(name, "libpng"))
    return 0;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X) || range_count == capacity)
      continue;
    const char *start = (const char *)object->dlpi_addr + segment->p_vaddr;
    ranges[range_count].start = start;
    ranges[range_count++].end = start + segment->p_memsz;
  }
  return 0;
}

void lockstep_find_libraries(void) {
  range_count = 0;
  dl_iterate_phdr(note, NULL);
}

bool lockstep_is_in_library(const void *address) {
  const char *place = address;
  for (int index = 0; index < range_count; index++)
    if (place >= ranges[index].start && place < ranges[index].end) return true;
  return false;
}
