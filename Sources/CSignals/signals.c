#include "CSignals.h"

#include <signal.h>

// A place for each signal: a wish to stop is not lost when a wish for a checkpoint follows it.
static volatile sig_atomic_t received[NSIG];

static void remember(int signal) { received[signal] = 1; }

void lockstep_signal_remember(int signal) {
  struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, 0);
}

int lockstep_signal_received(int signal) { return received[signal]; }

void lockstep_signal_forget(int signal) { received[signal] = 0; }
