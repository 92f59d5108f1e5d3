"""`reviewer rules`: the handbook listed, shown and tested."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from reviewer.cli.options import CLEAN, FOUND, LINES, PATH, SEVERITY, date, engine, own_lexicons
from reviewer.errors import UsageError


@click.group()
def rules() -> None:
    """审查规则：列出、查看、测试。

    例：reviewer rules list --line contract
    """


@rules.command("list")
@click.option("--line", type=click.Choice((*LINES, "common")), help="只列这一条线的规则。")
@click.option("--category", help="只列这一类的规则。")
@own_lexicons
def rules_list(line: str | None, category: str | None, lexicons: tuple[Path, ...]) -> None:
    """列出审查规则。

    例：reviewer rules list --line normative --category legal_basis
    """
    shown = 0
    for rule in engine(lexicons).lexicon.rules:
        if (line and rule.line != line) or (category and rule.category != category):
            continue
        shown += 1
        click.echo(f"{rule.id:<60} {SEVERITY[rule.severity]} {rule.title}")
    click.echo(f"共 {shown} 条")


@rules.command("show")
@click.argument("rule_id")
@click.option("--data", type=PATH, envvar="REVIEWER_DATA", help="单位的数据目录；给出则显示这条规则的处置记录。")
@own_lexicons
def rules_show(rule_id: str, data: Path | None, lexicons: tuple[Path, ...]) -> None:
    """显示一条规则的全部内容和本单位的处置记录。

    例：reviewer rules show contract/payment/paid-when-paid
    """
    loaded = engine(lexicons)
    rule = loaded.lexicon.rule(rule_id)
    if rule is None:
        raise UsageError(f"没有规则 {rule_id}；最接近的有：{_closest(rule_id, [r.id for r in loaded.lexicon.rules])}")
    basis = "；".join(rule.basis) or "无"
    click.echo(f"{rule.id}\n{rule.title}（{SEVERITY[rule.severity]}，{loaded.lexicon.categories[rule.category].name}）")
    doubt = "（依据待核）" if rule.unverified_basis else ""
    click.echo(f"意见：{rule.message}\n建议：{rule.suggestion}\n依据：{basis}{doubt}")
    click.echo(f"适用：{'、'.join(rule.types) or '本条线全部类型'}　检查器：{rule.checker}　状态：{rule.status}")
    for title, examples in (("命中例", rule.hit), ("放行例", rule.clean)):
        for example in examples:
            click.echo(f"{title}：{example}")
    if data is not None:
        _show_record(data, rule.id)


def _show_record(data: Path, rule_id: str) -> None:
    """What the office decided on this rule's findings; nothing where it has no record."""
    from reviewer.office.rule_record import rule_record

    record = rule_record(data, rule_id)
    if record is not None:
        click.echo(f"处置记录：{record.in_words}")
        for reason in record.reasons:
            click.echo(f"误报理由：{reason}")


def _closest(name: str, names: list[str]) -> str:
    import difflib

    return "、".join(difflib.get_close_matches(name, names, 3, 0.3)) or "（无）"


@rules.command("test")
@click.argument("files", nargs=-1, type=PATH)
@click.option("--deep", is_flag=True, help="另查：永远不会命中的写法、被其他规则遮住的规则、所据法律有变化的规则。")
@click.option("--since", callback=date, help="另列所据法律在这一天之后修改或者施行的规则，如 2026-01-01。")
@own_lexicons
def rules_test(files: tuple[Path, ...], deep: bool, since: dt.date | None, lexicons: tuple[Path, ...]) -> None:
    """用每条规则自带的命中例、放行例测试规则；给出文件则只测这些文件里的规则。

    例：reviewer rules test lexicons/rules/contract/payment.yaml

    例：reviewer rules test --deep --since 2026-01-01
    """
    from reviewer import upkeep
    from reviewer.handbook import problems

    loaded, today = engine(lexicons), dt.date.today()
    prefixes = tuple(f"{path.parent.name}/{path.stem}/" for path in files) or ("",)
    tested, wrong = 0, 0
    for rule in loaded.lexicon.rules:
        if rule.id.startswith(prefixes):
            tested += 1
            found = list(problems(loaded, rule))
            if deep or since:
                found += upkeep.problems(loaded, rule, today, since)
            wrong += bool(found)
            for sentence in found:
                click.echo(sentence)
    if not tested:
        raise UsageError("没有找到要测试的规则；规则文件应位于 rules/<条线>/<类别>.yaml")
    click.echo(f"测试 {tested} 条规则，{wrong} 条有问题")
    sys.exit(FOUND if wrong else CLEAN)



@rules.command("reference")
@click.option("-o", "--output", type=PATH, default=Path("docs/reference"), show_default=True, help="写到哪个目录。")
@click.option("--check", is_flag=True, help="只核对是否最新，不写。")
def rules_reference(output: Path, check: bool) -> None:
    """由词库生成规则、要点、检查器的参考文档。

    例：reviewer rules reference --check
    """
    from reviewer.places import LEXICONS
    from reviewer.reference import pages

    made = pages(engine().lexicon, LEXICONS)
    stale = [name for name, page in made.items() if not _is(output / name, page)]
    if check:
        told = f"过时的参考文档：{'、'.join(stale)}，请运行 reviewer rules reference"
        click.echo(told if stale else "参考文档是最新的")
        sys.exit(FOUND if stale else CLEAN)
    output.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (output / name).write_text(made[name], encoding="utf-8")
    click.echo(f"{output}：{len(made)} 页，更新 {len(stale)} 页")


def _is(path: Path, page: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == page


COMMANDS = [rules]
