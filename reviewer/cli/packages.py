"""A folder or .zip given to `reviewer check`: one submission, shown as a whole and exported member by member."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import click

from reviewer import exports
from reviewer import package as packages
from reviewer.cli.check import code_of, write
from reviewer.cli.options import CLEAN, FOUND, NOT_CHECKED
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.package import report

if TYPE_CHECKING:
    from reviewer.isolation import Reader
    from reviewer.pipeline import Engine


class Wanted(NamedTuple):
    """What the command was asked for."""

    form: str
    exports: tuple[str, ...]
    suggest: bool
    output: Path | None
    original: bool
    on: dt.date | None
    line: Line | None
    type: str | None


def check_package(engine: Engine, reader: Reader, path: Path, wanted: Wanted) -> tuple[int, bytes]:
    """Exit code and what to print; exported files go into a folder of their own."""
    read = partial(reader.read, original=wanted.original)
    with packages.opened(path) as files:
        found = packages.review_package(
            engine, path.name, files, read=read, on=wanted.on, line=wanted.line, type=wanted.type
        )
        folder = (wanted.output or path.parent) / f"{path.stem}.审查结果"
        for member in found.members:
            for name in wanted.exports if member.review is not None else ():
                try:
                    inside = folder / PurePosixPath(member.name).parent
                    assert member.path is not None
                    write(name, packages.with_findings(found, member), member.path, inside, suggest=wanted.suggest)
                except UsageError as error:  # the format does not fit this member; it may fit the others
                    click.echo(f"未生成：{error}", err=True)
    codes = [NOT_CHECKED if m.review is None else code_of(m.review) for m in found.members]
    return max([*codes, FOUND if found.findings else CLEAN]), _printed(found, wanted.form)


def _printed(found: packages.PackageReview, form: str) -> bytes:
    if form == "json":
        return report.as_json(found)
    if form == "text":
        return report.as_text(found)
    reviews = [packages.with_findings(found, m) for m in found.members if m.review is not None]
    return b"\n".join(exports.export(form, review) for review in reviews)
