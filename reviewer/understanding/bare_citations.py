"""Law names without 《》 → citations: 行政处罚法第十六条, 根据招标投标法, and short names that the draft defined."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.domain import Citation, Span
from reviewer.laws import Law, name_key
from reviewer.understanding.article_numbers import article_numbers
from reviewer.understanding.citation_tails import after_title, clean_title, tail_of
from reviewer.understanding.citing import LEAD, LEADS, Pass, inside, with_articles

_LONGEST_BARE_NAME = 45
_NAME_END = re.compile(r"法典|法|条例|办法|规定|细则|规则|解释")
_NOT_A_NAME = re.compile(
    r"实施|施行|执行细则|司法解释|的?(?:司法)?解释(?![》])|修正案|草案|释义|学|院|庭|制|治|务|官|警|律|规(?!定)|定|人|宣传|培训|知识|》"
)
_MAY_PRECEDE = re.compile(
    rf"(?:^|{LEAD}|了|《|和|及|与|或|者|国家|我国|现行|新|旧|原|按|依|由|在|对|是|为|据|以|照|经|向|于|即|属于|涉及|有关|相关|中|并)$"
)
_JOINED_NAMES = re.compile(r"(?:、|,|以及|或者|和|及|与|或)$")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+$")
_UNKNOWN_LAW = re.compile(
    rf"(?:{LEAD})(中华人民共和国(?:(?!有关|相关|现行|法律|法规|规定)[^的及和与]){{2,18}}(?<![律、])法)$"
)


def bare_citations(draft: Pass, quoted: list[Citation]) -> list[Citation]:
    """Names that an article follows or a word like 根据 leads to, outside the quoted ones."""
    folded = draft.folded
    taken = sorted((c.span.start, c.span.end) for c in quoted)
    ends = {c.span.end for c in quoted}
    found: list[Citation] = []
    for match in _NAME_END.finditer(folded):
        if inside(taken, match.start()) or _inside_brackets(folded, match.end()):
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
        new = list(with_articles(citation, span, tail))
        found.extend(new)
        ends.add(new[-1].span.end)
    return found


def _inside_brackets(folded: str, end: int) -> bool:
    return folded[end : end + 1] in ("》", "〉", "」")


def _bare_name(draft: Pass, end: int, ends: set[int]) -> tuple[Span, Law | None] | None:
    """The longest known name that ends here, when an article follows or a word like 根据 precedes."""
    folded = draft.folded
    run_match = _HAN_RUN.search(folded, max(0, end - _LONGEST_BARE_NAME), end)
    if run_match is None:
        return None
    run, start = run_match[0], run_match.start()
    cited = bool(article_numbers(folded, end)) or bool(article_numbers(folded, after_title(folded, end)))
    if not (cited or start - 1 in ends or start in ends or LEADS.search(run)):
        return None
    names = draft.catalogue.by_name
    for length in range(len(run), 1, -1):
        law = names.get(run[-length:].replace("中华人民共和国", ""))
        if law is None:
            continue
        before = run[:-length]
        if _MAY_PRECEDE.search(before) and (cited or LEADS.search(before) or _continues(folded, end - length, ends)):
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


def short_name_citations(draft: Pass, found: list[Citation]) -> list[Citation]:
    """采购法第二十六条, after （以下简称“采购法”）: a short name that the draft defined, followed by an article."""
    taken = sorted((c.span.start, c.span.end) for c in found)
    extra: list[Citation] = []
    for short, (defined, citation) in draft.shorts.items():
        for match in re.finditer(re.escape(short), draft.folded[defined:]):
            start, end = defined + match.start(), defined + match.end()
            before = draft.folded[max(0, start - 1) : start]
            if before in ("本", "该", "此", "同", "《", "〈") or inside(taken, start):
                continue
            if "\u4e00" <= before <= "\u9fff" and not _MAY_PRECEDE.search(draft.folded[max(0, start - 4) : start]):
                continue
            tail = tail_of(draft.folded, end)
            if tail.articles:
                kind = "self" if citation.kind == "self" else "bare"
                extra.extend(with_articles(replace(citation, kind=kind, number=""), Span(start, end), tail))
    return extra
