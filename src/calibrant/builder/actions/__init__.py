"""Tasks for agents from a table and a list of tools: with all that a call needs, or with an argument absent."""

from __future__ import annotations

from calibrant.builder.actions.tasks import ActionSettings, build_actions
from calibrant.builder.actions.tools import Tool, read_tools

__all__ = ["ActionSettings", "Tool", "build_actions", "read_tools"]
