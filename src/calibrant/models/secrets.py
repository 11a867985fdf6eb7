"""Keys stay out of every error, kept body and log line: what is known is replaced, what looks like a key as well."""

from __future__ import annotations

import base64
import json
import re
import urllib.request
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote

__all__ = ["REDACTED", "Redactor", "is_secret_name", "looks_like_key", "proxy_secrets", "secret_values", "userinfo_of"]

REDACTED = "[redacted]"
_SHORTEST = 8
"""A shorter value (``EMPTY``, ``none``) is a placeholder for servers that want no key; replacing it spoils texts."""

_PREFIXES = r"(?:sk|pk|rk|gsk|xai|hf|nvapi|ghp|gho|ghs|ghu|ghr|glpat|tgp|fw|pplx|r8|xox[abp]|AIza|AKIA|eyJ)"
_LITERAL = re.compile(rf"(?<![A-Za-z0-9]){_PREFIXES}[-_]?[A-Za-z0-9][A-Za-z0-9_.-]{{15,}}")
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://)[^/\s@\"']+@"), rf"\1{REDACTED}@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+(?!realm\b)[A-Za-z0-9._~+/=*-]{6,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(?i)([?&](?:api[-_]?key|key|token|access_token|sig)=)[^&\s\"']+"), rf"\1{REDACTED}"),
    (re.compile(rf"(?<![A-Za-z0-9]){_PREFIXES}[-_][A-Za-z0-9_-]*(?:[*•]{{2,}}|\.{{3,}}|…)[A-Za-z0-9_-]*"), REDACTED),
    (_LITERAL, REDACTED),
)


_SECRET_NAMES = re.compile(
    r"(?i)^(?:(?:proxy-)?authorization|(?:set-)?cookie|code|sig|signature|pwd|auth|credentials?|(?:x-)?(?:goog-)?apikey"
    r"|(?:.*[-_])?(?:key|token)|x-.*token|.*secret.*|.*passw.*)$"
)
_SECRET_VARIABLES = re.compile(r"(?i)KEY|TOKEN|SECRET|PASSWORD")
_USERINFO = re.compile(r"(?:^|://)([^/?#@\s]+)@")


def is_secret_name(name: str) -> bool:
    """Whether a header or parameter of this name carries a key."""
    return _SECRET_NAMES.match(name) is not None


def secret_values(environ: Mapping[str, str]) -> list[str]:
    """Values of the environment variables whose names speak of a secret."""
    return [value for name, value in environ.items() if _SECRET_VARIABLES.search(name)]


def userinfo_of(address: str) -> tuple[str, ...]:
    """What is secret in an address with a name and a password, in the forms in which it may come back; else nothing."""
    found = _USERINFO.search(address)
    if found is None:
        return ()
    userinfo = found.group(1)
    password = userinfo.partition(":")[2]
    encoded = base64.b64encode(unquote(userinfo).encode()).decode()
    return tuple(part for part in (f"{userinfo}@", encoded, password, unquote(password)) if part)


def proxy_secrets() -> list[str]:
    """Passwords of the proxies that the environment names."""
    return [secret for address in urllib.request.getproxies().values() for secret in userinfo_of(address)]


def looks_like_key(text: str) -> bool:
    """Whether a text looks like a key itself and not like the name of one."""
    return bool(_LITERAL.search(text)) or bool(re.search(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{12,}", text))


class Redactor:
    """Takes known secrets, parts of them, and what is shaped like a key out of texts.

    Args:
        secrets: values of keys, headers and passwords in use.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        stripped = {secret.strip() for secret in secrets}
        known = {secret for secret in stripped if len(secret) >= _SHORTEST or secret.endswith("@")}
        forms = {form for secret in known for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}
        self._forms = sorted(forms, key=len, reverse=True)
        self._bytes = [form.encode("utf-8", "surrogateescape") for form in self._forms]
        self._escaped = [re.compile("".join(map(_in_any_spelling, secret))) for secret in sorted(known)]
        self._shown = [
            re.compile(re.escape(secret[:3]) + r"[A-Za-z0-9_-]*(?:[*•x]{3,}|\.{3,}|…)[A-Za-z0-9_*-]*")
            for secret in sorted(known)
        ]

    def text(self, text: str) -> str:
        """The text without secrets, whole or partly shown (``sk-abc...xyz``), bearer tokens and passwords of URLs."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
        if "\\" in text or "%" in text:
            for escaped in self._escaped:
                text = escaped.sub(REDACTED, text)
        for shown in self._shown:
            text = shown.sub(REDACTED, text)
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return text

    def answer(self, payload: bytes) -> bytes:
        """A good body without the secrets in use. Other texts are the model's words and stay as they are."""
        for form in self._bytes:
            if form in payload:
                payload = payload.replace(form, REDACTED.encode())
        if b"\\u" in payload or b"\\/" in payload:
            return self._without_escaped(payload)
        return payload

    def _without_escaped(self, payload: bytes) -> bytes:
        text = cleaned = payload.decode("utf-8", "surrogateescape")
        for escaped in self._escaped:
            cleaned = escaped.sub(REDACTED, cleaned)
        return payload if cleaned == text else cleaned.encode("utf-8", "surrogateescape")

    def body(self, payload: bytes) -> bytes:
        """The body of a failure, treated like any text where it is one."""
        cleaned = self.answer(payload)
        try:
            return self.text(cleaned.decode()).encode()
        except UnicodeDecodeError:
            return cleaned


def _in_any_spelling(character: str) -> str:
    """A pattern for a character as it is, escaped in JSON, or in an address."""
    plain = re.escape(character)
    if character.isascii() and character.isalnum():
        return rf"(?:{plain}|(?i:\\u{ord(character):04x}))"
    told = {quote(character, safe="", errors="surrogatepass"), json.dumps(character)[1:-1]}
    if ord(character) < 1 << 16:
        told.add(f"\\u{ord(character):04x}")
    forms = "|".join(sorted(map(re.escape, told), key=len, reverse=True))
    return rf"(?:(?i:{forms})|\\?{plain})"
