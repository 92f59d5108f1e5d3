"""`reviewer check` and `reviewer text`: documents reviewed, or shown as they were read."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from reviewer.cli.options import CLEAN, FOUND, LINES, NOT_CHECKED, PATH, USER_ERROR, date, engine, own_lexicons
from reviewer.domain import Line, Outcome, Review
from reviewer.errors import ReviewerError, UsageError


@click.command()
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--line", type=click.Choice(LINES), help="业务条线；不给则自动识别。")
@click.option("--type", "kind", help="合同或文书类型；不给则自动识别。")
@click.option("--on", callback=date, help="按哪一天施行有效的法律审查，如 2026-11-21；默认今天。")
@click.option("--format", "form", default="text", show_default=True,
              type=click.Choice(["text", "json", "sarif"]), help="输出到屏幕的格式。")  # fmt: skip
@click.option("--export", "names", multiple=True, help="另外生成的文件，如 html、annotated_docx；可给多个。")
@click.option("--suggest", is_flag=True, help="annotated_docx 中有确切改写的，另以修订方式改在原文上。")
@click.option("--revisions", default="accepted", show_default=True, type=click.Choice(["accepted", "original"]),
              help="带修订痕迹的文件审查哪一种文字：accepted 接受全部修订之后，original 修订之前。")  # fmt: skip
@click.option("-o", "--output", type=PATH, help="--export 生成的文件放在哪个目录；默认与原文件同目录。")
@own_lexicons
def check(
    files: tuple[Path, ...], line: str | None, kind: str | None, on: dt.date | None, form: str,
    names: tuple[str, ...], suggest: bool, revisions: str, output: Path | None, lexicons: tuple[Path, ...],
) -> None:  # fmt: skip
    """审查一个或多个文件；文件夹和 .zip 作为一次送审，各文件互相核对。

    退出码：0 没有发现问题，1 有审查意见，2 用法或文件错误，3 有规则或文件未能检查。

    例：reviewer check 合同.docx --export html --export annotated_docx -o 审查结果
    """
    from reviewer import isolation

    reader = click.get_current_context().with_resource(isolation.start())  # first: what it forks is small
    original = revisions == "original"
    if not _is_package(files[0]):
        reader.begin(files[0], original=original)  # the file is read while the rules are loaded
    from reviewer import exports
    from reviewer.exports import json

    for name in names:
        exports.suffix(name)  # a wrong name is told before the work
    loaded = engine(lexicons)
    codes, printed = [CLEAN], []
    for path in files:
        try:
            if _is_package(path):
                from reviewer.cli.packages import Wanted, check_package

                wanted = Wanted(form, names, suggest, output, original, on, Line(line) if line else None, kind)
                code, shown = check_package(loaded, reader, path, wanted)
                codes.append(code)
                printed.append(shown)
                continue
            document = reader.read(path, original=original)
            review = loaded.review(document, on=on, line=Line(line) if line else None, type=kind)
            printed.append(exports.export(form, review, path))
            for name in names:
                write(name, review, path, output, suggest=suggest)
            codes.append(code_of(review))
        except ReviewerError as error:
            click.echo(f"错误：{error}", err=True)
            codes.append(USER_ERROR)
            if form == "json":
                printed.append(json.unread(path.name, str(error)))
    sys.stdout.buffer.write(_joined(form, printed))
    sys.stdout.flush()
    sys.exit(NOT_CHECKED if USER_ERROR in codes and len(files) > 1 else max(codes))


def _is_package(path: Path) -> bool:
    if not path.is_dir() and path.suffix.lower() != ".zip":
        return False
    from reviewer.package.files import is_package

    return is_package(path)


def code_of(review: Review) -> int:
    if not review.draft.text.strip() or any(o.outcome == Outcome.FAILED for o in review.outcomes):
        return NOT_CHECKED
    if review.draft.document.contents.unreadable_pages:
        return NOT_CHECKED
    return FOUND if review.findings else CLEAN


def _joined(form: str, printed: list[bytes]) -> bytes:
    if form == "json" and len(printed) != 1:
        return b"[" + b",\n".join(p.strip() for p in printed) + b"]\n"
    return b"\n".join(printed)


def write(name: str, review: Review, path: Path, output: Path | None, *, suggest: bool = False) -> None:
    from reviewer import exports

    options = {"suggest": True} if suggest and name == "annotated_docx" else {}
    folder = output or path.parent
    target = folder / f"{path.stem}.{exports.titles()[name]}{exports.suffix(name)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(exports.export(name, review, path, **options))
    except OSError as error:
        raise UsageError(f"不能写入 {target}（{error.strerror}），请检查目录是否存在、是否有写权限和空间") from None
    click.echo(f"已生成 {target}", err=True)


@click.command()
@click.argument("file", type=PATH)
def text(file: Path) -> None:
    """显示从文件读到的文字及其结构，审查意见的位置以此为准。

    例：reviewer text 合同.docx
    """
    from reviewer import isolation

    with isolation.start() as reader:
        reader.begin(file)
        loaded = engine()
        document = reader.read(file)
    draft = loaded.understand(document)
    click.echo(f"{document.name}　{document.format}　{len(document.text)} 字　{draft.line.value} / {draft.type}")
    for warning in document.warnings:
        click.echo(f"注意：{warning}")
    for block in document.blocks:
        where = draft.where(block.span.start)
        click.echo(f"[{block.span.start:>6}] {where:<16} {block.span.of(document.text)}")



COMMANDS = [check, text]
