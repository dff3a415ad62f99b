"""One measurement of PyTorch DDP on this machine's CPU: prints one JSON object.

A step is forward, cross-entropy, backward with the allreduce over gloo, and SGD with momentum 0.9
and weight decay 5e-4, on images in memory: what `trainer bench step` measures. Windows are counted
and ended at barriers as there, and their median counts.
"""

import argparse
import json
import math
import os
import socket
import statistics
import sys
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--batch", type=int, required=True, help="samples of a step on each rank")
    parser.add_argument("--micro", type=int, help="split a batch, and add up gradients")
    parser.add_argument("--tuned", action="store_true", help="DDP's and SGD's faster options")
    parser.add_argument("--windows", type=int, default=7)
    parser.add_argument("--window-seconds", type=float, default=1.2)
    return parser.parse_args()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def leave(ranks):
    """Ends a rank that has printed what it measured, without shutting Python down: a thread of
    autograd that asks for the interpreter's lock meanwhile aborts the process, once in a while."""
    if ranks > 1:
        import torch

        torch.distributed.destroy_process_group()
    os._exit(0)


class Training:
    """A rank's model, optimizer and images."""

    def __init__(self, rank, options):
        import torch
        from networks import NETWORKS, training_operations

        build, channels, side, classes = NETWORKS[options.network]
        torch.manual_seed(1)
        self.torch, self.options = torch, options
        network = build(classes)
        self.operations = training_operations(network, channels, side)
        network = network.to(memory_format=torch.channels_last)
        self.model = network
        if options.ranks > 1:
            faster = dict(
                forward_sync_buffers=False, gradient_as_bucket_view=True,
                static_graph=self.parts() == 1)
            self.model = torch.nn.parallel.DistributedDataParallel(
                network, **(faster if options.tuned else {}))
        self.optimizer = torch.optim.SGD(
            network.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4,
            **(dict(fused=True) if options.tuned else {}))
        random = torch.Generator().manual_seed(100 + rank)
        count = 8 if side < 100 else 2
        self.batches = [
            (torch.randn(options.batch, channels, side, side, generator=random)
                .contiguous(memory_format=torch.channels_last),
             torch.randint(0, classes, (options.batch,), generator=random))
            for _ in range(count)]
        self.taken = 0

    def parts(self):
        return self.options.batch // (self.options.micro or self.options.batch)

    def step(self):
        images, labels = self.batches[self.taken % len(self.batches)]
        self.taken += 1
        self.optimizer.zero_grad(set_to_none=True)
        parts = self.parts()
        pairs = list(zip(images.chunk(parts), labels.chunk(parts)))
        for number, (x, y) in enumerate(pairs):
            # Only the last part's backward pass sends gradients.
            if parts > 1 and self.options.ranks > 1:
                self.model.require_backward_grad_sync = number == parts - 1
            loss = self.torch.nn.functional.cross_entropy(self.model(x), y)
            (loss / parts).backward()
        self.optimizer.step()


def measure(training, options):
    dist = training.torch.distributed

    def timed(steps):
        if options.ranks > 1:
            dist.barrier()
        start = time.perf_counter()
        for _ in range(steps):
            training.step()
        if options.ranks > 1:
            dist.barrier()
        return (time.perf_counter() - start) / steps

    timed(4)
    steps = max(1, math.ceil(options.window_seconds / timed(2)))
    if options.ranks > 1:
        agreed = training.torch.tensor([steps])
        dist.broadcast(agreed, 0)
        steps = int(agreed)
    timed(max(1, steps // 2))
    return [timed(steps) for _ in range(options.windows)]


def work(rank, options):
    import torch

    torch.set_num_threads(1)
    if options.ranks > 1:
        torch.distributed.init_process_group("gloo", rank=rank, world_size=options.ranks)
    training = Training(rank, options)
    seconds = measure(training, options)
    rates = [options.ranks * options.batch / window for window in seconds]
    if rank == 0:
        print(json.dumps({
            "network": options.network, "ranks": options.ranks, "batch_per_rank": options.batch,
            "micro_batch": options.micro or options.batch, "tuned": options.tuned,
            "torch": torch.__version__, "images_per_second": statistics.median(rates),
            "images_per_second_range": [min(rates), max(rates)],
            "megaflop_per_image": training.operations / 1e6,
            "allocator": os.path.basename(os.environ.get("LD_PRELOAD", "")) or "glibc",
        }), flush=True)
    leave(options.ranks)


def main():
    options = arguments()
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from networks import NETWORKS

    if options.network not in NETWORKS:
        sys.exit(f"peer.py: there is no network {options.network}; choose one of "
                 + ", ".join(NETWORKS))
    os.environ.update(
        OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", MASTER_ADDR="127.0.0.1",
        MASTER_PORT=str(free_port()), GLOO_SOCKET_IFNAME="lo")
    if options.ranks == 1:
        work(0, options)
    else:
        import torch.multiprocessing as multiprocessing

        multiprocessing.spawn(work, args=(options,), nprocs=options.ranks)


if __name__ == "__main__":
    main()
