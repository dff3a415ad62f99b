"""Times the project and PyTorch DDP in turn until LeNet gets 90 % of Fashion-MNIST's test images.

Both train the same network by the same recipe on the same ranks and batch, and evaluate on all test
images after the same steps. Training and evaluation have clocks of their own on both sides.
Started by launch/race, which sees to it that both are there.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys

from rounds import HERE, allocator, measurement

PLAN = """\
network: {{name: lenet, dropout: 0}}
data: data/fashion-mnist
steps: {steps}
batch: {{global: {batch}, micro: 32}}
optimizer: {{name: sgd, lr: {rate}, momentum: 0.9, weight_decay: 5.0e-4}}
schedule: constant
update: {{decay_all: true}}
evaluation: {{every: {every}}}
checkpoint: {{every: 0}}
run: {{log: {every}}}
seed: {seed}
"""


def arguments():
    parser = argparse.ArgumentParser(prog="launch/race", description=__doc__.split("\n\n")[0])
    parser.add_argument("--ranks", type=int, default=2, help="processes on either side")
    parser.add_argument("--batch", type=int, default=64, help="samples of a step on each rank")
    parser.add_argument("--rate", type=float, default=0.02, help="the learning rate")
    parser.add_argument("--every", type=int, default=100, help="steps between evaluations")
    parser.add_argument("--accuracy", type=float, default=0.9)
    parser.add_argument("--steps", type=int, default=6000, help="when either side gives up")
    parser.add_argument("--seeds", default="1,2,3", help="numbers with commas: a round each")
    parser.add_argument("--source", default="/usr/share/datasets/fashion-mnist")
    return parser.parse_args()


def events(lines):
    return (json.loads(line) for line in lines)


def times_of(log, accuracy):
    """Clocks of a run, up to the evaluation that first reached `accuracy`, from its metrics."""
    training, evaluating, last, best = 0.0, 0.0, None, 0.0
    for event in events(log):
        kind, now = event["event"], event["time"]
        if kind == "start":
            last = now
        elif kind == "step":
            training, last = training + now - last, now
        elif kind == "evaluation" and event["split"] == "test":
            evaluating, last, best = evaluating + now - last, now, event["accuracy"]
            if best >= accuracy:
                break
    return {"reached": best >= accuracy, "accuracy": best, "steps": event["step"],
            "training_seconds": training, "evaluation_seconds": evaluating}


def time_project(options, seed, folder):
    plan = os.path.join(folder, f"plan-{seed}.yaml")
    run = os.path.join(folder, f"seed-{seed}")
    with open(plan, "w") as file:
        file.write(PLAN.format(
            steps=options.steps, batch=options.batch * options.ranks, rate=options.rate,
            every=options.every, seed=seed))
    process = subprocess.Popen(
        ["mpirun", "-n", str(options.ranks), "trainer", plan, "--run", run],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    # The trainer has no accuracy to stop at: it is told when its own output says so.
    for line in process.stdout:
        words = line.split()
        if "test:" in words and float(words[words.index("test:") + 1]) >= 100 * options.accuracy:
            process.terminate()
    process.wait()
    with open(os.path.join(run, "metrics.jsonl")) as log:
        return times_of(log, options.accuracy)


def time_peer(options, seed):
    choices = [f"--{name}={getattr(options, name)}"
               for name in ("source", "ranks", "batch", "rate", "every", "accuracy", "steps")]
    return measurement(
        [sys.executable, os.path.join(HERE, "learner.py"), f"--seed={seed}"] + choices,
        allocator())


def row(name, times):
    whole = times["training_seconds"] + times["evaluation_seconds"]
    print(f"| {name} | {times['accuracy'] * 100:.2f} | {times['steps']} | "
          f"{times['training_seconds']:.1f} | {whole:.1f} |", flush=True)
    if not times["reached"]:
        sys.exit(f"launch/race: {name} has not come that far; give it more --steps")
    return times["training_seconds"], whole


def main():
    import tempfile

    options = arguments()
    print("| side, seed | accuracy % | steps | s of training | s with evaluations |\n"
          "|---|---|---|---|---|")
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds.split(","):
            ours.append(row(f"project, {seed}", time_project(options, seed, folder)))
            theirs.append(row(f"PyTorch, {seed}", time_peer(options, seed)))
    for number, what in enumerate(("training", "training and evaluation")):
        own = statistics.median(times[number] for times in ours)
        other = statistics.median(times[number] for times in theirs)
        print(f"Median time of {what}: {own:.1f} s and {other:.1f} s, ratio {own / other:.2f}.")


if __name__ == "__main__":
    main()
