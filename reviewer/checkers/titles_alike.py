"""One document named in two ways: a cited title, the title of what a notice issues, the name of an attachment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Span, fold
from reviewer.lexicon import Knowledge
from reviewer.understanding.numerals import to_int

_QUOTED = re.compile(r"《(?P<title>[^《》\n]{6,60})》")
_KINDS = r"(?:办法|规定|细则|规则|方案|意见|标准|基准|计划|预案|规程|措施|条例|制度|指南|规划)"
_ISSUED = re.compile(
    rf"(?:印发|公布|发布)《?(?P<title>[^《》\n]{{6,60}}?{_KINDS}(?:\([^()]{{1,12}}\))?)》?的(?:通知|公告|通告)"
)
_NO_HEADING = re.compile(r"^(?:关于|附件|二[〇○零0]|\d{4}年|第|[一二三四五六七八九十]+、|\()|印发")
_LISTED = re.compile(r"(?:^|\n)\s*(?:附件\s*[::]?\s*)?(?P<n>\d{1,2})\s?[.．、]\s?(?P<title>[^\n。;]{4,60})")
_REFERRED = re.compile(r"《(?P<title>[^《》\n]{4,60})》\s?\(\s?(?:见|详见)?附件\s?(?P<n>\d{0,2})\s?\)")
_NUMBERED = re.compile(r"附\s?件\s?(?P<n>[一二三四五六七八九十\d]{1,2})\s?[:、]?\s?《(?P<title>[^《》\n]{3,60})》")
_ONLY = re.compile(r"(?:^|\n)\s*附\s*件\s*[::]\s*(?!\d|$)(?P<title>[^\n。;]{4,60})(?=\n|$)")


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    look: Literal["cited", "issued", "attachment", "numbered"]
    confidence: float = 0.78


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    for span, other in _LOOKS[options.look](draft, knowledge):
        if in_parts(draft, span, ()):
            name = span.of(draft.text).strip("《》 ")
            values = {"此处": name, "别处": other}
            yield Match(span, values, f"此处称“{name}”，别处称“{other}”", confidence=options.confidence)


def _cited(draft: Draft, knowledge: Knowledge) -> Iterator[tuple[Span, str]]:
    """Two cited titles that differ in one character; the rarer one is told."""
    places: dict[str, list[Span]] = {}
    ended: dict[Span, bool] = {}
    for found in _QUOTED.finditer(draft.folded):
        sentence = draft.sentence_at(found.start())
        if sentence not in ended:
            ended[sentence] = re.search("废止|失效|原《", sentence.of(draft.folded)) is not None
        if ended[sentence]:
            continue  # the old paper may have had another name
        places.setdefault(_plain(found["title"]), []).append(Span(*found.span()))
    names = sorted(places, key=lambda n: (-len(places[n]), places[n][0]))
    told: set[str] = set()
    for i, usual in enumerate(names):
        for rare in names[i + 1 :]:
            known = knowledge.catalogue.find(usual) is not None and knowledge.catalogue.find(rare) is not None
            if rare not in told and not known and _slip(usual, rare):
                told.add(rare)
                yield places[rare][0], usual


def _slip(a: str, b: str) -> bool:
    """Does one title have one character more than the other, that does not make it something else?"""
    if min(len(a), len(b)) < 8 or abs(len(a) - len(b)) != 1:
        return False
    changes = [(a[i:j], b[k:m]) for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
               if tag != "equal"]  # fmt: skip
    if len(changes) != 1:
        return False
    old, new = changes[0]
    if len(old) + len(new) != 1 or a[:2] != b[:2]:
        return False  # 调入 and 调出, 市 and 区, 专家 more or less: two documents as a rule
    return not re.search(r"\d|[一二三四五六七八九十]|新|总|原|省|县|区|非", old + new)


def _issued_title(draft: Draft, knowledge: Knowledge) -> Iterator[tuple[Span, str]]:
    """关于印发《甲办法》的通知 over a text that is headed 乙办法."""
    found = _ISSUED.search(re.sub(r"\s", "", fold(draft.title)))
    if found is None or re.search(r"[两三四五六]个|等|和", found["title"][-24:]):
        return
    title = _plain(found["title"])
    best: tuple[float, Span] | None = None
    for span in _headings(draft):
        heading = _plain(span.of(draft.folded))
        if heading == title or heading.endswith(title) or title.endswith(heading):
            return
        ratio = SequenceMatcher(None, heading, title, autojunk=False).ratio()
        if ratio >= 0.6 and (best is None or ratio > best[0]):
            best = (ratio, span)
    if best is not None:
        yield best[1], found["title"]


def _headings(draft: Draft) -> Iterator[Span]:
    """Lines, and runs of up to three lines, after the notice's title that end like the title of a document."""
    after = draft.parts.title.end if draft.parts.title else 0
    blocks = [b.span for b in draft.document.blocks if b.span.start >= after and b.span.of(draft.text).strip()][:60]
    short = re.compile(r"[^。;,:《》]{2,40}")
    ends = re.compile(rf"{_KINDS}(?:\s*\([^()]{{1,12}}\))?$")
    for i, first in enumerate(blocks):
        for k in range(3):
            if i + k >= len(blocks):
                break
            last = blocks[i + k]
            if not short.fullmatch(last.of(draft.folded).strip()):
                break
            span = Span(first.start, last.end)
            text = re.sub(r"\s", "", span.of(draft.folded))
            if ends.search(text) and not _NO_HEADING.search(text):
                yield span


def _attachment(draft: Draft, knowledge: Knowledge) -> Iterator[tuple[Span, str]]:
    """《甲表》（附件2） where the list of attachments calls number 2 something else."""
    heads = [m.end() for m in re.finditer(r"(?:^|\n)\s*附\s*件\s*[::]", draft.folded)]
    if not heads:
        return
    listed: dict[str, str] = {}
    for found in _LISTED.finditer(draft.folded, max(0, heads[0] - 8), min(len(draft.folded), heads[0] + 600)):
        listed.setdefault(found["n"], found["title"].strip())
    if only := _ONLY.search(draft.folded):
        listed[""] = only["title"].strip()
    told: set[str] = set()
    for found in _REFERRED.finditer(draft.folded):
        other = listed.get(found["n"])
        if other is None or found["n"] in told:
            continue
        a, b = _loose(found["title"]), _loose(other)
        if a and b and a not in b and b not in a:
            told.add(found["n"])
            yield Span(*found.span("title")), other


def _numbered(draft: Draft, knowledge: Knowledge) -> Iterator[tuple[Span, str]]:
    """附件二《甲表》 in one place and 附件二《乙表》 in another."""
    first: dict[int | None, str] = {}
    for found in _NUMBERED.finditer(draft.folded):
        number, title = to_int(found["n"]), found["title"]
        other = first.setdefault(number, title)
        a, b = _loose(title), _loose(other)
        if a and b and a not in b and b not in a:
            yield Span(*found.span("title")), other


def _plain(title: str) -> str:
    return re.sub(r"[\s《》“”\"'‘’]", "", title).removeprefix("中华人民共和国")


def _loose(title: str) -> str:
    """Without marks, brackets, years and the words that a list may leave out."""
    words = re.sub(r"\([^()]*\)|[\s《》“”()·.]|\d{4}年(?:度)?", "", title)
    return re.sub(r"样表|模板|样本|格式|参考", "", words)


_LOOKS: dict[str, Callable[[Draft, Knowledge], Iterator[tuple[Span, str]]]] = {
    "cited": _cited,
    "issued": _issued_title,
    "attachment": _attachment,
    "numbered": _numbered,
}
