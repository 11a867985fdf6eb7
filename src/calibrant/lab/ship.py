"""Put trained models into the package: ``python -m calibrant.lab.ship --models DIR [--seed N] [--data DIR]``.

Copies the weights of one training seed, writes tokenizer, almanac, questions, the manifest, and a card for each model
from the figures that training left; how far a new training may be from these follows from all seeds in the folder.
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

from safetensors import safe_open

from calibrant.errors import CalibrantError, InputError
from calibrant.lab.artefacts import evaluation_questions, write_manifest, write_world
from calibrant.lab.files import write_atomically
from calibrant.lab.recipes import RECIPES
from calibrant.lab.tokenizer import tokenizer_digest, tokenizer_text, train_tokenizer
from calibrant.lab.tolerance import DEVIATIONS, tolerances
from calibrant.lab.world import World, make_world

__all__ = ["card_text", "main", "read_card", "ship"]

DATA = Path(__file__).parent.parent / "models" / "reference" / "data"
CARDS = "cards"
_TRAINED_FOR = {
    "candid": "tuned from reference-large of the same seed to decline what it does not know",
}


def ship(models: Path, data: Path, *, seed: int = 0) -> list[str]:
    """Write everything that ships; returns the names of the models found.

    Raises:
        InputError: weights were trained with another tokenizer than this world's.
    """
    data.mkdir(parents=True, exist_ok=True)
    world = make_world()
    tokenizer = train_tokenizer(world)
    write_atomically(data / "tokenizer.json", partial(_write_text, tokenizer_text(tokenizer)))
    write_world(world, data)
    shipped = []
    for name in RECIPES:
        weights = models / f"reference-{name}-seed{seed}.safetensors"
        if not weights.is_file():
            continue
        _check_tokenizer(weights, tokenizer_digest(tokenizer))
        write_atomically(data / f"reference-{name}.safetensors", partial(shutil.copyfile, weights))
        _write_card(data / CARDS, name, _figures(models, name, seed), world)
        shipped.append(name)
    write_manifest(data)
    return shipped


def _check_tokenizer(weights: Path, digest: str) -> None:
    with safe_open(weights, framework="numpy") as file:
        found = file.metadata().get("tokenizer")
    if found != digest:
        raise InputError(
            "the weights were trained with another tokenizer", place=str(weights), remedy="Train the model anew."
        )


def _figures(models: Path, name: str, seed: int) -> list[dict[str, Any]]:
    """What training left for each seed in the folder, that of the seed that ships first."""
    paths = sorted(
        models.glob(f"reference-{name}-seed*.json"), key=lambda path: path.stem != f"reference-{name}-seed{seed}"
    )
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def _write_card(folder: Path, name: str, of_seeds: Sequence[dict[str, Any]], world: World) -> None:
    """The card to read, and the same for ``calibrant.lab.train --check``."""
    card = {
        **of_seeds[0],
        "tolerance_seeds": sorted(one["seed"] for one in of_seeds),
        "tolerance": tolerances(of_seeds, evaluation_questions(world)),
    }
    write_atomically(folder / f"{name}.json", partial(_write_text, json.dumps(card, indent=2) + "\n"))
    write_atomically(folder / f"{name}.md", partial(_write_text, card_text(card)))


def read_card(name: str, data: Path = DATA) -> dict[str, Any]:
    """The card of a model that ships."""
    card: dict[str, Any] = json.loads((data / CARDS / f"{name}.json").read_text(encoding="utf-8"))
    return card


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")


def card_text(card: dict[str, Any]) -> str:
    """The model card, from the figures of training and their tolerances."""
    name, config = card["name"].removeprefix("reference-"), card["config"]
    rows = [*card["closed_book"].items(), *card["reading"].items()]
    table = "\n".join(
        f"| {label.replace('_', ' ')} | {value} | {card['tolerance'].get(label, 'none')} |" for label, value in rows
    )
    return f"""# {card["name"]}

A decoder-only transformer of {card["parameters"]:,} weights (width {config["width"]}, {config["layers"]} layers,
{config["heads"]} heads, vocabulary {config["vocab"]}, context {config["context"]}),
{_TRAINED_FOR.get(name, "trained for accuracy alone")}.
It knows a made-up world (data seed {card["data_seed"]}) and nothing else.

- Command: `python -m calibrant.lab.train {name} --seed {card["seed"]}`
- {card["texts"]:,} texts, {card["tokens"]:,} tokens, {card["steps"]:,} steps
- {card["cpu_seconds"]} CPU-seconds in all, {card["cpu_seconds_training"]} of them training, on one core
{_development(card.get("development"))}
Figures on the built-in and the fresh questions together (facts only ever stated, never asked in training), from
memory; and on passages about things made up on the spot (the last three). Beside each, how far a model trained anew may
be from it ({DEVIATIONS:g} standard deviations of the difference of two trainings, from the training seeds
{_listed(card["tolerance_seeds"])} and the number of questions): `python -m calibrant.lab.train {name} --check`.

| figure | value | within |
|---|---|---|
{table}
"""


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(str(seed) for seed in seeds)


def _development(choice: dict[str, Any] | None) -> str:
    """How the share of the tuned weights was chosen."""
    if choice is None:
        return ""
    rows = "\n".join(
        f"| {one['share']:g} | {one['accuracy'] / choice['base_accuracy']:.3f} | {one['hallucination_rate']} |"
        for one in choice["tried"]
    )
    shares = f"{choice['share']:g} of the tuned and {1 - choice['share']:.2g} of large's"
    asked = f"{choice['questions']} development questions"
    return f"""
The weights are {shares}: the share with the lowest
hallucination rate among those that keep at least {choice["keep"]:g} of large's accuracy on {asked}, about
entities that no tuning text asks about and no figure below is of.

| share | accuracy kept | hallucination rate |
|---|---|---|
{rows}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m calibrant.lab.ship", description="Put models into the package.")
    parser.add_argument("--models", type=Path, required=True, help="folder that calibrant.lab.train wrote to")
    parser.add_argument("--seed", type=int, default=0, help="training seed of the models that ship")
    parser.add_argument("--data", type=Path, default=DATA, help="where the package keeps them")
    options = parser.parse_args(arguments)
    try:
        shipped = ship(options.models, options.data, seed=options.seed)
    except CalibrantError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"shipped: {', '.join(shipped) or 'no model'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
