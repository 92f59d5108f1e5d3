"""`reviewer laws`: the law catalogue searched and shown."""

from __future__ import annotations

import datetime as dt

import click

from reviewer.cli.options import date
from reviewer.errors import UsageError
from reviewer.law_files import load_catalogue
from reviewer.laws import LawCatalogue
from reviewer.places import LEXICONS


@click.group()
def laws() -> None:
    """法规目录：检索、查看。

    例：reviewer laws search 采购
    """


@laws.command("search")
@click.argument("words")
@click.option("--on", callback=date, help="按这一天判断效力；默认今天。")
def laws_search(words: str, on: dt.date | None) -> None:
    """按名称、简称或文号检索法规目录。

    例：reviewer laws search 政府采购
    """
    day = on or dt.date.today()
    found = _catalogue().search(words)
    for law in found[:50]:
        click.echo(f"《{law.title}》　{law.rank}　{law.status(day)}{_successors(law.successors)}")
    click.echo(f"共 {len(found)} 部" + ("，只显示前 50 部" if len(found) > 50 else ""))


def _catalogue() -> LawCatalogue:
    return load_catalogue(LEXICONS / "laws")


def _successors(titles: tuple[str, ...]) -> str:
    return "，由" + "".join(f"《{t}》" for t in titles) + "替代" if titles else ""


@laws.command("show")
@click.argument("title")
@click.option("--on", callback=date, help="按这一天判断效力；默认今天。")
def laws_show(title: str, on: dt.date | None) -> None:
    """显示一部法规的效力、日期、条数和新旧条号对照。

    例：reviewer laws show 合同法
    """
    catalogue = _catalogue()
    law = catalogue.find(title.strip("《》"))
    if law is None:
        raise UsageError(f"法规目录中没有《{title}》；这不等于它不存在，请另行核对，或用 reviewer laws search 检索")
    click.echo(f"《{law.title}》　{law.rank}　{law.status(on or dt.date.today())}{_successors(law.successors)}")
    for name, value in (
        ("简称", "、".join(law.aliases)), ("制定机关", law.issuer), ("文号", law.number), ("公布", law.promulgated),
        ("最近修改", law.amended), ("施行", law.effective), ("废止", law.repealed_on),
        ("条数", law.articles or None), ("核验", law.verified), ("说明", law.note),
    ):  # fmt: skip
        if value:
            click.echo(f"{name}：{value}")
    for move in catalogue.moves.get(law.title, ()):
        mark = "" if move.checked else "（自动比对，待核）"
        click.echo(f"第{move.old}条 → 《{move.law}》第{move.new}条{mark}")

COMMANDS = [laws]
