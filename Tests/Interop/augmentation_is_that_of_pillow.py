"""Augmented images are what Pillow makes of the originals with the same numbers, which
`trainer augment --json` tells; and those numbers mean what torchvision's documentation says."""

import json
import pathlib
import subprocess
import tempfile

import numpy
from PIL import Image, ImageEnhance, ImageOps

SIDE, COUNT, EPOCHS = 32, 24, 12
RANDOM = numpy.random.default_rng(1)


def pictures():
    """Slopes with noise, one of one colour, and pure noise."""
    y, x = numpy.mgrid[0:SIDE, 0:SIDE]
    for index in range(COUNT):
        slopes = numpy.stack([x * 5, y * 6, (x + y) * 3], -1) * RANDOM.uniform(0.3, 1, 3)
        noise = RANDOM.integers(0, 60, (SIDE, SIDE, 3)) if index % 4 else 0
        picture = slopes[:, :: (-1) ** index] + noise
        if index == 1:
            picture = numpy.full((SIDE, SIDE, 3), (40, 120, 200))
        if index == 2:
            picture = RANDOM.integers(0, 256, (SIDE, SIDE, 3))
        yield numpy.clip(picture, 0, 255).astype(numpy.uint8)


def crop(image, box, fill):
    """A part that may reach beyond the image."""
    left, top, right, bottom = map(int, box)
    result = Image.new("RGB", (right - left, bottom - top), tuple(map(int, fill)))
    inside = max(left, 0), max(top, 0), min(right, image.width), min(bottom, image.height)
    result.paste(image.crop(inside), (inside[0] - left, inside[1] - top))
    return result


def resize(image, box, size):
    part = image.crop(tuple(map(int, box)))
    return part.resize((int(size[1]), int(size[0])), Image.Resampling.BILINEAR)


def affine(image, map, fill):
    return image.transform(
        image.size, Image.Transform.AFFINE, map, Image.Resampling.BILINEAR,
        fillcolor=tuple(numpy.asarray(fill).astype(int)))


def hue(image, shift):
    h, s, v = image.convert("HSV").split()
    turned = (numpy.asarray(h).astype(int) + int(shift[0])) % 256
    return Image.merge("HSV", (Image.fromarray(turned.astype(numpy.uint8)), s, v)).convert("RGB")


def blur(image, kernel, sigma):
    """torchvision's gaussian_blur: reflected edges, floats, rounded."""
    array = numpy.asarray(image).astype(float)
    for axis, size in enumerate(map(int, kernel)):
        steps = numpy.linspace(-(size - 1) / 2, (size - 1) / 2, size)
        weights = numpy.exp(-0.5 * (steps / sigma[0]) ** 2)
        weights /= weights.sum()
        pad = [(size // 2, size // 2) if other == axis else (0, 0) for other in range(3)]
        padded = numpy.pad(array, pad, "reflect")
        length = array.shape[axis]
        array = sum(
            weight * padded.take(range(tap, tap + length), axis)
            for tap, weight in enumerate(weights))
    return Image.fromarray(numpy.rint(array).astype(numpy.uint8))


OPERATIONS = {
    "mirror": ImageOps.mirror,
    "turn_upside_down": ImageOps.flip,
    "crop": crop,
    "resize": resize,
    "affine_bilinear_constant": affine,
    "brightness": lambda image, factor: ImageEnhance.Brightness(image).enhance(factor[0]),
    "contrast": lambda image, factor: ImageEnhance.Contrast(image).enhance(factor[0]),
    "saturation": lambda image, factor: ImageEnhance.Color(image).enhance(factor[0]),
    "sharpness": lambda image, factor: ImageEnhance.Sharpness(image).enhance(factor[0]),
    "hue": hue,
    "posterize": lambda image, bits: ImageOps.posterize(image, int(bits[0]))
    if bits[0] else Image.new("RGB", image.size),
    "solarize": lambda image, threshold: ImageOps.solarize(image, threshold[0]),
    "invert": ImageOps.invert,
    "autocontrast": ImageOps.autocontrast,
    "equalize": ImageOps.equalize,
    "blur": blur,
}


def torchvision_map(angle, scale, shear, size):
    """The inverse of C·R·S·SHy·SHx·C⁻¹, as torchvision's RandomAffine documents it."""
    turn, x, y = numpy.radians([angle, *shear])
    rotation = numpy.array([[numpy.cos(turn), -numpy.sin(turn)], [numpy.sin(turn), numpy.cos(turn)]])
    shear_y = numpy.array([[1, 0], [-numpy.tan(y), 1]])
    shear_x = numpy.array([[1, -numpy.tan(x)], [0, 1]])
    inverse = numpy.linalg.inv(scale * rotation @ shear_y @ shear_x)
    centre = numpy.array([size / 2, size / 2])
    return numpy.column_stack([inverse, centre - inverse @ centre]).ravel()


def run(folder, transforms, evaluation):
    plan = f"network: {{layers: [flatten, {{layer: dense, outputs: 10}}]}}\ndata: {folder}/data\n"
    plan += f"augmentation: {json.dumps(transforms)}\nevaluation: {json.dumps(evaluation)}\n"
    pathlib.Path(folder, "plan.yaml").write_text(plan)
    grid = f"{folder}/grid.png"
    command = ["trainer", "augment", "--plan", f"{folder}/plan.yaml", "--output", grid, "--json"]
    command += ["--samples", str(COUNT), "--epochs", str(EPOCHS)]
    report = subprocess.run(command, check=True, timeout=120, capture_output=True, text=True)
    return json.loads(report.stdout), Image.open(grid).convert("RGB")


def compare(folder, originals, name, transforms, allowed, size=SIDE, strays=0.0):
    """`strays` is the part of pixels that may be further off: those on the edge of a fill, where
    Pillow's sums round to the other side."""
    evaluation = {"transforms": [{"transform": "Resize", "size": [size, size]}]}
    report, grid = run(folder, transforms, evaluation if size != SIDE else {})
    seen, worst, far, total = set(), 0, 0, 0
    for cell in report["cells"]:
        image = Image.fromarray(originals[cell["sample"]])
        for step in cell["operations"]:
            image = OPERATIONS[step["operation"]](image, **step["numbers"])
            if "epoch" in cell:
                seen.add(step["operation"])
        box = cell["x"], cell["y"], cell["x"] + report["width"], cell["y"] + report["height"]
        distance = numpy.abs(numpy.asarray(grid.crop(box)).astype(int) - numpy.asarray(image))
        distance = distance.max(-1)
        far += (distance > allowed).sum()
        total += distance.size
        worst = max(worst, distance[distance <= allowed].max(initial=0))
    assert far <= strays * total, f"{name}: {far} of {total} pixels are off by over {allowed} levels"
    print(f"{name}: within {worst} levels, {far} of {total} pixels further")
    return report, seen


def single(name, **arguments):
    return {"transform": name, "p": 1, **arguments}


with tempfile.TemporaryDirectory() as folder:
    originals = list(pictures())
    with open(f"{folder}/records.bin", "wb") as file:
        for index, picture in enumerate(originals):
            file.write(bytes([index % 10]) + picture.transpose(2, 0, 1).tobytes())
    command = ["sharder", "create", f"{folder}/records.bin", "--format", "cifar10"]
    subprocess.run(
        command + ["--output", f"{folder}/data"], check=True, timeout=120, capture_output=True)

    for name, transforms, allowed in [
        ("flips", [{"transform": "RandomFlip"}], 0),
        ("crop", [{"transform": "RandomCrop", "size": 32, "padding": [3, 5], "fill": [9, 99, 199]},
                  "RandomHorizontalFlip", "RandomVerticalFlip"], 0),
        ("brightness", [single("ColorJitter", brightness=0.8)], 1),
        ("contrast", [single("ColorJitter", contrast=0.8)], 1),
        ("saturation", [single("ColorJitter", saturation=[0, 3])], 1),
        ("hue", [single("ColorJitter", hue=0.5)], 1),
        ("grayscale", [single("RandomGrayscale")], 1),
        ("invert", [single("RandomInvert")], 0),
        ("posterize", [single("RandomPosterize", bits=3)], 0),
        ("solarize", [single("RandomSolarize", threshold=90)], 0),
        ("autocontrast", [single("RandomAutocontrast")], 0),
        ("equalize", [single("RandomEqualize")], 0),
        ("sharpness", [single("RandomAdjustSharpness", sharpness_factor=1.8)], 1),
        ("blur", [single("GaussianBlur", kernel_size=[3, 5])], 1),
    ]:
        compare(folder, originals, name, transforms, allowed)

    sizes = {"transform": "RandomResizedCrop", "size": 24}
    compare(folder, originals, "resized crop", [sizes, "RandomHorizontalFlip"], 1, size=24)
    larger = {"transform": "RandomResizedCrop", "size": 45, "scale": [0.2, 1]}
    compare(folder, originals, "enlarged crop", [larger], 0, size=45)

    rotation = [{"transform": "RandomRotation", "degrees": [30, 30], "fill": 77}]
    report, _ = compare(folder, originals, "rotation", rotation, 1, strays=0.002)
    for cell in report["cells"]:
        for step in cell["operations"]:
            # Counter-clockwise, as PIL's rotate.
            turned = Image.fromarray(originals[0]).rotate(30, Image.Resampling.BILINEAR)
            wanted = torchvision_map(-30, 1, (0, 0), SIDE)
            assert numpy.allclose(step["numbers"]["map"], wanted), step
            ours = affine(Image.fromarray(originals[0]), step["numbers"]["map"], [0, 0, 0])
            assert numpy.abs(numpy.asarray(ours).astype(int) - turned).max(-1).mean() < 0.5

    shapes = {"degrees": [20, 20], "scale": [1.3, 1.3], "shear": [8, 8, -5, -5]}
    maps = [{"transform": "RandomAffine", **shapes}]
    report, _ = compare(folder, originals, "affine", maps, 1, strays=0.002)
    for cell in report["cells"]:
        for step in cell["operations"]:
            wanted = torchvision_map(20, 1.3, (8, -5), SIDE)
            assert numpy.allclose(step["numbers"]["map"], wanted), (step, wanted)
    moves = [{"transform": "RandomAffine", "degrees": 0, "translate": [0.25, 0.1]}]
    report, _ = compare(folder, originals, "translation", moves, 0)
    places = [step["numbers"]["map"][2::3] for cell in report["cells"] for step in cell["operations"]]
    assert max(abs(x) for x, _ in places) == 8 and max(abs(y) for _, y in places) == 3, places

    for policy in "RandAugment", "TrivialAugmentWide":
        policies = [{"transform": policy, "num_ops": 1}] if policy == "RandAugment" else [policy]
        _, seen = compare(folder, originals, policy, policies, 1, strays=0.002)
        wanted = "brightness saturation contrast sharpness posterize solarize autocontrast equalize"
        assert seen == {*wanted.split(), "affine_bilinear_constant"}, seen

    chain = [{"transform": "RandomCrop", "size": 28, "padding": 2}, "RandomHorizontalFlip", rotation[0]]
    chain += [{"transform": "ColorJitter", "brightness": 0.3}, sizes]
    compare(folder, originals, "several in a row", chain, 3, size=24, strays=0.01)
