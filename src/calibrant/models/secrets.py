"""Keys stay out of every error, kept body and log line: what is known is replaced, what looks like a key as well."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["REDACTED", "Redactor", "looks_like_key"]

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


def looks_like_key(text: str) -> bool:
    """Whether a text looks like a key itself and not like the name of one."""
    return bool(_LITERAL.search(text)) or bool(re.search(r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{12,}", text))


class Redactor:
    """Takes known secrets, parts of them, and what is shaped like a key out of texts.

    Args:
        secrets: values of keys, headers and passwords in use.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret.strip() for secret in secrets if len(secret.strip()) >= _SHORTEST}
        forms = {form for secret in known for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1])}
        self._forms = sorted(forms, key=len, reverse=True)
        self._bytes = [form.encode() for form in self._forms]
        self._shown = [
            re.compile(re.escape(secret[:3]) + r"[A-Za-z0-9_-]*(?:[*•x]{3,}|\.{3,}|…)[A-Za-z0-9_*-]*")
            for secret in sorted(known)
        ]

    def text(self, text: str) -> str:
        """The text without secrets, whole or partly shown (``sk-abc...xyz``), bearer tokens and passwords of URLs."""
        for form in self._forms:
            text = text.replace(form, REDACTED)
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
        return payload

    def body(self, payload: bytes) -> bytes:
        """The body of a failure, treated like any text where it is one."""
        cleaned = self.answer(payload)
        try:
            return self.text(cleaned.decode()).encode()
        except UnicodeDecodeError:
            return cleaned
