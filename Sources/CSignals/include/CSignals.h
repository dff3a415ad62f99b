#ifndef CSIGNALS_H
#define CSIGNALS_H

// A signal handler may only store to a `volatile sig_atomic_t`, which Swift cannot declare.

/// Remembers, from now on, the last `signal` received instead of dying of it.
void lockstep_signals_remember(int signal);

/// The last remembered signal, 0 for none.
int lockstep_signals_received(void);

/// Forgets what was received.
void lockstep_signals_forget(void);

#endif
