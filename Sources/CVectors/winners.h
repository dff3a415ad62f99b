// Max pooling by windows of 2×2 that touch each other: the largest of four, and which it was.
#ifndef WINNERS_H
#define WINNERS_H

#include "columns.h"
#include "places.h"
#include "pooled.h"

// The largest of four and its number, row by row: the first of equals; NaN wins over numbers.
typedef struct {
  lanes value;
  places number;
} winner;

PART winner largest_of_four(const lanes *values, lanes bias) {
  winner best = {values[0] + bias, 0};
#pragma clang loop unroll(full)
  for (int q = 1; q < 4; q++) {
    lanes value = values[q] + bias;
    places wins = (value > best.value) | (value != value);
    best.value = wins ? value : best.value;
    best.number = wins ? (places)q : best.number;
  }
  return best;
}

// Stores a window's winner at element `at` of what is pooled.
PART void store_winner(const lockstep_pooled *to, ptrdiff_t at, winner best) {
  store(to->y + at, clamped(best.value, to->floor, to->ceiling));
  store_places(to->winners + at, best.number);
}

// The biases of sixteen channels from c on; zeros where there are none.
PART lanes biases(const lockstep_pooled *to, ptrdiff_t c) {
  lanes zero = 0;
  return to->bias ? load(to->bias + c) : zero;
}

// What input number q of a window takes of the window's gradient.
PART lanes taken(lanes dy, places number, int q) {
  lanes zero = 0;
  return number == q ? dy : zero;
}

#endif
