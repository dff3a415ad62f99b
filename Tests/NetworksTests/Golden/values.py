"""Numbers that a script and a test make alike, so that they need not be stored.

Element i of the array called `name` is a hash of both (FNV-1a of the name, then the finalizer of
MurmurHash3), a multiple of 2^-23 in [-1, 1): exact as a 32-bit float.
"""
import numpy as np


def hashes(name, count):
    seed = np.uint64(0x811C9DC5)
    for byte in name.encode():
        seed = ((seed ^ np.uint64(byte)) * np.uint64(0x01000193)) & np.uint64(0xFFFFFFFF)
    x = (seed + np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B9)).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def uniform(name, shape, bound=1.0):
    """An array in ±bound, in 32-bit floats: float(bound) times the hash's fraction."""
    count = int(np.prod(shape))
    fraction = (hashes(name, count) >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    return (np.float32(bound) * fraction).reshape(shape)


def sample(count, most):
    """Indices of at most about `most` of `count` elements, evenly spread."""
    return list(range(0, count, max(1, count // most)))


def digits(values):
    """Ten significant digits: far more than a 32-bit float holds."""
    return [float(f"{float(v):.10g}") for v in np.asarray(values).reshape(-1)]
