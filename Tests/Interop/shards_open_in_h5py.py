"""Shards are plain HDF5: h5py finds in them the images and labels of the source, byte for byte."""

import collections
import gzip
import pathlib
import subprocess
import tempfile

import h5py
import numpy

SOURCE = pathlib.Path(__file__).parents[2] / "datasets" / "sample"


def read_idx(path):
    """The array in an IDX file, compressed or not: dimensions are big-endian, data follow."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, offset=4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def pairs(images, labels):
    """How often each image comes with each label."""
    assert len(images) == len(labels)
    return collections.Counter((x.tobytes(), int(y)) for x, y in zip(images, labels))


def check_shard(path):
    with h5py.File(path) as file:
        images, labels = file["images"], file["labels"]
        assert images.dtype == numpy.uint8, images.dtype
        assert images.shape[1:] == (28, 28, 1), images.shape
        assert images.chunks is None, "images are contiguous, so that ranks can map them"
        assert labels.shape == images.shape[:1], labels.shape
        assert labels.dtype.kind in "iu", labels.dtype
        return images[...], labels[...]


expected = collections.Counter()
first_images = []
for path in sorted(SOURCE.glob("*-images-idx3-ubyte*")):
    images = read_idx(path)
    labels = read_idx(path.with_name(path.name.replace("images-idx3", "labels-idx1")))
    expected += pairs(images, labels)
    first_images.append(images[0].tobytes())
assert expected, f"no IDX files in {SOURCE}"

with tempfile.TemporaryDirectory() as folder:
    command = ["sharder", "create", str(SOURCE), "--output", f"{folder}/sample"]
    subprocess.run(command, check=True, timeout=120)
    shards = [check_shard(path) for path in sorted(pathlib.Path(folder).rglob("*.h5"))]

found = sum((pairs(*shard) for shard in shards), collections.Counter())
assert found == expected, f"{found.total()} samples found, {expected.total()} expected"
starts = [images[0].tobytes() for images, _ in shards]
assert all(first in starts for first in first_images), "a source's first image begins a shard"
print(f"{len(shards)} shards, {found.total()} samples")
