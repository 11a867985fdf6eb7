"""``calibrant.toml``: what a team sets once. A flag beats the environment, that beats the file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from calibrant.errors import InputError
from calibrant.models.config import FILE_NAME, ModelConfig, parse_models

__all__ = ["FILE_NAME", "Settings", "load_settings"]


class Settings(BaseModel):
    """The settings of a project folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: str = Field(default=".calibrant", min_length=1)
    level: float = Field(default=0.95, ge=0.5, le=0.9999)
    seed: int = Field(default=0, ge=0)
    judge: str | None = Field(default=None, min_length=1)
    """The model that grades what code is unsure of, as ``NAME`` or ``NAME@EFFORT``."""
    models: dict[str, ModelConfig] = Field(default_factory=dict)


def load_settings(folder: Path | None = None) -> Settings:
    """Read ``calibrant.toml``; defaults where there is none.

    Raises:
        InputError: the file is not TOML, or a field is unknown or out of range.
    """
    path = (folder or Path.cwd()) / FILE_NAME
    if not path.is_file():
        return Settings()
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
        table["models"] = parse_models(table.get("models", {}))
        return Settings.model_validate(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not valid TOML: {error}", place=FILE_NAME) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        known = ", ".join(Settings.model_fields)
        raise InputError(f"{name}: {first['msg']}", place=FILE_NAME, remedy=f"Known settings: {known}.") from None
