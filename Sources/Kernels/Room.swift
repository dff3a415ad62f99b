// The room of Kernels.
