"""Names of cited documents: misspelt, or of no law there is.

A name that the catalogue merely does not know is never a finding; only a slip of the pen in a known one is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from reviewer.domain import Citation, Draft, Match
from reviewer.laws import Law, LawCatalogue, name_key, number_key
from reviewer.lexicon import Knowledge
from reviewer.understanding.citation_context import cited_in, ended
from reviewer.understanding.citation_tails import YEAR_TAIL

Verdict = Literal["wrong_name", "no_such_law"]


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    verdict: Verdict


def literals(options: Options) -> frozenset[str] | None:
    """Always run: what it looks at are the citations of the draft, not words."""
    return None


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    yield from _VERDICTS[options.verdict](draft, knowledge.catalogue, knowledge.on)


_NATIONAL = ("法律", "行政法规", "司法解释", "部门规章", "规范性文件", "国务院文件", "党内法规", "宪法")
_LOCAL = re.compile(
    r"^[\u4e00-\u9fff]{2,8}?(?:省|自治区|市|县|区|州|盟|旗|镇|乡)(?!场|政|容|民)"
    r"|^(?:我|本)?(?:自治区|省|市|县|区)(?!场|政|容|民|级|界|域|际|内)"
    r"|公司|集团|大学|学院|学校|医院|街道|某|[×＿_Ｘ*]|银行|交易所|协会|仲裁委"
)
_A_NATIONAL_LAW = re.compile(r"中华人民共和国[\u4e00-\u9fff]{1,20}(?<!办)法")
_DOUBLED = re.compile(r"([\u4e00-\u9fff]{2,4})\1")  # 管理管理
_TELLING = set("一二三四五六七八九十0123456789新旧原")


def _unknown(draft: Draft, catalogue: LawCatalogue) -> Iterator[Citation]:
    seen: set[str] = set()
    for cited in cited_in(draft, catalogue):
        citation = cited.first
        if cited.law is None and citation.kind in ("quoted", "bare") and citation.title not in seen:
            seen.add(citation.title)
            if not ended(draft, citation):
                yield citation


def _closest(citation: Citation, catalogue: LawCatalogue) -> Law | None:
    """The one law of the catalogue that differs by a slip of the pen, or None."""
    from rapidfuzz.distance import Levenshtein

    title = name_key(citation.title)
    if (single := _DOUBLED.sub(r"\1", title)) != title and (law := catalogue.find(single)) is not None:
        return law
    national = citation.title.startswith("中华人民共和国")
    if len(title) < (4 if national else 6) or (_LOCAL.search(citation.title) and not national):
        return None
    allowed = 2 if len(title) >= 14 else 1
    best: list[Law] = []
    for law in catalogue.laws:
        if law.rank not in _NATIONAL or abs(len(key := name_key(law.title)) - len(title)) > allowed:
            continue
        if key[-1] != title[-1] and title[-2:] != "条列":
            continue
        if Levenshtein.distance(title, key, score_cutoff=allowed) > allowed:
            continue
        edits = Levenshtein.editops(title, key)
        written = {title[e.src_pos] for e in edits if e.tag != "insert"}
        if not (written | {key[e.dest_pos] for e in edits if e.tag != "delete"}) & _TELLING:
            best.append(law)
    in_force = [law for law in best if not law.repealed] or best
    return in_force[0] if len(in_force) == 1 else None


def _wrong_name(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    yield from _name_of_number(draft, catalogue, on)
    for citation in _unknown(draft, catalogue):
        law = _closest(citation, catalogue)
        if law is None or (draft.issuer and draft.issuer in citation.title):
            continue
        values = {"文件": citation.title, "替代": f"《{law.title}》", "状态": law.status(on)}
        because = f"法规目录中没有《{citation.title}》，名称最接近的是《{law.title}》（{law.status(on)}）"
        yield Match(citation.span, values, because, confidence=0.8)


def _name_of_number(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    """A title beside the number of a known document that bears another title."""
    for citation in draft.citations:
        if citation.kind != "quoted" or not citation.number or "令" in citation.number:
            continue
        law = catalogue.by_number.get(number_key(citation.number))
        if law is None:
            continue
        title, name = _core(citation.title), _core(YEAR_TAIL.sub("", law.title))
        if title in name or name in title or not _alike(title, name):
            continue
        values = {"文件": citation.title, "替代": f"《{YEAR_TAIL.sub('', law.title)}》", "状态": law.status(on)}
        because = f"{citation.number}的名称是《{law.title}》，此处称《{citation.title}》"
        yield Match(citation.span, values, because, confidence=0.8)


def _alike(title: str, name: str) -> bool:
    """Is one title the other with some words left out or changed?"""
    from rapidfuzz.distance import LCSseq

    return LCSseq.similarity(title, name) * 10 >= 7 * min(len(title), len(name))


def _no_such_law(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    """《中华人民共和国…法》 that is in no edition of the catalogue: laws are few and the catalogue has them all."""
    for citation in _unknown(draft, catalogue):
        if not _A_NATIONAL_LAW.fullmatch(citation.title) or _closest(citation, catalogue):
            continue
        because = f"法规目录中没有名为《{citation.title}》的法律，现行的和已经废止的都没有"
        yield Match(citation.span, {"文件": citation.title}, because, confidence=0.75)


_ISSUED = re.compile(r"(?:印发|发布|公布|转发|修订)[《〈<]?(.+?)[》〉>]?(?:[(（][^()（）]*[)）])?的?(?:通知|公告)$")


def _core(title: str) -> str:
    """The title inside 关于印发〈…〉的通知, else what follows 关于, else the title."""
    inner = _ISSUED.search(title)
    return name_key(inner[1] if inner else title.rpartition("关于")[2])


_VERDICTS: dict[str, Callable[[Draft, LawCatalogue, dt.date], Iterator[Match]]] = {
    "wrong_name": _wrong_name,
    "no_such_law": _no_such_law,
}
