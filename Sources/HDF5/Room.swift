// The room of HDF5.
