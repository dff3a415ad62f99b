#include "blocks.h"
#include "lanes.h"

typedef double wide_lanes __attribute__((ext_vector_type(16)));
typedef int bit_lanes __attribute__((ext_vector_type(16)));
typedef unsigned unsigned_lanes __attribute__((ext_vector_type(16)));

// The larger of `largest` and x's bits without signs, lane by lane: numbers that are not finite have
// the largest bits.
PART bit_lanes larger_bits(bit_lanes largest, lanes x) {
  return __builtin_elementwise_max(largest, (bit_lanes)x & 0x7fffffff);
}

PART bool all_finite(bit_lanes largest) {
  return __builtin_reduce_max(largest) < 0x7f800000;
}

// The square of a float is exact in double.
PART wide_lanes plus_squares(wide_lanes sums, lanes x) {
  wide_lanes wide = __builtin_convertvector(x, wide_lanes);
  return sums + wide * wide;
}

PART double by_halves(wide_lanes sums) {
  double __attribute__((ext_vector_type(8))) eight = sums.lo + sums.hi;
  double __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  double __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}

// Turning and adding bits by XOR loses nothing: each lane's digest names its last word, given the
// others. Lanes are then mixed by a multiplier (Steele and Vigna, 2021).
PART uint64_t digest(const float *block, ptrdiff_t count) {
  unsigned_lanes turned = 0;
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    turned = (turned << 5 | turned >> 27) ^ (unsigned_lanes)load(block + i);
  }
  uint64_t mixed = (uint64_t)count;
  for (int i = 0; i < LANES; i++) {
    mixed = (mixed ^ turned[i]) * UINT64_C(0xd1342543de82ef95);
    mixed ^= mixed >> 32;
  }
  return mixed;
}

// Adds `source`; scales, and sums squares, where `finishing`.
PART lockstep_block_mean add(
  float *destination, const float *source, float factor, ptrdiff_t count, bool finishing)
{
  wide_lanes sums = 0;
  bit_lanes largest_x = 0, largest_y = 0;
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    lanes x = load(source + i), y = load(destination + i);
    largest_x = larger_bits(largest_x, x);
    largest_y = larger_bits(largest_y, y);
    lanes sum = y + x;
    if (finishing) {
      sum *= factor;
      sums = plus_squares(sums, sum);
    }
    store(destination + i, sum);
  }
  return (lockstep_block_mean){
    by_halves(sums), {all_finite(largest_x), all_finite(largest_y)}};
}

PART double scale(float *block, float factor, ptrdiff_t count) {
  wide_lanes sums = 0;
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    lanes scaled = load(block + i) * factor;
    store(block + i, scaled);
    sums = plus_squares(sums, scaled);
  }
  return by_halves(sums);
}

PART double squares(const float *block, ptrdiff_t count) {
  wide_lanes sums = 0;
  for (ptrdiff_t i = 0; i < count; i += LANES) sums = plus_squares(sums, load(block + i));
  return by_halves(sums);
}

KERNEL lockstep_finite_operands lockstep_add_block(
  float *destination, const float *source, ptrdiff_t count)
{
  return add(destination, source, 1, count, false).finite;
}

KERNEL lockstep_block_mean lockstep_finish_block(
  float *destination, const float *source, float factor, ptrdiff_t count)
{
  return add(destination, source, factor, count, true);
}

KERNEL double lockstep_scale_block(float *block, float factor, ptrdiff_t count) {
  return scale(block, factor, count);
}

KERNEL double lockstep_block_squares(const float *block, ptrdiff_t count) {
  return squares(block, count);
}

KERNEL uint64_t lockstep_block_digest(const float *block, ptrdiff_t count) {
  return digest(block, count);
}
