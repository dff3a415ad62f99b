#define _GNU_SOURCE
#include "CProcesses.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void begin(pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have died before it was asked about.
  if (getppid() != parent) raise(SIGTERM);
  signal(SIGPIPE, SIG_DFL);
  // Until mpirun listens to them these would kill it; a wish to stop is repeated.
  signal(SIGUSR1, SIG_IGN);
  signal(SIGUSR2, SIG_IGN);
  int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  if (nothing > STDERR_FILENO) close(nothing);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, 0);
}

pid_t lockstep_process_start(char *const arguments[], char *const environment[]) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0) return -1;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child == 0) {
    begin(parent);
    execvpe(arguments[0], arguments, environment);
    int reason = errno;
    ssize_t count = write(failure[1], &reason, sizeof reason);
    _exit(count == sizeof reason ? 126 : 127);
  }
  close(failure[1]);
  int reason = child < 0 ? errno : 0;
  // Nothing comes through the pipe where exec has closed it.
  while (child > 0 && read(failure[0], &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  close(failure[0]);
  if (reason == 0) return child;
  if (child > 0) waitpid(child, 0, 0);
  errno = reason;
  return -1;
}

int lockstep_process_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1); }

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status, (void)kind, (void)place;
  // What cannot be removed must not keep the rest.
  remove(path);
  return 0;
}

void lockstep_folder_remove(const char *path) {
  nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static void sweep(const char *folder) {
  int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return;
  while (flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
  }
  lockstep_folder_remove(folder);
  close(descriptor);
}

pid_t lockstep_process_start_sweeper(char *const folders[], int *writer) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  // Nothing that is meant for the run may end the one who cleans up after it.
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child != 0) {
    int reason = errno;
    sigprocmask(SIG_SETMASK, &before, 0);
    close(ends[0]);
    *writer = ends[1];
    errno = reason;
    return child;
  }
  setsid();
  prctl(PR_SET_NAME, "trainer-sweeper");
  // Without the terminal, the locks and the pipe's writing end that it inherited.
  dup2(ends[0], STDIN_FILENO);
  closefrom(STDOUT_FILENO);
  char byte;
  ssize_t count;
  do count = read(STDIN_FILENO, &byte, 1);
  while (count > 0 || (count < 0 && errno == EINTR));
  for (; *folders; folders++) sweep(*folders);
  _exit(0);
}
