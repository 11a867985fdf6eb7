"""From an entry of ``calibrant.toml`` to a model: defaults, keys, the wire, the connection, the limits."""

from __future__ import annotations

import base64
import os
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from calibrant.errors import InputError
from calibrant.models.config import FILE_NAME, ModelConfig, check_header, check_url
from calibrant.models.identity import identity_of
from calibrant.models.prices import Price
from calibrant.models.protocol import Model
from calibrant.models.secrets import is_secret_name, proxy_secrets, userinfo_of
from calibrant.models.wire import Wire, merged
from calibrant.types import ModelRef

if TYPE_CHECKING:
    from calibrant.models.client import ModelTraits
    from calibrant.models.limits import Allowance, Limits
    from calibrant.models.reference import Engine, ReferenceFiles

__all__ = [
    "ANTHROPIC_URL",
    "DEFAULT_EFFORTS",
    "OPENAI_URL",
    "Workshop",
    "efforts_of",
    "is_local",
    "key_variable",
    "usual_url",
    "without_userinfo",
]

OPENAI_URL = "https://api.openai.com/v1"
ANTHROPIC_URL = "https://api.anthropic.com"
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET_VARIABLE = re.compile(r"(?i)key|token|secret|pass|auth|cred")
_MEGABYTE = 1_000_000
_BODIES = 256 * _MEGABYTE
"""Bytes of all large bodies that are read at once, of all models together."""
_OPENAI_LEVELS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

DEFAULT_EFFORTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "chat": {level: {"reasoning_effort": level} for level in _OPENAI_LEVELS},
    "responses": {level: {"reasoning": {"effort": level}} for level in _OPENAI_LEVELS},
    "anthropic": {level: {"output_config": {"effort": level}} for level in ("low", "medium", "high", "xhigh", "max")},
    "reference": {level: {"reasoning_effort": level} for level in ("low", "high")},
}
"""Levels of each wire where an entry has no table of its own."""


def efforts_of(config: ModelConfig) -> Mapping[str, Mapping[str, Any]]:
    """Names of the efforts of an entry, with the fields each adds to a request."""
    return DEFAULT_EFFORTS.get(config.wire, {}) if config.effort is None else config.effort


def _host(url: str) -> str | None:
    """The host of an address; None where it has none or is no address at all."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def is_local(url: str) -> bool:
    """Whether an address is on this machine, where servers usually want no key."""
    return (_host(url) or "") in ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - compared


@dataclass
class Workshop:
    """Makes models from entries; those of one endpoint share its limits.

    Args:
        folder: where ``calibrant.toml`` and relative files lie.
        environ: environment variables.
        price_of: price of a model by name, where its entry has none.
    """

    folder: Path
    environ: Mapping[str, str]
    price_of: Callable[[str], Price | None] | None = None
    _limits: dict[tuple[Any, ...], Limits] = field(default_factory=dict)
    _allowance: Allowance | None = None
    _references: dict[Path, ReferenceFiles] = field(default_factory=dict)
    _engines: dict[tuple[Path, str], Engine] = field(default_factory=dict)

    def build(self, name: str, effort: str | None, config: ModelConfig, *, place: str | None = None) -> Model:
        """Make the model of an entry at an effort.

        Raises:
            InputError: unknown effort, missing key or variable, a file or a function that is not there.
            ModelError: weights of a reference model are missing or damaged.
        """
        where = place or f"{FILE_NAME}: [models.{name}]"
        ref = ModelRef(model=name, effort=effort)
        if config.wire == "recorded":
            from calibrant.models.recorded import RecordedModel

            path = self.folder / (config.file or "")
            return RecordedModel.load(path, model=config.model, ref=ref, price=self._price(name, config))
        fields = self._effort(name, effort, config)
        if config.wire == "reference":
            return self._reference(ref, config, merged(config.extra_body, fields), where)
        if config.wire == "callable":
            return self._callable(ref, config, fields, where)
        return self._http(ref, config, fields, where)

    def _effort(self, name: str, effort: str | None, config: ModelConfig) -> Mapping[str, Any]:
        if effort is None:
            return {}
        known = efforts_of(config)
        if effort not in known:
            close = get_close_matches(effort, known, n=1)
            listed = f"Known: {', '.join(known)}." if known else f'Write [models."{name}".effort] in {FILE_NAME}.'
            guess = f"Did you mean {close[0]}? " if close else ""
            raise InputError(f"{name} has no effort '{effort}'", remedy=guess + listed)
        return known[effort]

    def _price(self, name: str, config: ModelConfig) -> Price | None:
        if config.price is not None:
            return config.price.price()
        if self.price_of is None:
            return None
        return self.price_of(name) or (self.price_of(config.model) if config.model else None)

    def _callable(self, ref: ModelRef, config: ModelConfig, fields: Mapping[str, Any], place: str) -> Model:
        from calibrant.models.callable_model import CallableModel, import_function
        from calibrant.models.function_identity import code_of_import

        target = config.function or ""
        explicit = "concurrency" in config.model_fields_set
        function = import_function(target, folder=self.folder, place=place)
        parts = {
            "wire": "callable",
            "function": target,
            "fields": fields,
            "version": config.version,
            "code": None if config.version else code_of_import(function),
            "ref": [ref.model, ref.effort],
        }
        return CallableModel(
            function,
            ref=ref,
            identity=identity_of(parts),
            price=self._price(ref.model, config),
            concurrency=config.concurrency if explicit else None,
            timeout_s=config.timeout_s,
            fields=fields,
            environ=self.environ,
        )

    def _reference(self, ref: ModelRef, config: ModelConfig, fields: Mapping[str, Any], place: str) -> Model:
        from calibrant.models.reference import DATA, Engine, ReferenceFiles, ReferenceModel, looks_up

        folder = self.folder / config.file if config.file else DATA
        files = self._references.setdefault(folder, ReferenceFiles(folder))
        which = (folder, config.model or ref.model)
        if which not in self._engines:
            self._engines[which] = Engine(files, which[1])
        return ReferenceModel(
            self._engines[which],
            files,
            ref=ref,
            looks_up=looks_up(fields, place),
            defaults=config.sampling.sampling(),
            price=config.price.price() if config.price else None,
        )

    def _http(self, ref: ModelRef, config: ModelConfig, fields: Mapping[str, Any], place: str) -> Model:
        from calibrant.models.client import HttpModel
        from calibrant.models.connection import Connection, ConnectionOptions
        from calibrant.models.retry import RetryPolicy
        from calibrant.models.secrets import Redactor

        expand = _Expansion(self.environ, place)
        full_url = expand(usual_url(config, self.environ)).rstrip("/")
        check_url(full_url, place)
        base_url = without_userinfo(full_url)
        wire = _wire(ref.model, config, fields, place, base_url)
        key = self._key(config, place)
        options = ConnectionOptions(
            url=base_url + wire.path,
            method=wire.method,
            headers=_headers(config, wire, key, full_url, expand, place),
            query={name: expand(value, name=name) for name, value in config.query.items()},
            timeout_s=config.timeout_s,
            connect_timeout_s=min(config.connect_timeout_s, config.timeout_s),
            idle_timeout_s=min(config.idle_timeout_s, config.timeout_s),
            max_body=int(config.max_body_mb * _MEGABYTE),
            ca_file=str(self.folder / config.ca_file) if config.ca_file else None,
            proxy=expand(config.proxy, secret=True) if config.proxy else None,
        )
        secrets = [*([key] if key else []), *expand.secrets, *userinfo_of(full_url), *proxy_secrets()]
        secrets += userinfo_of(options.proxy or "")
        return HttpModel(
            traits=replace(
                self._traits(ref, config, fields, wire), destination=None if is_local(base_url) else _host(base_url)
            ),
            wire=wire,
            connection=Connection(options, self._bytes()),
            limits=self._limits_of(ref.model, base_url, config),
            redactor=Redactor(secrets),
            policy=RetryPolicy(max_tries=config.max_tries, total_s=config.max_retry_s),
        )

    def _traits(self, ref: ModelRef, config: ModelConfig, fields: Mapping[str, Any], wire: Wire) -> ModelTraits:
        from calibrant.models.client import ModelTraits

        parts = {
            "wire": config.wire,
            "base_url": without_userinfo(usual_url(config, self.environ)).rstrip("/") + wire.path,
            "model": config.model or ref.model,
            "fields": merged(config.extra_body, fields),
            "headers": sorted(header.lower() for header in config.headers),
            "query": config.query,
            "sampling": config.sampling.model_dump(exclude_defaults=True),
            "http": config.http.model_dump(exclude_defaults=True) if config.http else None,
            "version": config.version,
            "ref": [ref.model, ref.effort],
        }
        return ModelTraits(
            ref=ref,
            identity=identity_of(parts),
            price=self._price(ref.model, config),
            concurrency=config.concurrency,
            max_samples=config.max_samples,
        )

    def _key(self, config: ModelConfig, place: str) -> str | None:
        variable = key_variable(config, self.environ)
        if variable is None:
            return None
        key = self.environ.get(variable, "").strip()
        if key:
            return key
        remedy = f"Set it: export {variable}=..., or write {variable}=... into .env."
        raise InputError(f"the environment variable {variable} is not set", place=place, remedy=remedy)

    def _bytes(self) -> Allowance:
        from calibrant.models.limits import Allowance

        if self._allowance is None:
            self._allowance = Allowance(_BODIES)
        return self._allowance

    def _limits_of(self, name: str, base_url: str, config: ModelConfig) -> Limits:
        from calibrant.models.limits import Limits

        model = config.model or name
        endpoint = (config.wire, base_url, model, config.api_key_env, config.concurrency, config.rpm, config.tpm)
        if endpoint not in self._limits:
            self._limits[endpoint] = Limits(config.concurrency, rpm=config.rpm, tpm=config.tpm, clock=time.monotonic)
        return self._limits[endpoint]


class _Expansion:
    """Puts environment variables in the place of ``${NAME}``, and remembers the values that are secret."""

    def __init__(self, environ: Mapping[str, str], place: str) -> None:
        self._environ = environ
        self._place = place
        self.secrets: list[str] = []

    def __call__(self, text: str, *, name: str = "", secret: bool = False) -> str:
        """Expand a text.

        Args:
            text: with ``${NAME}`` in it.
            name: of the header or parameter that it is for; where it is one for keys, all of the text is secret.
            secret: whether what is put in is secret whatever it is called.
        """
        is_key = is_secret_name(name)

        def value(match: re.Match[str]) -> str:
            variable = match.group(1)
            found = self._environ.get(variable)
            if not found:
                remedy = f"Set it: export {variable}=..."
                raise InputError(f"the environment variable {variable} is not set", place=self._place, remedy=remedy)
            if secret or is_key or _SECRET_VARIABLE.search(variable):
                self.secrets.append(found)
            return found

        expanded = _REFERENCE.sub(value, text)
        if is_key:
            self.secrets += [expanded, expanded.partition(" ")[2]]
        return expanded


def _wire(name: str, config: ModelConfig, fields: Mapping[str, Any], place: str, base_url: str) -> Wire:
    model, defaults = config.model or name, config.sampling.sampling()
    body = merged(config.extra_body, fields)
    if config.wire == "responses":
        from calibrant.models.responses import ResponsesWire

        return ResponsesWire(model, fields=body, defaults=defaults, logprobs=config.logprobs)
    if config.wire == "anthropic":
        from calibrant.models.anthropic import AnthropicWire

        return AnthropicWire(model, fields=body, defaults=defaults)
    if config.wire == "embeddings":
        from calibrant.models.embeddings import EmbeddingsWire

        return EmbeddingsWire(model, fields=body)
    if config.wire in ("decisions", "systemone"):
        from calibrant.models.decisions import DecisionsWire, SystemOneWire

        return (DecisionsWire if config.wire == "decisions" else SystemOneWire)(model, fields=body)
    if config.wire == "http" and config.http:
        from calibrant.models.http_template import HttpWire

        return HttpWire(config.http, fields=body, place=f"{place} http.body")
    from calibrant.models.chat import ChatWire

    at_openai = _host(base_url) == "api.openai.com"
    limit = config.max_tokens_field or ("max_completion_tokens" if at_openai else "max_tokens")
    return ChatWire(model, fields=body, defaults=defaults, max_tokens_field=limit, logprobs=config.logprobs)


def usual_url(config: ModelConfig, environ: Mapping[str, str] = os.environ) -> str:
    """The address of an entry: its own, or that of its wire's service, which OPENAI_BASE_URL sets for OpenAI's."""
    if config.base_url or config.wire == "anthropic":
        return config.base_url or ANTHROPIC_URL
    return environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL


def without_userinfo(url: str) -> str:
    """An address without the name and the password in it."""
    return re.sub(r"(?<=://)[^/?#@]+@", "", url, count=1)


def key_variable(config: ModelConfig, environ: Mapping[str, str] = os.environ) -> str | None:
    """Name of the variable that holds the key of an entry; None = no key is sent.

    The key of a service is never sent anywhere else unasked; whoever sets OPENAI_BASE_URL asks for it.
    """
    if config.api_key_env or config.wire in ("http", "callable", "recorded", "reference"):
        return config.api_key_env
    url = usual_url(config, environ)
    if config.wire != "anthropic" and config.base_url is None:
        unneeded = not environ.get("OPENAI_API_KEY", "").strip() and (is_local(url) or userinfo_of(url))
        return None if unneeded else "OPENAI_API_KEY"
    return {"api.openai.com": "OPENAI_API_KEY", "api.anthropic.com": "ANTHROPIC_API_KEY"}.get(_host(url) or "")


def _headers(
    config: ModelConfig, wire: Wire, key: str | None, url: str, expand: _Expansion, place: str
) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "calibrant"}
    headers |= dict(wire.headers) | _key_header(config, key)
    own = {header: expand(value, name=header) for header, value in config.headers.items()}
    replaced = {header.lower() for header in own}
    headers = {header: value for header, value in headers.items() if header.lower() not in replaced} | own
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        if any(header.lower() == "authorization" for header in headers):
            remedy = "Leave one of them out: the request has room for one only."
            raise InputError("there are a key and a password in the address", place=place, remedy=remedy)
        both = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(both.encode()).decode()}"
    for header, value in headers.items():
        check_header(header, value, place)
    return headers


def _key_header(config: ModelConfig, key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    if not key.isascii() or not key.isprintable():
        raise InputError("the key holds characters that no header can carry", place=config.api_key_env)
    header = config.api_key_header or ("x-api-key" if config.wire == "anthropic" else "Authorization")
    return {header: f"Bearer {key}" if header.lower() == "authorization" else key}
