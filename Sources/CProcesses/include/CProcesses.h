#ifndef CPROCESSES_H
#define CPROCESSES_H

#include <sys/types.h>

// What lies between fork and exec: Swift may not call fork, posix_spawn cannot ask for a signal at
// the parent's death, and `prctl` is variadic. What returns a number says -1 and sets errno if it
// fails.

// Starts a program, found on PATH, in a process group of its own, with no signal blocked and
// nothing on standard input. It receives SIGTERM when the thread that called this ends.
pid_t lockstep_process_start(char *const arguments[], char *const environment[]);

// Makes the calling process the parent of all descendants whose own parent dies.
int lockstep_process_adopt_orphans(void);

// Starts a process that outlives the calling one, however that ends, then waits for the locks on
// the folders and removes them. It waits for the end of a pipe, whose `writer` the caller keeps
// open. `folders` ends with a null pointer.
pid_t lockstep_process_start_sweeper(char *const folders[], int *writer);

// Removes a folder with all in it that can be removed; follows no link and leaves its file system
// alone.
void lockstep_folder_remove(const char *path);

#endif
