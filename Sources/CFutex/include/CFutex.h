#ifndef CFUTEX_H
#define CFUTEX_H

#include <stdint.h>

// Linux's futex, to sleep until a word in shared memory changes: the C library has no function for
// it, and Swift imports neither its variadic `syscall` nor the instruction for loops that wait.

// Sleeps while *word is `expected`; may return early.
void lockstep_futex_wait(uint32_t *word, uint32_t expected);

// Wakes all processes that sleep on *word.
void lockstep_futex_wake(uint32_t *word);

// Tells the core that this is a loop that waits.
void lockstep_pause(void);

#endif
