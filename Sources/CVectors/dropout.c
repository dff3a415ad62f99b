#include "dropout.h"
#include "lanes.h"

typedef uint32_t words __attribute__((ext_vector_type(16)));
typedef uint64_t products __attribute__((ext_vector_type(16)));
typedef uint32_t two_words __attribute__((ext_vector_type(32)));
typedef uint64_t two_products __attribute__((ext_vector_type(32)));
typedef int32_t numbers __attribute__((ext_vector_type(16)));

// Elements that belong to sixteen counters.
enum { STRETCH = 4 * LANES };

// The words of sixteen counters in a row. Source: Salmon, Moraes, Dror, Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011.
PART void draw(words first, const lockstep_philox *stream, uint32_t *drawn) {
  words a = first, b = stream->counter[0], c = stream->counter[1], d = stream->counter[2];
  uint32_t key = stream->key[0], other_key = stream->key[1];
  for (int round = 0; round < 10; round++) {
    products low = __builtin_convertvector(a, products) * 0xD2511F53;
    products high = __builtin_convertvector(c, products) * 0xCD9E8D57;
    a = __builtin_convertvector(high >> 32, words) ^ b ^ key;
    b = __builtin_convertvector(high, words);
    c = __builtin_convertvector(low >> 32, words) ^ d ^ other_key;
    d = __builtin_convertvector(low, words);
    key += 0x9E3779B9;
    other_key += 0xBB67AE85;
  }
#define BY_TURNS                                                                               \
  0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, \
    13, 29, 14, 30, 15, 31
  two_words ab = __builtin_shufflevector(a, b, BY_TURNS);
  two_words cd = __builtin_shufflevector(c, d, BY_TURNS);
  two_products all = __builtin_shufflevector((products)ab, (products)cd, BY_TURNS);
  __builtin_memcpy(drawn, &all, sizeof(all));
}

PART void dropout(
  const float *x, ptrdiff_t count, const lockstep_philox *stream, float rate, float kept, float *y,
  float *mask)
{
  const words lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const lanes zero = 0, factor = kept;
  for (ptrdiff_t first = 0; first < count; first += STRETCH) {
    uint32_t drawn[STRETCH];
    draw(lane + (uint32_t)(first / 4), stream, drawn);
    for (ptrdiff_t i = first; i < count && i < first + STRETCH; i += LANES) {
      ptrdiff_t some = count - i < LANES ? count - i : LANES;
      words word;
      __builtin_memcpy(&word, drawn + (i - first), sizeof(word));
      lanes uniform = __builtin_convertvector((numbers)(word >> 8), lanes) * 0x1p-24f;
      lanes kept_or_not = uniform < rate ? zero : factor;
      store_first(mask + i, kept_or_not, some);
      store_first(y + i, load_first(x + i, some) * kept_or_not, some);
    }
  }
}

KERNEL void lockstep_dropout(
  const float *x, ptrdiff_t count, const lockstep_philox *stream, float rate, float kept, float *y,
  float *mask)
{
  dropout(x, count, stream, rate, kept, y, mask);
}
