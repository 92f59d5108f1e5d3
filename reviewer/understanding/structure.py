"""Where the parts of a document are: title, table of contents, forwarding notice, body, attachments.

Document → Outline. signature.py and imprint.py read 落款, 文号, issuer and date from it, provisions.py makes the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reviewer.domain import Document, Parts, Span, fold
from reviewer.understanding.attachments import Attachment, find_attachments
from reviewer.understanding.labels import Mark, Style, marks_of
from reviewer.understanding.lines import TextLine, text_lines
from reviewer.understanding.titles import Title, compact, find_body_title, find_title, looks_like_title


@dataclass(frozen=True)
class Outline:
    """The lines of a document and where its parts begin; indices count lines."""

    lines: tuple[TextLine, ...]
    marks: tuple[Mark, ...]
    title: Title | None
    body_title: Title | None  # of what a notice forwards
    attachments: tuple[Attachment, ...]
    listed: frozenset[int]  # numbers of attachments that a list names, 0 for one without a number

    @property
    def main_end(self) -> int:
        """Index of the first line that belongs to an attachment."""
        return self.attachments[0].line if self.attachments else len(self.lines)

    @property
    def body_start(self) -> int:
        """Index of the first line of the body (its own title, where a notice stands before it)."""
        if self.body_title is not None:
            return self.body_title.first
        return self.title.first if self.title is not None else 0


def outline_of(document: Document) -> Outline:
    lines = text_lines(document)
    contents = contents_lines(lines)
    marks = marks_of(lines, contents)
    first_mark = next((m.line for m in marks if m.style in (Style.CHAPTER, Style.ARTICLE, Style.PART)), len(lines))
    title = find_title(lines, contents)
    body_title = find_body_title(lines, title, contents)
    attachments, listed = find_attachments(lines, after=min(first_mark, title.last + 1 if title else 0))
    return Outline(tuple(lines), tuple(marks), title, body_title, attachments, listed)


def title_as_written(document: Document, outline: Outline) -> str:
    """The title on one line with the punctuation of the document, which the folded words have lost."""
    title = outline.title
    if title is None:
        return ""
    written = iter("".join(document.text[x.start : x.end] for x in outline.lines[title.first : title.last + 1]))
    letters = [c for c in written if not fold(c).isspace()]
    wanted = [c for c in title.text if not c.isspace()]
    if [fold(c) for c in letters[: len(wanted)]] != wanted:
        return title.text
    source = iter(letters)
    return re.sub(r"\s+", " ", "".join(c if c.isspace() else next(source) for c in title.text))


# ---------------------------------------------------------------- 目录 table of contents

_LEADER = re.compile(r"(?:\.{3,}|…+|·{3,}|_{4,}|-{4,}|—{2,}|\s{2,})\s*\(?\d{1,3}\)?$")

_CONTENTS = re.compile(r"目\s*[录次]")


def contents_lines(lines: Sequence[TextLine]) -> frozenset[int]:
    """Lines of a table of contents: those after 目录 until its first entry comes again, and lines with a leader."""
    out: set[int] = set()
    for index, line in enumerate(lines):
        if _CONTENTS.fullmatch(line.text):
            out |= _contents_after(lines, index)
    leaders = [
        i
        for i, x in enumerate(lines)
        if not x.table and len(x.text) < 80 and re.search(r"[.…·_—-]{3,}\s*\(?\d{1,3}\)?$", x.text)
    ]
    if len(leaders) >= 3:
        out.update(leaders)
    return frozenset(out)


def _contents_after(lines: Sequence[TextLine], heading: int) -> set[int]:
    out = {heading}
    first = ""
    for index in range(heading + 1, min(len(lines), heading + 400)):
        entry = compact(re.sub(r"\d{1,3}$", "", _LEADER.sub("", lines[index].text)))
        if len(entry) < 2:
            out.add(index)
            continue
        if first and (entry == first or (len(first) >= 4 and entry.startswith(first))):
            return out
        first = first or entry
        if len(lines[index].text) > 60 and not _LEADER.search(lines[index].text):
            return {heading} | {i for i in out if _LEADER.search(lines[i].text)}
        out.add(index)
    return {heading} | {i for i in out if _LEADER.search(lines[i].text)}


def parts_of(outline: Outline, number: Span | None, signature: tuple[int, int] | None) -> Parts:
    """Title, number, body, signature and attachments as spans of the text."""
    lines = outline.lines
    if not lines:
        return Parts()
    title = outline.title
    starts = [a.line for a in outline.attachments] + [len(lines)]
    attachments = tuple(Span(lines[a].start, lines[b - 1].end) for a, b in pairwise(starts))
    end = body_end(outline, signature)
    first = outline.body_start
    body = Span(lines[first].start, lines[end - 1].end) if end > first else None
    return Parts(
        title=Span(lines[title.first].start, lines[title.last].end) if title else None,
        number=number,
        body=body,
        signature=Span(lines[signature[0]].start, lines[signature[1]].end) if signature else None,
        attachments=attachments,
    )


_TAIL = re.compile(
    r"^\(?此件|^公开方式|^抄送|^主题词|^(?:解读|信息公开)|印发$|^\(?本文有删减|^附件?\s*\d?:|^\(?以下无正文"
)


def body_end(outline: Outline, signature: tuple[int, int] | None) -> int:
    """Index after the last line of the body: before a signature that ends it, before its tail lines."""
    end = outline.main_end
    if signature is not None and signature[0] > outline.body_start:
        outer = (Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE, Style.DUN)
        after = any(signature[1] < m.line < end and m.style in outer for m in outline.marks)
        if signature[1] >= end - 2 or (not after and signature[0] * 2 > end):
            end = signature[0]
    while end > outline.body_start + 1 and _TAIL.search(outline.lines[end - 1].text):
        end -= 1
    listed = end - 1  # 附件：1.名单 ⏎ 2.申请表 above the 落款
    while listed > outline.body_start and re.match(r"\d{1,2}\s*[.、]\S.{0,70}$", outline.lines[listed].text):
        listed -= 1
    if listed < end - 1 and re.match(r"附\s*件\s*:", outline.lines[listed].text):
        return listed
    return end


def body_titles(outline: Outline) -> Iterator[tuple[int, str]]:
    """Further bodies after the first: line and words of a title under which the numbering starts again."""
    main = [m for m in outline.marks if outline.body_start <= m.line < outline.main_end]
    outer: tuple[Style, ...] = (Style.ARTICLE, Style.CHAPTER)
    if not any(m.style in outer for m in main):
        outer = (Style.DUN,)
    highest = previous = 0
    for mark in main:
        if mark.style not in outer:
            continue
        if mark.number == 1 and highest >= 2:
            above = range(mark.line - 1, max(mark.line - 6, previous), -1)
            title = next((i for i in above if looks_like_title(outline.lines[i].text)), None)
            if title is not None:
                yield title, outline.lines[title].text
                highest = 0
        highest, previous = max(highest, mark.number), mark.line
