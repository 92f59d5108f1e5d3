"""`reviewer laws`: the law catalogue searched and shown; law texts that the office downloaded taken in and searched."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from reviewer.cli.options import CLEAN, PATH, USER_ERROR, date, engine
from reviewer.errors import ReviewerError, UsageError
from reviewer.law_files import load_catalogue
from reviewer.law_texts import LawTexts, save
from reviewer.laws import Law, LawCatalogue
from reviewer.places import LEXICONS, law_texts_folder

SHOWN = 50

data_folder = click.option("--data", type=PATH, help="数据目录，导入的法规文本放在其中的 laws；"
                           "默认取环境变量 REVIEWER_DATA，没有则用个人数据目录。")  # fmt: skip


@click.group()
def laws() -> None:
    """法规目录：检索、查看、导入法规文本。

    例：reviewer laws search 采购
    """


@laws.command("search")
@click.argument("words")
@click.option("--on", callback=date, help="按这一天判断效力；默认今天。")
@data_folder
def laws_search(words: str, on: dt.date | None, data: Path | None) -> None:
    """按名称、简称或文号检索法规目录，并检索已导入法规的条文。

    例：reviewer laws search 政府采购
    """
    day = on or dt.date.today()
    found = _catalogue().search(words)
    for law in found[:SHOWN]:
        click.echo(f"《{law.title}》　{law.rank}　{law.status(day)}{_successors(law.successors)}")
    click.echo(f"共 {len(found)} 部" + (f"，只显示前 {SHOWN} 部" if len(found) > SHOWN else ""))
    texts = _texts(data)
    if not len(texts):
        return
    passages = list(texts.search(words))
    for passage in passages[:SHOWN]:
        click.echo(f"《{passage.title}》第{passage.article}条：{passage.words}")
    more = f"，只显示前 {SHOWN} 条" if len(passages) > SHOWN else ""
    click.echo(f"已导入的 {len(texts)} 部法规中有 {len(passages)} 条条文含有“{words}”{more}")


def _catalogue() -> LawCatalogue:
    return load_catalogue(LEXICONS / "laws")


def _texts(data: Path | None) -> LawTexts:
    return LawTexts(law_texts_folder(data))


def _successors(titles: tuple[str, ...]) -> str:
    return "，由" + "".join(f"《{t}》" for t in titles) + "替代" if titles else ""


@laws.command("show")
@click.argument("title")
@click.option("--article", type=click.IntRange(min=1), help="显示已导入文本中的这一条。")
@click.option("--on", callback=date, help="按这一天判断效力；默认今天。")
@data_folder
def laws_show(title: str, article: int | None, on: dt.date | None, data: Path | None) -> None:
    """显示一部法规的效力、日期、条数和新旧条号对照；给出条号则显示条文。

    例：reviewer laws show 行政处罚法 --article 16
    """
    catalogue, name = _catalogue(), title.strip("《》")
    law, texts = catalogue.find(name), _texts(data)
    full = law.title if law else name
    if law is None and full not in texts:
        raise UsageError(f"法规目录中没有《{name}》；这不等于它不存在，请另行核对，或用 reviewer laws search 检索")
    if article is not None:
        click.echo(_article(texts, full, article))
        return
    if law is not None:
        _show(catalogue, law, on or dt.date.today())
    if full in texts:
        text = texts.law(full)
        click.echo(f"已导入文本：{text.source}（{text.imported_on} 导入），第1至{max(text.articles)}条")


def _article(texts: LawTexts, title: str, article: int) -> str:
    if title not in texts:
        raise UsageError(f"还没有导入《{title}》的文本，不能显示条文；请先用 reviewer laws import 文件 导入")
    articles = texts[title]
    if article not in articles:
        raise UsageError(f"导入的《{title}》没有第{article}条，条号为 {min(articles)} 至 {max(articles)}")
    return f"《{title}》\n{articles[article]}"


def _show(catalogue: LawCatalogue, law: Law, day: dt.date) -> None:
    click.echo(f"《{law.title}》　{law.rank}　{law.status(day)}{_successors(law.successors)}")
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


@laws.command("import")
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--title", default="", help="法规名称；不给则从文件中识别，一次导入多个文件时不能给。")
@data_folder
def laws_import(files: tuple[Path, ...], title: str, data: Path | None) -> None:
    """导入单位下载的法规文本（docx、md、txt 等），以后核对引文、条号并检索条文。

    例：reviewer laws import 行政处罚法.docx
    """
    from reviewer import isolation
    from reviewer.law_import import law_text

    if title and len(files) > 1:
        raise UsageError("--title 只能在导入一个文件时使用；多个文件请逐个导入，或去掉 --title 由程序识别名称")
    reader = click.get_current_context().with_resource(isolation.start())
    loaded, folder, failed = engine(), law_texts_folder(data), 0
    for path in files:
        try:
            made = law_text(loaded, reader.read(path), on=dt.date.today(), title=title)
            replaced = save(folder, made.text)
        except ReviewerError as error:
            failed += 1
            click.echo(f"错误：{error}", err=True)
            continue
        done = "已替换" if replaced else "已导入"
        click.echo(f"{done}《{made.text.title}》，共{len(made.text.articles)}条（{path.name}）")
        for warning in made.warnings:
            click.echo(f"注意：{warning}")
    click.echo(f"法规文本目录：{folder}")
    sys.exit(USER_ERROR if failed else CLEAN)


COMMANDS = [laws]
