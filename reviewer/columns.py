"""How many columns of fixed width a text takes: Chinese characters and full-width marks take two."""

from __future__ import annotations

import unicodedata
from functools import cache


def columns(text: str) -> int:
    return sum(map(column_of, text))


@cache
def column_of(character: str) -> int:
    """Of one character: 0 for a combining or invisible one, 2 for a wide one, else 1."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1
