"""`reviewer token` for other systems, `reviewer template` for the office's own papers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from reviewer.cli.office import acting, data_folder
from reviewer.cli.options import PATH, date
from reviewer.errors import UsageError

SCOPES = ("submit", "status", "findings", "comments", "opinion", "laws", "batch")
KINDS = ("opinion", "adoption", "supervision", "dossier")


@click.group()
def token() -> None:
    """接口令牌：供办公系统送审、查询，由管理员发放和停用。

    例：reviewer token list --as admin
    """


@token.command("add")
@click.argument("name")
@acting
@click.option("--for", "owner", required=True, help="令牌以哪个账号的身份办理。")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES),
              help="权限范围，可以写多个。")  # fmt: skip
@click.option("--until", callback=date, help="有效期的最后一天，如 2027-12-31；默认到停用为止。")
@data_folder
def token_add(
    name: str, account: str, owner: str, scopes: tuple[str, ...], until: dt.date | None, data: Path
) -> None:
    """发放令牌，只显示这一次。

    例：reviewer token add 办公系统 --as admin --for oa --scope submit --scope status
    """
    from reviewer.office import tokens
    from reviewer.office.accounts import find_user
    from reviewer.office.desk import open_office

    office = open_office(data)
    made, secret = tokens.create(office, find_user(office.store, account), name, find_user(office.store, owner).id,
                                 scopes, until)  # fmt: skip
    click.echo(f"令牌 {made.id}（{made.name}，{made.account}）：{secret}")
    click.echo("请立即交给使用方保存；系统只存摘要，不能再次显示。")


@token.command("list")
@acting
@data_folder
def token_list(account: str, data: Path) -> None:
    """列出令牌，不显示令牌本身。

    例：reviewer token list --as admin
    """
    from reviewer.office import tokens
    from reviewer.office.accounts import find_user
    from reviewer.office.desk import open_office

    office = open_office(data)
    for found in tokens.list_tokens(office, find_user(office.store, account)):
        state = ("已过期" if found.expired else "在用") if found.active else "已停用"
        state += f"（至 {found.expires_on}）" if found.expires_on else ""
        used = f"最近使用 {found.used_at}" if found.used_at else "没有用过"
        click.echo(f"{found.id}　{found.name}　{found.account}　{'、'.join(sorted(found.scopes))}　{state}　{used}")


@token.command("revoke")
@click.argument("number", type=click.IntRange(min=1))
@acting
@data_folder
def token_revoke(number: int, account: str, data: Path) -> None:
    """停用令牌，立即生效。

    例：reviewer token revoke 3 --as admin
    """
    from reviewer.office import tokens
    from reviewer.office.accounts import find_user
    from reviewer.office.desk import open_office

    office = open_office(data)
    tokens.revoke(office, find_user(office.store, account), number)
    click.echo(f"令牌 {number} 已停用")


@click.group()
def template() -> None:
    """文书模板：用本单位的 .docx 代替随软件提供的模板。

    例：reviewer template use opinion 意见书模板.docx
    """


@template.command("use")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=PATH)
@data_folder
def template_use(kind: str, file: Path, data: Path) -> None:
    """检查模板，没有错误就从现在起使用；有错误的说明在哪里，不使用。

    例：reviewer template use opinion 意见书模板.docx
    """
    from reviewer.office import papers, templates
    from reviewer.office.desk import open_office

    if not file.is_file():
        raise UsageError(f"没有文件 {file}，请核对路径")
    templates.keep(open_office(data), kind, file.read_bytes(), papers.sample_values(kind), by="命令行")
    click.echo(f"{templates.KINDS[kind]}从现在起使用 {file.name}；已印发的文书不变")


@template.command("reset")
@click.argument("kind", type=click.Choice(KINDS))
@data_folder
def template_reset(kind: str, data: Path) -> None:
    """恢复随软件提供的模板。

    例：reviewer template reset opinion
    """
    from reviewer.office import templates
    from reviewer.office.desk import open_office

    templates.drop(open_office(data), kind, by="命令行")
    click.echo(f"{templates.KINDS[kind]}已恢复为随软件提供的模板")


@template.command("save")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=PATH)
@data_folder
def template_save(kind: str, file: Path, data: Path) -> None:
    """把现用的模板另存为文件，供修改。

    例：reviewer template save opinion 意见书模板.docx
    """
    from reviewer.office import templates
    from reviewer.office.desk import open_office

    file.write_bytes(templates.template_path(open_office(data), kind).read_bytes())
    click.echo(f"已另存为 {file}")


COMMANDS = (token, template)
