"""Writes plateau.json: what PyTorch 2.13's ReduceLROnPlateau makes of 60 figures.

Run: /path/to/venv/bin/python make_plateau.py
"""
import json
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau
from values import digits, uniform

COUNT = 60
BASE = 0.3
NOISE = uniform("plateau", COUNT).astype(float)


def figures(mode):
    """A loss that falls, then stands still, then falls again; an accuracy that mirrors it."""
    steps = [max(0.5, 2 - 0.1 * i) - (0.4 if i > 45 else 0) + 0.02 * NOISE[i] for i in range(COUNT)]
    return digits(steps if mode == "min" else [1 - 0.3 * value for value in steps])


def case(mode, factor, patience, threshold, cooldown, lowest):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)
    scheduler = ReduceLROnPlateau(
        optimizer, mode, factor=factor, patience=patience, threshold=threshold, cooldown=cooldown,
        min_lr=lowest * BASE, eps=0)
    rates = []
    for value in figures(mode):
        scheduler.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return dict(mode=mode, factor=factor, patience=patience, threshold=threshold,
                cooldown=cooldown, lowest=lowest, figures=figures(mode), rates=digits(rates))


CASES = [
    case("min", 0.1, 10, 1e-4, 0, 0.0),
    case("max", 0.1, 10, 1e-4, 0, 0.0),
    case("min", 0.5, 2, 0.01, 0, 0.0),
    case("min", 0.5, 2, 0.01, 3, 0.0),
    case("max", 0.5, 1, 0.005, 4, 0.05),
    case("min", 0.3, 0, 0.0, 0, 0.02),
    case("max", 0.9, 0, 0.0, 1, 0.0),
]
with open("plateau.json", "w") as file:
    json.dump(dict(torch=torch.__version__, base=BASE, cases=CASES), file, indent=0)
    file.write("\n")
