"""A checkpoint is plain HDF5: h5py reads its parameters, state and recipe; sha256sum its digest."""

import pathlib
import subprocess
import tempfile

import h5py
import numpy

ROOT = pathlib.Path(__file__).parents[2]


def train(folder):
    """Four steps of the default plan, LeNet, on two ranks; returns the newest checkpoint."""
    data, run = f"{folder}/sample", f"{folder}/run"
    shard = ["sharder", "create", str(ROOT / "datasets" / "sample"), "--output", data]
    subprocess.run(shard, check=True, timeout=120)
    settings = ["steps=4", "batch.global=32", "batch.micro=16"]
    command = ["mpirun", "-n", "2", "trainer", "--data", data, "--run", run]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(command, check=True, timeout=300, stdin=subprocess.DEVNULL)
    return max(pathlib.Path(run, "checkpoints").glob("step-*.h5"))


def check_types(name, item):
    """Text is fixed-length or uint8: nothing of variable length is in a checkpoint."""
    for kind in [attribute.dtype for attribute in item.attrs.values() if hasattr(attribute, "dtype")]:
        assert h5py.check_vlen_dtype(kind) is None, name
    if isinstance(item, h5py.Dataset):
        assert h5py.check_vlen_dtype(item.dtype) is None, name


with tempfile.TemporaryDirectory() as folder:
    checkpoint = train(folder)
    assert checkpoint.name == "step-00000004.h5", checkpoint.name
    digest = checkpoint.name + ".sha256"
    subprocess.run(["sha256sum", "-c", digest], check=True, cwd=checkpoint.parent)
    with h5py.File(checkpoint) as file:
        file.visititems(check_types)
        parameters = {}
        file["parameters"].visititems(
            lambda name, item: parameters.update({name: item[...]})
            if isinstance(item, h5py.Dataset)
            else None
        )
        assert len(file["state"]) > 0, "the optimizer's state"
        assert file["recipe"].dtype == numpy.uint8, file["recipe"].dtype
        recipe = file["recipe"][...].tobytes().decode("utf-8")

assert any(name.endswith("weight") for name in parameters), sorted(parameters)
for name, values in parameters.items():
    assert values.dtype == numpy.float32, (name, values.dtype)
    assert numpy.isfinite(values).all(), name
count = sum(values.size for values in parameters.values())
assert count == 431_080, f"LeNet has 431 080 parameters, found {count}"
assert recipe.strip(), "the recipe is text"
print(f"{len(parameters)} tensors, {count} parameters, {len(recipe)} characters of recipe")
