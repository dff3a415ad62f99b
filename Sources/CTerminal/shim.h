// The size of a terminal: ioctl is variadic, and Swift does not import such functions.
#include <sys/ioctl.h>

static inline int lockstep_terminal_size(int descriptor, struct winsize *size) {
  return ioctl(descriptor, TIOCGWINSZ, size);
}
