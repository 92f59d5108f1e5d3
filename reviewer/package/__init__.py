"""A folder or .zip as one submission: its members → what each is, its review, and what the files say of each other.

    with opened(path) as members:
        package = review_package(engine, path.name, members, read=reader.read)

Each member is reviewed as a single file would be; `findings` are only about how files agree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from reviewer.domain import Document, Line
from reviewer.errors import UnreadableFileError
from reviewer.package.agreement import disagreements, with_findings
from reviewer.package.files import Packed, is_package, opened
from reviewer.package.records import CrossFinding, Member, PackageReview, Place, Role
from reviewer.package.roles import missing_materials, with_roles
from reviewer.pipeline import Engine

__all__ = ["CrossFinding", "Member", "PackageReview", "Packed", "Place", "Role", "is_package", "opened",
           "review_package", "with_findings"]  # fmt: skip


def review_package(
    engine: Engine,
    name: str,
    members: Iterable[Packed],
    *,
    read: Callable[[Path], Document] | None = None,
    on: dt.date | None = None,
    line: Line | None = None,
    type: str | None = None,
) -> PackageReview:
    """Every readable member reviewed; `line` and `type` are those of the main text (送审稿)."""
    known = with_roles([_read(engine, packed, read or engine.read, on) for packed in members])
    main = next((m for m in known if m.role is Role.MAIN), None)
    if main is not None and main.review is not None and (line or type):
        stated = engine.review(main.review.draft.document, on=on, line=line, type=type)
        known = [replace(m, review=stated) if m is main else m for m in known]
        main = next(m for m in known if m.role is Role.MAIN)
    notes = [f"{m.name}：未能审查。{m.problem}" for m in known if m.problem]
    if main is None:
        notes.insert(0, "没有识别到送审稿，未作各文件之间的核对；请确认文件是否齐全，或逐个审查")
    else:
        notes.extend(missing_materials(main, known))
    findings = tuple(disagreements(known, engine.lexicon.categories))
    return PackageReview(name, on or dt.date.today(), tuple(known), findings, tuple(notes))


def _read(engine: Engine, packed: Packed, read: Callable[[Path], Document], on: dt.date | None) -> Member:
    if packed.path is None:
        return Member(packed.name, problem=packed.problem)
    try:
        return Member(packed.name, engine.review(read(packed.path), on=on), path=packed.path)
    except UnreadableFileError as error:
        return Member(packed.name, path=packed.path, problem=str(error))
