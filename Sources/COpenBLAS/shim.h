// OpenBLAS as Debian ships it: cblas_sgemm and the calls that fix its threads and name its core.
#include <cblas.h>
