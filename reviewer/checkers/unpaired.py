"""Brackets, quotation marks and title marks that open without closing, or close without opening."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Block, Draft, Match, Span
from reviewer.lexicon import Knowledge

_CLOSES = {")": "(", "》": "《", "”": "“", "】": "【", "〕": "〔", "」": "「", "』": "『"}
_OPENS = frozenset(_CLOSES.values())
_NUMBER = frozenset("0123456789一二三四五六七八九十abcdefghiABCDEFGHIivx①②③④⑤")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    marks: str = "《》“”()"  # both halves of the pairs to look at
    around: int = 12  # code points shown beside the mark
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    text = draft.folded
    wanted = re.compile(f"[{re.escape(options.marks)}]")
    blocks = draft.document.blocks
    for n, block in enumerate(blocks):
        if not in_parts(draft, block.span, ()) or "│" in block.span.of(text):
            continue  # a row of a drawn table
        lone = list(_lone(text, block.span, wanted))
        # a quotation of several paragraphs, or a line broken by a printed layout, closes in a neighbour
        lone = [i for i in lone if not _in_neighbour(text, blocks, n, i)]
        if len(lone) != 1:
            continue
        at = lone[0]
        if text[at] in "“”" and '"' in text[block.span.start : block.span.end]:
            continue  # a straight mark is the other half
        place = Span(max(block.span.start, at - options.around), min(block.span.end, at + options.around))
        yield Match(place, {"符号": draft.text[at]}, f"“{draft.text[at]}”没有与之成对的另一半",
                    confidence=options.confidence)  # fmt: skip


def _lone(text: str, span: Span, wanted: re.Pattern[str]) -> Iterator[int]:
    """Offsets of marks in a block that have no other half there."""
    stack: list[int] = []
    for found in wanted.finditer(text, span.start, span.end):
        at, mark = found.start(), found[0]
        if mark in _OPENS:
            stack.append(at)
        elif stack and text[stack[-1]] == _CLOSES[mark]:
            stack.pop()
        elif mark == ")" and _is_label(text, span, at):
            continue
        elif any(text[i] == _CLOSES[mark] for i in stack):
            while stack and text[stack[-1]] != _CLOSES[mark]:
                yield stack.pop()
            stack.pop()
        else:
            yield at
    yield from stack


def _is_label(text: str, span: Span, at: int) -> bool:
    """1) and a) before an item are not half a pair."""
    before = text[max(span.start, at - 4) : at].rstrip()
    label = before[len(before.rstrip("".join(_NUMBER))) :]
    rest = before[: len(before) - len(label)]
    return 0 < len(label) < 3 and (not rest or rest[-1] in " ;,。:、；：，")


def _in_neighbour(text: str, blocks: tuple[Block, ...], n: int, at: int) -> bool:
    mark = text[at]
    if mark in _OPENS:
        other = next(c for c, o in _CLOSES.items() if o == mark)
        ahead = [text[b.span.start : b.span.end] for b in blocks[n + 1 : n + 6]]
        return any(0 <= a.find(other) < (a.find(mark) if mark in a else len(a)) for a in ahead)
    other = _CLOSES[mark]
    behind = [text[b.span.start : b.span.end] for b in blocks[max(0, n - 5) : n]]
    return any(b.rfind(other) > b.rfind(mark) for b in behind)
