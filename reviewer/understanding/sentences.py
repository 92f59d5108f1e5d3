"""Folded text → sentences: split at 。；！？ and line ends (and a full-width ．), but not inside brackets or quotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reviewer.domain import Span

_STOP = re.compile(
    r"[。;!?.](?:(?<!\.)[。;!?]*|(?<=[\u4e00-\u9fff)]\.)(?<![一二三四五六七八九十百条章节款项]\.)(?=[\s\d\u4e00-\u9fff]|$))"
    r"[”’」』》\")\]】]*"  # its first character is one of a set, which the search can leap to
)
_PAIRS = (("(", ")"), ("“", "”"), ("「", "」"), ("『", "』"))
_LONGEST_INSIDE = 120  # a bracket that is not closed sooner was probably never closed


def sentences_of(folded: str) -> tuple[Span, ...]:
    """Spans of the sentences, without the white space around them."""
    out: list[Span] = []
    at = 0
    for line in folded.split("\n"):
        start, stop = at, at + len(line)
        at = stop + 1
        if not line or line.isspace():
            continue
        pairs = [pair for pair in _PAIRS if pair[0] in line]
        for found in _STOP.finditer(folded, start, stop):
            if found.end() <= start or (pairs and _inside(folded, start, found.start(), stop, pairs)):
                continue
            _add(out, folded, start, found.end())
            start = found.end()
        _add(out, folded, start, stop)
    return tuple(out)


def _add(out: list[Span], folded: str, start: int, end: int) -> None:
    while start < end and folded[start].isspace():
        start += 1
    while start < end and folded[end - 1].isspace():
        end -= 1
    if start < end:
        out.append(Span(start, end))


def _inside(folded: str, start: int, at: int, stop: int, pairs: Sequence[tuple[str, str]]) -> bool:
    """Does a bracket or quotation that opened in the sentence still stay open here and close on the same line?"""
    for opening, closing in pairs:
        opened = folded.count(opening, start, at)
        if opened and opened > folded.count(closing, start, at):
            last = folded.rfind(opening, start, at)
            if folded.find(closing, at, min(stop, last + _LONGEST_INSIDE)) >= 0:
                return True
    return False
