"""Shards are plain HDF5: h5py finds in them the images and labels of the source, byte for byte."""

import gzip
import json
import pathlib
import subprocess
import tempfile

import h5py
import numpy

SPLITS = {"train": "train", "test": "t10k"}
SOURCE = pathlib.Path(__file__).parents[2] / "datasets" / "sample"


def read_idx(path):
    """The array in a compressed IDX file: dimensions are big-endian, data follow."""
    data = gzip.decompress(path.read_bytes())
    rank = data[3]
    shape = numpy.frombuffer(data, ">u4", rank, offset=4)
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).reshape(shape)


def read_shard(path, shape):
    with h5py.File(path) as file:
        images, labels = file["images"], file["labels"]
        assert set(file) == {"images", "labels"}, set(file)
        assert images.dtype == numpy.uint8, images.dtype
        assert images.shape[1:] == shape, images.shape
        assert images.chunks is None, "images are contiguous, so that ranks can map them"
        assert labels.dtype == numpy.dtype("<i4"), labels.dtype
        assert labels.shape == images.shape[:1], labels.shape
        return images[...], labels[...]


with tempfile.TemporaryDirectory() as folder:
    command = ["sharder", "create", str(SOURCE), "--output", folder, "--shards", "3"]
    subprocess.run(command, check=True, timeout=120)
    index = json.loads(pathlib.Path(folder, "index.json").read_text())
    for split, prefix in SPLITS.items():
        files = [pathlib.Path(folder, s["file"]) for s in index["splits"][split]["shards"]]
        shards = [read_shard(file, tuple(index["shape"])) for file in files]
        images, labels = map(numpy.concatenate, zip(*shards))
        expected = read_idx(SOURCE / f"{prefix}-images-idx3-ubyte.gz")
        assert len(expected) == index["splits"][split]["samples"]
        assert (images[..., 0] == expected).all(), f"images of {split}"
        assert (labels == read_idx(SOURCE / f"{prefix}-labels-idx1-ubyte.gz")).all(), split
        print(f"{split}: {len(images)} samples in {len(shards)} shards, every byte equal")
