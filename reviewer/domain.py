"""The nouns: frozen records without I/O, from the text of a file to the review of it.

Offsets are half-open code-point offsets into `Document.text`; money is in 元 (Decimal); rates are fractions of one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeVar

# ---------------------------------------------------------------- 文字 text

_FOLD = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x3000, 0xA0, 0x09, 0x2002, 0x2003), 0x20)


def fold(text: str) -> str:
    """Full-width ASCII and wide spaces as ASCII; the length never changes, so offsets stay valid."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """文字区间: half-open code-point offsets in `Document.text`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    TABLE_CELL = "table_cell"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class DocxAnchor:
    """A paragraph of a .docx: its part, its ordinal among that part's w:p, and how much of it was not typed."""

    part: str
    index: int
    label: int = 0  # code points at the start of the block that Word numbers by itself (第一条, （一）)


@dataclass(frozen=True, slots=True)
class LineBox:
    """One printed line: `edges` are the left x of each character and the right x of the last (len(span) + 1).

    Recognised (OCR) lines have a confidence; `doubtful` are the places in the line of characters read with little.
    """

    span: Span
    page: int  # from 1
    top: float  # points from the top of the page
    bottom: float
    edges: tuple[float, ...]
    confidence: float = 1.0
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PageAnchor:
    """Lines of a page, for formats that are drawn rather than written."""

    page: int
    lines: tuple[LineBox, ...] = ()


@dataclass(frozen=True, slots=True)
class TableCell:
    """Which table (from 0), row and column (from 0) a block stands in."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Block:
    """段落块: a paragraph or table cell; blocks follow each other in `Document.text`, joined by newlines."""

    span: Span
    kind: BlockKind = BlockKind.PARAGRAPH
    anchor: DocxAnchor | PageAnchor | None = None
    cell: TableCell | None = None
    level: int = 0  # heading level from 1, where the file says so


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file held, for the coverage receipt. Pages are numbered from 1."""

    pages: int = 0  # 0: the format has no pages
    unreadable_pages: tuple[int, ...] = ()
    recognised_pages: tuple[int, ...] = ()  # read by OCR
    tables: int = 0
    images: int = 0
    insertions: int = 0
    deletions: int = 0
    comments: int = 0
    notes: int = 0
    embedded: int = 0


@dataclass(frozen=True)
class Document:
    """文档: what is written and exactly where."""

    name: str
    sha256: str
    format: str
    text: str
    blocks: tuple[Block, ...]
    contents: Contents = Contents()
    warnings: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> str:
        """The text with full-width ASCII narrowed: same length, same offsets; rules match on this."""
        return fold(self.text)

    @cached_property
    def doubtful(self) -> tuple[Span, ...]:
        """Characters that recognition (OCR) read with little confidence, in order."""
        anchors = (b.anchor for b in self.blocks if isinstance(b.anchor, PageAnchor))
        lines = (line for anchor in anchors for line in anchor.lines if line.doubtful)
        return tuple(Span(line.span.start + i, line.span.start + i + 1) for line in lines for i in line.doubtful)

    @cached_property
    def _starts(self) -> list[int]:
        return [b.span.start for b in self.blocks]

    def block_at(self, offset: int) -> Block | None:
        """The block that an offset stands in (the newline after a block belongs to it)."""
        i = bisect_right(self._starts, offset) - 1
        return self.blocks[i] if i >= 0 else None


# ---------------------------------------------------------------- 送审稿 draft


class Line(StrEnum):
    CONTRACT = "contract"
    NORMATIVE = "normative"
    DECISION = "decision"
    ENFORCEMENT = "enforcement"
    MINUTES = "minutes"


class Level(StrEnum):
    PART = "编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    PARAGRAPH = "款"
    ITEM = "项"
    POINT = "目"


@dataclass(frozen=True, slots=True)
class Provision:
    """条文单元. `label` as written (第三条, 3.1, 一、, （二）); `path` for people (第三条第二款第（一）项)."""

    level: Level
    number: int | None
    label: str
    heading: str
    span: Span  # label, own text and children
    path: str
    children: tuple[Provision, ...] = ()

    def walk(self) -> Iterator[Provision]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Citation:
    """引用 of a law or document: 《行政处罚法》第十六条、该条例第三条."""

    span: Span  # title and article together
    title: str  # as written, without 《》
    law: str | None  # full title in the catalogue, None when not found
    article: int | None = None
    paragraph: int | None = None
    item: int | None = None
    article_span: Span | None = None
    kind: str = "quoted"  # quoted 《》 | bare | back_reference (该条例, 同法)
    version: str = ""  # year in the title or after it: 2014年修正, （2017）
    number: str = ""  # 国办发〔2018〕37号 beside or instead of the title


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in 元."""

    span: Span
    value: Decimal
    in_words: bool = False  # 大写
    unit: str = "元"


@dataclass(frozen=True, slots=True)
class Rate:
    """A percentage, per-mille or per-ten-thousand rate as a fraction of one; `per` is 日, 月, 年 or empty."""

    span: Span
    value: Decimal
    per: str = ""


@dataclass(frozen=True, slots=True)
class DateMention:
    span: Span
    year: int | None
    month: int | None
    day: int | None

    @property
    def date(self) -> dt.date | None:
        """The calendar date, None when incomplete or impossible (2月30日)."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return dt.date(self.year, self.month, self.day)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Period:
    """30日, 三个工作日, 二年: `unit` is 日, 工作日, 月, 年, 小时 …"""

    span: Span
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Party:
    """A party as it is named in one place: 甲方（采购人）：某某局."""

    span: Span  # of the name
    role: str  # 甲方, 乙方, 发包人 …
    name: str  # empty when left blank
    place: str = "head"  # head | signature
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DefinedTerm:
    """（以下简称“管理中心”）; `stands_for` is the full wording before it."""

    span: Span
    term: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class CrossReference:
    """本合同第十二条, 附件3, 前款: a place in the same document that the draft points at."""

    span: Span
    label: str
    level: str  # 条 款 项 章 附件 …
    number: int | None
    resolved: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What the draft states, in the order of the text."""

    amounts: tuple[Amount, ...] = ()
    rates: tuple[Rate, ...] = ()
    dates: tuple[DateMention, ...] = ()
    periods: tuple[Period, ...] = ()
    parties: tuple[Party, ...] = ()
    terms: tuple[DefinedTerm, ...] = ()
    references: tuple[CrossReference, ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseKind:
    """What a clause is about, as the trained classifier sees it."""

    span: Span
    kind: str
    probability: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of the draft are; None when there is none."""

    title: Span | None = None
    number: Span | None = None  # 文号
    body: Span | None = None
    signature: Span | None = None
    attachments: tuple[Span, ...] = ()


_Told = TypeVar("_Told")


@dataclass(frozen=True)
class Draft:
    """送审稿: the document understood."""

    document: Document
    line: Line
    type: str  # a contract or document type of lexicons/lines
    title: str = ""
    issuer: str = ""
    number: str = ""
    dated: dt.date | None = None
    parts: Parts = Parts()
    provisions: tuple[Provision, ...] = ()
    sentences: tuple[Span, ...] = ()
    citations: tuple[Citation, ...] = ()
    facts: Facts = Facts()
    literals: Mapping[str, tuple[int, ...]] | None = None  # lexicon literal → starts; None: not scanned
    _told: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, name: str, tell: Callable[[], _Told]) -> _Told:
        """What `tell` says of this draft, asked once however many rules want to know (it must be a pure function)."""
        if name not in self._told:
            self._told[name] = tell()
        told: _Told = self._told[name]
        return told

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def folded(self) -> str:
        return self.document.folded

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    def sentences_of(self, literal: str) -> frozenset[int]:
        """Indices of the sentences in which a scanned literal begins."""
        known = self._sentences_of.get(literal)
        if known is None:
            starts, sentences, found = self._sentence_starts, self.sentences, set()
            for at in (self.literals or {}).get(literal, ()):
                i = bisect_right(starts, at) - 1
                if i >= 0 and sentences[i].end > at:
                    found.add(i)
            known = self._sentences_of[literal] = frozenset(found)
        return known

    @cached_property
    def _sentences_of(self) -> dict[str, frozenset[int]]:
        return {}

    def sentence_at(self, offset: int) -> Span:
        """The sentence that an offset stands in (an empty span where there is none)."""
        i = bisect_right(self._sentence_starts, offset) - 1
        return self.sentences[i] if i >= 0 else Span(offset, offset)

    @cached_property
    def articles(self) -> tuple[Provision, ...]:
        """Every provision of the tree, parents before children."""
        return tuple(p for top in self.provisions for p in top.walk())

    def provision_at(self, offset: int) -> Provision | None:
        """The innermost provision that holds an offset."""
        found = None
        level: tuple[Provision, ...] = self.provisions
        while level:
            inner = next((p for p in level if p.span.start <= offset < p.span.end), None)
            if inner is None:
                break
            found, level = inner, inner.children
        return found

    def where(self, offset: int) -> str:
        """A place that a person can find: 第三条第二款, 表1第2行, 落款, 第5段."""
        block = self.document.block_at(offset)
        if block is not None and block.cell is not None:
            return f"表{block.cell.table + 1}第{block.cell.row + 1}行"
        provision = self.provision_at(offset)
        if provision is not None:
            return provision.path
        parts = self.parts
        if parts.title is not None and parts.title.start <= offset < parts.title.end:
            return "标题"
        if parts.signature is not None and parts.signature.start <= offset < parts.signature.end:
            return "落款"
        if block is None:
            return "全文"
        return f"第{self.document.blocks.index(block) + 1}段"


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A contract or document type; `title` and `body` are folded-text regular expressions that speak for it."""

    name: str
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BusinessLine:
    """业务条线, as lexicons/lines/<line>.yaml describes it; the first type is the one to fall back on."""

    line: Line
    name: str  # 政府合同
    review_name: str  # the official name of the review: 合法性审查, 法制审核, 合法性审核
    types: tuple[DocumentType, ...]


# ---------------------------------------------------------------- 规则与意见 rule and finding


class Severity(StrEnum):
    ILLEGAL = "illegal"
    RISK = "risk"
    ADVICE = "advice"


class Aspect(StrEnum):
    AUTHORITY = "权限"
    PROCEDURE = "程序"
    CONTENT = "内容"
    TEXT = "文字"


class Outcome(StrEnum):
    """How each rule of the line ended."""

    FOUND = "found"
    CLEAR = "clear"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class When:
    """A precondition on the whole draft, as folded-text regular expressions; else the rule is NOT_APPLICABLE."""

    any: tuple[str, ...] = ()  # at least one must be found
    none: tuple[str, ...] = ()  # none may be found
    title: tuple[str, ...] = ()  # at least one must be found in the title
    minimum_characters: int = 0


@dataclass(frozen=True)
class Rule:
    """审查规则. `options` is the checker's own Options record."""

    id: str
    line: str  # a Line or "common"
    title: str
    category: str
    checker: str
    options: Any  # the Options record of the checker
    severity: Severity
    message: str
    suggestion: str
    basis: tuple[str, ...]
    when: When = When()
    types: tuple[str, ...] = ()  # empty: every type of the line
    status: str = "active"  # trial | active | retired
    in_citations: bool = False
    unverified_basis: bool = False  # 依据待核
    group: str = ""  # small findings of the rules of one group become one finding that lists them all
    points: tuple[str, ...] = ()  # ids of the review points that the rule covers (C-001, N-012 …)
    hit: tuple[str, ...] = ()  # 命中例, with the places marked ⟦…⟧
    clean: tuple[str, ...] = ()  # 放行例


@dataclass(frozen=True)
class Match:
    """What a checker saw. `values` fill the {…} of the rule's message and suggestion."""

    span: Span
    values: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    confidence: float = 0.9
    edit: str | None = None  # exact replacement of the span
    clause: str | None = None  # the missing key, for missing_clause
    severity: Severity | None = None  # where the checker knows better than the rule
    basis: tuple[str, ...] = ()  # in addition to the rule's


@dataclass(frozen=True)
class Finding:
    """审查意见（逐条）."""

    rule: str
    category: str
    aspect: str
    severity: Severity
    span: Span
    where: str
    excerpt: str
    title: str
    message: str
    suggestion: str
    edit: str | None
    basis: tuple[str, ...]
    unverified_basis: bool
    confidence: float
    because: str
    clause: str | None
    fingerprint: str
    also_at: tuple[Span, ...] = ()  # further places of the same defect
    category_name: str = ""  # 主体资格, 越权设定 … from lexicons/categories.yaml

    @property
    def id(self) -> str:
        return self.fingerprint


def fingerprint(rule: str, path: str, excerpt: str, occurrence: int = 0) -> str:
    """16 hex digits of rule, place and folded words: a person's disposition survives a re-run."""
    key = "\x1f".join((rule, path, "".join(fold(excerpt).split()), str(occurrence)))
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class RuleOutcome:
    rule: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """审查覆盖回执: what was checked, what was skipped, what could not be read."""

    characters: int
    contents: Contents
    citations: int
    citations_resolved: int
    citations_unknown: tuple[str, ...]  # titles not in the catalogue: not checked, not "wrong"
    rules: Mapping[str, int]  # outcome → count
    not_checked: tuple[str, ...]  # sentences that a person must read
    complete: bool


@dataclass(frozen=True)
class ScoreLine:
    reason: str
    points: float


@dataclass(frozen=True)
class Score:
    """合法性评分 out of 100, or None when the document could not be checked well enough to score."""

    value: int | None
    grade: str
    lines: tuple[ScoreLine, ...] = ()


@dataclass(frozen=True)
class Versions:
    reviewer: str
    lexicon: str
    laws: str
    model: str
    segmenter: str


@dataclass(frozen=True)
class Review:
    """机审结果: same input, lexicon, model and review date give byte-identical findings."""

    draft: Draft
    reviewed_on: dt.date
    findings: tuple[Finding, ...]
    outcomes: tuple[RuleOutcome, ...]
    coverage: Coverage
    score: Score
    versions: Versions
    warnings: tuple[str, ...] = ()
