"""``[models.NAME]`` of ``calibrant.toml``: the shape of an entry, and what is wrong with one, said with its remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from calibrant.errors import InputError
from calibrant.models.prices import Price
from calibrant.models.protocol import Sampling
from calibrant.models.secrets import is_secret_name, looks_like_key

__all__ = [
    "FILE_NAME",
    "HttpFields",
    "ModelConfig",
    "PriceFields",
    "SamplingFields",
    "WireName",
    "check_header",
    "check_url",
    "parse_models",
    "read_models",
]

FILE_NAME = "calibrant.toml"
WireName = Literal[
    "chat",
    "responses",
    "anthropic",
    "embeddings",
    "decisions",
    "systemone",
    "http",
    "callable",
    "recorded",
    "reference",
]
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""Characters that no header can carry; a tab is none of them (RFC 9110, 5.5)."""
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_KEY_REMEDY = 'Put the key in an environment variable (or .env) and its name here: api_key_env = "MY_API_KEY".'


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class PriceFields(_Table):
    """Dollars per million tokens."""

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    reasoning: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    as_of: date | None = None

    def price(self) -> Price:
        """As the rest of the house knows it."""
        return Price(**self.model_dump(), source=FILE_NAME)


class SamplingFields(_Table):
    """Sampling where the prompt leaves it open."""

    temperature: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    seed: int | None = None
    stop: tuple[str, ...] = ()

    def sampling(self) -> Sampling:
        """As the rest of the house knows it."""
        return Sampling(**self.model_dump())


class HttpFields(_Table):
    """How a service of one's own is asked and read: see `HttpWire`."""

    method: Literal["POST", "GET", "PUT"] = "POST"
    body: str | dict[str, Any]
    answer: str
    confidence: str | None = None
    usage: dict[Literal["input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"], str] = Field(
        default_factory=dict
    )
    cost: str | None = None


class ModelConfig(_Table):
    """One entry. Times in seconds."""

    wire: WireName = "chat"
    base_url: str | None = None
    """Default: the wire's own service. For ``http`` the whole address. ``${NAME}`` is taken from the environment."""
    model: str | None = None
    """Name at the endpoint, or in the recording. Default: the entry's name."""
    version: str | None = None
    """A mark of one's own that is part of the identity: change it, and everything is asked anew."""
    api_key_env: str | None = None
    """Name of the environment variable that holds the key."""
    api_key_header: str | None = None
    """Header for the key. Default: ``Authorization: Bearer``, for Anthropic ``x-api-key``. Azure: ``api-key``."""
    headers: dict[str, str] = Field(default_factory=dict)
    query: dict[str, str] = Field(default_factory=dict)
    effort: dict[str, dict[str, Any]] | None = None
    """Name -> fields merged into the request. None = the wire's own levels."""
    price: PriceFields | None = None
    rpm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Requests a minute."""
    tpm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """Tokens a minute, input and output."""
    concurrency: int = Field(default=100, ge=1, le=10_000)
    timeout_s: float = Field(default=600, gt=0, allow_inf_nan=False)
    """Of one request from its start to its last byte."""
    connect_timeout_s: float = Field(default=15, gt=0, allow_inf_nan=False)
    idle_timeout_s: float = Field(default=120, gt=0, allow_inf_nan=False)
    """Longest silence in the middle of a body."""
    max_tries: int = Field(default=8, ge=1, le=100)
    max_retry_s: float = Field(default=900, ge=0, allow_inf_nan=False)
    """No try begins later than this after the first."""
    max_body_mb: float = Field(default=32, gt=0, le=2000)
    max_samples: int = Field(default=1, ge=1, le=1000)
    """Replies of one request, the field ``n``."""
    logprobs: bool = True
    """Whether the endpoint gives them."""
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] | None = None
    """None = ``max_completion_tokens`` at api.openai.com, else ``max_tokens``."""
    extra_body: dict[str, Any] = Field(default_factory=dict)
    sampling: SamplingFields = SamplingFields()
    ca_file: str | None = None
    proxy: str | None = None
    http: HttpFields | None = None
    function: str | None = None
    """Of the wire ``callable``: ``package.module:function``."""
    file: str | None = None
    """Of the wire ``recorded``: csv, tsv, json, jsonl or parquet, also ``.gz``. Of ``reference``: a folder of models of
    one's own. Default: those of the package."""

    @model_validator(mode="after")
    def _has_what_its_wire_needs(self) -> ModelConfig:
        needs = {"http": "http", "callable": "function", "recorded": "file"}
        also = {"file": ("reference",)}
        for wire, name in needs.items():
            if self.wire == wire and getattr(self, name) is None:
                raise ValueError(f"the wire '{wire}' needs {name}")
            if self.wire not in (wire, *also.get(name, ())) and getattr(self, name) is not None:
                raise ValueError(f"{name} goes with wire = '{wire}', not '{self.wire}'")
        if self.wire == "http" and not self.base_url:
            raise ValueError("the wire 'http' needs base_url, the address of the service")
        if self.wire == "systemone" and not self.base_url:
            raise ValueError("the wire 'systemone' needs base_url, such as https://host/v1")
        if self.wire not in ("chat", "callable", "recorded", "reference") and self.max_samples != 1:
            raise ValueError(f"max_samples: the wire '{self.wire}' gives one reply for each request")
        return self


def read_models(folder: Path | None = None) -> dict[str, ModelConfig]:
    """The models of ``calibrant.toml`` in a folder; none where there is no file.

    Raises:
        InputError: the file is not TOML, or an entry is not as it should be.
    """
    path = (folder or Path.cwd()) / FILE_NAME
    if not path.is_file():
        return {}
    try:
        with path.open("rb") as file:
            table = tomllib.load(file).get("models", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not valid TOML: {error}", place=FILE_NAME) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path)) from None
    return parse_models(table)


def parse_models(table: object, *, place: str = FILE_NAME) -> dict[str, ModelConfig]:
    """Check the table ``[models]``.

    Args:
        table: what TOML gave.
        place: the file, for errors.

    Raises:
        InputError: an entry has an unknown or impossible field, or holds a key; names the entry and the field.
    """
    if not isinstance(table, Mapping):
        raise InputError("models is not a table", place=place, remedy="Write [models.NAME].")
    return {name: _parsed(name, entry, place) for name, entry in table.items()}


def _parsed(name: str, entry: object, place: str) -> ModelConfig:
    where = f"{place}: [models.{name}]"
    if not isinstance(entry, Mapping):
        raise InputError("is not a table", place=where, remedy=f"Write [models.{name}] and its fields below.")
    _refuse_keys(entry, where)
    try:
        config = ModelConfig.model_validate(dict(entry))
        _refuse_broken(config, where)
        return config
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    # A misspelled field is told before the one that is missing because of it.
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = _fields_at(first["loc"][:-1])
        close = get_close_matches(str(first["loc"][-1]), known, n=1)
        guess = f"Did you mean {close[0]}? " if close else ""
        raise InputError(f"unknown field {path}", place=where, remedy=f"{guess}Known: {', '.join(known)}.")
    message = first["msg"].removeprefix("Value error, ")
    raise InputError(f"{path}: {message}" if path else message, place=where)


def _fields_at(loc: tuple[int | str, ...]) -> list[str]:
    tables: dict[str, type[_Table]] = {"price": PriceFields, "sampling": SamplingFields, "http": HttpFields}
    return list((tables.get(str(loc[0]), ModelConfig) if loc else ModelConfig).model_fields)


def _refuse_keys(entry: Mapping[str, Any], where: str) -> None:
    for name in ("api_key", "key", "token"):
        if name in entry:
            raise InputError(f"{name} does not belong into this file", place=where, remedy=_KEY_REMEDY)
    variable = entry.get("api_key_env")
    if isinstance(variable, str) and (not _VARIABLE.fullmatch(variable) or looks_like_key(variable)):
        message = "api_key_env is the name of an environment variable, and this looks like the key itself"
        raise InputError(message, place=where, remedy=_KEY_REMEDY)
    for path, value in _texts(entry):
        top, last = path.partition(".")[0], path.rpartition(".")[2]
        literal = is_secret_name(last) and top in ("headers", "query") and not _REFERENCE.search(value)
        userinfo = top in ("base_url", "proxy") and re.search(r"(?:^|://)[^/@$]*:[^/@$]+@", value)
        if literal or userinfo or looks_like_key(value):
            remedy = "Put it in an environment variable (or .env) and write ${ITS_NAME} here."
            raise InputError(f"{path} holds something that looks like a key", place=where, remedy=remedy)


def _refuse_broken(config: ModelConfig, where: str) -> None:
    """What pydantic takes for a text and no request can carry."""
    if config.base_url is not None and not _REFERENCE.search(config.base_url):
        check_url(config.base_url, where)
    for name, value in config.headers.items():
        check_header(name, value, where)
    if config.api_key_header is not None:
        check_header(config.api_key_header, "", where)


def check_header(name: str, value: str, place: str) -> None:
    """Check a header.

    Raises:
        InputError: its name is none, or its value holds a line break or another control character.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise InputError(f"{name!r} is no name of a header", place=place)
    if _CONTROL.search(value):
        raise InputError(f"the header {name} holds a line break or a control character", place=place)


def check_url(url: str, place: str) -> None:
    """Check an address.

    Raises:
        InputError: it is none; it is not shown, as it may hold a password.
    """
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or _CONTROL.search(url):
        raise InputError("base_url is not an address", place=place, remedy="Write it like https://host/v1.")


def _texts(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{place}")
