"""Shards that keep image files are plain HDF5, too: h5py finds every file in them, byte for byte."""

import json
import pathlib
import subprocess
import tempfile

import h5py
import numpy
from PIL import Image

RANDOM = numpy.random.default_rng(2)

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for number in range(30):
        size = (int(RANDOM.integers(20, 90)), int(RANDOM.integers(20, 90)), 3)
        path = folder / "in" / "abc"[number % 3] / f"{number:02}.{('jpg', 'png')[number % 2]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(RANDOM.integers(0, 256, size, numpy.uint8)).save(path)
    output = folder / "out"
    command = ["sharder", "create", str(folder / "in"), "--output", str(output), "--shards", "2"]
    command += ["--keep-encoded", "--size", "32", "--validation", "0.2"]
    subprocess.run(command, check=True, timeout=120)
    index = json.loads((output / "index.json").read_text())
    assert index["version"] == 4 and index["shape"] == [32, 32, 3], index
    files = {path.read_bytes(): path for path in (folder / "in").rglob("*.*")}
    assert max(map(len, files)) == index["encodedImages"]["largestFile"]
    found = set()
    for split in index["splits"].values():
        for shard in split["shards"]:
            with h5py.File(output / shard["file"]) as file:
                assert set(file) == {"images", "labels", "offsets"}, set(file)
                images, offsets, labels = file["images"][...], file["offsets"], file["labels"]
                assert offsets.dtype == numpy.dtype("<i8") and file["images"].chunks is None
                assert offsets.shape == (shard["samples"] + 1,) and offsets[0] == 0
                assert offsets[-1] == len(images)
                for sample, label in enumerate(labels):
                    path = files[images[offsets[sample] : offsets[sample + 1]].tobytes()]
                    assert path.parent.name == index["classes"][label], path
                    found.add(path)
    assert len(found) == 30, len(found)
    print(f"{len(found)} image files in {len(index['splits'])} splits, every byte equal")
