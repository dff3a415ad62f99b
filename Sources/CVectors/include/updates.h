#ifndef UPDATES_H
#define UPDATES_H

#include <stddef.h>

// Optimizers' updates of one block of `count` floats, a multiple of 16, in one pass. Kernels'
// update functions say the formulas. Every operation is rounded by itself, so all levels give the
// same bits.

typedef struct {
  float scale, decay, momentum, rate;
} lockstep_sgd;

typedef struct {
  float scale, coupled_decay, shrinkage, first_complement, second_decay, second_complement,
    second_correction, epsilon, step_size;
} lockstep_adam;

typedef struct {
  float scale, decay, smoothing, smoothing_complement, epsilon, momentum, rate;
} lockstep_rmsprop;

void lockstep_sgd_update(float *p, const float *g, lockstep_sgd by, ptrdiff_t count);
void lockstep_momentum_update(
  float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count);
void lockstep_nesterov_update(
  float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count);
void lockstep_lars_update(float *p, const float *g, float *v, lockstep_sgd by, ptrdiff_t count);
void lockstep_adam_update(
  float *p, const float *g, float *m, float *s, lockstep_adam by, ptrdiff_t count);
// g becomes the direction.
void lockstep_lamb_direction(
  const float *p, float *g, float *m, float *s, float decay, lockstep_adam by, ptrdiff_t count);
void lockstep_rmsprop_update(
  float *p, const float *g, float *s, lockstep_rmsprop by, ptrdiff_t count);
void lockstep_rmsprop_momentum_update(
  float *p, const float *g, float *s, float *v, lockstep_rmsprop by, ptrdiff_t count);
// a ← keep·a + take·x.
void lockstep_average_update(float *a, const float *x, float keep, float take, ptrdiff_t count);

#endif
