"""The draft: a document understood, with its provisions, citations and facts."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import repeat
from typing import Any, TypeVar

from reviewer.domain.lines import Line
from reviewer.domain.text import Document, Span


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
_NONE = frozenset((-1,))


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
    def words(self) -> frozenset[str] | None:
        """The literals of the lexicon that are in the text; None: not scanned."""
        return None if self.literals is None else frozenset(self.literals)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [s.start for s in self.sentences]

    def sentences_with(self, literals: frozenset[str]) -> frozenset[int]:
        """Indices of the sentences in which one of some scanned literals begins."""
        known = self._sentences_with.get(literals)
        if known is None:
            here = literals & (self.words or frozenset())
            known = self._sentences_with[literals] = frozenset[int]().union(*map(self._sentences_of, here))
        return known

    def _sentences_of(self, literal: str) -> frozenset[int]:
        known = self._sentences_of_one.get(literal)
        if known is None:
            starts = (self.literals or {}).get(literal, ())
            known = frozenset(map(self._sentence_numbers.__getitem__, starts)) - _NONE
            self._sentences_of_one[literal] = known
        return known

    @cached_property
    def _sentence_numbers(self) -> list[int]:
        """For every offset the index of its sentence, -1 between sentences."""
        numbers, end = list[int](), 0
        for i, sentence in enumerate(self.sentences):
            numbers += repeat(-1, sentence.start - end)
            numbers += repeat(i, len(sentence))
            end = sentence.end
        return [*numbers, *repeat(-1, len(self.folded) - end)]

    @cached_property
    def _sentences_of_one(self) -> dict[str, frozenset[int]]:
        return {}

    @cached_property
    def _sentences_with(self) -> dict[frozenset[str], frozenset[int]]:
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
