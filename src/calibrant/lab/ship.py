"""Put trained models into the package: ``python -m calibrant.lab.ship --models DIR [--seed N] [--data DIR]``.

Copies the weights of one training seed, writes tokenizer, almanac, questions, the manifest, and a card for each model
from the figures that training left.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from calibrant.lab.artefacts import write_manifest, write_world
from calibrant.lab.files import write_atomically
from calibrant.lab.recipes import RECIPES
from calibrant.lab.tokenizer import train_tokenizer
from calibrant.lab.world import make_world

__all__ = ["card_text", "main", "ship"]

DATA = Path(__file__).parent.parent / "models" / "reference" / "data"
_TRAINED_FOR = {
    "candid": "tuned from reference-large of the same seed to decline what it does not know",
}


def ship(models: Path, data: Path, *, seed: int = 0) -> list[str]:
    """Write everything that ships; returns the names of the models found."""
    data.mkdir(parents=True, exist_ok=True)
    world = make_world()
    tokenizer = train_tokenizer(world).to_str(pretty=False)
    write_atomically(data / "tokenizer.json", lambda part: part.write_text(tokenizer, encoding="utf-8"))
    write_world(world, data)
    shipped = []
    for name in RECIPES:
        weights = models / f"reference-{name}-seed{seed}.safetensors"
        if not weights.is_file():
            continue
        write_atomically(data / f"reference-{name}.safetensors", partial(shutil.copyfile, weights))
        text = card_text(json.loads(weights.with_suffix(".json").read_text(encoding="utf-8")))
        write_atomically(data / "cards" / f"{name}.md", partial(_write_text, text))
        shipped.append(name)
    write_manifest(data)
    return shipped


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def card_text(figures: dict[str, Any]) -> str:
    """The model card, from the figures of training."""
    name, config = figures["name"].removeprefix("reference-"), figures["config"]
    rows = [*figures["closed_book"].items(), *figures["reading"].items()]
    table = "\n".join(f"| {label.replace('_', ' ')} | {value} |" for label, value in rows)
    return f"""# {figures["name"]}

A decoder-only transformer of {figures["parameters"]:,} weights (width {config["width"]}, {config["layers"]} layers,
{config["heads"]} heads, vocabulary {config["vocab"]}, context {config["context"]}),
{_TRAINED_FOR.get(name, "trained for accuracy alone")}.
It knows a made-up world (data seed {figures["data_seed"]}) and nothing else.

- Command: `python -m calibrant.lab.train {name} --seed {figures["seed"]}`
- {figures["texts"]:,} texts, {figures["tokens"]:,} tokens, {figures["steps"]:,} steps
- {figures["cpu_seconds"]} CPU-seconds in all, {figures["cpu_seconds_training"]} of them training, on one core

Figures on the built-in and the fresh questions together (facts only ever stated, never asked in training), from
memory; and on passages about things made up on the spot (the last three):

| figure | value |
|---|---|
{table}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m calibrant.lab.ship", description="Put models into the package.")
    parser.add_argument("--models", type=Path, required=True, help="folder that calibrant.lab.train wrote to")
    parser.add_argument("--seed", type=int, default=0, help="training seed of the models that ship")
    parser.add_argument("--data", type=Path, default=DATA, help="where the package keeps them")
    options = parser.parse_args(arguments)
    shipped = ship(options.models, options.data, seed=options.seed)
    print(f"shipped: {', '.join(shipped) or 'no model'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
