"""`reviewer batch`: a folder reviewed in parallel, its results summed up, goes on where it stopped."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.options import CLEAN, FOUND, LINES, NOT_CHECKED, PATH, date, own_lexicons
from reviewer.domain import Line

if TYPE_CHECKING:
    from reviewer.batch.records import Progress, Settings, Summary

LINE_EVERY = 10.0  # seconds, where the screen cannot be drawn on


@click.command()
@click.argument("folder")
@click.option("-o", "--output", required=True, help="结果放在哪个目录（或 fsspec 地址，如 s3://桶/目录）。")
@click.option("--workers", type=click.IntRange(1), default=None, help="工作进程数；默认与处理器数相同。")
@click.option("--scheduler", help="已有 Dask 集群的调度器地址，如 tcp://10.0.0.1:8786。")
@click.option("--resume/--fresh", default=True, show_default=True, help="接着上次做，或清除以前的结果重新开始。")
@click.option("--line", type=click.Choice(LINES), help="业务条线；不给则逐份自动识别。")
@click.option("--type", "kind", help="合同或文书类型；不给则逐份自动识别。")
@click.option("--on", callback=date, help="按哪一天施行有效的法律审查，如 2026-11-21；默认今天。")
@click.option("--annotate", is_flag=True, help="另外生成批注稿，放在结果目录的 annotated 下。")
@click.option("--timeout", type=click.FloatRange(1), default=120.0, show_default=True,
              help="一份文件最多用多少秒（识别扫描件时按页计）。")  # fmt: skip
@click.option("--memory", type=click.IntRange(128), default=3072, show_default=True,
              help="一份文件最多用多少 MB 内存。")  # fmt: skip
@click.option("--known", multiple=True, type=PATH, help="沿用另一个结果目录里相同内容的结果；可给多个。")
@click.option("--changed-law", "laws", multiple=True, help="不审查，只从已有结果中找出引用《某法》的文件；可给多个。")
@click.option("--law-update", is_flag=True, help="不审查，只列出法规目录更新后状态有变的法规和涉及的文件。")
@own_lexicons
def batch(
    folder: str, output: str, workers: int | None, scheduler: str | None, resume: bool, line: str | None,
    kind: str | None, on: dt.date | None, annotate: bool, timeout: float, memory: int, known: tuple[Path, ...],
    laws: tuple[str, ...], law_update: bool, lexicons: tuple[Path, ...],
) -> None:  # fmt: skip
    """审查整个文件夹（包括 .zip 里的文件），生成汇总表、报告和体检报告。

    中断后再次运行同一命令会接着做；内容和词库都没有变的文件不重复审查。

    退出码：0 没有发现问题，1 有审查意见，2 用法错误或不能继续，3 有文件未能审查或未审查完。

    例：reviewer batch 历年规范性文件 -o 清理结果 --line normative
    """
    from reviewer.batch.records import Settings

    if laws or law_update:
        sys.exit(_changed(output, laws, on))
    settings = Settings(
        folder=folder, output=output, on=on, line=Line(line) if line else None, type=kind, lexicons=lexicons,
        workers=workers or 0, scheduler=scheduler, fresh=not resume, annotate=annotate, timeout=timeout,
        memory=memory, known=known,
    )  # fmt: skip
    sys.exit(_run(settings))


def _run(settings: Settings) -> int:
    from reviewer.batch.run import run

    begun = time.monotonic()
    with _progress() as report:
        summary = run(settings, report=report)
    _tell(summary, time.monotonic() - begun)
    if summary.stopped or summary.failed or summary.unchecked:
        return NOT_CHECKED
    return FOUND if summary.with_findings else CLEAN


def _tell(summary: Summary, seconds: float) -> None:
    if summary.stopped:
        done = f"已审查 {summary.documents} 份不同内容，结果都已保存"
        click.echo(f"已停止。{done}；再次运行同一命令会接着做。", err=True)
        return
    click.echo(
        f"共 {summary.files} 个文件，{summary.documents} 份不同内容：本次审查 {summary.fresh} 份，"
        f"沿用以前结果 {summary.taken} 份，用时 {seconds:.1f} 秒。"
    )
    click.echo(
        f"有审查意见的 {summary.with_findings} 个，未能审查的 {summary.failed} 个，"
        f"有内容或规则未能检查的 {summary.unchecked} 个。"
    )
    click.echo(f"结果在 {summary.output}：report.html、summary.xlsx、体检报告.docx、findings.parquet、results.sqlite")


# ---------------------------------------------------------------- 进度


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """A bar with rate, remaining time and failures; a line now and then where output is not a screen."""
    if not sys.stderr.isatty():
        yield _Lines().report
        return
    from rich import progress as drawn
    from rich.console import Console

    text = drawn.TextColumn
    bar = drawn.Progress(
        text("{task.description}"), drawn.BarColumn(), text("{task.fields[share]}"), text("{task.fields[rate]}"),
        drawn.TimeRemainingColumn(elapsed_when_finished=True), text("{task.fields[failed]}"),
        console=Console(stderr=True),
    )  # fmt: skip
    with bar:
        tasks: dict[str, drawn.TaskID] = {}
        begun: dict[str, float] = {}

        def report(progress: Progress) -> None:
            stage = progress.stage
            if stage not in tasks:
                for done in bar.tasks:
                    bar.update(done.id, total=done.completed or 1, completed=done.completed or 1)
                tasks[stage] = bar.add_task(stage, total=None, share="", rate="", failed="")
                begun[stage] = time.monotonic()
            rate = progress.done / max(time.monotonic() - begun[stage], 0.001)
            bar.update(
                tasks[stage], completed=progress.done, total=progress.total or None,
                share=f"{progress.done}/{progress.total}" if progress.total else str(progress.done or ""),
                rate=f"{rate:.1f} 份/秒" if progress.total else "",
                failed=f"失败 {progress.failed}" if progress.failed else "",
            )  # fmt: skip

        yield report


class _Lines:
    """Progress as lines."""

    def __init__(self) -> None:
        self.stage = ""
        self.begun = self.last = time.monotonic()

    def report(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self.stage:
            self.stage, self.begun, self.last = progress.stage, now, now
        elif now - self.last >= LINE_EVERY:
            self.last = now
            rate = progress.done / (now - self.begun)
            left = f"，约剩 {(progress.total - progress.done) / rate:.0f} 秒" if progress.total and rate else ""
            failed = f"，失败 {progress.failed}" if progress.failed else ""
            share = f"{progress.done}/{progress.total or '?'}"
            click.echo(f"{self.stage} {share}，{rate:.1f} 份/秒{left}{failed}", err=True)


# ---------------------------------------------------------------- 法律变动


def _changed(output: str, laws: tuple[str, ...], on: dt.date | None) -> int:
    from reviewer.batch.changed_law import scan

    found = scan(output, laws, on or dt.date.today())
    for sentence in found.sentences:
        click.echo(sentence)
    for item in found.affected[:200]:
        article = f"第{item.article}条" if item.article else ""
        click.echo(f"{item.place}　{item.where}　{item.manner}《{item.law}》{article}　{item.note}")
    if len(found.affected) > 200:
        click.echo(f"只显示前 200 处，共 {len(found.affected)} 处")
    click.echo(f"涉及 {len({a.place for a in found.affected})} 个文件、{len(found.affected)} 处，清单在 {found.path}")
    return FOUND if found.affected else CLEAN


COMMANDS = [batch]
