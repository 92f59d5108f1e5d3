"""What runs in a worker process: contents identified, one document reviewed, the result made small."""

from __future__ import annotations

import errno
import gc
import hashlib
import os
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import IO

from reviewer.batch import limits, near, storage
from reviewer.batch.records import Job, Ready, Record, Reviewed, Source, Status, StoredCitation, StoredFinding
from reviewer.batch.walk import path_of
from reviewer.domain import Citation, Document, Finding, Line, Outcome, Review, Versions
from reviewer.errors import ReviewerError, UnreadableFileError
from reviewer.laws import LawCatalogue
from reviewer.office_rules import RuleDecision
from reviewer.pipeline import Engine

MAX_BYTES = 300 << 20  # of one document, unpacked
MAX_RATIO = 1000  # unpacked : packed
CHUNK = 1 << 20
EXCERPT = 160  # characters kept of what a finding quotes
NAME_BYTES = 180
RUBBISH = 50_000, 20, 100  # objects between collections: a review makes tens of thousands that live as long as it
_ONE_AT_A_TIME = threading.Lock()  # limits are the process's: a worker with several threads takes turns


def ready(job: Job) -> Ready:
    """Load everything once; raises what is wrong with lexicon or options before any document is touched."""
    return Ready(_versions_of(job), os.getpid())


def _engine_of(job: Job) -> Engine:
    return _engine(job.lexicons, job.decided)


def _versions_of(job: Job) -> Versions:
    return _versions(job.lexicons, job.decided, job.line, job.type)


@cache
def _versions(
    lexicons: tuple[Path, ...], decided: tuple[RuleDecision, ...], line: Line | None, type: str | None
) -> Versions:
    """The versions that every review of this worker bears; raises UsageError for an unknown type."""
    return _engine(lexicons, decided).review(Document("", "", "", "", ()), line=line, type=type).versions


@cache
def _engine(lexicons: tuple[Path, ...], decided: tuple[RuleDecision, ...]) -> Engine:
    loaded = Engine.load(own_lexicons=lexicons)
    engine = replace(loaded, decided={d.rule: d for d in decided}) if decided else loaded
    gc.collect()
    gc.freeze()  # what stays for good is not looked through again and again for what could be let go
    gc.set_threshold(*RUBBISH)
    return engine


# ---------------------------------------------------------------- 内容 contents


def identify(sources: tuple[Source, ...]) -> tuple[tuple[str, str], ...]:
    """The SHA-256 of each document, or why it cannot be opened."""
    return tuple(_identified(source) for source in sources)


def _identified(source: Source) -> tuple[str, str]:
    sha = hashlib.sha256()
    try:
        with _opened(source) as file:
            for chunk in _chunks(file, source):
                sha.update(chunk)
    except UnreadableFileError as error:
        return "", str(error)
    return sha.hexdigest(), ""


@contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """The content of a source as a stream; every way in which a file can fail is an UnreadableFileError."""
    try:
        if source.member < 0:
            with storage.open_file(source.path) as file:
                yield file
        else:
            archive = _archive(source.path, source.stamp)
            with archive.open(archive.infolist()[source.member]) as member:
                yield member
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, IndexError) as error:
        raise UnreadableFileError(f"{source.name}：压缩包内的文件已损坏，无法取出。请重新获取压缩包。") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EMFILE):
            raise
        why = error.strerror or type(error).__name__
        raise UnreadableFileError(f"{source.name}：无法读取（{why}）。请检查文件是否还在、是否有读取权限。") from error


@lru_cache(maxsize=1)
def _archive(path: bytes, stamp: str) -> zipfile.ZipFile:
    """The archive worked on, kept open: a directory of many thousand entries is read once."""
    del stamp  # an archive that was replaced is opened anew
    name = os.fsdecode(path)
    return zipfile.ZipFile(storage.open_file(path) if storage.is_address(name) else name)


def _chunks(file: IO[bytes], source: Source) -> Iterator[bytes]:
    total = 0
    while chunk := file.read(CHUNK):
        total += len(chunk)
        if total > MAX_BYTES:
            raise UnreadableFileError(f"{source.name}：超过 {MAX_BYTES >> 20} MB 的上限。请拆分后再次运行。")
        yield chunk


@contextmanager
def _as_file(source: Source, scratch: str) -> Iterator[Path]:
    """A file of this machine under the document's own name."""
    if source.member < 0 and not storage.is_address(os.fsdecode(source.path)):
        yield path_of(source)
        return
    with tempfile.TemporaryDirectory(dir=scratch if Path(scratch).is_dir() else None) as folder:
        path = Path(folder) / _short(source.name)
        with _opened(source) as file, path.open("wb") as target:
            for chunk in _chunks(file, source):
                target.write(chunk)
        yield path


def _short(name: str) -> str:
    """The name within what file systems allow, its suffix kept."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > 10:
        stem, dot, suffix = name, "", ""
    return stem.encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore") + dot + suffix


# ---------------------------------------------------------------- 审查 review


def review(job: Job, source: Source, sha256: str) -> Reviewed:
    """One document under its limits. What is wrong with the file is a record; what is wrong here is raised."""
    engine = _engine_of(job)
    copy = (b"", "", "")
    with _ONE_AT_A_TIME, limits.time_limit(job.timeout):
        try:
            with limits.memory_limit(job.memory), _as_file(source, job.scratch) as path:
                result = engine.review_file(path, on=job.on, line=job.line, type=job.type)
                record = record_of(result, engine.catalogue)
                if job.annotate:
                    copy = _annotated(result, path)
            if record.sha256 != sha256:
                why = f"{source.name}：审查期间文件有改动。请再次运行。"
                record = Record(sha256, Status.FAILED, why)
        except UnreadableFileError as error:
            record = Record(sha256, Status.UNREADABLE, str(error))
        except MemoryError:
            why = f"{source.name}：审查所需内存超过 {job.memory} MB。可用 --memory 放宽，或拆分文件后再次运行。"
            record = Record(sha256, Status.MEMORY, why)
    return Reviewed(record, _versions_of(job), *copy, peak=limits.peak_memory())


def _annotated(result: Review, path: Path) -> tuple[bytes, str, str]:
    """The annotated copy and its suffix, or why there is none."""
    from reviewer import exports

    name = f"annotated_{result.draft.document.format}"
    if name not in exports.names():
        return b"", "", f"{result.draft.document.format} 格式没有批注稿"
    try:
        return exports.export(name, result, path), exports.suffix(name), ""
    except ReviewerError as error:
        return b"", "", str(error)


def record_of(result: Review, catalogue: LawCatalogue) -> Record:
    """What is kept of a review."""
    draft, document = result.draft, result.draft.document
    failed = any(o.outcome is Outcome.FAILED for o in result.outcomes)
    return Record(
        sha256=document.sha256,
        status=Status.REVIEWED,
        format=document.format,
        line=draft.line.value,
        type=draft.type,
        title=_whole(draft.title.replace("\n", "")[:EXCERPT]),
        issuer=_whole(draft.issuer),
        characters=len(document.text),
        pages=document.contents.pages,
        score=result.score.value,
        grade=result.score.grade,
        complete=result.coverage.complete,
        checked=bool(document.text.strip()) and not failed and not document.contents.unreadable_pages,
        notes=tuple(dict.fromkeys(map(_whole, (*result.coverage.not_checked, *result.warnings)))),
        findings=tuple(_finding(f) for f in result.findings),
        citations=tuple(_citation(c, result, catalogue) for c in draft.citations if c.kind != "self"),
        signature=near.signature(document.text),
    )


def _whole(text: str) -> str:
    """The text without halves of surrogate pairs, which some PDF contain and no database takes."""
    return text.encode("utf-8", "replace").decode()


def _finding(finding: Finding) -> StoredFinding:
    return StoredFinding(
        rule=finding.rule,
        category=finding.category,
        category_name=finding.category_name or finding.category,
        severity=finding.severity.value,
        start=finding.span.start,
        end=finding.span.end,
        where=_whole(finding.where),
        excerpt=_whole(finding.excerpt[:EXCERPT]),
        title=finding.title,
        message=_whole(finding.message),
        suggestion=_whole(finding.suggestion),
        basis="；".join(finding.basis),
        confidence=finding.confidence,
        because=_whole(finding.because),
        fingerprint=finding.fingerprint,
        places=1 + len(finding.also_at),
    )


def _citation(citation: Citation, result: Review, catalogue: LawCatalogue) -> StoredCitation:
    law = catalogue.find(citation.law) if citation.law else None
    return StoredCitation(
        title=_whole(citation.title.replace("\n", "")[:EXCERPT]),
        law=law.title if law else "",
        state=law.status(result.reviewed_on) if law else "",
        article=citation.article or 0,
        start=citation.span.start,
        end=citation.span.end,
        where=_whole(result.draft.where(citation.span.start)),
    )
