// Open MPI's C API. The static-inline functions exist because Swift imports neither
// cast-expression macros (MPI_COMM_WORLD, MPI_FLOAT, …) nor pointer constants (MPI_IN_PLACE).
#include <mpi.h>

static inline MPI_Comm lockstep_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Comm lockstep_comm_null(void) { return MPI_COMM_NULL; }
static inline MPI_Info lockstep_info_null(void) { return MPI_INFO_NULL; }
static inline MPI_Request lockstep_request_null(void) { return MPI_REQUEST_NULL; }
static inline MPI_Win lockstep_win_null(void) { return MPI_WIN_NULL; }
static inline MPI_Errhandler lockstep_errors_return(void) { return MPI_ERRORS_RETURN; }
static inline MPI_Datatype lockstep_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype lockstep_double(void) { return MPI_DOUBLE; }
static inline MPI_Datatype lockstep_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype lockstep_int32(void) { return MPI_INT32_T; }
static inline MPI_Datatype lockstep_int64(void) { return MPI_INT64_T; }
static inline MPI_Op lockstep_max(void) { return MPI_MAX; }
static inline MPI_Op lockstep_min(void) { return MPI_MIN; }
static inline MPI_Op lockstep_sum(void) { return MPI_SUM; }
static inline MPI_Op lockstep_bitwise_or(void) { return MPI_BOR; }
static inline void *lockstep_in_place(void) { return MPI_IN_PLACE; }
