"""Writes networks.json: the learned and kept tensors of torchvision 0.28's networks, by name.

Run: /path/to/venv/bin/python make_networks.py (needs torchvision and pillow; no weights are loaded)
"""
import json
import torch

# Only Python code of torchvision is needed; its compiled operators may be for another torch.
stub = torch.library.Library("torchvision", "DEF")
for operator in [
    "nms", "qnms", "roi_align", "_roi_align_backward", "roi_pool", "_roi_pool_backward", "ps_roi_align",
    "_ps_roi_align_backward", "ps_roi_pool", "_ps_roi_pool_backward", "deform_conv2d", "_deform_conv2d_backward",
]:
    stub.define(f"{operator}(Tensor x) -> Tensor")
import torchvision  # noqa: E402

NETWORKS = ["vgg11_bn", "vgg13_bn", "vgg16_bn", "resnet18", "resnet34", "resnet50", "mobilenet_v2"]


def tensors(name):
    with torch.device("meta"):
        network = getattr(torchvision.models, name)(weights=None)
    return {n: list(t.shape) for n, t in network.state_dict().items() if not n.endswith("num_batches_tracked")}


def count(shapes):
    total = 0
    for name, shape in shapes.items():
        if "running" not in name:
            total += torch.Size(shape).numel()
    return total


networks = {name: tensors(name) for name in NETWORKS}
lines = []
for name, shapes in networks.items():
    entries = ",\n".join(f'  "{n}": {json.dumps(s)}' for n, s in shapes.items())
    lines.append(f'"{name}": {{"parameters": {count(shapes)}, "tensors": {{\n{entries}\n}}}}')
with open("networks.json", "w") as file:
    file.write("{\n" + ",\n".join(lines) + "\n}\n")
print({name: count(shapes) for name, shapes in networks.items()})
