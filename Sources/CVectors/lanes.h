// Sixteen floats at a time: the one vector type of all kernels, and how it meets memory.
#ifndef LANES_H
#define LANES_H

#include <stddef.h>

#pragma STDC FP_CONTRACT OFF
// Vectors are handed over only between functions that are inlined: their calling convention is moot.
#pragma clang diagnostic ignored "-Wpsabi"

// Sixteen floats; one register of AVX-512, two of AVX2, four of SSE.
typedef float lanes __attribute__((ext_vector_type(16)));
typedef lanes unaligned_lanes __attribute__((aligned(4)));
enum { LANES = 16 };

// A kernel: compiled once a level, chosen when the program is loaded.
#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// A part of a kernel: inlined, so that it is compiled for the kernel's level. A kernel itself calls
// only parts that take no vectors: clang checks calling conventions before it inlines.
#define PART static inline __attribute__((always_inline))

PART lanes load(const float *p) { return *(const unaligned_lanes *)p; }

PART void store(float *p, lanes x) { *(unaligned_lanes *)p = x; }

// Half a vector.
typedef float half_lanes __attribute__((ext_vector_type(8)));
typedef half_lanes unaligned_half_lanes __attribute__((aligned(4)));
enum { HALF_LANES = LANES / 2 };

PART half_lanes load_half(const float *p) { return *(const unaligned_half_lanes *)p; }

PART void store_half(float *p, half_lanes x) { *(unaligned_half_lanes *)p = x; }

// Stores past the caches: p is a multiple of 64 bytes.
PART void stream(float *p, lanes x) { __builtin_nontemporal_store(x, (lanes *)p); }

// a·b + c, rounded once.
PART lanes fused(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }

// The first channel of the vector from channel i on: the last vector ends with the last channel.
PART ptrdiff_t channel(ptrdiff_t i, ptrdiff_t channels) {
  return i + LANES <= channels ? i : channels - LANES;
}

// The first `count` of sixteen floats, 1 to 16 of them; the other lanes are 0.
PART lanes load_first(const float *p, ptrdiff_t count) {
  if (count == LANES) return load(p);
  lanes x = 0;
  for (ptrdiff_t i = 0; i < count; i++) x[i] = p[i];
  return x;
}

// Stores the first `count` lanes, 1 to 16 of them.
PART void store_first(float *p, lanes x, ptrdiff_t count) {
  if (count == LANES) {
    store(p, x);
    return;
  }
  for (ptrdiff_t i = 0; i < count; i++) p[i] = x[i];
}

#endif
