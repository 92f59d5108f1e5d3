"""《行政处罚法》第十六条、该条例、同法、国办发〔2018〕37号 → Citation, resolved in the law catalogue.

A `Citation` whose `law` is None names a document the catalogue does not know: not checked, not "wrong". Kinds beside
those of the record: `listed` a further article of the citation before it, `number` a document number that stands
alone, `self` the title of the draft itself, `document` something quoted that is no legal document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from reviewer.domain import Citation, Provision, Span
from reviewer.laws import Law, LawCatalogue, name_key, number_key
from reviewer.understanding.bare_citations import bare_citations, short_name_citations
from reviewer.understanding.citation_tails import YEAR_TAIL, Tail, clean_title, numbers_in, tail_of, year_inside
from reviewer.understanding.citing import LEADS, Pass, inside, with_articles

_LONGEST_TITLE = 160
_DEFINING = re.compile(r"(?:简称|统称|以下称)为?:?\s*[“\"]?$")
_ISSUED = re.compile(
    r"(?:印发|发布|公布|颁布|转发|下发)\s*[《〈<]?(.+?)[》〉>]?\s*(?:\([^()]*\))?\s*的?(?:通知|公告|命令|决定)$"
)
_OWN_BEFORE = re.compile(r"(?:现将|现予|特将|兹将|随文印发|将修订后的|将修改后的)\s*$")
_LEGAL = re.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|解释|决定|批复|通知|意见|规程|准则|标准|规范|通则|导则|公告|指南|条列|实施例)"
    r"(?:[(（][^()（）]*[)）])?$"
)
_BACK = re.compile(r"(?:该|同|上述|前述|前列)(法典?|条例|办法|规定|细则|解释|决定|规则|意见|通知)|本(法)")


def find_citations(
    text: str, folded: str, provisions: tuple[Provision, ...], catalogue: LawCatalogue
) -> tuple[Citation, ...]:
    """Every citation in the order of the text. Spans are code points of `text`; `folded` has the same offsets."""
    own = frozenset(name_key(line) for line in folded.splitlines() if 3 < len(line) <= 80 and "《" not in line)
    draft = Pass(text, folded, catalogue, own_lines=own)
    found: list[Citation] = []
    for start, end in _quoted(folded):
        if not _DEFINING.search(folded, max(0, start - 8), start):
            found.extend(_quoted_citation(draft, start, end))
    found.extend(bare_citations(draft, found))
    found.sort(key=_by_place)
    found.extend(short_name_citations(draft, found))
    found.extend(_number_citations(draft, found))
    found.sort(key=_by_place)
    found.extend(_back_references(draft, found, _starts(provisions)))
    own_titles = {name_key(c.title) for c in found if c.kind == "self"}
    found = [replace(c, kind="self") if c.law is None and name_key(c.title) in own_titles else c for c in found]
    return tuple(_without_overlaps(sorted(found, key=_by_place)))


def _by_place(citation: Citation) -> tuple[int, int]:
    return citation.span.start, -citation.span.end


def _without_overlaps(citations: list[Citation]) -> Iterator[Citation]:
    end = -1
    for citation in citations:
        if citation.span.start >= end:
            end = citation.span.end
            yield citation


# ---------------------------------------------------------------- 书名号 quoted titles


def _quoted(folded: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each outermost 《…》; an unclosed 《 ends at the next 》 or is skipped."""
    at = folded.find("《")
    while at >= 0:
        end = _closing(folded, at)
        if end > 0:
            yield at, end
        at = folded.find("《", max(end, at + 1))


def _closing(folded: str, start: int) -> int:
    limit = min(len(folded), start + _LONGEST_TITLE)
    depth = 0
    for i in range(start, limit):
        char = folded[i]
        if char == "《":
            depth += 1
        elif char == "》":
            depth -= 1
            if depth == 0:
                return i + 1
        elif char == "\n" and folded[i + 1 : i + 2] in ("\n", ""):
            break
    first = folded.find("》", start, limit)
    if first < 0 or "\n\n" in folded[start:first] or "《" in folded[start + 1 : first]:
        return 0
    return first + 1


def _quoted_citation(draft: Pass, start: int, end: int) -> Iterator[Citation]:
    title = clean_title(draft.text[start + 1 : end - 1])
    if not title:
        return
    tail = tail_of(draft.folded, end)
    defined = draft.shorts.get(name_key(title))
    if defined is not None and defined[0] < start:
        first = replace(defined[1], number=tail.number, version=tail.version or defined[1].version)
        kind = "self" if first.kind == "self" else "quoted"
        yield from with_articles(replace(first, kind=kind), Span(start, end), tail)
        return
    law = _resolve(draft, title, tail, start)
    version = tail.version or year_inside(title)
    kind = "quoted" if law is not None or tail.number or _LEGAL.search(title) else "document"
    if law is None and _is_own(draft, title, start):
        kind = "self"
    citation = Citation(
        Span(start, end), title, law.title if law else None, kind=kind, version=version, number=tail.number
    )
    if tail.short:
        draft.shorts.setdefault(name_key(tail.short), (start, citation))
    yield from with_articles(citation, Span(start, end), tail)


def _resolve(draft: Pass, title: str, tail: Tail, start: int) -> Law | None:
    """The law of a title; where the number beside it is that of an earlier document of the title, the earlier one."""
    law = _by_title(draft, title, tail, start)
    numbered = draft.catalogue.by_number.get(number_key(tail.number)) if tail.number else None
    return numbered if law is not None and numbered is not None and law.title in numbered.successors else law


def _by_title(draft: Pass, title: str, tail: Tail, start: int) -> Law | None:
    catalogue = draft.catalogue
    plain = YEAR_TAIL.sub("", title)
    for name in (f"{title}{tail.suffix}", title, plain):
        if law := catalogue.find(name):
            return law
    if (issued := _ISSUED.search(plain)) and (law := catalogue.find(issued[1])):
        return law
    if tail.number and (law := catalogue.by_number.get(number_key(tail.number))) and "令" not in tail.number:
        return law
    law = catalogue.by_subject.get(name_key(plain)) if plain.startswith("关于") else None
    if law is not None:
        issuer = law.title.partition("关于")[0]
        if law.rank == "司法解释" or issuer in draft.folded[max(0, start - 40) : start]:
            return law
    for issuer in ("国务院", "最高人民法院"):
        if plain.startswith(issuer) and (law := catalogue.find(plain.removeprefix(issuer))):
            return law
    return None


def _is_own(draft: Pass, title: str, start: int) -> bool:
    """Is it the title of the draft: printed as a heading, or sent out with 现将《…》印发给你们?"""
    if name_key(title) in draft.own_lines or _OWN_BEFORE.search(draft.folded, max(0, start - 12), start):
        return True
    if start >= 400:
        return False
    line = draft.folded[draft.folded.rfind("\n", 0, start) + 1 : start]
    return re.search(r"关于(?:印发|公布|发布|修订印发|重新印发)\s*$", line) is not None


# ---------------------------------------------------------------- 文号 document numbers that stand alone


def _number_citations(draft: Pass, found: list[Citation]) -> Iterator[Citation]:
    """根据国办发〔2018〕37号: a number that is not beside a title; the draft's own number stands on its own line."""
    folded = draft.folded
    taken = sorted((c.span.start, c.span.end) for c in found)
    for match in numbers_in(folded):
        ahead = folded[max(0, match.start() - 200) : match.start()].rpartition("\n")
        line_start = match.start() - len(ahead[2])
        lead = list(LEADS.finditer(match[1]))
        start = match.start() + (lead[-1].end() if lead else 0)
        if inside(taken, start):
            continue
        number = folded[start : match.end()]
        law = draft.catalogue.by_number.get(number_key(number))
        if law is None and not lead and not LEADS.search(folded, max(line_start, start - 8), start):
            continue
        begins = bool(ahead[1]) or match.start() <= 200
        if begins and not ahead[2].strip() and folded[match.end() : match.end() + 1] in ("\n", ""):
            continue
        end = match.end() + (folded[match.end() : match.end() + 1] == ")")
        tail = tail_of(folded, end)
        citation = Citation(
            Span(start, match.end()), number, law.title if law else None, kind="number", number=number
        )
        yield from with_articles(citation, Span(start, match.end()), replace(tail, end=match.end()))


# ---------------------------------------------------------------- 该条例、同法 back references


def _starts(provisions: tuple[Provision, ...]) -> list[int]:
    return sorted(p.span.start for top in provisions for p in top.walk())


def _back_references(draft: Pass, found: list[Citation], provision_starts: list[int]) -> Iterator[Citation]:
    """该条例第三条 → the latest cited law of that type before it in the same paragraph."""
    starts = [c.span.start for c in found]
    for match in _BACK.finditer(draft.folded):
        kind = match[1] or match[2]
        tail = tail_of(draft.folded, match.end())
        if not tail.articles:
            continue
        i = bisect_left(starts, match.start()) - 1
        while i >= 0 and _same_paragraph(draft.folded, found[i].span.end, match.start(), provision_starts):
            cited = found[i]
            if cited.kind not in ("document", "self") and _is_type(cited.law or cited.title, kind):
                back = Citation(Span(match.start(), match.end()), match[0], cited.law, kind="back_reference")
                yield from with_articles(back, back.span, tail)
                break
            i -= 1


def _is_type(title: str, kind: str) -> bool:
    title = re.sub(r"[(（][^()（）]*[)）]$", "", title)
    return title.endswith(("法", "法典")) if kind in ("法", "法典") else title.endswith(kind)


def _same_paragraph(folded: str, start: int, end: int, provision_starts: list[int]) -> bool:
    between = folded[start:end]
    if "\n" not in between:
        return True
    if not provision_starts or re.search(r"\n\s*\n", between):
        return False
    return bisect_left(provision_starts, start) == bisect_left(provision_starts, end)
