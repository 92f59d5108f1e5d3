"""《行政处罚法》第十六条、该条例、同法、国办发〔2018〕37号 → Citation, resolved in the law catalogue.

A `Citation` whose `law` is None names a document the catalogue does not know: not checked, not "wrong". Kinds beside
those of the record: `listed` a further article of the citation before it, `number` a document number that stands
alone, `self` the title of the draft itself, `document` something quoted that is no legal document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from reviewer.domain import Citation, Provision, Span
from reviewer.laws import Law, LawCatalogue, name_key, number_key
from reviewer.understanding.article_numbers import article_numbers
from reviewer.understanding.citation_tails import (
    YEAR_TAIL,
    Tail,
    after_title,
    clean_title,
    numbers_in,
    tail_of,
    year_inside,
)

_LONGEST_TITLE = 160
_LONGEST_BARE_NAME = 45
_DEFINING = re.compile(r"(?:简称|统称|以下称)为?:?\s*[“\"]?$")
_ISSUED = re.compile(
    r"(?:印发|发布|公布|颁布|转发|下发)\s*[《〈<]?(.+?)[》〉>]?\s*(?:\([^()]*\))?\s*的?(?:通知|公告|命令|决定)$"
)
_OWN_BEFORE = re.compile(r"(?:现将|现予|特将|兹将|随文印发|将修订后的|将修改后的)\s*$")
_LEGAL = re.compile(
    r"(?:法|法典|条例|规定|办法|细则|规则|解释|决定|批复|通知|意见|规程|准则|标准|规范|通则|导则|公告|指南|条列|实施例)"
    r"(?:[(（][^()（）]*[)）])?$"
)

_LEAD = "根据|依据|按照|依照|遵照|违反|违背|适用|符合|遵守|执行|参照|比照|触犯"
_LEADS = re.compile(rf"(?:{_LEAD})(?:了|《)?(?:我国|国家|现行|有关|上述|原)?(?:的)?")
_NAME_END = re.compile(r"法典|法|条例|办法|规定|细则|规则|解释")
_NOT_A_NAME = re.compile(
    r"实施|施行|执行细则|司法解释|的?(?:司法)?解释(?![》])|修正案|草案|释义|学|院|庭|制|治|务|官|警|律|规(?!定)|定|人|宣传|培训|知识|》"
)
_MAY_PRECEDE = re.compile(
    rf"(?:^|{_LEAD}|了|《|和|及|与|或|者|国家|我国|现行|新|旧|原|按|依|由|在|对|是|为|据|以|照|经|向|于|即|属于|涉及|有关|相关|中|并)$"
)
_JOINED_NAMES = re.compile(r"(?:、|,|以及|或者|和|及|与|或)$")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+$")
_UNKNOWN_LAW = re.compile(
    rf"(?:{_LEAD})(中华人民共和国(?:(?!有关|相关|现行|法律|法规|规定)[^的及和与]){{2,18}}(?<![律、])法)$"
)
_BACK = re.compile(r"(?:该|同|上述|前述|前列)(法典?|条例|办法|规定|细则|解释|决定|规则|意见|通知)|本(法)")


@dataclass(slots=True)
class _Draft:
    """What one pass over a draft shares; filled from the beginning of the text to its end."""

    text: str
    folded: str
    catalogue: LawCatalogue
    shorts: dict[str, tuple[int, Citation]] = field(default_factory=dict)  # short name → where defined, of what
    own_lines: frozenset[str] = frozenset()


def find_citations(
    text: str, folded: str, provisions: tuple[Provision, ...], catalogue: LawCatalogue
) -> tuple[Citation, ...]:
    """Every citation in the order of the text. Spans are code points of `text`; `folded` has the same offsets."""
    own = frozenset(name_key(line) for line in folded.splitlines() if 3 < len(line) <= 80 and "《" not in line)
    draft = _Draft(text, folded, catalogue, own_lines=own)
    found: list[Citation] = []
    for start, end in _quoted(folded):
        if not _DEFINING.search(folded, max(0, start - 8), start):
            found.extend(_quoted_citation(draft, start, end))
    found.extend(_bare_citations(draft, found))
    found.sort(key=_by_place)
    found.extend(_short_name_citations(draft, found))
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


def _quoted_citation(draft: _Draft, start: int, end: int) -> Iterator[Citation]:
    title = clean_title(draft.text[start + 1 : end - 1])
    if not title:
        return
    tail = tail_of(draft.folded, end)
    defined = draft.shorts.get(name_key(title))
    if defined is not None and defined[0] < start:
        first = replace(defined[1], number=tail.number, version=tail.version or defined[1].version)
        kind = "self" if first.kind == "self" else "quoted"
        yield from _with_articles(replace(first, kind=kind), Span(start, end), tail)
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
    yield from _with_articles(citation, Span(start, end), tail)


def _with_articles(citation: Citation, name: Span, tail: Tail) -> Iterator[Citation]:
    """One citation an article: the first with the title, the others with their number alone."""
    if not tail.articles:
        yield replace(citation, span=Span(name.start, max(name.end, tail.end)))
        return
    for i, unit in enumerate(tail.articles):
        span = Span(name.start, unit.span.end) if i == 0 else unit.span
        yield replace(
            citation, span=span, article=unit.article, paragraph=unit.paragraph, item=unit.item,
            article_span=unit.span, kind=citation.kind if i == 0 else "listed",
        )  # fmt: skip


def _resolve(draft: _Draft, title: str, tail: Tail, start: int) -> Law | None:
    """The law of a title; where the number beside it is that of an earlier document of the title, the earlier one."""
    law = _by_title(draft, title, tail, start)
    numbered = draft.catalogue.by_number.get(number_key(tail.number)) if tail.number else None
    return numbered if law is not None and numbered is not None and law.title in numbered.successors else law


def _by_title(draft: _Draft, title: str, tail: Tail, start: int) -> Law | None:
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


def _is_own(draft: _Draft, title: str, start: int) -> bool:
    """Is it the title of the draft: printed as a heading, or sent out with 现将《…》印发给你们?"""
    if name_key(title) in draft.own_lines or _OWN_BEFORE.search(draft.folded, max(0, start - 12), start):
        return True
    if start >= 400:
        return False
    line = draft.folded[draft.folded.rfind("\n", 0, start) + 1 : start]
    return re.search(r"关于(?:印发|公布|发布|修订印发|重新印发)\s*$", line) is not None


# ---------------------------------------------------------------- 无书名号 bare names


def _bare_citations(draft: _Draft, quoted: list[Citation]) -> list[Citation]:
    folded = draft.folded
    taken = sorted((c.span.start, c.span.end) for c in quoted)
    ends = {c.span.end for c in quoted}
    found: list[Citation] = []
    for match in _NAME_END.finditer(folded):
        if _inside(taken, match.start()) or _inside_brackets(folded, match.end()):
            continue
        if _NOT_A_NAME.match(folded, match.end()):
            continue
        name = _bare_name(draft, match.end(), ends)
        if name is None:
            continue
        span, law = name
        if found and span.start < found[-1].span.end:
            if span.start <= found[-1].span.start:
                found = [c for c in found if c.span.start < span.start]
            else:
                continue
        tail = tail_of(folded, span.end)
        title = clean_title(draft.text[span.start : span.end])
        known = law.title if law else None
        citation = Citation(span, title, known, kind="bare", version=tail.version, number=tail.number)
        if tail.short:
            draft.shorts.setdefault(name_key(tail.short), (span.start, citation))
        new = list(_with_articles(citation, span, tail))
        found.extend(new)
        ends.add(new[-1].span.end)
    return found


def _inside(taken: list[tuple[int, int]], at: int) -> bool:
    i = bisect_left(taken, (at + 1, 0)) - 1
    return i >= 0 and taken[i][0] <= at < taken[i][1]


def _inside_brackets(folded: str, end: int) -> bool:
    return folded[end : end + 1] in ("》", "〉", "」")


def _bare_name(draft: _Draft, end: int, ends: set[int]) -> tuple[Span, Law | None] | None:
    """The longest known name that ends here, when an article follows or a word like 根据 precedes."""
    folded = draft.folded
    run_match = _HAN_RUN.search(folded, max(0, end - _LONGEST_BARE_NAME), end)
    if run_match is None:
        return None
    run, start = run_match[0], run_match.start()
    cited = bool(article_numbers(folded, end)) or bool(article_numbers(folded, after_title(folded, end)))
    if not (cited or start - 1 in ends or start in ends or _LEADS.search(run)):
        return None
    names = draft.catalogue.by_name
    for length in range(len(run), 1, -1):
        law = names.get(run[-length:].replace("中华人民共和国", ""))
        if law is None:
            continue
        before = run[:-length]
        if _MAY_PRECEDE.search(before) and (cited or _LEADS.search(before) or _continues(folded, end - length, ends)):
            return Span(end - length, end), law
        return None
    unknown = _UNKNOWN_LAW.search(run)
    if unknown and unknown.end() == len(run):
        return Span(start + unknown.start(1), end), None
    return None


def _continues(folded: str, start: int, ends: set[int]) -> bool:
    """Does a name go on a list (招标投标法、政府采购法和建筑法)?"""
    joined = _JOINED_NAMES.search(folded, max(0, start - 3), start)
    return (joined.start() if joined else start) in ends


def _short_name_citations(draft: _Draft, found: list[Citation]) -> list[Citation]:
    """采购法第二十六条, after （以下简称“采购法”）: a short name that the draft defined, followed by an article."""
    taken = sorted((c.span.start, c.span.end) for c in found)
    extra: list[Citation] = []
    for short, (defined, citation) in draft.shorts.items():
        for match in re.finditer(re.escape(short), draft.folded[defined:]):
            start, end = defined + match.start(), defined + match.end()
            before = draft.folded[max(0, start - 1) : start]
            if before in ("本", "该", "此", "同", "《", "〈") or _inside(taken, start):
                continue
            if "\u4e00" <= before <= "\u9fff" and not _MAY_PRECEDE.search(draft.folded[max(0, start - 4) : start]):
                continue
            tail = tail_of(draft.folded, end)
            if tail.articles:
                kind = "self" if citation.kind == "self" else "bare"
                extra.extend(_with_articles(replace(citation, kind=kind, number=""), Span(start, end), tail))
    return extra


# ---------------------------------------------------------------- 文号 document numbers that stand alone


def _number_citations(draft: _Draft, found: list[Citation]) -> Iterator[Citation]:
    """根据国办发〔2018〕37号: a number that is not beside a title; the draft's own number stands on its own line."""
    folded = draft.folded
    taken = sorted((c.span.start, c.span.end) for c in found)
    for match in numbers_in(folded):
        ahead = folded[max(0, match.start() - 200) : match.start()].rpartition("\n")
        line_start = match.start() - len(ahead[2])
        lead = list(_LEADS.finditer(match[1]))
        start = match.start() + (lead[-1].end() if lead else 0)
        if _inside(taken, start):
            continue
        number = folded[start : match.end()]
        law = draft.catalogue.by_number.get(number_key(number))
        if law is None and not lead and not _LEADS.search(folded, max(line_start, start - 8), start):
            continue
        begins = bool(ahead[1]) or match.start() <= 200
        if begins and not ahead[2].strip() and folded[match.end() : match.end() + 1] in ("\n", ""):
            continue
        end = match.end() + (folded[match.end() : match.end() + 1] == ")")
        tail = tail_of(folded, end)
        citation = Citation(
            Span(start, match.end()), number, law.title if law else None, kind="number", number=number
        )
        yield from _with_articles(citation, Span(start, match.end()), replace(tail, end=match.end()))


# ---------------------------------------------------------------- 该条例、同法 back references


def _starts(provisions: tuple[Provision, ...]) -> list[int]:
    return sorted(p.span.start for top in provisions for p in top.walk())


def _back_references(draft: _Draft, found: list[Citation], provision_starts: list[int]) -> Iterator[Citation]:
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
                yield from _with_articles(back, back.span, tail)
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
