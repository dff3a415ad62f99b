"""Writes optimizers.json: parameters over six steps of each optimizer, from PyTorch 2.13 in double.

LARS and LAMB, which PyTorch does not have, come from the plain formulas of their papers below.
Run: /path/to/venv/bin/python make_optimizers.py
"""
import json
import numpy as np
import torch
from values import digits, sample, uniform

# Two dense layers; `a.weight` takes two blocks of at most 4096 elements.
SHAPES = {"a.weight": (70, 60), "a.bias": (60,), "b.weight": (60, 2), "b.bias": (2,)}
RATES = [0.1, 0.1, 0.05, 0.02, 0.1, 0.01]
SAMPLES = 12


def start(name):
    return uniform(name, SHAPES[name], 0.5).astype(np.float64)


def gradient(name, step, scale):
    return scale * uniform(f"{name}@{step}", SHAPES[name], 0.25).astype(np.float64)


def torch_run(make, case):
    parameters = {n: torch.nn.Parameter(torch.tensor(start(n))) for n in SHAPES}
    groups = [dict(params=[p], weight_decay=case["weightDecay"] if case["decayAll"] or n.endswith("weight") else 0.0)
              for n, p in parameters.items()]
    optimizer = make(groups)
    for step, rate in enumerate(case["rates"], 1):
        for group, (n, p) in zip(optimizer.param_groups, parameters.items()):
            group["lr"] = rate
            p.grad = torch.tensor(gradient(n, step, case["gradientScale"]))
        optimizer.step()
        yield {n: p.detach().numpy() for n, p in parameters.items()}


def lars_run(case, momentum, coefficient):
    """You, Gitman, Ginsburg, 2017, algorithm 1; biases neither decay nor adapt."""
    p = {n: start(n) for n in SHAPES}
    v = {n: np.zeros(SHAPES[n]) for n in SHAPES}
    for step, rate in enumerate(case["rates"], 1):
        for n in SHAPES:
            g = gradient(n, step, case["gradientScale"])
            decays = case["decayAll"] or n.endswith("weight")
            decay = case["weightDecay"] if decays else 0.0
            local = 1.0
            if decays:
                w = np.linalg.norm(p[n])
                local = coefficient * w / (np.linalg.norm(g) + decay * w)
            v[n] = momentum * v[n] + rate * local * (g + decay * p[n])
            p[n] = p[n] - v[n]
        yield p


def lamb_run(case, beta1, beta2, epsilon):
    """You et al., 2020, algorithm 2, with φ the identity; biases neither decay nor adapt."""
    p = {n: start(n) for n in SHAPES}
    m = {n: np.zeros(SHAPES[n]) for n in SHAPES}
    s = {n: np.zeros(SHAPES[n]) for n in SHAPES}
    for t, rate in enumerate(case["rates"], 1):
        for n in SHAPES:
            g = gradient(n, t, case["gradientScale"])
            decays = case["decayAll"] or n.endswith("weight")
            decay = case["weightDecay"] if decays else 0.0
            m[n] = beta1 * m[n] + (1 - beta1) * g
            s[n] = beta2 * s[n] + (1 - beta2) * g * g
            direction = (m[n] / (1 - beta1**t)) / (np.sqrt(s[n] / (1 - beta2**t)) + epsilon)
            direction = direction + decay * p[n]
            ratio = np.linalg.norm(p[n]) / np.linalg.norm(direction) if decays else 1.0
            p[n] = p[n] - rate * ratio * direction
        yield p


def case(name, method, settings, run, decay=0.0, decay_all=False, scale=1.0, rates=RATES):
    entry = dict(name=name, method=method, settings=settings, weightDecay=decay, decayAll=decay_all,
                 gradientScale=scale, rates=rates)
    entry["steps"] = [
        {n: digits(p[n].reshape(-1)[sample(p[n].size, SAMPLES)]) for n in SHAPES}
        for p in run(entry)]
    return entry


def main():
    o = torch.optim
    sgd = lambda **k: lambda c: torch_run(lambda g: o.SGD(g, lr=0.1, **k), c)
    adam = lambda kind, **k: lambda c: torch_run(lambda g: kind(g, lr=0.1, **k), c)
    rms = lambda **k: lambda c: torch_run(lambda g: o.RMSprop(g, lr=0.1, **k), c)
    slow = [r / 10 for r in RATES]
    cases = [
        case("plain SGD", "sgd", dict(momentum=0, nesterov=0), sgd()),
        case("SGD with decay and clipping", "sgd", dict(momentum=0, nesterov=0), sgd(), 0.01, False, 0.375),
        case("SGD with momentum", "sgd", dict(momentum=0.9, nesterov=0), sgd(momentum=0.9), 0.01),
        case("SGD with momentum, all decaying", "sgd", dict(momentum=0.9, nesterov=0), sgd(momentum=0.9), 0.1, True),
        case("Nesterov", "sgd", dict(momentum=0.9, nesterov=1), sgd(momentum=0.9, nesterov=True), 0.01, False, 0.5),
        case("Adam", "adam", dict(beta1=0.9, beta2=0.999, epsilon=1e-8), adam(o.Adam), rates=slow),
        case("Adam with coupled decay", "adam", dict(beta1=0.8, beta2=0.99, epsilon=1e-3),
             adam(o.Adam, betas=(0.8, 0.99), eps=1e-3), 0.1, False, 0.5, slow),
        case("AdamW", "adamw", dict(beta1=0.9, beta2=0.999, epsilon=1e-8), adam(o.AdamW), 0.1, rates=slow),
        case("AdamW, all decaying", "adamw", dict(beta1=0.9, beta2=0.95, epsilon=1e-6),
             adam(o.AdamW, betas=(0.9, 0.95), eps=1e-6), 0.3, True, 0.25, slow),
        case("RMSprop", "rmsprop", dict(smoothing=0.99, epsilon=1e-8, momentum=0), rms(), rates=slow),
        case("RMSprop with momentum and decay", "rmsprop", dict(smoothing=0.9, epsilon=1e-3, momentum=0.9),
             rms(alpha=0.9, eps=1e-3, momentum=0.9), 0.01, False, 0.5, slow),
        case("LARS", "lars", dict(momentum=0.9, coefficient=0.001), lambda c: lars_run(c, 0.9, 0.001), 0.0005),
        case("LARS, all decaying, clipped", "lars", dict(momentum=0.5, coefficient=0.02),
             lambda c: lars_run(c, 0.5, 0.02), 0.1, True, 0.25),
        case("LAMB", "lamb", dict(beta1=0.9, beta2=0.999, epsilon=1e-6),
             lambda c: lamb_run(c, 0.9, 0.999, 1e-6), 0.01, rates=slow),
        case("LAMB, all decaying, clipped", "lamb", dict(beta1=0.8, beta2=0.99, epsilon=1e-3),
             lambda c: lamb_run(c, 0.8, 0.99, 1e-3), 0.1, True, 0.25, slow),
    ]
    with open("optimizers.json", "w") as file:
        json.dump(dict(torch=torch.__version__, samples=SAMPLES, cases=cases), file, indent=0)
        file.write("\n")


main()
