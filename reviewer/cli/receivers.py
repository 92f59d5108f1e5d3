"""`reviewer receiver`: other systems that are told of state changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.office import acting, data_folder
from reviewer.errors import UsageError

if TYPE_CHECKING:
    from reviewer.office.desk import Office
    from reviewer.office.records import User

STATUSES = {"waiting": "待推送", "sent": "已送达", "dead": "已放弃"}


@click.group()
def receiver() -> None:
    """接收方：事项状态变化时，以签名的 HTTP 请求通知办公系统。

    例：reviewer receiver list --as admin
    """


@receiver.command("add")
@click.argument("name")
@click.argument("url")
@acting
@click.option("--inside", is_flag=True, help="允许内网、本机地址（政务内网的系统需要）。")
@click.option("--unit", default="", help="只通知这个送审单位的事项；默认全部。")
@click.option("--secret", default="", help="签名密钥；默认由系统生成。")
@data_folder
def receiver_add(name: str, url: str, account: str, inside: bool, unit: str, secret: str, data: Path) -> None:
    """登记接收方，密钥只显示这一次。

    例：reviewer receiver add 办公系统 https://oa.example.gov.cn/receive --as admin
    """
    from reviewer.office import accounts, receivers

    office, user = _opened(data, account)
    unit_id = next((u.id for u in accounts.list_units(office.store) if u.name == unit), None)
    if unit and unit_id is None:
        raise UsageError(f"没有送审单位“{unit}”，请写全称")
    new = receivers.NewReceiver(name, url, secret, inside, unit_id)
    made, shown = receivers.register(office, user, new)
    click.echo(f"接收方 {made.id}（{made.name}），密钥：{shown}")
    click.echo("请把密钥交给接收方保存，用来核对签名；系统不再显示。")


@receiver.command("list")
@acting
@data_folder
def receiver_list(account: str, data: Path) -> None:
    """列出接收方和推送情况。

    例：reviewer receiver list --as admin
    """
    from reviewer.office import receivers

    office, user = _opened(data, account)
    for r in receivers.list_receivers(office, user):
        state = "在用" if r.active else "已停用"
        counts = f"待推送 {r.waiting}，已送达 {r.sent}，已放弃 {r.dead}"
        click.echo(f"{r.id}　{r.name}　{r.url}　{r.unit or '全部单位'}　{state}　{counts}")


@receiver.command("stop")
@click.argument("number", type=click.IntRange(min=1))
@acting
@data_folder
def receiver_stop(number: int, account: str, data: Path) -> None:
    """停用接收方，待推送的一并放弃。

    例：reviewer receiver stop 1 --as admin
    """
    from reviewer.office import receivers

    office, user = _opened(data, account)
    receivers.stop(office, user, number)
    click.echo(f"接收方 {number} 已停用")


@receiver.command("events")
@acting
@click.option("--status", type=click.Choice(tuple(STATUSES)), default=None, help="只列这种状态的。")
@click.option("--again", "repeat", type=click.IntRange(min=1), default=None, help="把这一条已放弃的重新推送。")
@data_folder
def receiver_events(account: str, status: str | None, repeat: int | None, data: Path) -> None:
    """列出最近的推送；已放弃的可以重新推送。

    例：reviewer receiver events --as admin --status dead
    """
    from reviewer.office import deliveries

    office, user = _opened(data, account)
    if repeat is not None:
        deliveries.again(office, user, repeat)
        click.echo(f"推送 {repeat} 已重新排队")
        return
    for d in deliveries.list_deliveries(office, user, status=status or ""):
        about = f"事项 {d.matter_id}" if d.matter_id else "试推送"
        told = f"{STATUSES[d.status]}　第 {d.attempts} 次　{d.error}".rstrip("　")
        click.echo(f"{d.id}　{d.created_at[:19]}　{d.receiver}　{about}　{told}")


@receiver.command("send")
@data_folder
def receiver_send(data: Path) -> None:
    """推送到期的事件；服务运行时会自动推送，不需要这个命令。

    例：reviewer receiver send --data /var/lib/reviewer
    """
    from reviewer.office import deliveries
    from reviewer.office.desk import open_office

    done = deliveries.deliver_due(open_office(data))
    click.echo(f"送达 {done.sent} 条，未送达 {done.failed} 条，其中放弃 {done.dead} 条")


def _opened(data: Path, account: str) -> tuple[Office, User]:
    from reviewer.office.accounts import find_user
    from reviewer.office.desk import open_office

    office = open_office(data)
    return office, find_user(office.store, account)


COMMANDS = (receiver,)
