"""PyTorch DDP learns Fashion-MNIST with LeNet until it gets enough test images right.

Prints one JSON object. What a training run of the project does: SGD with momentum 0.9 and weight
decay 5e-4 at a constant rate, an evaluation on all test images, divided among the ranks, every so
many steps, with clocks of their own for training and for evaluation. All images lie in memory,
normalized beforehand, and a batch is one indexing of them: no loader is faster. Options are the
fastest that launch/compare knows: channels_last, a static graph, gradients in buckets, fused SGD.
"""

import argparse
import gzip
import json
import os
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="the folder of the four original files")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--batch", type=int, default=64, help="samples of a step on each rank")
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--every", type=int, required=True, help="steps between evaluations")
    parser.add_argument("--accuracy", type=float, required=True, help="when to stop, as a part of 1")
    parser.add_argument("--steps", type=int, required=True, help="when to stop at the latest")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def images_and_labels(source, prefix):
    import torch

    def elements(name, header):
        with gzip.open(os.path.join(source, f"{prefix}-{name}-ubyte.gz")) as file:
            return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)

    images = elements("images-idx3", 16).view(-1, 1, 28, 28).float().div_(255)
    return images, elements("labels-idx1", 8).long()


def evaluate(model, images, labels, rank, ranks):
    import torch

    model.eval()
    correct = torch.zeros(1)
    with torch.no_grad():
        for x, y in zip(images[rank::ranks].split(100), labels[rank::ranks].split(100)):
            correct += (model(x).argmax(1) == y).sum()
    model.train()
    torch.distributed.all_reduce(correct)
    return float(correct) / len(labels)


def work(rank, options):
    import torch
    from networks import NETWORKS
    from peer import leave

    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", rank=rank, world_size=options.ranks)
    images, labels = images_and_labels(options.source, "train")
    test_images, test_labels = images_and_labels(options.source, "t10k")
    mean, deviation = images.mean(), images.std()
    for each in (images, test_images):
        each.sub_(mean).div_(deviation)
    images = images.contiguous(memory_format=torch.channels_last)
    test_images = test_images.contiguous(memory_format=torch.channels_last)

    torch.manual_seed(options.seed)
    network = NETWORKS["lenet"][0](10).to(memory_format=torch.channels_last)
    model = torch.nn.parallel.DistributedDataParallel(
        network, forward_sync_buffers=False, gradient_as_bucket_view=True, static_graph=True)
    optimizer = torch.optim.SGD(
        network.parameters(), lr=options.rate, momentum=0.9, weight_decay=5e-4, fused=True)
    order = torch.Generator().manual_seed(options.seed)
    steps_an_epoch = len(labels) // (options.ranks * options.batch)
    training, evaluating, accuracy, step = 0.0, 0.0, 0.0, 0
    torch.distributed.barrier()
    last = time.perf_counter()
    while accuracy < options.accuracy and step < options.steps:
        place = step % steps_an_epoch
        if place == 0:
            permutation = torch.randperm(len(labels), generator=order)
        first = (place * options.ranks + rank) * options.batch
        chosen = permutation[first:first + options.batch]
        optimizer.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
        optimizer.step()
        step += 1
        if step % options.every == 0:
            now = time.perf_counter()
            training, last = training + now - last, now
            accuracy = evaluate(network, test_images, test_labels, rank, options.ranks)
            now = time.perf_counter()
            evaluating, last = evaluating + now - last, now
    if rank == 0:
        print(json.dumps({
            "reached": accuracy >= options.accuracy, "accuracy": accuracy, "steps": step,
            "training_seconds": training, "evaluation_seconds": evaluating}), flush=True)
    leave(options.ranks)


def main():
    options = arguments()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from peer import free_port

    os.environ.update(
        OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(free_port()), GLOO_SOCKET_IFNAME="lo")
    import torch.multiprocessing as multiprocessing

    multiprocessing.spawn(work, args=(options,), nprocs=options.ranks)


if __name__ == "__main__":
    main()
