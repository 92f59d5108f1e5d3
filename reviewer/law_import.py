"""A file with the text of a law → `LawText`: its title, its articles by number, and what looks wrong with them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.domain import Document, Level, Line, Provision
from reviewer.errors import UsageError
from reviewer.law_texts import LawText
from reviewer.laws import Law
from reviewer.pipeline import Engine
from reviewer.understanding.numerals import to_chinese

_ISSUE = re.compile(r"\s*[（(](?:\d{4}年|.{0,8}修[正订])[^（）()]*[）)]$")
_FURTHER = re.compile(r"第\s*[零〇一二三四五六七八九十百千\d]+\s*条之")


@dataclass(frozen=True)
class Imported:
    """A text with the law of the catalogue that it is (None: not there) and sentences about what to check."""

    text: LawText
    law: Law | None
    warnings: tuple[str, ...]


def law_text(engine: Engine, document: Document, *, on: dt.date, title: str = "") -> Imported:
    """The law that a document holds; UsageError where it has no articles or no title."""
    draft = engine.understand(document, Line.NORMATIVE)
    named = (title or _ISSUE.sub("", draft.title)).strip().strip("《》").strip()
    if not named:
        raise UsageError(f"{document.name}：没有认出法规名称，请用 --title 《…》 写明")
    provisions = [p for p in draft.articles if p.level is Level.ARTICLE and p.number is not None]
    if not provisions:
        raise UsageError(f"{document.name}：没有读到“第×条”形式的条文，请确认文件是法规全文")
    law = engine.catalogue.find(named)
    articles, repeated = _articles(document.text, provisions)
    kept = LawText(law.title if law else named, articles, document.text, document.name, document.sha256, on)
    return Imported(kept, law, tuple(_doubts(engine, kept, law, repeated, on)))


def _articles(text: str, provisions: list[Provision]) -> tuple[dict[int, str], list[int]]:
    """Articles by number; 第十六条之一 goes with 第十六条, a number that comes again by itself is told."""
    articles: dict[int, str] = {}
    repeated: list[int] = []
    for provision in provisions:
        number, words = provision.number or 0, provision.span.of(text).strip()
        if number not in articles:
            articles[number] = words
        elif _FURTHER.match(words):
            articles[number] += "\n" + words
        else:
            repeated.append(number)
    return dict(sorted(articles.items())), repeated


def _doubts(engine: Engine, kept: LawText, law: Law | None, repeated: list[int], on: dt.date) -> Iterator[str]:
    last = max(kept.articles)
    if missing := [n for n in range(1, last + 1) if n not in kept.articles]:
        named = "、".join(f"第{to_chinese(n)}条" for n in missing[:5])
        yield f"缺少{named}{'等' if len(missing) > 5 else ''}共{len(missing)}条，请核对文件是否完整"
    if repeated:
        named = "、".join(f"第{to_chinese(n)}条" for n in dict.fromkeys(repeated[:5]))
        yield f"{named}重复出现，只采用第一次出现的文字，请核对"
    if law is None:
        yield f"法规目录中没有《{kept.title}》，效力无法核对；引文仍会与导入的文本核对"
    elif (known := engine.catalogue.articles_on(law, on)) and known != last:
        yield f"法规目录记载共{known}条，导入的文本到第{to_chinese(last)}条，请核对是否为现行版本"
    elif law.status(on) != "现行有效":
        yield f"《{law.title}》{law.status(on)}"
