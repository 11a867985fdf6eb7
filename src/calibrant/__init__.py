"""Calibrant: how often a model is right, how often it makes things up, and a promise about it.

Importing this package loads nothing heavy; each room is loaded when first used.
"""

from __future__ import annotations

__version__ = "0.1.0"
