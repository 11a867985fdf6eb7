"""How people and models say that they do not know, language by language. Data only; ``abstention`` reads it.

A new language is a new ``Phrasebook``: what is said in a word, how one declines, how one takes it back.
"""

from __future__ import annotations

from calibrant.grading.phrasebooks.book import Phrasebook
from calibrant.grading.phrasebooks.english import ENGLISH
from calibrant.grading.phrasebooks.europe import EUROPE
from calibrant.grading.phrasebooks.further import FURTHER
from calibrant.grading.phrasebooks.world import WORLD

__all__ = ["BOOKS", "Phrasebook"]

BOOKS: tuple[Phrasebook, ...] = (ENGLISH, *EUROPE, *WORLD, *FURTHER)
"""Every language we can read a refusal in; the first fifteen are measured on the shipped replies."""
