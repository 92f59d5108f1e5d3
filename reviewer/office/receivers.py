"""接收方: other systems that are told of state changes, registered by an administrator with an address and a secret."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.desk import Office
from reviewer.office.posting import check_url
from reviewer.office.records import User
from reviewer.office.store import Row, now
from reviewer.office.wording import needed

LEAST_SECRET = 16


@dataclass(frozen=True, slots=True)
class NewReceiver:
    """`inside` allows addresses of the office's own network; `unit_id` None: matters of every unit."""

    name: str
    url: str
    secret: str = field(default="", repr=False)  # empty: one is made
    inside: bool = False
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    id: int
    name: str
    url: str
    inside: bool
    unit_id: int | None
    unit: str
    active: bool
    created_at: str
    waiting: int = 0
    sent: int = 0
    dead: int = 0


def register(office: Office, actor: User, new: NewReceiver) -> tuple[Receiver, str]:
    """A new receiver and its secret, which is shown this once."""
    roles.require(actor, "manage:interface")
    name, url = needed(new.name, 50, "接收方名称"), check_url(new.url, inside=new.inside)
    secret = new.secret.strip() or secrets.token_urlsafe(32)
    if not LEAST_SECRET <= len(secret) <= 200 or not secret.isascii() or not secret.isprintable():
        raise UsageError(f"密钥应为 {LEAST_SECRET} 至 200 个英文字符，也可以留空由系统生成")
    with office.store.writing() as db:
        if new.unit_id is not None and not db.value("SELECT 1 FROM units WHERE id = ?", [new.unit_id]):
            raise UsageError("没有这个送审单位，请重新选择")
        receiver_id = db.insert("receivers", {
            "name": name, "url": url, "secret": secret, "inside": int(new.inside), "unit_id": new.unit_id,
            "created_by": actor.account, "created_at": now(),
        })  # fmt: skip
        audit.record(db, actor.account, "登记接收方", name, host=urlsplit(url).netloc, inside=new.inside,
                     unit=new.unit_id)  # fmt: skip
        row = db.one(f"{_RECEIVER} WHERE r.id = ? GROUP BY r.id", [receiver_id])
        assert row is not None
        return _receiver(row), secret


def stop(office: Office, actor: User, receiver_id: int) -> None:
    """No more events for it; what waits is given up."""
    roles.require(actor, "manage:interface")
    with office.store.writing() as db:
        if not db.run("UPDATE receivers SET active = 0 WHERE id = ? AND active = 1", [receiver_id]):
            raise UsageError("没有这个接收方，或者它已经停用")
        db.run("UPDATE deliveries SET status = 'dead', error = '接收方已停用', done_at = ? WHERE receiver_id = ?"
               " AND status = 'waiting'", [now(), receiver_id])  # fmt: skip
        audit.record(db, actor.account, "停用接收方", str(receiver_id))


def list_receivers(office: Office, actor: User) -> tuple[Receiver, ...]:
    """With how many events wait, were delivered and were given up."""
    roles.require(actor, "manage:interface")
    with office.store.reading() as db:
        return tuple(_receiver(r) for r in db.rows(f"{_RECEIVER} GROUP BY r.id ORDER BY r.id"))


_RECEIVER = """SELECT r.*, units.name AS unit, sum(d.status = 'waiting') AS waiting, sum(d.status = 'sent') AS sent,
    sum(d.status = 'dead') AS dead FROM receivers r LEFT JOIN units ON units.id = r.unit_id
    LEFT JOIN deliveries d ON d.receiver_id = r.id"""


def _receiver(r: Row) -> Receiver:
    return Receiver(r["id"], r["name"], r["url"], bool(r["inside"]), r["unit_id"], r["unit"] or "", bool(r["active"]),
                    r["created_at"], r["waiting"] or 0, r["sent"] or 0, r["dead"] or 0)  # fmt: skip
