"""The networks in PyTorch, layer for layer those of Sources/Networks/Zoo."""

import torch
from torch import nn


def conv(inputs, outputs, kernel=3, stride=1, groups=1, bias=False):
    """A convolution whose output is as large as its input, divided by the stride."""
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=bias)


def normalized(convolution, activation=nn.ReLU):
    """A convolution, its batch norm, and an activation unless it is None."""
    layers = [convolution, nn.BatchNorm2d(convolution.out_channels)]
    if activation is not None:
        layers.append(activation(inplace=True))
    return nn.Sequential(*layers)


class PaddedShortcut(nn.Module):
    """Every stride-th position, with channels of zeros before and after (He et al., option A)."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.stride = stride
        self.before = (outputs - inputs) // 2
        self.after = outputs - inputs - self.before

    def forward(self, x):
        x = x[:, :, :: self.stride, :: self.stride]
        return nn.functional.pad(x, (0, 0, 0, 0, self.before, self.after))


class Residual(nn.Module):
    """branch(x) + shortcut(x), and a ReLU unless `linear`."""

    def __init__(self, branch, shortcut=None, linear=False):
        super().__init__()
        self.branch = branch
        self.shortcut = nn.Identity() if shortcut is None else shortcut
        self.linear = linear

    def forward(self, x):
        total = self.branch(x) + self.shortcut(x)
        return total if self.linear else nn.functional.relu(total, inplace=True)


def head(features, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(features, classes)]


def lenet(classes):
    return nn.Sequential(
        nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(800, 500), nn.ReLU(inplace=True), nn.Linear(500, classes))


def resnet20(classes):
    layers, width = [normalized(conv(3, 16))], 16
    for stage, outputs in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            shortcut = None if stride == 1 else PaddedShortcut(width, outputs, stride)
            branch = nn.Sequential(
                normalized(conv(width, outputs, 3, stride)),
                normalized(conv(outputs, outputs), None))
            layers.append(Residual(branch, shortcut))
            width = outputs
    return nn.Sequential(*layers, *head(64, classes))


def vgg11_bn(classes):
    layers, width = [], 3
    for stage in ((64,), (128,), (256, 256), (512, 512), (512, 512)):
        for outputs in stage:
            layers.append(normalized(conv(width, outputs, bias=True)))
            width = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(512, classes))


def basic_branch(inputs, width, stride):
    return nn.Sequential(
        normalized(conv(inputs, width, 3, stride)), normalized(conv(width, width), None))


def bottleneck_branch(inputs, width, stride):
    return nn.Sequential(
        normalized(conv(inputs, width, 1)), normalized(conv(width, width, 3, stride)),
        normalized(conv(width, 4 * width, 1), None))


def resnet(branch, expansion, blocks, classes):
    layers = [normalized(conv(3, 64, 7, 2)), nn.MaxPool2d(3, 2, 1)]
    inputs = 64
    for stage, count in enumerate(blocks):
        width = 64 << stage
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            outputs = width * expansion
            same = stride == 1 and inputs == outputs
            shortcut = None if same else normalized(conv(inputs, outputs, 1, stride), None)
            layers.append(Residual(branch(inputs, width, stride), shortcut))
            inputs = outputs
    return nn.Sequential(*layers, *head(inputs, classes))


def mobilenet_v2(classes):
    """Sandler et al., 2018, table 2, without dropout."""
    stages = (
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
        (6, 160, 3, 2), (6, 320, 1, 1))
    layers, inputs = [normalized(conv(3, 32, 3, 2), nn.ReLU6)], 32
    for factor, outputs, count, first_stride in stages:
        for block in range(count):
            stride = first_stride if block == 0 else 1
            width = inputs * factor
            parts = [] if factor == 1 else [normalized(conv(inputs, width, 1), nn.ReLU6)]
            parts.append(normalized(conv(width, width, 3, stride, width), nn.ReLU6))
            parts.append(normalized(conv(width, outputs, 1), None))
            branch = nn.Sequential(*parts)
            same = stride == 1 and inputs == outputs
            layers.append(Residual(branch, linear=True) if same else branch)
            inputs = outputs
    layers.append(normalized(conv(320, 1280, 1), nn.ReLU6))
    return nn.Sequential(*layers, *head(1280, classes))


# Name: how it is built, channels, side of an image, classes.
NETWORKS = {
    "lenet": (lenet, 1, 28, 10),
    "resnet20": (resnet20, 3, 32, 10),
    "vgg11_bn": (vgg11_bn, 3, 32, 10),
    "resnet18": (lambda classes: resnet(basic_branch, 1, (2, 2, 2, 2), classes), 3, 224, 1000),
    "resnet50": (lambda classes: resnet(bottleneck_branch, 4, (3, 4, 6, 3), classes), 3, 224, 1000),
    "mobilenet_v2": (mobilenet_v2, 3, 224, 1000),
}


def training_operations(model, channels, side):
    """Operations of training on one image, counted as Network.trainingOperations counts them."""
    counts = []

    def count(module, _, output):
        counts.append(output[0].numel() * module.weight[0].numel())

    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        model.eval()(torch.zeros(1, channels, side, side))
    model.train()
    for hook in hooks:
        hook.remove()
    return 6 * sum(counts) - 2 * counts[0]
