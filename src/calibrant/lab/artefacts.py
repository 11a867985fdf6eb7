"""What is shipped: weights, tokenizer, almanac, questions, the manifest with their checksums, and the model cards."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from calibrant.lab.files import write_atomically
from calibrant.lab.questions import Asked, sample
from calibrant.lab.texts import passage_of
from calibrant.lab.world import World

__all__ = [
    "QUESTIONS_SEED",
    "almanac",
    "built_in_questions",
    "evaluation_questions",
    "fresh_questions",
    "write_manifest",
    "write_world",
]

QUESTIONS_SEED = 11


def almanac(world: World) -> list[dict[str, str]]:
    """One passage for each entity with printed facts."""
    random_ = random.Random(f"almanac {world.seed}")
    rows: list[dict[str, str]] = []
    for entity in world.entities:
        printed = [fact for fact in entity.facts.values() if fact.in_almanac]
        if printed:
            rows.append(
                {
                    "id": f"{entity.kind.topic}-{len(rows) + 1}",
                    "title": entity.name,
                    "domain": entity.kind.domain,
                    "topic": entity.kind.topic,
                    "text": passage_of([(fact.entity, fact.attribute, fact.value) for fact in printed], random_),
                }
            )
    return rows


def built_in_questions(world: World) -> list[Asked]:
    """The set that comes with the package: about three fifths of the held-out entities."""
    entities = [entity for entity in world.entities if entity.split == "held_out"]
    return sample(world, entities[::5] + entities[1::5] + entities[2::5], random.Random(f"built-in {QUESTIONS_SEED}"))


def fresh_questions(world: World) -> list[Asked]:
    """A second set, made in the same way about the other held-out entities: no entity is in both."""
    entities = [entity for entity in world.entities if entity.split == "held_out"]
    return sample(world, entities[3::5] + entities[4::5], random.Random(f"fresh {QUESTIONS_SEED}"))


def evaluation_questions(world: World) -> list[Asked]:
    """Both sets: what the figures of model cards are measured on."""
    return built_in_questions(world) + fresh_questions(world)


def write_world(world: World, folder: Path) -> None:
    """Write the almanac and both question sets."""
    _write_lines(folder / "almanac.jsonl.gz", almanac(world))
    for name, asked in (("questions", built_in_questions(world)), ("fresh", fresh_questions(world))):
        rows = (question.row(f"{name}-{number}") for number, question in enumerate(asked, start=1))
        _write_lines(folder / f"{name}.jsonl.gz", rows)


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    content = gzip.compress(text.encode(), mtime=0)
    write_atomically(path, lambda part: part.write_bytes(content))


def write_manifest(folder: Path) -> None:
    """Write size and checksum of every file that is read at run time."""
    files = sorted(
        path
        for path in folder.iterdir()
        if path.name.endswith((".safetensors", ".gz")) or path.name == "tokenizer.json"
    )
    manifest = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}
        for path in files
    }
    text = json.dumps(manifest, indent=2) + "\n"
    write_atomically(folder / "manifest.json", lambda part: part.write_text(text, encoding="utf-8"))
