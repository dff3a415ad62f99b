#include "CSignals.h"

#include <signal.h>

static volatile sig_atomic_t received = 0;

static void remember(int signal) { received = signal; }

void lockstep_signals_remember(int number) {
  struct sigaction action = {.sa_handler = remember, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, 0);
}

int lockstep_signals_received(void) { return received; }

void lockstep_signals_forget(void) { received = 0; }
