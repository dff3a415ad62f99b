#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Passes over one block of `count` floats, a multiple of 16. Every operation is rounded by itself,
// so all levels give the same bits.

// Whether all elements of the two operands of an addition were finite.
typedef struct {
  bool source;
  bool destination;
} lockstep_finite_operands;

// A block's sum of squares beside what its operands were.
typedef struct {
  double squares;
  lockstep_finite_operands finite;
} lockstep_block_mean;

// destination[i] += source[i].
lockstep_finite_operands lockstep_add_block(
  float *destination, const float *source, ptrdiff_t count);

// block[i] *= factor; returns the sum of the squares of what is stored.
double lockstep_scale_block(float *block, float factor, ptrdiff_t count);

// destination[i] = (destination[i] + source[i])·factor, with the sum of the squares of that.
lockstep_block_mean lockstep_finish_block(
  float *destination, const float *source, float factor, ptrdiff_t count);

// Σ block[i]², in Double: sixteen sums, one a lane, added at the end by halves.
double lockstep_block_squares(const float *block, ptrdiff_t count);

// A digest of the block's bits: another one, for certain, where a single element has other bits.
uint64_t lockstep_block_digest(const float *block, ptrdiff_t count);

#endif
