"""`reviewer serve` and the office from a shell or a timer: matter, remind, backup, restore, audit."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.options import CLEAN, FOUND, LINES, NOT_CHECKED, PATH, date

if TYPE_CHECKING:
    from reviewer.office.desk import Office
    from reviewer.office.records import Matter, User

data_folder = click.option("--data", type=PATH, default=Path("data"), show_default=True, envvar="REVIEWER_DATA",
                           help="数据目录：数据库、文件、日志和 office.toml 都在其中。")  # fmt: skip
acting = click.option("--as", "account", required=True, help="以哪个账号的身份办理；权限与网页相同。")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址；0.0.0.0 表示所有网卡。")
@click.option("--port", default=8501, show_default=True, help="监听的端口。")
@data_folder
@click.option("--demo", is_flag=True, help="在空的数据目录里放入示例单位、人员和事项。")
def serve(host: str, port: int, data: Path, demo: bool) -> None:
    """启动网页：送审、审查、期限、管理。

    例：reviewer serve --data data --port 8501
    """
    from reviewer.web import serve as run

    run(host, port, data, with_demo=demo, say=lambda line: click.echo(line))


@click.group()
def matter() -> None:
    """审查事项：列出、查看、送审、办理。

    例：reviewer matter list --as chengban
    """


@matter.command("list")
@acting
@data_folder
@click.option("--words", default="", help="名称、受理号或单位中的字词。")
@click.option("--line", type=click.Choice(LINES), default=None, help="只列这一条线。")
@click.option("--status", type=click.Choice(["open", "closed", "all"]), default="open", show_default=True,
              help="在办、已结或全部。")  # fmt: skip
@click.option("--level", type=click.Choice(["warning", "near", "due_today", "overdue", "stopped"]), default=None,
              help="只列这一级期限；warning 为临期以上。")  # fmt: skip
@click.option("--on", callback=date, help="按这一天判断期限；默认今天。")
def matter_list(
    account: str, data: Path, words: str, line: str | None, status: str, level: str | None, on: dt.date | None
) -> None:
    """列出本人看得到的事项，期限近的在前。

    例：reviewer matter list --as chengban --level overdue
    """
    from reviewer.office import deadlines, listing
    from reviewer.office.workflow import STATES

    office, user, day = _office(data), _user(data, account), on or dt.date.today()
    wanted = listing.Filter(words=words, line=line or "", status=status, level=level or "")
    found = listing.search(office, user, wanted, day, size=1000, order="due")
    calendar = office.calendar(day)
    for m in found.matters:
        due = f"{m.due.what} {m.due.on} {deadlines.in_words(m.due.on, day, calendar)}" if m.due.on else ""
        click.echo(f"{m.id:>6}  {m.display_number:<18}{STATES[m.state].name:<6}　{m.unit}　{m.title}　{due}")
    shown = f"，只显示前 {len(found.matters)} 件" if found.total > len(found.matters) else ""
    click.echo(f"共 {found.total} 件{shown}")


@matter.command("show")
@click.argument("matter_id", type=int)
@acting
@data_folder
def matter_show(matter_id: int, account: str, data: Path) -> None:
    """显示一件事项：步骤、期限、材料、机审结果、办理留痕和现在可以办理的动作。

    例：reviewer matter show 12 --as chengban
    """
    from reviewer.office import matters
    from reviewer.office.records import PROCEDURE_NAMES
    from reviewer.office.workflow import STATES

    view = matters.view(_office(data), _user(data, account), matter_id)
    m = view.matter
    click.echo(f"{m.display_number}　{m.title}")
    click.echo(f"{view.line.name}　{PROCEDURE_NAMES[m.procedure]}　{m.unit}　版本 {m.version}")
    due = f"{m.due.what}期限 {m.due.on or '（停止计时）'}" if m.due.what else "无期限"
    provisional = "（暂定）" if m.due.provisional else ""
    click.echo(f"状态：{STATES[m.state].name}　承办人：{m.handler or '—'}　{due}{provisional}")
    for file in view.files:
        material = view.line.material(file.material)
        name = material.name if material else file.material
        click.echo(f"材料：{name}　{file.name}　第{file.version}版　{file.size} 字节")
    for missing in view.missing:
        click.echo(f"缺少：{missing.name}")
    for review in view.reviews:
        said = review.error or f"{review.score} 分，违法 {review.illegal}、风险 {review.risk}、建议 {review.advice}"
        click.echo(f"机审：{review.file_name}　{said}")
    for step in view.history:
        click.echo(f"{step.on}　{step.user}　{step.name}　{step.note}".rstrip())
    click.echo("可以办理：" + ("、".join(f"{x.name}（{x.key}）" for x in view.moves) or "（没有）"))


@matter.command("submit")
@click.argument("files", nargs=-1, required=True, type=PATH)
@acting
@data_folder
@click.option("--title", required=True, help="事项名称。")
@click.option("--line", required=True, type=click.Choice(LINES), help="业务条线。")
@click.option("--unit", default="", help="送审单位；送审单位的账号不用填。")
def matter_submit(files: tuple[Path, ...], account: str, data: Path, title: str, line: str, unit: str) -> None:
    """登记事项并送审：第一个文件是正文，其余按文件名归入材料清单；缺少的材料留在草稿里补。

    例：reviewer matter submit 合同.docx 送审函.pdf --as songshen --line contract --title 办公设备采购合同
    """
    from reviewer.domain import Line
    from reviewer.errors import UsageError
    from reviewer.office import accounts, matters, moving, reviewing
    from reviewer.office.files import read_chunks

    office, user = _office(data), _user(data, account)
    for path in files:
        if not path.is_file():
            raise UsageError(f"找不到文件 {path}，请检查文件名")
    unit_id = next((u.id for u in accounts.list_units(office.store) if u.name == unit), user.unit_id)
    if unit_id is None:
        raise UsageError("请用 --unit 指定送审单位的全称")
    made = matters.create(office, user, matters.NewMatter(title, Line(line), unit_id))
    materials = office.lines[made.line].materials
    text = next(m.key for m in materials if m.reviewed)
    for i, path in enumerate(files):
        key = text if i == 0 else matters.guess_material(materials, path.name)
        matters.upload(office, user, made.id, key, path.name, read_chunks(path))
    reviewing.run_queued(office, made.id)
    view = matters.view(office, user, made.id)
    if view.missing:
        names = "、".join(m.name for m in view.missing)
        raise UsageError(f"已存为草稿（编号 {made.id}），缺少：{names}。请在网页上补齐后提交")
    moved = moving.move(office, user, made.id, "submit", view.matter.version)
    click.echo(f"已送审，编号 {moved.id}")


@matter.command("move")
@click.argument("matter_id", type=int)
@click.argument("move")
@acting
@data_folder
@click.option("--note", default="", help="说明或理由。")
@click.option("--handler", default="", help="分办给哪个账号。")
@click.option("--conclusion", default="", help="审查结论。")
@click.option("--checked", is_flag=True, help="确认已逐项核对程序和实体。")
@click.option("--on", callback=date, help="办理日期；默认今天。")
def matter_move(
    matter_id: int, move: str, account: str, data: Path, note: str, handler: str, conclusion: str, checked: bool,
    on: dt.date | None,
) -> None:  # fmt: skip
    """办理一步；可用的动作见 reviewer matter show。

    例：reviewer matter move 12 accept --as chengban
    """
    from reviewer.office import accounts, matters, moving
    from reviewer.office.workflow import STATES

    office, user = _office(data), _user(data, account)
    view = matters.view(office, user, matter_id)
    checks = frozenset((*view.line.procedure_checks, *view.line.substance_checks)) if checked else frozenset()
    handler_id = accounts.find_user(office.store, handler).id if handler else None
    form = moving.MoveForm(note, handler_id, conclusion, checks)
    moved = moving.move(office, user, matter_id, move, view.matter.version, form, on=on)
    click.echo(f"{moved.display_number}　{STATES[moved.state].name}　{_due(moved)}")


@click.command()
@data_folder
@click.option("--on", callback=date, help="按这一天判断期限；默认今天。")
def remind(data: Path, on: dt.date | None) -> None:
    """临期提示、超期催办和督办，并通过邮件、消息发出；适合定时运行，重复运行不会重复发送。

    例：reviewer remind --data /var/lib/reviewer
    """
    from reviewer.office import notices

    done = notices.remind(_office(data), on or dt.date.today())
    for paper in done.raised:
        click.echo(f"{paper.number}　{paper.matter_number}　{paper.matter_title}　→ {paper.to_name}")
    click.echo(f"新发 {len(done.raised)} 份，送达 {done.sent} 条，未送达 {done.failed} 条，待发 {done.waiting} 条")
    if done.problem:
        click.echo(f"注意：{done.problem}", err=True)
        sys.exit(NOT_CHECKED)


@click.command()
@click.option("-o", "--output", type=PATH, default=None, help="备份放在哪个目录；默认数据目录下的 backups。")
@data_folder
def backup(output: Path | None, data: Path) -> None:
    """备份数据库、文件和配置为一个 .zip，写完即核对；服务不用停止。

    例：reviewer backup -o /mnt/backup --data /var/lib/reviewer
    """
    from reviewer.office import backup as backups

    report = backups.back_up(_office(data), output or data / "backups")
    click.echo(f"已备份到 {report.path}（{report.bytes / 1e6:.1f} MB）")
    click.echo(f"事项 {report.matters} 件，文件 {report.files} 个，日志 {report.log_entries} 条")
    click.echo(f"日志链尾 {report.log_head}")


@click.command()
@click.argument("file", type=PATH)
@data_folder
@click.option("--replace", is_flag=True, help="数据目录里已有数据时也恢复；原有数据改名保留。")
@click.option("--check", "only_check", is_flag=True, help="只核对备份是否完整，不恢复。")
def restore(file: Path, data: Path, replace: bool, only_check: bool) -> None:
    """核对一个备份，并把它恢复到数据目录；请先停止服务。

    例：reviewer restore 备份-20261121-180000-000.zip --data /var/lib/reviewer
    """
    from reviewer.office import backup as backups

    if only_check:
        report = backups.check(file)
        click.echo(f"备份完整：事项 {report.matters} 件，文件 {report.files} 个，日志 {report.log_entries} 条")
        return
    report, aside = backups.restore(file, data, replace=replace)
    click.echo(f"已恢复到 {data}：事项 {report.matters} 件，文件 {report.files} 个，日志 {report.log_entries} 条")
    if aside is not None:
        click.echo(f"原有数据保留在 {aside}")


@click.group()
def audit() -> None:
    """操作日志：核对、列出。

    例：reviewer audit verify
    """


@audit.command("verify")
@data_folder
@click.option("--expect", default="", help="以前打印的链尾；用来发现末尾的记录被删除。")
def audit_verify(data: Path, expect: str) -> None:
    """核对操作日志的哈希链，任何一条被改动、删除都会发现。退出码：0 完整，1 被改动。

    例：reviewer audit verify --data /var/lib/reviewer
    """
    from reviewer.office import audit as log

    with _office(data).store.reading() as db:
        verdict = log.verify(db, expect)
    if verdict.broken is not None:
        click.echo(f"日志被改动：{verdict.reason}")
        sys.exit(FOUND)
    click.echo(f"日志完整，共 {verdict.entries} 条，链尾 {verdict.head}")
    sys.exit(CLEAN)


@audit.command("list")
@data_folder
@click.option("--words", default="", help="只列含有这些字的记录。")
@click.option("--limit", default=50, show_default=True, help="最多列多少条。")
def audit_list(data: Path, words: str, limit: int) -> None:
    """列出最近的操作日志。

    例：reviewer audit list --words 签发
    """
    from reviewer.office import audit as log

    with _office(data).store.reading() as db:
        for entry in log.entries(db, words=words, limit=limit):
            what = f"{entry.action}　{entry.target}　{entry.detail}".rstrip()
            click.echo(f"{entry.seq:>6}  {entry.at[:19]}  {entry.actor:<12}{what}")


def _office(data: Path) -> Office:
    from reviewer.errors import UsageError
    from reviewer.office.desk import open_office
    from reviewer.office.store import DATABASE

    if not (data / DATABASE).is_file():
        raise UsageError(f"{data} 里没有数据库。请用 --data 指定数据目录，或先运行 reviewer serve --data {data}")
    return open_office(data)


def _user(data: Path, account: str) -> User:
    from reviewer.office import accounts

    return accounts.find_user(_office(data).store, account)


def _due(matter: Matter) -> str:
    if matter.due.on is None:
        return ""
    provisional = "（暂定：跨入放假安排未公布的年份）" if matter.due.provisional else ""
    return f"{matter.due.what}期限 {matter.due.on}{provisional}"


COMMANDS = [serve, matter, remind, backup, restore, audit]
