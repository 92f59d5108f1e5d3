"""文号, 制定机关 and date of a document: an outline → what its head and its 落款 say about it."""

from __future__ import annotations

import datetime as dt
import re

from reviewer.domain import Line, Span
from reviewer.understanding.dates import date_in
from reviewer.understanding.labels import Style
from reviewer.understanding.lines import TextLine
from reviewer.understanding.structure import Outline
from reviewer.understanding.titles import NUMBER, is_organisation, issuer_in

_ORDER = re.compile(
    r"(\S{2,30}?)令\s*(?:\(\s*第\s*[\d一二三四五六七八九十百〇]+\s*号\)|第\s*[\d一二三四五六七八九十百〇]+\s*号)"
)


_ORDER_NUMBER = re.compile(r"\(?第\s*[\d一二三四五六七八九十百]+\s*号\)?")
_CONTRACT_NUMBER = re.compile(
    r"(?:合同|协议|项目|采购|文件)(?:登记)?(?:编号|号码|号)\s*:\s*"
    r"([A-Za-z0-9\u4e00-\u9fff][\w()\[\]〔〕\- .]{2,40}?)(?:\s{2,}|\s*\||$)"
)


_NUMBER = r"[\d〇零○一二三四五六七八九十]"
_DATE_ALONE = re.compile(rf"{_NUMBER}{{4}}\s*年\s*{_NUMBER}{{1,2}}\s*月\s*{_NUMBER}{{1,3}}\s*日")


def document_number(outline: Outline, line: Line) -> tuple[str, Span | None]:
    """文号 as written and where; the number of a contract where it is filled in."""
    for i, item in enumerate(_head(outline)):
        if line is Line.CONTRACT:
            found = _CONTRACT_NUMBER.search(item.text)
            if found and not re.search(r"签订|日期|地点", found[1]):
                return found[1].strip(), Span(item.start + found.start(1), item.start + found.end(1))
            continue
        found = NUMBER.search(item.text)
        if found and len(item.text) <= len(found[0]) + 40 and not re.search(r"[《》]|根据|按照", item.text):
            return found[0], Span(item.start + found.start(), item.start + found.end())
        order = _ORDER.search(item.text)
        if order and len(item.text) < 60:
            start = order.start() + len(order[0]) - len(order[0].lstrip("( "))
            return order[0].lstrip("( "), Span(item.start + start, item.start + order.end())
        before = outline.lines[i - 1]
        if i and before.text.endswith("令") and _ORDER_NUMBER.fullmatch(item.text):
            return before.text + item.text, Span(before.start, item.end)
    return "", None


def _head(outline: Outline) -> tuple[TextLine, ...]:
    """The lines before the first provision, at most 60."""
    first = next(
        (m.line for m in outline.marks if m.style in (Style.ARTICLE, Style.CHAPTER, Style.PART, Style.DUN)), 60
    )
    return outline.lines[: max(min(first, 60, outline.main_end), 3)]


def issuer_of(outline: Outline, line: Line, signature: tuple[int, int] | None) -> str:
    """The issuing bodies, joined by spaces; empty for contracts."""
    if line is Line.CONTRACT:
        return ""
    from_title = issuer_in(outline.title.text) if outline.title else ""
    if from_title:
        return from_title
    for item in _head(outline):
        order = _ORDER.search(item.text)
        if order and is_organisation(order[1].strip("(")):
            return re.sub(r"^.*日\s*", "", order[1]).strip("( ")
        if item.text.endswith("令") and is_organisation(item.text[:-1]):
            return item.text[:-1]
        under = re.fullmatch(r"\(.*(?:号|日)\s*([\u4e00-\u9fff、 ]{4,60})\)", item.text)
        if under and is_organisation(under[1]):
            return under[1].strip()
    if signature is not None:
        names = [
            re.sub(r"\s*\(.*?章\)|\d{4}\s*年.*$", "", x.text) for x in outline.lines[signature[0] : signature[1] + 1]
        ]
        names = [n.strip() for n in names if is_organisation(n.strip())]
        if names:
            return " ".join(re.sub(r"\s{2,}", " ", n) for n in names)
    return next((x.text for x in _head(outline)[:6] if is_organisation(x.text) and len(x.text) < 40), "")


def dated(outline: Outline, line: Line, signature: tuple[int, int] | None) -> dt.date | None:
    """The date of the document itself: 落款, 公布 or 签订; never the date it takes effect."""
    lines = outline.lines
    if line is Line.CONTRACT:
        if signature is not None:
            found = date_in("\n".join(x.text for x in lines[signature[0] : signature[1] + 1]))
            if found:
                return found
        for item in (*_head(outline), *lines[max(0, outline.main_end - 12) : outline.main_end]):
            cover = re.search(r"(?:签[订约署](?:日期|时间)|日\s*期)\s*:(.{4,24})", item.text)
            if cover and (found := date_in(cover[1])):
                return found
        return None
    for item in _head(outline):
        under_title = (
            item.text.startswith("(") and item.text.endswith(")") and not re.search(r"起施行|起实施", item.text)
        )
        if under_title and (found := date_in(item.text)):
            return found
    if signature is not None:
        return date_in("\n".join(x.text for x in lines[signature[0] : signature[1] + 1]))
    if line is Line.NORMATIVE:  # a covering notice without a name under it, before the text that it issues
        return next((date_in(x.text) for x in lines if _DATE_ALONE.fullmatch(x.text.strip())), None)
    return None
