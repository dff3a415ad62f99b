"""TensorBoard itself reads a run's event files: all tags, values equal to metrics.jsonl, a killed and
resumed run without a step twice, histograms of every weight, and pictures."""

import io
import json
import math
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image
from tensorboard.backend.event_processing import event_accumulator

ROOT = pathlib.Path(__file__).parents[2]
SCALARS = {
    "step": {
        "loss/train": "loss",
        "accuracy/train": "accuracy",
        "training/rate": "rate",
        "training/gradient_norm": "gradient_norm",
        "training/images_per_second": "images_per_second",
        "training/epoch": "epoch",
    },
    "evaluation": {"loss/test": "loss", "accuracy/test": "accuracy"},
}


def train(folder, *arguments):
    """Trains LeNet on two ranks, with an event and histograms after every second step."""
    settings = ["steps=12", "batch.global=32", "batch.micro=16", "run.log=2", "run.histograms=4"]
    settings += ["checkpoint.every=4", "evaluation.every=6"]
    command = ["mpirun", "-n", "2", "trainer", "--data", f"{folder}/sample", "--run", f"{folder}/run"]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run([*command, *arguments], check=True, timeout=300, stdin=subprocess.DEVNULL)


def read(run):
    """All that TensorBoard knows of the run, nothing thinned out."""
    size = {"scalars": 0, "histograms": 0, "images": 0, "tensors": 0}
    events = event_accumulator.EventAccumulator(str(run), size_guidance=size)
    events.Reload()
    return events


def check_scalars(events, lines):
    """Every number of metrics.jsonl is there, as a float32, at its step, and no other."""
    for kind, tags in SCALARS.items():
        for tag, field in tags.items():
            told = {line["step"]: line[field] for line in lines if line["event"] == kind}
            found = [(event.step, event.value) for event in events.Scalars(tag)]
            assert [step for step, _ in found] == sorted(told), (tag, found)
            for step, value in found:
                assert value == numpy.float32(told[step]), (tag, step, value, told[step])


def check_histograms(events):
    """Weights and gradients: as many values as there are, between the smallest and the largest."""
    tags = events.Tags()["histograms"]
    weights = [tag for tag in tags if tag.startswith("weights/")]
    assert len(weights) == 8 and len(tags) == 16, tags
    total = 0
    for tag in tags:
        steps = events.Histograms(tag)
        assert [event.step for event in steps] == [4, 8, 12], tag
        last = steps[-1].histogram_value
        assert last.num == sum(last.bucket) and last.min <= last.max, tag
        assert len(last.bucket) == len(last.bucket_limit), tag
        assert list(last.bucket_limit) == sorted(last.bucket_limit), tag
        assert last.min * last.num <= last.sum <= last.max * last.num, tag
        assert math.isfinite(last.sum_squares) and last.sum_squares > 0, tag
        total += last.num if tag in weights else 0
    assert total == 431_080, f"LeNet has 431 080 weights, found {total}"


def check_pictures(events):
    """Samples as the network sees them, and the confusion matrix."""
    assert set(events.Tags()["images"]) == {"samples/train", "confusion/test"}, events.Tags()
    for tag in events.Tags()["images"]:
        for event in events.Images(tag):
            with Image.open(io.BytesIO(event.encoded_image_string)) as picture:
                picture.load()
                assert picture.size == (event.width, event.height), tag
                assert len(set(picture.convert("L").tobytes())) > 2, f"{tag} is empty"


with tempfile.TemporaryDirectory() as folder:
    shard = ["sharder", "create", str(ROOT / "datasets" / "sample"), "--output", f"{folder}/sample"]
    subprocess.run(shard, check=True, timeout=120)
    run = pathlib.Path(folder, "run")
    # Steps 9 and 10 are taken and written down, and lost with their checkpoint.
    train(folder, "--stop-after", "10")
    for path in run.glob("checkpoints/step-00000010.h5*"):
        path.unlink()
    train(folder)
    files = sorted(run.glob("events.out.tfevents.*"))
    assert len(files) == 2, files
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    second = max(index for index, line in enumerate(lines) if line["event"] == "start")
    resumed = lines[second]["step"]
    assert resumed == 8, lines[second]
    lines = [line for line in lines[:second] if line.get("step", 0) <= resumed] + lines[second:]
    events = read(run)
    check_scalars(events, lines)
    check_histograms(events)
    check_pictures(events)
    print(f"{len(events.Tags()['scalars'])} scalars, {len(events.Tags()['histograms'])} histograms")
