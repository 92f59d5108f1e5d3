"""The nouns of a batch: what is asked for, what a worker gets, what it gives back. Small, frozen, picklable."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewer.domain import Line, Versions
from reviewer.errors import ReviewerError
from reviewer.office_rules import RuleDecision

SEPARATOR = "!/"  # between an archive and its member: 送审材料.zip!/合同.docx
class BatchError(ReviewerError):
    """The whole batch cannot begin or go on; what is done so far is kept."""


class Status(StrEnum):
    """How the work on one document ended."""

    REVIEWED = "reviewed"
    UNREADABLE = "unreadable"  # the file is at fault, and stays so
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"  # its worker process died
    FAILED = "failed"  # the program is at fault


FAILURES = {
    Status.UNREADABLE: "无法读取",
    Status.TIMEOUT: "超过时限",
    Status.MEMORY: "内存不足",
    Status.CRASHED: "进程崩溃",
    Status.FAILED: "程序出错",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person asks for. `timeout` (seconds without a sign of life) and `memory` (MB) are for one document."""

    folder: str  # a folder, or an address of fsspec: s3://bucket/folder
    output: str
    on: dt.date | None = None
    line: Line | None = None
    type: str | None = None
    lexicons: tuple[Path, ...] = ()
    workers: int = 0  # 0: as many as there are processors
    scheduler: str | None = None
    fresh: bool = False
    annotate: bool = False
    timeout: float = 120.0
    memory: int = 3072
    known: tuple[Path, ...] = ()  # outputs of earlier batches whose results may be taken over
    decided: tuple[RuleDecision, ...] = ()  # what an office decided on single rules


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker must know."""

    on: dt.date
    line: Line | None
    type: str | None
    lexicons: tuple[Path, ...]
    timeout: float
    memory: int
    annotate: bool = False
    scratch: str = ""  # where archives are unpacked; the system's place where it does not exist
    decided: tuple[RuleDecision, ...] = ()

    def basis(self, versions: Versions) -> str:
        """Everything but the content that a result depends on, as JSON."""
        return json.dumps(
            {
                "reviewer": versions.reviewer, "lexicon": versions.lexicon, "laws": versions.laws,
                "model": versions.model, "segmenter": versions.segmenter, "on": self.on.isoformat(),
                "line": self.line.value if self.line else None, "type": self.type,
            },
            ensure_ascii=False,
        )  # fmt: skip


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Source:
    """One document: where it stands for people, and how to open it."""

    place: str  # within the folder: 合同/采购.docx, 材料.zip!/合同.docx
    path: bytes  # os.fsencode of the file's path or address
    member: int = -1  # which entry of the archive, -1: the file itself
    size: int = 0
    stamp: str = ""  # unchanged stamp and size: unchanged content

    @property
    def name(self) -> str:
        return self.place.rpartition(SEPARATOR)[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """A finding as it is kept: all that reports need, not the text around it."""

    rule: str
    category: str
    category_name: str
    severity: str
    start: int
    end: int
    where: str
    excerpt: str
    title: str
    message: str
    suggestion: str
    basis: str  # several separated by ；
    confidence: float
    because: str
    fingerprint: str
    places: int  # how many places of the text it speaks of


@dataclass(frozen=True, slots=True)
class StoredCitation:
    """A citation as it is kept: which law, where, and what the law's state was on the review date."""

    title: str  # as written
    law: str  # in the catalogue; empty: not in it
    state: str
    article: int  # 0: the law as a whole
    start: int
    end: int
    where: str


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of one document, the same for every copy of it."""

    sha256: str
    status: Status
    reason: str = ""  # why it was not reviewed
    format: str = ""
    line: str = ""
    type: str = ""
    title: str = ""
    issuer: str = ""
    characters: int = 0
    pages: int = 0
    score: int | None = None
    grade: str = ""
    complete: bool = False  # nothing of the document is left for a person to look at
    checked: bool = False  # every page was read and every rule could be applied
    notes: tuple[str, ...] = ()  # what was not checked, and warnings
    findings: tuple[StoredFinding, ...] = ()
    citations: tuple[StoredCitation, ...] = ()
    signature: bytes = b""  # for near duplicates


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a worker gives back; the annotated copy with its suffix where asked for, or why there is none."""

    record: Record
    versions: Versions
    copy: bytes = b""
    copy_suffix: str = ""
    no_copy: str = ""
    peak: int = 0  # largest resident memory of the worker so far, bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker that has loaded everything."""

    versions: Versions
    pid: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: `stage` in Chinese, documents done of documents to do, failures among them."""

    stage: str
    done: int = 0
    total: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished or stopped batch comes to."""

    output: str
    files: int = 0
    documents: int = 0  # of different content
    fresh: int = 0  # reviewed in this run
    taken: int = 0  # known from earlier
    failed: int = 0  # files that could not be reviewed
    unchecked: int = 0  # files reviewed, of which something could not be checked
    with_findings: int = 0
    stopped: bool = False
    peak: int = 0  # largest resident memory of a worker, bytes
    written: tuple[str, ...] = ()
