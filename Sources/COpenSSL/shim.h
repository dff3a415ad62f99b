// libcrypto for SHA-256: the processor's own instructions where it has them.
// These functions count as old since OpenSSL 3; the new ones allocate memory for each digest, which
// the steps of a run must not.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
