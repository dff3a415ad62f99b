"""The digests in index.json are what any SHA-256 says of the files: index, shards, heads, blocks."""

import hashlib
import json
import pathlib
import re
import subprocess
import tempfile

import h5py

SOURCE = pathlib.Path(__file__).parents[2] / "datasets" / "sample"


def digest(data):
    return hashlib.sha256(data).hexdigest()


with tempfile.TemporaryDirectory() as folder:
    command = ["sharder", "create", str(SOURCE), "--output", folder, "--shards", "3"]
    subprocess.run(command, check=True, timeout=120)
    text = pathlib.Path(folder, "index.json").read_text()
    index = json.loads(text)
    assert index["version"] == 3, index["version"]
    own = re.sub(r'(?m)^(  "sha256" : ")[0-9a-f]{64}"', r"\g<1>" + 64 * "0" + '"', text)
    assert digest(own.encode()) == index["sha256"], "the index's own digest"
    height, width, channels = index["shape"]
    size = height * width * channels
    checked = 0
    for split in index["splits"].values():
        for shard in split["shards"]:
            path = pathlib.Path(folder, shard["file"])
            data, blocks = path.read_bytes(), shard["blocks"]
            with h5py.File(path) as file:
                assert file["images"].id.get_offset() == blocks["offset"], shard["file"]
                assert file["labels"].id.get_offset() == blocks["labels"], shard["file"]
            first, last = blocks["offset"], blocks["offset"] + shard["samples"] * size
            assert digest(data) == shard["sha256"], shard["file"]
            assert digest(data[:first] + data[last:]) == blocks["head"], shard["file"]
            step = blocks["samples"] * size
            found = [digest(data[at : min(at + step, last)]) for at in range(first, last, step)]
            assert found == blocks["digests"], shard["file"]
            checked += len(found)
    print(f"the index, {checked} blocks and all other bytes have the digests that hashlib finds")
