"""How many images a second torchvision augments on one core, in turn with `trainer bench input`:

    $(launch/comparison/environment) launch/comparison/input.py DATA

DATA is a data folder of 32×32 images made by sharder. Needs torchvision 0.28.0 and Pillow beside
PyTorch: `.venv-compare/bin/pip install --no-deps torchvision==0.28.0 pillow`.
"""

import json
import statistics
import subprocess
import sys
import time

import numpy
import torch

# PyTorch for CPUs alone comes without torchvision's compiled operations; no transform needs them,
# but these must be known for torchvision to be imported.
for operation in "nms", "qnms":
    torch.library.define(f"torchvision::{operation}", "(Tensor a, Tensor b, float c) -> Tensor")
from PIL import Image  # noqa: E402
from torchvision import transforms  # noqa: E402

NORMALIZE = [transforms.ToTensor(), transforms.Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26])]
CASES = [
    (
        "crop + flip + normalize",
        "[{transform: RandomCrop, size: 32, padding: 4}, RandomHorizontalFlip]",
        [transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip()],
    ),
    (
        "resized crop + flip + normalize",
        "[{transform: RandomResizedCrop, size: 32}, RandomHorizontalFlip]",
        [transforms.RandomResizedCrop(32), transforms.RandomHorizontalFlip()],
    ),
    (
        "affine + colours + normalize",
        "[{transform: RandomAffine, degrees: 15, scale: [0.8, 1.2]},"
        " {transform: ColorJitter, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1}]",
        [
            transforms.RandomAffine(
                15, scale=(0.8, 1.2), interpolation=transforms.InterpolationMode.BILINEAR),
            transforms.ColorJitter(0.4, 0.4, 0.4, 0.1),
        ],
    ),
]


def theirs(chain, seconds=2.0):
    """torchvision's images a second from uint8 arrays to normalized tensors."""
    apply = transforms.Compose([*chain, *NORMALIZE])
    images = numpy.random.default_rng(1).integers(0, 256, (512, 32, 32, 3)).astype(numpy.uint8)
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for image in images[:64]:
            apply(Image.fromarray(image))
        count += 64
    return count / (time.perf_counter() - begin)


def ours(data, chain):
    command = ["trainer", "bench", "input", "--data", data, "--augmentation", chain, "--json"]
    outcome = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(outcome.stdout)["images_per_second"]


torch.set_num_threads(1)
print("| transforms, 32×32 | trainer, images/s a core | torchvision | ratio |\n|---|---|---|---|")
for name, chain, peer in CASES:
    rounds = [(ours(sys.argv[1], chain), theirs(peer)) for _ in range(3)]
    a, b = (statistics.median(column) for column in zip(*rounds))
    print(f"| {name} | {a:.0f} | {b:.0f} | {a / b:.1f} |")
