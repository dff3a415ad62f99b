"""Writes schedules.json: learning rates of 40 steps of PyTorch 2.13's schedulers.

Run: /path/to/venv/bin/python make_schedules.py
"""
import json
import torch
from torch.optim import lr_scheduler as s
from values import digits

STEPS = 40


def rates(make, base):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = make(optimizer)
    values = []
    for _ in range(STEPS):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step() if len(values) < STEPS else None
    return digits(values)


def warm(make, steps, factor):
    return lambda o: s.SequentialLR(
        o, [s.LinearLR(o, start_factor=factor, total_iters=steps), make(o)], milestones=[steps])


CASES = {
    "constant": lambda o: s.ConstantLR(o, factor=1.0),
    "step": lambda o: s.StepLR(o, step_size=7, gamma=0.5),
    "multi_step": lambda o: s.MultiStepLR(o, milestones=[5, 6, 30], gamma=0.1),
    "exponential": lambda o: s.ExponentialLR(o, gamma=0.93),
    "polynomial": lambda o: s.PolynomialLR(o, total_iters=STEPS, power=2.0),
    "linear": lambda o: s.PolynomialLR(o, total_iters=STEPS, power=1.0),
    "cosine": lambda o: s.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.003),
    "one_cycle": lambda o: s.OneCycleLR(o, max_lr=0.3, total_steps=STEPS),
    "one_cycle_early": lambda o: s.OneCycleLR(
        o, max_lr=0.3, total_steps=STEPS, pct_start=0.15, div_factor=10, final_div_factor=100),
    "warm_constant": warm(lambda o: s.ConstantLR(o, factor=1.0), 6, 0.25),
    "warm_cosine": warm(lambda o: s.CosineAnnealingLR(o, T_max=STEPS - 8), 8, 0.1),
    "warm_polynomial": warm(lambda o: s.PolynomialLR(o, total_iters=STEPS - 5, power=0.9), 5, 0.001),
    "warm_exponential": warm(lambda o: s.ExponentialLR(o, gamma=0.9), 5, 0.2),
}
with open("schedules.json", "w") as file:
    json.dump(dict(torch=torch.__version__, base=0.3, rates={n: rates(m, 0.3) for n, m in CASES.items()}),
              file, indent=0)
    file.write("\n")
