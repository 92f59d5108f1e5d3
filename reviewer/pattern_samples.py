"""Pattern → texts that it may match, made by walking its parse tree; what looks around is only tried, not solved."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

_ANY = "甲某的应当事项"
_CLASSES = {"CATEGORY_DIGIT": "3", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "甲", "CATEGORY_NOT_SPACE": "甲",
            "CATEGORY_NOT_DIGIT": "甲", "CATEGORY_NOT_WORD": "，"}  # fmt: skip
_MORE = 2  # repetitions beyond the least that are tried


def samples(pattern: str, count: int) -> Iterator[str]:
    """Up to `count` different texts, always the same ones for the same pattern; some may not match."""
    from re import _parser  # type: ignore[attr-defined]

    tree = _parser.parse(pattern)
    chance = random.Random(pattern)
    seen: set[str] = set()
    for _ in range(count):
        text = _Walk(chance).sequence(tree)
        if text not in seen:
            seen.add(text)
            yield text


class _Walk:
    """One text under way; groups are remembered for what refers back to them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.groups: dict[int, str] = {}

    def sequence(self, nodes: Any) -> str:
        return "".join(self.node(str(op), value) for op, value in nodes)

    def node(self, op: str, value: Any) -> str:
        if op == "LITERAL":
            return chr(value)
        if op == "NOT_LITERAL":
            return next(c for c in _ANY if ord(c) != value)
        if op == "ANY":
            return self.chance.choice(_ANY)
        if op == "IN":
            return self.one_of(value)
        if op == "BRANCH":
            return self.sequence(self.chance.choice(value[1]))
        if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = value
            times = self.chance.randint(low, min(int(high), low + _MORE))
            return "".join(self.sequence(inner) for _ in range(times))
        if op == "SUBPATTERN":
            text = self.sequence(value[-1])
            if value[0] is not None:
                self.groups[value[0]] = text
            return text
        if op == "ATOMIC_GROUP":
            return self.sequence(value)
        if op == "GROUPREF":
            return self.groups.get(value, "")
        if op == "ASSERT":  # what must stand beside is written there; it may then stand twice
            return self.sequence(value[1])
        return ""

    def one_of(self, members: list[tuple[Any, Any]]) -> str:
        if str(members[0][0]) == "NEGATE":
            return self.chance.choice([c for c in _ANY if not _excludes(members[1:], c)] or ["字"])
        op, value = self.chance.choice(members)
        if str(op) == "RANGE":
            return chr(self.chance.randint(*value))
        if str(op) == "CATEGORY":
            return _CLASSES.get(str(value).rpartition(".")[2], "甲")
        return chr(value)


def _excludes(members: list[tuple[Any, Any]], letter: str) -> bool:
    at = ord(letter)
    return any(
        (str(op) == "LITERAL" and value == at) or (str(op) == "RANGE" and value[0] <= at <= value[1])
        for op, value in members
    )
