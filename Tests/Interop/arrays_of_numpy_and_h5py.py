"""Arrays that NumPy and h5py wrote become data sets: every kind of file, any names, many types."""

import json
import pathlib
import subprocess
import tempfile

import h5py
import numpy

RANDOM = numpy.random.default_rng(1)
IMAGES = RANDOM.integers(0, 256, (40, 12, 10, 3), numpy.uint8)
LABELS = RANDOM.permutation(numpy.arange(40) % 7)
GRAY, OTHER = IMAGES[:, :, :, 0], IMAGES[::-1].copy()


def made(source, *options):
    """The splits of the data set that sharder makes: images and labels."""
    with tempfile.TemporaryDirectory() as output:
        command = ["sharder", "create", str(source), "--output", output, *options]
        subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
        index = json.loads(pathlib.Path(output, "index.json").read_text())
        splits = {}
        for name, split in index["splits"].items():
            files = [h5py.File(pathlib.Path(output, shard["file"])) for shard in split["shards"]]
            splits[name] = [
                numpy.concatenate([file[key][...] for file in files]) for key in ("images", "labels")
            ]
        return splits


def check(what, splits, **expected):
    assert splits.keys() == expected.keys(), (what, splits.keys())
    for name, (images, labels) in expected.items():
        assert numpy.array_equal(splits[name][0], images), (what, name)
        assert numpy.array_equal(splits[name][1], labels.ravel()), (what, name)
    print(f"{what}: equal")


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for save in (numpy.savez, numpy.savez_compressed):
        file = folder / f"{save.__name__}.npz"
        save(file, x_train=IMAGES, y_train=LABELS, x_test=OTHER[:9], y_test=LABELS[:9, None])
        splits = {"train": (IMAGES, LABELS), "test": (OTHER[:9], LABELS[:9])}
        check(save.__name__, made(file), **splits)
        odd = folder / f"odd-{save.__name__}.npz"
        save(odd, pictures=GRAY, kinds=LABELS.astype(">u2"), other=LABELS[:3])
        check("names of all kinds", made(odd), train=(GRAY[..., None], LABELS))

    for number, kind in enumerate(["int64", ">i4", "uint8", "int16", "uint64"]):
        pair = folder / f"pair{number}"
        pair.mkdir()
        numpy.save(pair / "images.npy", IMAGES)
        numpy.save(pair / "labels.npy", LABELS.astype(kind))
        check(f"a pair of files, labels {kind}", made(pair), train=(IMAGES, LABELS))
    check("the file of images", made(pair / "images.npy"), train=(IMAGES, LABELS))
    with open(pair / "images.npy", "wb") as file:
        numpy.lib.format.write_array(file, IMAGES, version=(3, 0))
    check("version 3", made(pair), train=(IMAGES, LABELS))

    for options in ({}, {"chunks": (7, 12, 10, 3), "compression": "gzip", "fletcher32": True}):
        file = folder / "any.h5"
        with h5py.File(file, "w") as hdf5:
            hdf5.create_dataset("train_set_x", data=IMAGES, **options)
            hdf5.create_dataset("train_set_y", data=LABELS)
            hdf5.create_dataset("inner/x", data=OTHER)
            hdf5.create_dataset("names", data=numpy.array([b"cat", b"dog"]))
        check("HDF5, found out", made(file), train=(IMAGES, LABELS))
        named = made(file, "--images", "inner/x", "--labels", "train_set_y")
        check("HDF5, named", named, train=(OTHER, LABELS))

cats = pathlib.Path("../shared/data/cats-hdf5/train_catvnoncat.h5")
if cats.exists():
    splits = made(
        cats, "--images", "train_set_x", "--labels", "train_set_y", "--classes", "other,cat"
    )
    with h5py.File(cats) as hdf5:
        x, y = hdf5["train_set_x"][...], hdf5["train_set_y"][...]
        check("209 photographs, some of cats", splits, train=(x, y))
