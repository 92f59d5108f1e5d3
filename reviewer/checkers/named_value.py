"""What carries one name in the file must have one value: 项目名称, 合同编号 on the cover, in the head, in the body."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, can_match, compiled, matches

_BLANK = re.compile(r"[_{}\[\]【】×xX*]{2,}|^[\s_/:()-]*$|同上|见|详见|略|填写")
_BEFORE_LABEL = frozenset("\n\t\r\x0b\x0c \u3000。;(“0123456789.、")
_AFTER_LABEL = compiled(r"\s*[：:]\s*(?P<at>[^\n；。]{2,80})")
_PARTY = re.compile(r"[甲乙丙]方|(?:委托|受托|发包|承包)[人方]|采购人|供应商")
_UNDER = 200  # code points
_LONG = 8  # code points from which a name is looked for in the body


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    label: tuple[Regex, ...] = ()  # 项目名称, 工程名称: the value follows a colon
    any: tuple[Regex, ...] = ()  # or patterns whose group `at` is the value
    near: bool = False  # also look for nearly the same words in the body
    by_side: bool = False  # what stands under 甲方 is not compared with what stands under 乙方
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for label in options.label:
        stated = sorted(_stated(draft, label)) if can_match(label, draft) else []
        if stated:
            yield from _differing(draft, stated, options)
    for pattern in options.any:
        stated = [Span(*m.span("at")) for m in matches(pattern, draft) if in_parts(draft, Span(*m.span("at")), ())]
        sides: dict[str, list[Span]] = {}
        for span in stated:
            sides.setdefault(_side(draft, span) if options.by_side else "", []).append(span)
        for of_one in sides.values():
            yield from _differing(draft, of_one, options)


def _side(draft: Draft, span: Span) -> str:
    """Under which party a value stands: the last one named before it."""
    named = _PARTY.findall(draft.folded, max(0, span.start - _UNDER), span.start)
    return named[-1] if named else ""


def _differing(draft: Draft, stated: list[Span], options: Options) -> Iterator[Match]:
    first = stated[0]
    name = _plain(first.of(draft.folded))
    for other in stated[1:]:
        words = _plain(other.of(draft.folded))
        if words and name and words != name and words not in name and name not in words:
            yield _match(draft, first, other, options)
            return
    if options.near and len(name) >= _LONG:
        for span in _near(draft, name, first):
            yield _match(draft, first, span, options)
            return


def _stated(draft: Draft, label: str) -> Iterator[Span]:
    """The words after a label and a colon, up to the end of the line, a wide space or the next label."""
    text = draft.folded
    for named in compiled(label).finditer(text):
        if named.start() and text[named.start() - 1] not in _BEFORE_LABEL:
            continue
        found = _AFTER_LABEL.match(text, named.end())
        if found is None:
            continue
        words = found["at"]
        cut = re.split(r"\s{2,}|\s(?=[^\s:]{2,8}:)|\s\d\.\d|,|\|", words.strip())[0].rstrip(" .、|")
        start = found.start("at") + words.index(cut) if cut else found.start("at")
        span = Span(start, start + len(cut))
        if len(cut) >= 3 and not _BLANK.search(cut) and in_parts(draft, span, ()):
            yield span


def _plain(words: str) -> str:
    return re.sub(r"[\s《》“”\"「」]", "", words)


def _near(draft: Draft, name: str, first: Span) -> Iterator[Span]:
    """Words of the text that begin and end like the name, and lack or add a few characters inside."""
    head, tail = re.escape(name[:2]), re.escape(name[-4:])
    low, high = max(0, len(name) - 6 - 4), len(name) - 6 + 4
    regex = re.compile(rf"{head}[\u4e00-\u9fa5A-Za-z\d]{{{low},{high}}}?{tail}")
    for found in regex.finditer(draft.folded):
        words, span = found.group(), Span(*found.span())
        if words == name or span.overlaps(first) or _draws_apart(name, words):
            continue
        if in_parts(draft, span, ()):
            yield span


def _draws_apart(name: str, words: str) -> bool:
    """Is it another thing rather than a slip: too much changed, or a number, a year or a place changed?"""
    from difflib import SequenceMatcher

    changes = [op for op in SequenceMatcher(None, name, words, autojunk=False).get_opcodes() if op[0] != "equal"]
    if len(changes) != 1:
        return True
    _, i1, i2, j1, j2 = changes[0]
    changed = name[i1:i2] + words[j1:j2]
    other = re.search(r"[\d一二三四五六七八九十年期标段包东南西北省市区县镇]", changed)
    return max(i2 - i1, j2 - j1) > 4 or other is not None


def _match(draft: Draft, first: Span, other: Span, options: Options) -> Match:
    """The place that stands alone is the one to be told: a cover that differs from the whole text."""
    a, b = (_plain(s.of(draft.folded)) for s in (first, other))
    if draft.folded.count(a) == 1 and draft.folded.count(b) > 1:
        first, other = other, first
    values = {"前": first.of(draft.text).strip(), "后": other.of(draft.text).strip()}
    return Match(other, values, f"别处为“{values['前']}”，此处为“{values['后']}”", confidence=options.confidence)
