"""Regular expressions of the lexicon: written in Chinese punctuation, matched on folded text, gated by literals.

pattern text → folded, compiled `re.Pattern`; and the literals of which any match must contain at least one, so that
one pass over the text for all literals tells which patterns can match at all.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Annotated, Any

from reviewer.domain import Draft, Span, fold

Regex = Annotated[str, "regex"]
"""A field of an Options record that holds a pattern; the loader compiles it to check it."""

_SPECIAL = set("()[]{}?*+.|^$\\")
_MOST_LITERALS = 64


def fold_pattern(pattern: str) -> str:
    """Fold a pattern as texts are folded; a full-width （ stays a literal, so it becomes \\(."""
    return "".join(
        "\\" + narrow if (narrow := fold(c)) != c and narrow in _SPECIAL else narrow for c in pattern
    )


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern ready for folded text; re.error when it is not one."""
    return re.compile(fold_pattern(pattern))


def check(pattern: str) -> None:
    """re.error when it is not a pattern, or draws a warning (folding may double a ~ in a character class)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compiled(pattern)
        except Warning as warning:
            raise re.error(str(warning)) from None


_KNOWN: dict[str, tuple[str, ...] | None] = {}


def remember_literals(known: Mapping[str, tuple[str, ...] | None]) -> None:
    """Warm the memo of `required_literals` from a compiled lexicon (a pure function: results do not change)."""
    _KNOWN.update(known)


def required_literals(pattern: str) -> tuple[str, ...] | None:
    """Literals of which every match contains at least one; None when nothing can be promised."""
    if pattern not in _KNOWN:
        _KNOWN[pattern] = _required_literals(pattern)
    return _KNOWN[pattern]


def _required_literals(pattern: str) -> tuple[str, ...] | None:
    from re import _parser  # type: ignore[attr-defined]

    exact, best = _literals_of(_parser.parse(fold_pattern(pattern)))
    chosen = _better(exact, best)
    return tuple(sorted(chosen)) if chosen else None


def _better(a: set[str] | None, b: set[str] | None) -> set[str] | None:
    """The more selective of two any-of sets: longer shortest member first, then fewer members."""
    usable = [s for s in (a, b) if s and all(s)]
    return max(usable, key=lambda s: (min(map(len, s)), -len(s)), default=None)


def _literals_of(nodes: Iterable[tuple[Any, Any]]) -> tuple[set[str] | None, set[str] | None]:
    """(all strings the sequence can be, or None; the best any-of set inside it, or None)."""
    current: set[str] = {""}
    whole, best = True, None
    for op, value in nodes:
        exact, inner = _node_literals(str(op), value)
        if exact is not None and len(current) * len(exact) <= _MOST_LITERALS:
            current = {a + b for a, b in product(current, exact)}
            continue
        whole = False
        best = _better(best, current)
        best = _better(best, _better(exact, inner))
        current = {""}
    return (current, best) if whole else (None, _better(best, current))


def _node_literals(op: str, value: Any) -> tuple[set[str] | None, set[str] | None]:
    if op == "LITERAL":
        return {chr(value)}, None
    if op in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}, None
    if op == "SUBPATTERN":
        return _literals_of(value[-1])
    if op == "ATOMIC_GROUP":
        return _literals_of(value)
    if op == "IN" and all(str(kind) == "LITERAL" for kind, _ in value) and len(value) <= 8:
        return {chr(code) for _, code in value}, None
    if op == "BRANCH":
        return _branch_literals(value[1])
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = value
        exact, best = _literals_of(inner)
        if low == 0:
            return ({""} | exact, None) if exact is not None and high == 1 else (None, None)
        return (exact, best) if (low, high) == (1, 1) else (None, _better(exact, best))
    return None, None


def _branch_literals(branches: list[Any]) -> tuple[set[str] | None, set[str] | None]:
    parts = [_literals_of(branch) for branch in branches]
    if all(exact is not None for exact, _ in parts):
        union = {s for exact, _ in parts for s in exact or ()}
        return (union, None) if len(union) <= _MOST_LITERALS else (None, union if all(union) else None)
    chosen = [_better(exact, best) for exact, best in parts]
    return None, {s for c in chosen for s in c or ()} if all(chosen) else None


def can_match(pattern: str, draft: Draft) -> bool:
    """False only when the draft's scan proves that the pattern is nowhere in it."""
    literals = required_literals(pattern)
    if literals is None or draft.literals is None:
        return True
    return not draft.literals.keys().isdisjoint(literals)


def found(pattern: str, draft: Draft, within: Span | None = None) -> bool:
    """Is the pattern anywhere in the draft, or in one span of it?"""
    if not can_match(pattern, draft):
        return False
    span = within or Span(0, len(draft.folded))
    return compiled(pattern).search(draft.folded, span.start, span.end) is not None


def matches(pattern: str, draft: Draft) -> Iterator[re.Match[str]]:
    """Matches anywhere in the draft, across sentences, in the order of the text."""
    if can_match(pattern, draft):
        yield from compiled(pattern).finditer(draft.folded)


def matches_by_sentence(pattern: str, draft: Draft) -> Iterator[re.Match[str]]:
    """Matches that stay inside one sentence; only sentences with one of the literals are tried."""
    if not can_match(pattern, draft):
        return
    regex, folded = compiled(pattern), draft.folded
    for sentence in candidate_sentences(pattern, draft):
        yield from regex.finditer(folded, sentence.start, sentence.end)


def candidate_sentences(pattern: str, draft: Draft) -> Iterator[Span]:
    literals = required_literals(pattern)
    places = draft.literals
    if literals is None or places is None:
        yield from draft.sentences
        return
    found = frozenset().union(*(draft.sentences_of(literal) for literal in literals if literal in places))
    for i in sorted(found):
        yield draft.sentences[i]
