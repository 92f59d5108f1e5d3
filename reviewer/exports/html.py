"""Review → one self-contained HTML report: marked text beside the findings, without any outside resource."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

from reviewer.domain import Aspect, Block, BlockKind, Finding, Level, Outcome, PageAnchor, Review, Severity, Span
from reviewer.exports import _wording as wording

TITLE = "审查报告"
SUFFIX = ".html"

TEMPLATES = Path(__file__).parent / "templates"
RING = 2 * math.pi * 52  # length of the score ring in the template
HEADING_LENGTH = 40  # characters
LONG_EDIT = 400  # characters: longer replacements are shown without the words they replace
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")  # not allowed in HTML
PLACES = {BlockKind.HEADER: "页眉", BlockKind.FOOTER: "页脚", BlockKind.NOTE: "注释"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same findings cover, by number; empty text marks a point between characters."""

    text: str
    findings: tuple[int, ...] = ()
    severity: str = ""  # the gravest of them
    starts: tuple[int, ...] = ()  # findings with a place that begins here
    anchors: tuple[str, ...] = ()  # m3: the place of finding 3, m3-1: its first further place


class Place(NamedTuple):
    """A place of finding `number`; `nth` 0 is the main one."""

    span: Span
    number: int
    nth: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: str
    pieces: tuple[Piece, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """What the text column is made of: a paragraph, a table (rows of cells of paragraphs) or a page number."""

    kind: str
    paragraph: Paragraph | None = None
    rows: tuple[tuple[tuple[Paragraph, ...], ...], ...] = ()
    page: int = 0


@dataclass(frozen=True)
class Card:
    """A finding as the report shows it; `number` is from 1."""

    number: int
    finding: Finding
    severity: str
    category: str
    confidence: str
    replaced: str | None  # the words that `edit` replaces, where they are few
    places: tuple[tuple[str, int], ...] = field(default=())  # where else, and which of the finding's places it is


def export(review: Review, source: Path | None = None) -> bytes:
    """UTF-8 HTML. Everything that comes from the document or the lexicon is escaped by the template."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = lambda text: CONTROL.sub("\ufffd", text)
    script = (TEMPLATES / "report.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template("report.html").render(
        style=(TEMPLATES / "report.css").read_text("utf-8"),
        script=script,
        script_digest=digest,
        advisory=wording.ADVISORY,
        unverified=wording.UNVERIFIED,
        unscored=wording.UNSCORED,
        minors=sum(f.minor for f in review.findings),
        minor=wording.minor_heading(count) if (count := wording.minor(review)) else "",
        line=wording.LINES[review.draft.line],
        severities={s.value: name for s, name in wording.SEVERITIES.items()},
        counts={s.value: n for s, n in wording.counts(review).items()},
        aspects=_aspects(review.findings),
        categories=_categories(review.findings),
        cards=[_card(review, i, f) for i, f in enumerate(review.findings, 1)],
        nodes=list(_nodes(review)),
        outcome_names={o.value: name for o, name in wording.OUTCOMES.items()},
        outcomes=_outcomes(review),
        worst=next((s.value for s, n in wording.counts(review).items() if n), "none"),
        ring=RING,
        review=review,
        draft=review.draft,
        document=review.draft.document,
        coverage=review.coverage,
        contents=review.coverage.contents,
        score=review.score,
        comments=[(wording.comment_head(review, c), c.text) for c in review.draft.document.comments],
        to_read=list(dict.fromkeys((*review.coverage.not_checked, *review.warnings))),
    )
    return page.encode("utf-8", "replace")


def _card(review: Review, number: int, finding: Finding) -> Card:
    draft = review.draft
    replaced = None
    if finding.edit is not None and 0 < len(finding.span) <= LONG_EDIT:
        replaced = finding.span.of(draft.text)
    return Card(
        number=number,
        finding=finding,
        severity=wording.SEVERITIES[finding.severity],
        category=wording.category(finding),
        confidence=wording.confidence(finding),
        replaced=replaced,
        places=tuple((draft.where(span.start), i) for i, span in enumerate(finding.also_at, 1)),
    )


def _aspects(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    count = Counter(f.aspect for f in findings)
    return [(aspect.value, count[aspect.value]) for aspect in Aspect]


def _categories(findings: Iterable[Finding]) -> dict[str, list[tuple[str, str, int]]]:
    """Aspect → its categories that have findings: key, name, how many."""
    count = Counter((f.aspect, f.category, wording.category(f)) for f in findings)
    grouped: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for (aspect, key, name), n in sorted(count.items(), key=lambda item: -item[1]):
        grouped[aspect].append((key, name, n))
    return {aspect.value: grouped[aspect.value] for aspect in Aspect if aspect.value in grouped}


def _outcomes(review: Review) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Outcome, its name and its rules (id, title where known, reason); failures first."""
    titles = {f.rule: f.title for f in review.findings}
    order = (Outcome.FAILED, Outcome.FOUND, Outcome.CLEAR, Outcome.NOT_APPLICABLE)
    return [
        (
            outcome.value,
            wording.OUTCOMES[outcome],
            [(o.rule, titles.get(o.rule, ""), o.reason) for o in review.outcomes if o.outcome is outcome],
        )
        for outcome in order
    ]


# ---------------------------------------------------------------- 原文 the text column


def _nodes(review: Review) -> Iterator[Node]:
    """The blocks of the document with their marks, tables rebuilt from their cells, pages announced."""
    document = review.draft.document
    marks = _Marks(document.text, review.findings)
    headings = _provision_headings(review)
    page = 0

    def table_of(block: Block) -> tuple[int, int]:
        # A block outside any table is a group of its own.
        return (block.cell.table, -1) if block.cell is not None else (-1, block.span.start)

    for (table, _), group in groupby(document.blocks, table_of):
        blocks = list(group)
        anchor = blocks[0].anchor
        if isinstance(anchor, PageAnchor) and anchor.page != page:
            page = anchor.page
            yield Node("page", page=page)
        if table >= 0:
            yield Node("table", rows=_rows(marks, headings, blocks))
        else:
            for block in blocks:
                yield Node("paragraph", paragraph=_paragraph(marks, headings, block))


def _rows(
    marks: _Marks, headings: dict[int, str], blocks: Sequence[Block]
) -> tuple[tuple[tuple[Paragraph, ...], ...], ...]:
    """Table rows from cell blocks; columns that a row lacks (merged cells) become empty cells."""
    cells: defaultdict[int, defaultdict[int, list[Paragraph]]] = defaultdict(lambda: defaultdict(list))
    width = 0
    for block in blocks:
        if block.cell is not None:
            cells[block.cell.row][block.cell.column].append(_paragraph(marks, headings, block))
            width = max(width, block.cell.column + 1)
    rows = []
    for _, row in sorted(cells.items()):
        columns = row.keys() if set(row) == {0} else range(width)  # a single first cell spans the table
        rows.append(tuple(tuple(row.get(column, ())) for column in columns))
    return tuple(rows)


def _paragraph(marks: _Marks, headings: dict[int, str], block: Block) -> Paragraph:
    pieces = tuple(marks.pieces(block.span))
    if block.kind in PLACES:
        kind = "aside"
    elif block.span.start in headings:
        kind = headings[block.span.start]
    elif block.kind is BlockKind.HEADING:
        kind = f"heading level{min(block.level or 2, 4)}"
    else:
        indented = bool(pieces) and pieces[0].text[:1].isspace()
        kind = "body indented" if indented else "body"
    return Paragraph(kind, pieces, PLACES.get(block.kind, ""))


def _provision_headings(review: Review) -> dict[int, str]:
    """Start of a block → how it is set: the title, chapters, and articles whose number has a line to itself."""
    draft = review.draft
    blocks = {block.span.start: block for block in draft.document.blocks}
    found: dict[int, str] = {}
    for provision in draft.articles:
        block = blocks.get(provision.span.start)
        if block is not None and provision.heading and len(block.span) <= HEADING_LENGTH:
            large = provision.level in (Level.PART, Level.CHAPTER, Level.SECTION)
            if large or provision.level is Level.ARTICLE:
                found[block.span.start] = "heading level1" if large else "heading article"
    if (title := draft.parts.title) is not None:
        found.update((start, "title") for start, block in blocks.items() if block.span.overlaps(title))
    return found


class _Marks:
    """The places of all findings, asked block by block in the order of the text."""

    def __init__(self, text: str, findings: Sequence[Finding]) -> None:
        self._text = text
        self._findings = findings
        places = [
            Place(Span(max(span.start, 0), min(span.end, len(text))), number, nth)
            for number, finding in enumerate(findings, 1)
            for nth, span in enumerate((finding.span, *finding.also_at))
        ]
        self._places = sorted(p for p in places if p.span.start <= p.span.end)
        self._next = 0
        self._open: list[Place] = []

    def pieces(self, block: Span) -> Iterator[Piece]:
        """The text of a block, cut wherever a finding begins or ends. Blocks must be asked in order."""
        places = self._enter(block)
        begins: defaultdict[int, list[Place]] = defaultdict(list)
        cuts = {block.start, block.end}
        for place in places:
            cuts.update(cut for cut in (place.span.start, place.span.end) if block.start < cut < block.end)
            if place.span.start >= block.start:
                begins[place.span.start].append(place)
        for start, end in pairwise(sorted(cuts)):
            here = begins.pop(start, [])
            if points := [p for p in here if not len(p.span)]:
                yield self._piece("", points, points)
            covering = [p for p in places if p.span.start < end and start < p.span.end]
            yield self._piece(self._text[start:end], covering, [p for p in here if len(p.span)])
        if points := [p for left in begins.values() for p in left]:
            yield self._piece("", points, points)

    def _enter(self, block: Span) -> list[Place]:
        """Places that touch the block; one that stands at the newline after a block belongs to that block."""
        while self._next < len(self._places) and self._places[self._next].span.start <= block.end:
            self._open.append(self._places[self._next])
            self._next += 1
        touching = self._open
        self._open = [p for p in touching if p.span.end > block.end + 1]
        return touching

    def _piece(self, text: str, covering: Iterable[Place], starts: Sequence[Place]) -> Piece:
        numbers = tuple(dict.fromkeys(p.number for p in covering))
        present = {self._findings[n - 1].severity for n in numbers}
        return Piece(
            text,
            findings=numbers,
            severity=next((s.value for s in Severity if s in present), ""),
            starts=tuple(dict.fromkeys(p.number for p in starts)),
            anchors=tuple(f"m{p.number}-{p.nth}" if p.nth else f"m{p.number}" for p in starts),
        )
