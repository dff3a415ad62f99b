#ifndef CSIGNALS_H
#define CSIGNALS_H

// A signal handler may only store to a `volatile sig_atomic_t`, which Swift cannot declare.

/// Remembers, from now on, that `signal` was received, instead of dying of it.
void lockstep_signal_remember(int signal);

/// Whether `signal` was received since it was last forgotten: 1 or 0.
int lockstep_signal_received(int signal);

/// Forgets that `signal` was received.
void lockstep_signal_forget(int signal);

#endif
