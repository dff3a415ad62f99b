"""Image folders become what Pillow makes of them: odd kinds of image, orientations, resizing."""

import io
import json
import pathlib
import struct
import subprocess
import tempfile
import zlib

import h5py
import numpy
from PIL import Image, ImageCms, ImageOps

SIDE = 48
RANDOM = numpy.random.default_rng(1)


def picture(width=SIDE, height=SIDE, channels=3):
    """Slopes with noise, so that every turn of it is another image."""
    y, x = numpy.mgrid[0:height, 0:width]
    slopes = [x * 180 / width, y * 180 / height, (x + y) * 90 / (x + y).max(), 200 - x * 90 / width]
    array = numpy.stack(slopes[:channels], -1) + RANDOM.integers(0, 50, (height, width, channels))
    return array.astype(numpy.uint8).squeeze()


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(array, bits, colour, interlaced=False, extra=()):
    """A PNG written by hand: Pillow writes neither 16-bit RGB nor interlaced ones."""

    def chunk(kind, data):
        check_sum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check_sum

    height, width = array.shape[:2]
    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    adam7 += [(0, 1, 1, 2)]
    rows = b""
    for x, y, dx, dy in adam7 if interlaced else [(0, 0, 1, 1)]:
        for row in array[y::dy, x::dx]:
            if bits == 16:
                rows += b"\0" + row.astype(">u2").tobytes()
            elif bits == 8:
                rows += b"\0" + row.astype("u1").tobytes()
            else:
                sample_bits = numpy.unpackbits(row.astype("u1")[:, None], axis=1)[:, 8 - bits :]
                rows += b"\0" + numpy.packbits(sample_bits.ravel()).tobytes()
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + b"".join(chunk(kind, data) for kind, data in extra)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def odd_pngs():
    rgb, deep = picture(), picture().astype(numpy.uint16) * 256 + 200
    gray = picture(channels=1)
    palette = Image.fromarray(rgb).quantize(200)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield "rgb", encoded(Image.fromarray(rgb), "PNG")
    yield "gray", encoded(Image.fromarray(gray), "PNG")
    yield "rgba", encoded(Image.fromarray(picture(channels=4), "RGBA"), "PNG")
    yield "gray-alpha", encoded(Image.fromarray(picture(channels=2), "LA"), "PNG")
    yield "palette", encoded(palette, "PNG")
    yield "palette-16-colours", encoded(Image.fromarray(rgb).quantize(16), "PNG", bits=4)
    yield "palette-transparent", encoded(palette, "PNG", transparency=7)
    colour = tuple(map(int, rgb[3, 3]))
    yield "rgb-transparent", encoded(Image.fromarray(rgb), "PNG", transparency=colour)
    yield "gray-transparent", encoded(Image.fromarray(gray), "PNG", transparency=int(gray[3, 3]))
    yield "gamma", png(rgb, 8, 2, extra=[(b"gAMA", struct.pack(">I", 100000))])
    yield "profile", encoded(Image.fromarray(rgb), "PNG", icc_profile=profile)
    yield "rgb-16", png(deep, 16, 2)
    yield "rgba-16", png(numpy.dstack([deep, deep[..., 0]]), 16, 6)
    yield "gray-16", png(deep[..., 0], 16, 0)
    yield "gray-alpha-16", png(deep[..., :2], 16, 4)
    for bits in 1, 2, 4:
        yield f"gray-{bits}", png(gray >> (8 - bits), bits, 0)
        yield f"gray-{bits}-interlaced", png(gray >> (8 - bits), bits, 0, interlaced=True)
    yield "rgb-interlaced", png(rgb, 8, 2, interlaced=True)
    yield "rgb-16-interlaced", png(deep, 16, 2, interlaced=True)
    yield "gray-16-interlaced", png(deep[..., 0], 16, 0, interlaced=True)
    opaque = numpy.dstack([deep, deep[..., 0] // 2 + 20000])
    yield "rgba-16-interlaced", png(opaque, 16, 6, interlaced=True)
    yield "rgba-interlaced", png(picture(channels=4), 8, 6, interlaced=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    yield "turned", encoded(Image.fromarray(rgb), "PNG", exif=exif)


def odd_jpegs():
    rgb = Image.fromarray(picture())
    for sampling in "4:4:4", "4:2:2", "4:2:0", "4:1:1":
        yield sampling.replace(":", ""), encoded(rgb, "JPEG", subsampling=sampling, quality=90)
    yield "progressive", encoded(rgb, "JPEG", progressive=True)
    yield "gray", encoded(Image.fromarray(picture(channels=1)), "JPEG")
    gray = Image.fromarray(picture(channels=1))
    yield "gray-progressive", encoded(gray, "JPEG", progressive=True)
    yield "restarts", encoded(rgb, "JPEG", restart_marker_blocks=3)
    yield "rgb-kept", encoded(rgb, "JPEG", keep_rgb=True)
    yield "cmyk", encoded(Image.fromarray(picture(channels=4), "CMYK"), "JPEG")
    # The same bytes taken for YCCK: Adobe's marker says which of the two they are.
    cmyk = encoded(Image.fromarray(picture(channels=4), "CMYK"), "JPEG")
    adobe = cmyk.index(b"Adobe")
    yield "ycck", cmyk[: adobe + 11] + b"\2" + cmyk[adobe + 12 :]
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"orientation-{orientation}", encoded(rgb, "JPEG", exif=exif)


def resized():
    for width, height in (48, 100), (97, 48), (640, 427), (427, 640), (95, 96), (30, 47), (500, 13):
        image = Image.fromarray(picture(width, height))
        yield f"{width}x{height}", encoded(image, "PNG"), encoded(image, "JPEG", quality=95)


def as_rgb(data):
    """The upright image as RGB."""
    image = Image.open(io.BytesIO(data))
    # Pillow's convert clips 16-bit gray at 255; of 16-bit colours it takes the high byte.
    if image.mode.startswith("I"):
        return Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8)).convert("RGB")
    return ImageOps.exif_transpose(image).convert("RGB")


def stretched(data):
    """torchvision's Resize((SIDE, SIDE)) on an image of Pillow."""
    image = as_rgb(data)
    if image.size != (SIDE, SIDE):
        image = image.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return numpy.asarray(image)


def covered(data):
    """torchvision's Resize(SIDE) and CenterCrop(SIDE) on an image of Pillow."""
    image = as_rgb(data)
    width, height = image.size
    short = min(width, height)
    size = (int(SIDE * width / short), int(SIDE * height / short))
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    left, top = (int(round((extent - SIDE) / 2.0)) for extent in size)
    return numpy.asarray(image.crop((left, top, left + SIDE, top + SIDE)))


files = {}
for name, data in odd_pngs():
    files[f"png/{name}.png"] = (data, 1)
for name, data in odd_jpegs():
    files[f"jpg/{name}.jpg"] = (data, 3)
for name, data, photo in resized():
    files[f"resized-png/{name}.png"] = (data, 0)
    # Large JPEGs are decoded at a fraction of their size, though never below twice the result's.
    files[f"resized-jpg/{name}.jpg"] = (photo, 4)

with tempfile.TemporaryDirectory() as folder:
    for path, (data, _) in files.items():
        file = pathlib.Path(folder, "in", path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    for rule, expected in ("cover", covered), ("stretch", stretched):
        output = pathlib.Path(folder, rule)
        command = ["sharder", "create", f"{folder}/in", "--format", "folder"]
        command += ["--output", str(output), "--size", str(SIDE), "--resize", rule]
        subprocess.run(command, check=True, timeout=120)
        index = json.loads((output / "index.json").read_text())
        assert index["resize"] == rule
        with h5py.File(output / index["splits"]["train"]["shards"][0]["file"]) as shard:
            images = shard["images"][...].astype(int)
        order = sorted(files, key=lambda path: path.encode())
        assert index["classes"] == sorted({path.split("/")[0] for path in files}), index["classes"]
        assert len(images) == len(order)
        for path, image in zip(order, images):
            data, allowed = files[path]
            distance = numpy.abs(image - expected(data)).max()
            assert distance <= allowed, f"{path}: {distance} levels from Pillow, {allowed} allowed"
        print(f"{len(order)} images, {rule}: each within its tolerance of Pillow's")
