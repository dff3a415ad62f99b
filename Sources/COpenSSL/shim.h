// libcrypto for SHA-256: the processor's own instructions where it has them.
#include <openssl/evp.h>
#include <openssl/sha.h>
