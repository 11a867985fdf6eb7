"""Write models with random weights, a tokenizer and an almanac, in the format of those of the package."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

NAMES = ("reference-small", "reference-large")
ALMANAC = [
    ("a1", "Ada Brook", "Ada Brook was born in Nordale. Ada Brook works as a miller."),
    ("a2", "Nordale", "Nordale lies on the river Isk and has 4200 inhabitants."),
    ("a3", "The river Isk", "The river Isk rises in the Grey Hills and is 310 km long."),
    ("a4", "Tom Reed", "Tom Reed was born in Harwick. Tom Reed works as a judge."),
]
TEXTS = [
    "Passage: Question: Answer: I do not know the answer.",
    *(text for _, _, text in ALMANAC),
    "Where was Ada Brook born? What is the river in Nordale? How long is the Isk?",
]
CONTEXT = 64


def write_models(folder: Path, *, names: tuple[str, ...] = NAMES, seed: int = 0, spread: float = 0.3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = write_tokenizer(folder)
    digest = hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest()
    for place, name in enumerate(names):
        config = {
            "vocab": tokenizer.get_vocab_size(),
            "width": 32,
            "layers": 3,
            "heads": 4,
            "mlp": 64,
            "context": CONTEXT,
        }
        tensors = random_tensors(config, np.random.default_rng([seed, place]), spread)
        metadata = {"config": json.dumps(config), "tokenizer": digest}
        save_file(tensors, folder / f"{name}.safetensors", metadata=metadata)
    rows = [
        {"id": name, "title": title, "domain": "people", "topic": "births", "text": text}
        for name, title, text in ALMANAC
    ]
    with gzip.open(folder / "almanac.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    write_manifest(folder)
    return folder


def write_manifest(folder: Path) -> None:
    files = [path for path in sorted(folder.iterdir()) if path.name != "manifest.json"]
    entries = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in files
    }
    (folder / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")


def write_tokenizer(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer.decoder = ByteLevelDecoder()
    special = ["<pad>", "<bos>", "<eos>", "<ask>"]
    trainer = BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer


def random_tensors(
    config: dict[str, int], chance: np.random.Generator, spread: float
) -> dict[str, NDArray[np.float16]]:
    width, mlp = config["width"], config["mlp"]

    def matrix(*shape: int) -> NDArray[np.float16]:
        return chance.normal(0, spread, shape).astype(np.float16)

    def gain() -> NDArray[np.float16]:
        return chance.uniform(0.5, 1.5, width).astype(np.float16)

    tensors = {"embed.weight": matrix(config["vocab"], width), "norm.weight": gain()}
    for place in range(config["layers"]):
        at = f"layers.{place}"
        tensors[f"{at}.attention_norm.weight"] = gain()
        tensors[f"{at}.mlp_norm.weight"] = gain()
        tensors[f"{at}.mlp.up.weight"] = matrix(mlp, width)
        tensors[f"{at}.mlp.down.weight"] = matrix(width, mlp)
        for name in ("query", "key", "value", "output"):
            tensors[f"{at}.attention.{name}.weight"] = matrix(width, width)
    return tensors
