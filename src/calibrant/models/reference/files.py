"""The files of the reference models: where they lie, which there are, and that they are what they should be."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calibrant.errors import InputError, ModelError

if TYPE_CHECKING:
    from calibrant.models.reference.almanac import Almanac

__all__ = ["ALMANAC", "DATA", "MANIFEST", "NAMES", "TOKENIZER", "ReferenceFiles"]

DATA = Path(__file__).parent / "data"
NAMES = ("reference-small", "reference-medium", "reference-large", "reference-candid")
"""The models that come with the package."""
MANIFEST = "manifest.json"
TOKENIZER = "tokenizer.json"
ALMANAC = "almanac.jsonl.gz"
_WEIGHTS = ".safetensors"


@dataclass(frozen=True)
class ReferenceFiles:
    """A folder of models with their ``manifest.json``: ``{file: {"sha256": ..., "bytes": ...}}``."""

    folder: Path = DATA

    @cached_property
    def manifest(self) -> dict[str, dict[str, Any]]:
        """What the folder should hold.

        Raises:
            InputError: there is no manifest, or it is none.
        """
        path = self.folder / MANIFEST
        try:
            found = json.loads(path.read_bytes())
            return {str(name): {"sha256": str(entry["sha256"])} for name, entry in found.items()}
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy=self._remedy) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError("is no manifest of models", place=str(path), remedy=self._remedy) from None

    @property
    def models(self) -> tuple[str, ...]:
        """Names of the models in the folder; the package's own ones in their order."""
        found = [name.removesuffix(_WEIGHTS) for name in self.manifest if name.endswith(_WEIGHTS)]
        return (*(name for name in NAMES if name in found), *sorted(set(found) - set(NAMES)))

    def weights(self, model: str) -> str:
        """Name of the file of a model's weights.

        Raises:
            InputError: there is no such model; says which there are.
        """
        if model not in self.models:
            listed = ", ".join(self.models) or "none"
            raise InputError(f"no reference model is called '{model}'", remedy=f"Known: {listed}.")
        return model + _WEIGHTS

    def digest(self, name: str) -> str:
        """The sha256 that a file should have, hexadecimal; empty where the manifest does not know it."""
        return str(self.manifest.get(name, {}).get("sha256", ""))

    def read(self, name: str) -> bytes:
        """The bytes of a file, checked.

        Raises:
            ModelError: it is missing, or not the one that the manifest means.
        """
        path = self.folder / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ModelError(f"cannot be read: {error.strerror}", place=str(path), remedy=self._remedy) from None
        if hashlib.sha256(content).hexdigest() != self.digest(name):
            message = f"is damaged: its checksum (sha256) is not the one in {MANIFEST}"
            raise ModelError(message, place=str(path), remedy=self._remedy)
        return content

    @cached_property
    def almanac(self) -> Almanac:
        """What is looked up at the effort ``high``; read and indexed when first needed, once for all models.

        Raises:
            ModelError: it is missing or damaged.
        """
        from calibrant.models.reference.almanac import Almanac

        try:
            return Almanac.read(self.read(ALMANAC))
        except ValueError as error:
            raise ModelError(str(error), place=str(self.folder / ALMANAC), remedy=self._remedy) from None

    @property
    def _remedy(self) -> str:
        return (
            "Install calibrant anew."
            if self.folder == DATA
            else "Write the folder anew: python -m calibrant.lab.train."
        )
