#ifndef CVECTORS_LEVEL_H
#define CVECTORS_LEVEL_H

// What the loader looks at to choose between a kernel's versions: 4 for AVX-512, 3 for AVX2 with
// FMA, 0 for neither, or another architecture.
int lockstep_vector_level(void);

#endif
