"""Train a reference model: ``python -m calibrant.lab.train NAME [--seed N] [--out DIR] [--check]``.

Writes weights and figures; ``candid`` first trains ``large`` of the same seed where it is not there yet. Data, initial
weights and order follow from the seeds, so the same machine gives the same weights, and another one figures within the
tolerance that the model's card states: ``--check`` compares them. Ctrl-C loses at most a minute: the next call goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import CalibrantError
from calibrant.lab.needs_torch import need_torch

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from calibrant.lab.recipes import Recipe
    from calibrant.lab.transformer import Transformer
    from calibrant.lab.world import World

__all__ = ["main", "train_model"]

CERTAIN = 0.6
"""The candid model learns to answer what large answers rightly with at least this probability."""


def train_model(recipe: Recipe, *, seed: int, folder: Path) -> dict[str, Any]:
    """Train, write the weights, measure, and write the figures. Returns what was written."""
    from calibrant.lab.files import write_atomically
    from calibrant.lab.packing import pack
    from calibrant.lab.recipes import ROW
    from calibrant.lab.tokenizer import encode_parts, tokenizer_digest, train_tokenizer
    from calibrant.lab.training import Schedule, train
    from calibrant.lab.weights import save_weights
    from calibrant.lab.world import make_world

    began = time.process_time()
    world = make_world()
    tokenizer = train_tokenizer(world)
    model, texts = _start(recipe, world, tokenizer, seed, folder)
    trained = train(
        model,
        pack(encode_parts(tokenizer, texts), ROW),
        Schedule(peak=recipe.peak),
        checkpoint=folder / f"{recipe.name}-seed{seed}.checkpoint",
        label=f"{recipe.name} seed {seed}",
    )
    choice = _averaged(recipe, model, tokenizer, world, seed=seed, folder=folder)
    save_weights(model, weights_path(folder, recipe, seed), tokenizer=tokenizer_digest(tokenizer))
    card = {
        "name": f"reference-{recipe.name}",
        "seed": seed,
        "data_seed": world.seed,
        "parameters": model.parameter_count,
        "config": recipe.config,
        "texts": len(texts),
        "steps": trained.steps,
        "tokens": trained.tokens,
        "loss": round(trained.loss, 4),
        "cpu_seconds_training": round(trained.cpu_seconds),
        **choice,
        **_measured(model, tokenizer, world),
    }
    card["cpu_seconds"] = round(time.process_time() - began)
    text = json.dumps(card, indent=2) + "\n"
    write_atomically(figures_path(folder, recipe, seed), lambda part: part.write_text(text, encoding="utf-8"))
    return card


def _measured(model: Transformer, tokenizer: Tokenizer, world: World) -> dict[str, Any]:
    from calibrant.lab.artefacts import evaluation_questions
    from calibrant.lab.evaluation import measure, measure_reading

    return {
        "closed_book": measure(model, tokenizer, evaluation_questions(world)).to_dict(),
        "reading": measure_reading(model, tokenizer),
    }


def _averaged(
    recipe: Recipe, model: Transformer, tokenizer: Tokenizer, world: World, *, seed: int, folder: Path
) -> dict[str, Any]:
    """Replace tuned weights by their mean with the base's; says for the card how its share was chosen."""
    from calibrant.lab.averaging import average
    from calibrant.lab.development import development_questions
    from calibrant.lab.recipes import find_recipe
    from calibrant.lab.weights import load_weights

    if recipe.base is None:
        return {}
    base = load_weights(weights_path(folder, find_recipe(recipe.base), seed))
    asked = development_questions(world)
    choice = average(model, base, tokenizer, asked, shares=recipe.shares, keep=recipe.keep)
    return {"development": {"questions": len(asked), **choice.to_dict()}}


def weights_path(folder: Path, recipe: Recipe, seed: int) -> Path:
    """Where the weights of a seed lie."""
    return folder / f"reference-{recipe.name}-seed{seed}.safetensors"


def figures_path(folder: Path, recipe: Recipe, seed: int) -> Path:
    """Where the figures of a seed lie."""
    return folder / f"reference-{recipe.name}-seed{seed}.json"


def _start(
    recipe: Recipe, world: World, tokenizer: Tokenizer, seed: int, folder: Path
) -> tuple[Transformer, Sequence[Any]]:
    """The model before training, and the texts it is trained on."""
    from calibrant.lab.curriculum import pretraining, questions_to_judge, tuning
    from calibrant.lab.recipes import find_recipe
    from calibrant.lab.transformer import Shape, Transformer
    from calibrant.lab.weights import load_weights

    if recipe.base is None:
        return Transformer(Shape(**recipe.config), seed=seed), pretraining(world, seed)
    base = find_recipe(recipe.base)
    path = weights_path(folder, base, seed)
    if not path.is_file():
        train_model(base, seed=seed, folder=folder)
    model = load_weights(path)
    return model, tuning(world, seed, _judged(model, tokenizer, questions_to_judge(world, seed)))


def _judged(model: Transformer, tokenizer: Tokenizer, asked: Sequence[Any]) -> list[tuple[Any, bool]]:
    """Each question, and whether the model answers it rightly and with confidence."""
    from calibrant.lab.evaluation import measure

    replies = measure(model, tokenizer, asked).replies
    return [
        (question, reply.text == question.answer and reply.confidence >= CERTAIN)
        for question, reply in zip(asked, replies, strict=True)
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m calibrant.lab.train", description="Train a reference model.")
    parser.add_argument("name", help="small, medium, large or candid")
    parser.add_argument("--seed", type=int, default=0, help="of the initial weights and the order of the texts")
    parser.add_argument("--out", type=Path, default=Path("reference-models"), help="folder for weights and figures")
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare with the model that ships, and end with 1 where a figure is not within its tolerance; "
        "what is in the folder already is not trained again",
    )
    options = parser.parse_args(arguments)
    try:
        need_torch()
        from calibrant.lab.recipes import find_recipe

        recipe = find_recipe(options.name)
    except CalibrantError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    import torch

    torch.set_num_threads(1)
    try:
        card = _there(recipe, options.seed, options.out) if options.check else None
        card = card or train_model(recipe, seed=options.seed, folder=options.out)
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        return 130
    if not options.check:
        print(json.dumps(card, indent=2))
        return 0
    from calibrant.lab.checking import check

    verdict = check(card, weights_path(options.out, recipe, options.seed))
    print(verdict)
    return 0 if verdict.is_within else 1


def _there(recipe: Recipe, seed: int, folder: Path) -> dict[str, Any] | None:
    """The figures of a model that was trained already."""
    path = figures_path(folder, recipe, seed)
    if not path.is_file() or not weights_path(folder, recipe, seed).is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    sys.exit(main())
