// libcrypto for SHA-256: the processor's own instructions where it has them.
#include <openssl/sha.h>
