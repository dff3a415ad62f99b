// Vector kernels: the inner loops that Swift cannot write at the speed of the machine.
//
// Each function exists three times, for AVX-512, for AVX2 with FMA, and for any CPU; the loader
// takes the best one. A function's result depends on that level, on its arguments and on nothing
// else: not on alignment, and not on where a caller cuts its rows. Products and sums are fused only
// where the source says so.
#ifndef CVECTORS_H
#define CVECTORS_H

#include "blocks.h"
#include "depthwise.h"
#include "dropout.h"
#include "elementwise.h"
#include "level.h"
#include "normalization.h"
#include "pixels.h"
#include "pooled.h"
#include "pooling.h"
#include "product.h"
#include "resizing.h"
#include "streaming.h"
#include "transpose.h"
#include "updates.h"
#include "winograd.h"

#endif
