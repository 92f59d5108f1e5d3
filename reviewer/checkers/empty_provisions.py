"""Articles of a contract that are a heading and nothing more: 九、违约责任： followed by 十、争议的解决.

All of them are one finding. A heading that stands twice in the text belongs to a table of contents and is left alone.
An Arabic number (7.保密：) needs the colon, a heading closed by a stop (第十条 延期开工。) many of its like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.checkers.pattern import in_parts
from reviewer.domain import Draft, Match, Provision, Span
from reviewer.lexicon import Knowledge
from reviewer.patterns import Regex, compiled

_LABEL = re.compile(
    r"第[一二三四五六七八九十百\d]{1,4}条|[一二三四五六七八九十]{1,3}[、,.]|(?P<figure>\d{1,2}[、.](?!\d))"
)
_HEADING = re.compile(
    r"[ :、,.]{0,4}(?P<heading>[一-龥、,()]{2,26}?)[ ]*(?P<colon>[:;])?(?P<stop>[。.])?(?:[ _]*|[ _]*_[。.;])"
)
_SKELETON = 5  # so many headings with a stop and without text make a skeleton; fewer are short articles
_SAYS_SOMETHING = re.compile(
    r"应|须|不得|不予|由(?!来)|按(?!时)|均|(?<!所)有权|负责|承担|免费|自理|可以|同意|遵守|执行(?!期)|详见|见附|同上|经(?![营济费纪办])|归(?!属)|(?<!归)属"
)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    about: Regex  # what the heading must be about
    other_than: Regex = ""  # what it must not be about
    blanks: bool = False  # is room left to write in also no content?
    confidence: float = 0.8


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    spans = [span for span, heading in draft.once("empty provisions", lambda: list(_empty(draft)))
             if compiled(options.about).search(heading) and (options.blanks or "_" not in span.of(draft.folded))
             and not (options.other_than and compiled(options.other_than).search(heading))]  # fmt: skip
    values = {"处数": str(len(spans)), "示例": "、".join(f"“{_shown(draft, s)}”" for s in spans[:3])}
    because = f"{len(spans)}条有题目而没有内容，紧接着是下一条"
    for span in spans:
        yield Match(span, values, because, confidence=options.confidence)


def _empty(draft: Draft) -> Iterator[tuple[Span, str]]:
    """The provisions that are only a heading, with the heading; the next number must follow at once."""
    stopped: list[tuple[Span, str]] = []
    for here, after in zip(draft.provisions, draft.provisions[1:], strict=False):
        found = _only_heading(draft, here)
        follows = here.number is not None and after.number == here.number + 1
        if found and follows and in_parts(draft, here.span, ()) and not _stands_again(draft, here):
            if found["stop"]:
                stopped.append((here.span, found["heading"]))
            else:
                yield here.span, found["heading"]
    if len(stopped) >= _SKELETON:
        yield from stopped


def _only_heading(draft: Draft, provision: Provision) -> re.Match[str] | None:
    text = provision.span.of(draft.folded)
    label = _LABEL.match(text)
    if label is None or provision.children:
        return None
    found = _HEADING.fullmatch(text.rstrip(), label.end())
    if found is None or _SAYS_SOMETHING.search(found["heading"]) or (label["figure"] and found["colon"] != ":"):
        return None
    return found


def _stands_again(draft: Draft, provision: Provision) -> bool:
    """Is the same line elsewhere, as in a table of contents?"""
    words = re.sub(r"[\s:_]", "", provision.span.of(draft.folded))
    return re.sub(r"[\s:_]", "", draft.folded).count(words) > 1


def _shown(draft: Draft, span: Span) -> str:
    return re.sub(r"[\s_　]+", " ", span.of(draft.folded)).strip(" :;")[:20]
