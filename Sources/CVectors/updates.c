#include "lanes.h"
#include "updates.h"

// First the formulas, each for sixteen elements; then the loops.

// A root of what cannot be negative.
PART lanes root(lanes x) { return __builtin_elementwise_sqrt(__builtin_elementwise_abs(x)); }

PART lanes decayed(const float *g, float scale, float decay, lanes p) {
  return scale * load(g) + decay * p;
}

PART void sgd(float *p, const float *g, lockstep_sgd by) {
  lanes old = load(p);
  store(p, old - by.rate * decayed(g, by.scale, by.decay, old));
}

PART void momentum(float *p, const float *g, float *v, lockstep_sgd by) {
  lanes old = load(p);
  lanes velocity = by.momentum * load(v) + decayed(g, by.scale, by.decay, old);
  store(v, velocity);
  store(p, old - by.rate * velocity);
}

PART void nesterov(float *p, const float *g, float *v, lockstep_sgd by) {
  lanes old = load(p);
  lanes gradient = decayed(g, by.scale, by.decay, old);
  lanes velocity = by.momentum * load(v) + gradient;
  store(v, velocity);
  store(p, old - by.rate * (gradient + by.momentum * velocity));
}

PART void lars(float *p, const float *g, float *v, lockstep_sgd by) {
  lanes old = load(p);
  lanes velocity = by.momentum * load(v) + by.rate * decayed(g, by.scale, by.decay, old);
  store(v, velocity);
  store(p, old - velocity);
}

// Updates the moments; returns m / (√s·κ + ε).
PART lanes adapted(lanes gradient, float *m, float *s, lockstep_adam by) {
  lanes old = load(m);
  lanes first = old + by.first_complement * (gradient - old);
  lanes second = by.second_decay * load(s) + by.second_complement * (gradient * gradient);
  store(m, first);
  store(s, second);
  return first / (root(second) * by.second_correction + by.epsilon);
}

PART void adam(float *p, const float *g, float *m, float *s, lockstep_adam by) {
  lanes old = load(p);
  lanes direction = adapted(decayed(g, by.scale, by.coupled_decay, old), m, s, by);
  store(p, by.shrinkage * old - by.step_size * direction);
}

PART void lamb(const float *p, float *g, float *m, float *s, float decay, lockstep_adam by) {
  lanes direction = adapted(by.scale * load(g), m, s, by);
  store(g, by.step_size * direction + decay * load(p));
}

// Updates the average of squares; returns g' / (√s + ε).
PART lanes normalized(lanes gradient, float *s, lockstep_rmsprop by) {
  lanes average = by.smoothing * load(s) + by.smoothing_complement * (gradient * gradient);
  store(s, average);
  return gradient / (root(average) + by.epsilon);
}

PART void rmsprop(float *p, const float *g, float *s, lockstep_rmsprop by) {
  lanes old = load(p);
  store(p, old - by.rate * normalized(decayed(g, by.scale, by.decay, old), s, by));
}

PART void rmsprop_momentum(float *p, const float *g, float *s, float *v, lockstep_rmsprop by) {
  lanes old = load(p);
  lanes direction = normalized(decayed(g, by.scale, by.decay, old), s, by);
  lanes velocity = by.momentum * load(v) + direction;
  store(v, velocity);
  store(p, old - by.rate * velocity);
}

PART void average(float *a, const float *x, float keep, float take) {
  store(a, keep * load(a) + take * load(x));
}

KERNEL void lockstep_sgd_update(float *p, const float *g, lockstep_sgd by, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += LANES) sgd(p + i, g + i, by);
}

KERNEL void lockstep_momentum_update(
  float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) momentum(p + i, g + i, v + i, by);
}

KERNEL void lockstep_nesterov_update(
  float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) nesterov(p + i, g + i, v + i, by);
}

KERNEL void lockstep_lars_update(
  float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) lars(p + i, g + i, v + i, by);
}

KERNEL void lockstep_adam_update(
  float *p, const float *g, float *m, float *s, lockstep_adam by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) adam(p + i, g + i, m + i, s + i, by);
}

KERNEL void lockstep_lamb_direction(
  const float *p, float *g, float *m, float *s, float decay, lockstep_adam by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) lamb(p + i, g + i, m + i, s + i, decay, by);
}

KERNEL void lockstep_rmsprop_update(
  float *p, const float *g, float *s, lockstep_rmsprop by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) rmsprop(p + i, g + i, s + i, by);
}

KERNEL void lockstep_rmsprop_momentum_update(
  float *p, const float *g, float *s, float *v, lockstep_rmsprop by, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    rmsprop_momentum(p + i, g + i, s + i, v + i, by);
  }
}

KERNEL void lockstep_average_update(
  float *a, const float *x, float keep, float take, ptrdiff_t count)
{
  for (ptrdiff_t i = 0; i < count; i += LANES) average(a + i, x + i, keep, take);
}
