"""The one place where jinja2 is set up: a sandbox, since somebody else may have written the template.

A name that is not known is an error, and nothing is escaped: what is made is a prompt or JSON, not HTML.
"""

from __future__ import annotations

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

__all__ = ["environment"]


def environment() -> ImmutableSandboxedEnvironment:
    """A fresh environment."""
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
