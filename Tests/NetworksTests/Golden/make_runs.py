"""Writes lenet.json, resnet20.json and fashion-mnist.bin: ten steps of training by PyTorch 2.13, in double.

Weights come from values.py, in this project's layout: [KH, KW, Cin, Cout], [inputs, outputs], and images
[N, H, W, C]. LeNet sees images of Fashion-MNIST (Debian package dataset-fashion-mnist, MIT licence), whose
bytes are stored; ResNet-20 sees patterns made by `patterns`, which the test makes alike.
Run: /path/to/venv/bin/python make_runs.py
"""
import gzip
import json
import numpy as np
import torch
import torch.nn.functional as F
from values import digits, hashes, sample, uniform

STEPS, BATCH, SAMPLES = 10, 16, 48
FASHION = "/usr/share/datasets/fashion-mnist/train-"


def first_values(name, shape, gain):
    """Norms' biases are positive, so that few inputs of rectifiers are near zero.

    An input that one program rounds to a positive and the other to a negative number changes whole gradients:
    with biases around zero, PyTorch in 32 bits is up to 1e-2 away from itself in 64 bits.
    """
    if name.endswith("running_var"):
        return np.ones(shape, np.float32)
    if name.endswith("running_mean"):
        return np.zeros(shape, np.float32)
    if name.endswith("bias"):
        shift = np.float32(0.5 if "bn" in name else 0)
        return shift + uniform(name, shape, 0.25)
    if len(shape) == 1:
        return np.float32(1) + uniform(name, shape, 0.25)
    bound = np.sqrt(gain / np.prod(shape[:-1]))
    return uniform(name, shape, bound / 8 if name.startswith("linear") else bound)


def patterns(count):
    """Triangle waves whose direction tells the class, with noise: bytes [N, 32, 32, 3] and labels."""
    n, y, x, c = np.meshgrid(np.arange(count), np.arange(32), np.arange(32), np.arange(3), indexing="ij")
    labels = np.arange(count) * 7 % 10
    phase = (hashes("phase", count) & 255).astype(np.int64)
    wave = ((1 + labels[n] % 5) * 8 * x + (1 + labels[n] // 5 * 2) * 8 * y + 64 * c + phase[n]) % 256
    triangle = np.where(wave < 128, 2 * wave, 510 - 2 * wave)
    noise = (hashes("noise", n.size) >> 26).astype(np.int64).reshape(n.shape)
    return (triangle * 3 // 4 + noise).astype(np.uint8), labels


def fashion(count):
    with gzip.open(FASHION + "images-idx3-ubyte.gz") as file:
        file.read(16)
        pixels = np.frombuffer(file.read(count * 784), np.uint8).reshape(count, 28, 28, 1)
    with gzip.open(FASHION + "labels-idx1-ubyte.gz") as file:
        file.read(8)
        labels = np.frombuffer(file.read(count), np.uint8).astype(np.int64)
    pixels.tofile("fashion-mnist.bin")
    return pixels, labels


def lenet(p, x):
    x = F.max_pool2d(conv(p, "conv1", x), 2)
    x = F.max_pool2d(conv(p, "conv2", x), 2)
    x = F.relu(dense(p, "fc1", x.permute(0, 2, 3, 1).reshape(len(x), -1)))
    return dense(p, "fc2", x)


def resnet20(p, x):
    x = F.relu(norm(p, "bn1", conv(p, "conv1", x, padding=1)))
    for stage, channels in enumerate((16, 32, 64), 1):
        for block in range(3):
            name = f"layer{stage}.{block}"
            stride = 2 if stage > 1 and block == 0 else 1
            y = F.relu(norm(p, f"{name}.bn1", conv(p, f"{name}.conv1", x, stride=stride, padding=1)))
            y = norm(p, f"{name}.bn2", conv(p, f"{name}.conv2", y, padding=1))
            if stride == 2:
                x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, channels // 4, channels // 4))
            x = F.relu(x + y)
    return dense(p, "linear", x.mean((2, 3)))


def conv(p, name, x, **options):
    return F.conv2d(x, p[f"{name}.weight"].permute(3, 2, 0, 1), p.get(f"{name}.bias"), **options)


def dense(p, name, x):
    return x @ p[f"{name}.weight"] + p[f"{name}.bias"]


def norm(p, name, x):
    return F.batch_norm(x, p[f"{name}.running_mean"], p[f"{name}.running_var"], p[f"{name}.weight"],
                        p[f"{name}.bias"], training=True, momentum=0.1)


def lenet_shapes():
    return {"conv1.weight": (5, 5, 1, 20), "conv1.bias": (20,), "conv2.weight": (5, 5, 20, 50),
            "conv2.bias": (50,), "fc1.weight": (800, 500), "fc1.bias": (500,), "fc2.weight": (500, 10),
            "fc2.bias": (10,)}


def resnet20_shapes():
    shapes = {}

    def convolution(name, norm_name, inputs, outputs):
        shapes[f"{name}.weight"] = (3, 3, inputs, outputs)
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{norm_name}.{part}"] = (outputs,)

    convolution("conv1", "bn1", 3, 16)
    inputs = 16
    for stage, channels in enumerate((16, 32, 64), 1):
        for block in range(3):
            name = f"layer{stage}.{block}"
            convolution(f"{name}.conv1", f"{name}.bn1", inputs, channels)
            convolution(f"{name}.conv2", f"{name}.bn2", channels, channels)
            inputs = channels
    shapes.update({"linear.weight": (64, 10), "linear.bias": (10,)})
    return shapes


def run(name, network, shapes, images, labels, gain, rate, momentum=0.9, decay=5e-4):
    p = {n: torch.tensor(first_values(n, s, gain).astype(np.float64)) for n, s in shapes.items()}
    learned = {n: t.requires_grad_() for n, t in p.items() if "running" not in n}
    optimizer = torch.optim.SGD(
        [dict(params=[t], weight_decay=decay if t.dim() > 1 else 0.0) for t in learned.values()],
        lr=rate, momentum=momentum)
    result = dict(torch=torch.__version__, batch=BATCH, samples=SAMPLES, gain=gain, rate=rate, momentum=momentum,
                  weightDecay=decay, labels=[int(y) for y in labels], losses=[])
    for step in range(STEPS):
        part = slice(step * BATCH, (step + 1) * BATCH)
        x = torch.tensor(images[part].astype(np.float64)).permute(0, 3, 1, 2)
        logits = network(p, x)
        loss = F.cross_entropy(logits, torch.tensor(labels[part]))
        optimizer.zero_grad()
        loss.backward()
        result["losses"] += digits([loss.item()])
        if step == 0:
            result["logits"] = digits(logits.detach().numpy())
            result["gradients"] = {n: figures(t.grad.numpy()) for n, t in learned.items()}
        optimizer.step()
    result["final"] = {n: figures(t.detach().numpy()) for n, t in p.items()}
    with open(f"{name}.json", "w") as file:
        json.dump(result, file)
        file.write("\n")
    print(name, result["losses"])


def figures(values):
    flat = values.reshape(-1)
    return dict(largest=digits([np.abs(flat).max()])[0], norm=digits([np.linalg.norm(flat)])[0],
                sample=digits(flat[sample(flat.size, SAMPLES)]))


pixels, labels = fashion(STEPS * BATCH)
run("lenet", lenet, lenet_shapes(), pixels.astype(np.float32) / np.float32(255), labels, 3, 0.01)
pixels, labels = patterns(STEPS * BATCH)
run("resnet20", resnet20, resnet20_shapes(), (pixels.astype(np.float32) - 110) / 64, labels, 6, 0.005)
