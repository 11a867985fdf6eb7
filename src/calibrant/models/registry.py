"""Find a model by what a user types: ``gpt-x@low``, ``anthropic:NAME``, ``callable:m:function``, ``recorded:FILE``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from calibrant.errors import InputError
from calibrant.models.assembly import Workshop, key_variable
from calibrant.models.config import FILE_NAME, ModelConfig, WireName, read_models
from calibrant.models.prices import Price
from calibrant.models.protocol import Model
from calibrant.models.reference.files import NAMES
from calibrant.types import ModelRef

__all__ = ["ENTRY_POINTS", "Named", "load_model", "load_models", "named", "plugged"]

ENTRY_POINTS = "calibrant.models"
_PARTS = ("ask", "close", "concurrency", "destination", "identity", "max_samples", "output_limit", "price", "ref")
_REFERENCE = "reference-"
_PREFIXES = ("anthropic", "callable", "embeddings", "recorded", "responses")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a name stands for: an entry, as if it stood in ``calibrant.toml``, and where it came from."""

    name: str
    effort: str | None
    config: ModelConfig
    place: str


def load_model(
    model: str | Callable[..., Any],
    /,
    *,
    name: str | None = None,
    version: str | None = None,
    folder: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    price_of: Callable[[str], Price | None] | None = None,
) -> Model:
    """Find a model.

    Looked for in this order: a name in ``calibrant.toml``; a reference model, such as ``reference-large@high``, which
    needs no key and no network; ``anthropic:MODEL``, ``responses:MODEL``, ``embeddings:MODEL``,
    ``callable:module:function``, ``recorded:FILE[:MODEL]``; a name in the entry-point group ``calibrant.models``, as
    ``NAME`` or ``NAME:REST``; else a model of the OpenAI-compatible endpoint of OPENAI_API_KEY and OPENAI_BASE_URL.

    Args:
        model: ``NAME`` or ``NAME@EFFORT``; the effort is what follows the last ``@``. Or a Python function: it is asked
            anew when its code changes, or what it carries along (defaults, closure, arguments of a partial, state of
            an instance, constants and functions of its own module; not imported helpers). Where something of this
            cannot be told, such as an open connection, its answers are not used again.
        name: what a function goes by. Default: its own name.
        version: a mark of one's own for a function: name and version alone then say whether it is the same.
        folder: where ``calibrant.toml`` and relative files lie. Default: the working folder.
        environ: environment variables.
        price_of: price of a model by name, where its entry has none.

    Returns:
        The model; nothing has been sent yet.

    Raises:
        InputError: unknown model or effort, no key, or a fault in ``calibrant.toml``; neither a name nor a function.
        ModelError: the files of a reference model are damaged.
    """
    if not isinstance(model, str):
        return _from_function(model, name, version, environ, price_of)
    if name is not None or version is not None:
        remedy = f"Give '{model}' an entry in {FILE_NAME}: its name is free, and it may have a version."
        raise InputError("name and version go with a function", remedy=remedy)
    return load_models([model], folder=folder, environ=environ, price_of=price_of)[0]


def load_models(
    names: Sequence[str],
    *,
    folder: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    price_of: Callable[[str], Price | None] | None = None,
) -> list[Model]:
    """Find several models; efforts of one endpoint share its limits. See `load_model`."""
    home = folder or Path.cwd()
    workshop = Workshop(folder=home, environ=environ, price_of=price_of)
    models = []
    for name in names:
        make = plugged(name, folder=home)
        if make is not None:
            models.append(make())
            continue
        what = named(name, folder=home, environ=environ)
        models.append(workshop.build(what.name, what.effort, what.config, place=what.place))
    return models


def named(name: str, *, folder: Path, environ: Mapping[str, str] = os.environ) -> Named:
    """What a name stands for, apart from plug-ins.

    Raises:
        InputError: it stands for nothing.
    """
    entries = read_models(folder)
    base, effort = split_effort(name, entries)
    if base in entries:
        return Named(name=base, effort=effort, config=entries[base], place=f"{FILE_NAME}: [models.{base}]")
    prefix, colon, rest = base.partition(":")
    if colon and prefix in _PREFIXES:
        return _prefixed(prefix, rest, effort, name, folder)
    if base.startswith(_REFERENCE):
        return _reference(base, effort, entries)
    return _default(base, effort, entries, environ)


def split_effort(name: str, entries: Mapping[str, ModelConfig]) -> tuple[str, str | None]:
    """``a@low`` -> ``a``, ``low``. A name in ``calibrant.toml`` that holds an ``@`` itself stays whole.

    Raises:
        InputError: the name is empty.
    """
    if not name.strip():
        raise InputError("a model needs a name", remedy="Write NAME or NAME@EFFORT.")
    base, at, effort = name.rpartition("@")
    if name in entries or not at or not base:
        return name, None
    if not effort:
        raise InputError(f"'{name}' names no effort after the @")
    return base, effort


def _prefixed(prefix: str, rest: str, effort: str | None, name: str, folder: Path) -> Named:
    if not rest:
        raise InputError(f"'{name}' names nothing after {prefix}:")
    if prefix == "callable":
        config = ModelConfig(wire="callable", function=rest)
        return Named(name=rest, effort=effort, config=config, place=name)
    if prefix == "recorded":
        return _recording(rest, effort, name, folder)
    wires: dict[str, WireName] = {"anthropic": "anthropic", "embeddings": "embeddings"}
    config = ModelConfig(wire=wires.get(prefix, "responses"))
    return Named(name=rest, effort=effort, config=config, place=name)


def _recording(rest: str, effort: str | None, name: str, folder: Path) -> Named:
    whole = name.partition(":")[2]
    if (folder / whole).is_file():  # a path may hold an @ itself
        rest, effort = whole, None
    ends = [len(rest), *(place for place, character in enumerate(rest) if character == ":")]
    for end in ends:
        if (folder / rest[:end]).is_file():
            model = rest[end + 1 :] or None
            config = ModelConfig(wire="recorded", file=rest[:end], model=model)
            return Named(
                name=model or Path(rest[:end]).name.partition(".")[0], effort=effort, config=config, place=name
            )
    raise InputError("no such file", place=rest, remedy="Write recorded:FILE or recorded:FILE:MODEL.")


def _reference(base: str, effort: str | None, entries: Mapping[str, ModelConfig]) -> Named:
    known = (*NAMES, *(name for name in entries if name.startswith(_REFERENCE)))
    if base not in known:
        close = get_close_matches(base, known, n=1)
        guess = f"Did you mean {close[0]}? " if close else ""
        raise InputError(f"unknown model '{base}'", remedy=f"{guess}Known: {', '.join(known)}.")
    return Named(name=base, effort=effort, config=ModelConfig(wire="reference"), place=base)


def _default(base: str, effort: str | None, entries: Mapping[str, ModelConfig], environ: Mapping[str, str]) -> Named:
    config = ModelConfig()
    if key_variable(config, environ) and not environ.get("OPENAI_API_KEY", "").strip():
        close = get_close_matches(base, entries, n=1)
        guess = f"did you mean {close[0]}? " if close else ""
        listed = f"{FILE_NAME} has {', '.join(entries)}" if entries else f"there is no [models.{base}] in {FILE_NAME}"
        raise InputError(
            f"unknown model '{base}': {guess}{listed}, and OPENAI_API_KEY is not set",
            remedy="Set it: export OPENAI_API_KEY=..., or describe the model in calibrant.toml. "
            f"Without a key: {', '.join(NAMES)}.",
        )
    return Named(name=base, effort=effort, config=config, place=base)


def plugged(name: str, *, folder: Path) -> Callable[[], Model] | None:
    """How a plug-in of the entry-point group makes the model of a name; None where none claims it.

    Raises:
        InputError: a fault in ``calibrant.toml``, or the plug-in cannot be loaded.
    """
    entries = read_models(folder)
    base, effort = split_effort(name, entries)
    prefix, _, rest = base.partition(":")
    if base in entries or prefix in _PREFIXES:
        return None
    point = next((point for point in entry_points(group=ENTRY_POINTS) if point.name == prefix), None)
    if point is None:
        return None
    try:
        factory: Callable[[str, str | None], Model] = point.load()
    except Exception as error:
        message = f"the plug-in {prefix} cannot be loaded: {type(error).__name__}: {error}"
        raise InputError(message, place=point.value) from error
    return lambda: factory(rest, effort)


def _from_function(
    function: Callable[..., Any],
    name: str | None,
    version: str | None,
    environ: Mapping[str, str],
    price_of: Callable[[str], Price | None] | None,
) -> Model:
    from calibrant.models.callable_model import CallableModel
    from calibrant.models.function_identity import function_digest
    from calibrant.models.identity import identity_of

    if not callable(function):
        kind = type(function).__name__
        lacking = [part for part in _PARTS if not hasattr(function, part)]
        if 0 < len(lacking) < len(_PARTS):
            raise InputError(f"{kind} is nearly a model: it lacks {', '.join(lacking)}")
        remedy = 'Write load_model("NAME"), or load_model(a_function).'
        raise InputError(f"a model is a name or a function, not {kind}", remedy=remedy)
    name = name or getattr(function, "__qualname__", None) or type(function).__qualname__
    code = function_digest(function) if version is None else None
    return CallableModel(
        function,
        ref=ModelRef(model=name),
        identity=identity_of({"wire": "callable", "code": code, "version": version, "ref": [name, None]}),
        price=price_of(name) if price_of else None,
        environ=environ,
    )
