"""Measures the project and PyTorch DDP in turn, and prints the ratios of medians.

Started by launch/compare, which sees to it that both are there. Figures of one run compare; those
of two runs do not, since machines drift.
"""

import argparse
import glob
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORKS = ["lenet", "resnet20", "vgg11_bn", "resnet18", "mobilenet_v2"]


def arguments():
    parser = argparse.ArgumentParser(prog="launch/compare", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--networks", default=",".join(NETWORKS), help="names with commas; resnet50 is one more")
    parser.add_argument("--ranks", type=int, default=2, help="processes on either side")
    parser.add_argument("--rounds", type=int, default=3, help="how often either side is measured")
    parser.add_argument("--windows", type=int, default=7, help="windows of a measurement")
    parser.add_argument("--window-seconds", type=float, default=1.2)
    options = parser.parse_args()
    if min(options.ranks, options.rounds, options.windows) < 1:
        parser.error("--ranks, --rounds and --windows must be at least 1")
    return options


def measurement(command, environment=None):
    """The JSON object that a command prints last."""
    result = subprocess.run(
        command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"exit code {result.returncode} from: {' '.join(command)}")
    return json.loads(result.stdout.strip().splitlines()[-1])


def window_options(windows, seconds):
    return ["--windows", str(windows), "--window-seconds", str(seconds)]


def measure_project(network, options):
    return measurement(
        ["mpirun", "-n", str(options.ranks), "trainer", "bench", "step", "--network", network,
         "--json"] + window_options(options.windows, options.window_seconds))


def allocator():
    """What makes PyTorch faster than the C library's allocator does, where it is installed."""
    found = sorted(glob.glob("/usr/lib/*/libtcmalloc_minimal.so.4"))
    return {"LD_PRELOAD": found[0]} if found else {}


def measure_peer(project, choices, options, windows=None, seconds=None):
    return measurement(
        [sys.executable, os.path.join(HERE, "peer.py"), project["network"],
         "--ranks", str(options.ranks), "--batch", str(project["batch_per_rank"])] + choices
        + window_options(windows or options.windows, seconds or options.window_seconds),
        allocator())


def best_choices(project, options):
    """The peer's fastest options on this network, by a short trial of each."""
    trials = [[], ["--tuned"]]
    if project["micro_batch"] < project["batch_per_rank"]:
        trials.append(["--tuned", "--micro", str(project["micro_batch"])])
    rates = [
        measure_peer(project, trial, options, windows=3, seconds=options.window_seconds / 2)
        ["images_per_second"] for trial in trials]
    return trials[rates.index(max(rates))]


def compare(network, options):
    """Both in turn; returns a row of the table, and the last report of each."""
    own, others, parts, choices = [], [], [], None
    for number in range(options.rounds):
        project = measure_project(network, options)
        choices = best_choices(project, options) if choices is None else choices
        peer = measure_peer(project, choices, options)
        if abs(peer["megaflop_per_image"] - project["megaflop_per_image"]) > 1e-6:
            sys.exit(f"launch/compare: {network} is not the same network on both sides")
        own.append(project["images_per_second"])
        others.append(peer["images_per_second"])
        parts.append(project["roofline"])
        print(f"{network}, round {number + 1}: {own[-1]:.1f} and {others[-1]:.1f} images/s",
              file=sys.stderr, flush=True)
    ours, theirs = statistics.median(own), statistics.median(others)
    row = [
        project["network"], f"{project['batch_per_rank']} ({project['micro_batch']})",
        f"{ours:.1f}", f"{statistics.median(parts) * 100:.0f} %", f"{theirs:.1f}",
        f"{ours / theirs:.2f}", " ".join(choices) or "defaults"]
    return row, project, peer


def main():
    options = arguments()
    rows = []
    for network in options.networks.split(","):
        row, project, peer = compare(network, options)
        rows.append(row)
    distributed = " DDP over gloo" if options.ranks > 1 else ""
    print(f"\n{options.ranks} ranks on {os.cpu_count()} cores, one thread each, float32, images in "
          f"memory; images/s, medians of {options.rounds} rounds in turn.\n"
          f"Of peak: of the {project['peak_method']}.\n"
          f"PyTorch {peer['torch']}{distributed}, channels_last, {peer['allocator']}.\n")
    table = [["network", "batch a rank (micro)", "project", "of peak", "PyTorch", "ratio",
              "PyTorch's best options"]]
    table.append(["---"] * len(table[0]))
    for row in table + rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
