"""Regular expressions of the lexicon: written in Chinese punctuation, matched on folded text, gated by literals.

pattern text → folded, compiled `re.Pattern`; and the literals of which any match must contain at least one, so that
one pass over the text for all literals tells which patterns can match at all.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Annotated, Any

from reviewer import pattern_code
from reviewer.domain import Draft, Span, fold

Regex = Annotated[str, "regex"]
"""A field of an Options record that holds a pattern; the loader compiles it to check it."""

_SPECIAL = set("()[]{}?*+.|^$\\")
_MOST_LITERALS = 8
_MOST_BESIDE_COMMON = 24  # literals of a further set, where the first set is of common words
_MOST_SIGNS = 3
_COMMON = frozenset(
    re.findall("..", "甲方乙方丙方双方合同协议支付承担负责提供办理履行验收费用价款金额")
    + re.findall("..", "责任违约赔偿标准要求情况应当单位项目服务工程企业部门规定")
)  # they stand in most documents, so they tell little of where a pattern can match


def fold_pattern(pattern: str) -> str:
    """Fold a pattern as texts are folded; a full-width （ stays a literal, so it becomes \\(."""
    return "".join(
        "\\" + narrow if (narrow := fold(c)) != c and narrow in _SPECIAL else narrow for c in pattern
    )


_CODES: list[pattern_code.Codes] = []  # those of the lexicon that was loaded last


def remember_codes(codes: pattern_code.Codes) -> None:
    """Patterns that were compiled before, made of their code when first matched (results do not change)."""
    _CODES[:] = [codes]


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern ready for folded text; re.error when it is not one."""
    for codes in _CODES:
        if (code := codes.get(pattern)) is not None:
            with suppress(ValueError):  # a spoilt file costs only time
                return pattern_code.made_of(code)
    return re.compile(fold_pattern(pattern))


def code_of(pattern: str) -> bytes:
    """The pattern compiled; re.error when it is none, or draws a warning (folding may double a ~ in a class)."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return pattern_code.code_of(fold_pattern(pattern))
        except Warning as warning:
            raise re.error(str(warning)) from None


Signs = tuple[tuple[str, ...], ...]
"""Sets of literals; a match contains at least one literal of each set. Empty: nothing can be promised."""

_KNOWN: dict[str, Signs] = {}


def remember_literals(known: Mapping[str, Signs]) -> None:
    """Warm the memo of `signs_of` from a compiled lexicon (a pure function: results do not change)."""
    _KNOWN.update(known)


def signs_of(pattern: str) -> Signs:
    """All that is known of the literals in any match, the most selective set first."""
    signs = _KNOWN.get(pattern)
    if signs is None:
        signs = _KNOWN[pattern] = _signs_of(pattern)
    return signs


def _signs_of(pattern: str) -> Signs:
    from re import _parser  # type: ignore[attr-defined]

    exact, inner = _literals_of(_parser.parse(fold_pattern(pattern)))
    chosen: list[set[str]] = []
    for literals in sorted(_usable([exact or set(), *inner]), key=_selective, reverse=True):
        most = _MOST_BESIDE_COMMON if chosen and _common(chosen[0]) else _MOST_LITERALS
        if chosen and (min(map(len, literals)) < 2 or len(literals) > most):
            continue  # a further single character tells little, a long list costs more than it spares
        if len(chosen) < _MOST_SIGNS and not any(_follows(known, literals) for known in chosen):
            chosen.append(literals)
    return tuple(tuple(sorted(literals)) for literals in chosen)


def _usable(sets: Iterable[set[str]]) -> list[set[str]]:
    """Sets that promise something: an empty string is in every text."""
    return [s for s in sets if s and all(s)]


def _selective(literals: set[str]) -> tuple[bool, int, int]:
    """Uncommon ones first, then a longer shortest member, then fewer members."""
    return not _common(literals), min(map(len, literals)), -len(literals)


def _common(literals: set[str]) -> bool:
    """Does nearly every text hold one of them? A single character may."""
    return min(map(len, literals)) < 2 or not _COMMON.isdisjoint(literals)


def _follows(known: set[str], literals: set[str]) -> bool:
    """Does each literal of a set hold one of the other set, so that the other set tells nothing new?"""
    return all(any(one in word for one in literals) for word in known)


def _literals_of(nodes: Iterable[tuple[Any, Any]]) -> tuple[set[str] | None, list[set[str]]]:
    """(all strings the sequence can be, or None; any-of sets that every match of it meets)."""
    current: set[str] = {""}
    whole, met = True, list[set[str]]()
    for op, value in nodes:
        exact, inner = _node_literals(str(op), value)
        if exact is not None and len(current) * len(exact) <= _MOST_LITERALS:
            current = {a + b for a, b in product(current, exact)}
            continue
        whole = False
        met += [current, *([exact] if exact is not None else []), *inner]
        current = {""}
    return (current, met) if whole else (None, [*met, current])


def _node_literals(op: str, value: Any) -> tuple[set[str] | None, list[set[str]]]:
    if op == "LITERAL":
        return {chr(value)}, []
    if op in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}, []
    if op == "SUBPATTERN":
        return _literals_of(value[-1])
    if op == "ATOMIC_GROUP":
        return _literals_of(value)
    if op == "IN" and all(str(kind) == "LITERAL" for kind, _ in value) and len(value) <= 8:
        return {chr(code) for _, code in value}, []
    if op == "BRANCH":
        return _branch_literals(value[1])
    if op in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = value
        exact, met = _literals_of(inner)
        if low == 0:
            return ({""} | exact, []) if exact is not None and high == 1 else (None, [])
        if (low, high) == (1, 1):
            return exact, met
        if exact is not None and len(exact) ** min(low, 9) <= _MOST_LITERALS:
            exact = {"".join(several) for several in product(exact, repeat=min(low, 9))}
        return None, [*([exact] if exact is not None else []), *met]
    return None, []


def _branch_literals(branches: list[Any]) -> tuple[set[str] | None, list[set[str]]]:
    parts = [_literals_of(branch) for branch in branches]
    if all(exact is not None for exact, _ in parts):
        union = {s for exact, _ in parts for s in exact or ()}
        return (union, []) if len(union) <= _MOST_LITERALS else (None, [union] if all(union) else [])
    chosen = [max(_usable([exact or set(), *met]), key=_selective, default=None) for exact, met in parts]
    return None, [{s for c in chosen for s in c or ()}] if all(chosen) else []


def can_match(pattern: str, draft: Draft) -> bool:
    """False only when the draft's scan proves that the pattern is nowhere in it."""
    return possible(pattern, draft.words)


def possible(pattern: str, words: frozenset[str] | None) -> bool:
    """False only when the literals that a scan found prove that the pattern is nowhere in the text."""
    if words is None:
        return True
    for sign in _sign_sets(pattern):  # noqa: SIM110 - asked a thousand times a document
        if words.isdisjoint(sign):
            return False
    return True


@cache
def _sign_sets(pattern: str) -> tuple[frozenset[str], ...]:
    """The signs as sets, which are quicker to compare, made of those that are ever asked for."""
    return tuple(map(frozenset, signs_of(pattern)))


def hanging_on(several: Iterable[str]) -> frozenset[str] | None:
    """The literals of which a match of any of the patterns needs one; None where one of them promises none."""
    sets = [_sign_sets(pattern)[:1] for pattern in several]
    return frozenset().union(*(first for (first,) in sets)) if all(sets) else None


def found(pattern: str, draft: Draft, within: Span | None = None) -> bool:
    """Is the pattern anywhere in the draft, or in one span of it?"""
    if within is not None and len(within) < len(draft.folded):
        return can_match(pattern, draft) and (
            compiled(pattern).search(draft.folded, within.start, within.end) is not None
        )
    told: dict[str, bool] = draft.once("patterns anywhere", dict)
    known = told.get(pattern)
    if known is None:
        known = told[pattern] = can_match(pattern, draft) and compiled(pattern).search(draft.folded) is not None
    return known


def matches(pattern: str, draft: Draft) -> Iterator[re.Match[str]]:
    """Matches anywhere in the draft, across sentences, in the order of the text."""
    if can_match(pattern, draft):
        yield from compiled(pattern).finditer(draft.folded)


def matches_by_sentence(pattern: str, draft: Draft) -> Iterator[re.Match[str]]:
    """Matches that stay inside one sentence; only sentences with one of the literals are tried."""
    sentences = candidate_sentences(pattern, draft)
    if not sentences:
        return
    regex, folded = compiled(pattern), draft.folded
    search = regex.search
    for sentence in sentences:
        start, end = sentence.start, sentence.end
        if search(folded, start, end) is not None:  # most have none: no iterator is made for them
            yield from regex.finditer(folded, start, end)


def candidate_sentences(pattern: str, draft: Draft) -> Sequence[Span]:
    """The sentences that hold a literal of every set which a match needs, in the order of the text."""
    signs = _sign_sets(pattern)
    if not signs or draft.words is None:
        return draft.sentences
    among = draft.sentences_with(signs[0])
    for sign in signs[1:]:
        if not among:
            return ()
        among &= draft.sentences_with(sign)
    return [draft.sentences[i] for i in sorted(among)]
