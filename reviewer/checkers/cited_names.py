"""One document cited under two names, or one name with two numbers: the number and the title must go together."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from reviewer.domain import Citation, Draft, Match
from reviewer.lexicon import Knowledge


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    confidence: float = 0.85


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    by_number: dict[str, Citation] = {}
    told: set[str] = set()
    for citation in draft.citations:
        number, title = _plain(citation.number), _title(citation.title)
        if not number or not title or citation.kind != "quoted":
            continue
        first = by_number.setdefault(number, citation)
        before = _title(first.title)
        if number in told or title == before or title.endswith(before) or before.endswith(title):
            continue
        told.add(number)
        values = {"文号": citation.number, "前": first.title, "后": citation.title}
        because = f"{citation.number}前面称《{first.title}》，此处称《{citation.title}》"
        yield Match(citation.span, values, because, confidence=options.confidence)


def _plain(number: str) -> str:
    return re.sub(r"[\s〔〕\[\]()【】（）号第]", "", number)


def _title(title: str) -> str:
    """The heart of a title: 关于印发《某办法》的通知 and 某办法 are one document."""
    words = re.sub(r"[\s《》〈〉“”]|\(.*?\)|（.*?）", "", title).removeprefix("中华人民共和国")
    inner = re.search(r"关于(?:印发|发布|公布|转发|修订印发|修改)(.+)的(?:通知|公告|决定|通报)$", words)
    return inner[1] if inner else words
