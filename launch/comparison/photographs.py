"""How many photographs a second torchvision crops, flips and normalizes on one core, in turn with
`trainer bench input` over the same files kept in shards:

    $(launch/comparison/environment) launch/comparison/photographs.py FOLDER

FOLDER is a folder of JPEG files, one folder a class. Needs torchvision and Pillow as `input.py` does.
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch

# See input.py.
for operation in "nms", "qnms":
    torch.library.define(f"torchvision::{operation}", "(Tensor a, Tensor b, float c) -> Tensor")
from PIL import Image  # noqa: E402
from torchvision import transforms  # noqa: E402

NORMALIZE = [transforms.ToTensor(), transforms.Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26])]
CASES = [
    (
        "resized crop to 224 + flip",
        "[{transform: RandomResizedCrop, size: 224}, RandomHorizontalFlip]",
        [transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip()],
    ),
    (
        "resize to 224 + flip",
        "[RandomHorizontalFlip]",
        [
            transforms.Resize(224),
            transforms.CenterCrop(224),
            transforms.RandomHorizontalFlip(),
        ],
    ),
]


def theirs(files, chain):
    """torchvision's images a second from files to normalized tensors, one pass over all."""
    apply = transforms.Compose([*chain, *NORMALIZE])
    begin = time.perf_counter()
    for file in files:
        with Image.open(file) as image:
            apply(image.convert("RGB"))
    return len(files) / (time.perf_counter() - begin)


def ours(data, files, chain):
    # Steps over all files, so that large and small ones count as they do there.
    command = ["trainer", "bench", "input", "--data", data, "--augmentation", chain, "--json"]
    command += ["--batch", str(len(files)), "--micro", "1"]
    outcome = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(outcome.stdout)["images_per_second"]


torch.set_num_threads(1)
with tempfile.TemporaryDirectory() as data:
    command = ["sharder", "create", sys.argv[1], "--format", "folder", "--output", data]
    subprocess.run(command + ["--keep-encoded", "--size", "224"], check=True, capture_output=True)
    files = sorted(path for path in pathlib.Path(sys.argv[1]).rglob("*") if path.is_file())
    print("| JPEG files | trainer, images/s a core | torchvision | ratio |\n|---|---|---|---|")
    for name, chain, peer in CASES:
        rounds = [(ours(data, files, chain), theirs(files, peer)) for _ in range(3)]
        a, b = (statistics.median(column) for column in zip(*rounds))
        print(f"| {name} | {a:.0f} | {b:.0f} | {a / b:.2f} |")
