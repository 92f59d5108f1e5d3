"""Tokens of other systems (OA): each acts as one account, within its scopes; only a hash of it is kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.accounts import get_user
from reviewer.office.desk import Office
from reviewer.office.records import ForbiddenError, User
from reviewer.office.store import Row, now
from reviewer.office.wording import needed

PREFIX = "rvk_"
SCOPES = {
    "submit": "登记、上传、提交送审", "status": "查询办理情况", "findings": "查询机审意见",
    "comments": "查询和答复审查意见",
    "opinion": "下载意见书", "laws": "查询法规", "batch": "批量评分",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    scopes: frozenset[str]
    user_id: int
    account: str
    active: bool
    created_at: str
    used_at: str
    expires_on: dt.date | None = None  # the last day it works

    @property
    def expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < dt.date.today()


def create(
    office: Office, actor: User, name: str, user_id: int, scopes: Collection[str], expires_on: dt.date | None = None
) -> tuple[Token, str]:
    """A new token and its secret, which is shown this once."""
    roles.require(actor, "manage:users")
    name = needed(name, 50, "系统名称")
    if not scopes or (unknown := [s for s in scopes if s not in SCOPES]):
        raise UsageError(f"权限范围可用：{'、'.join(SCOPES)}" + (f"；没有 {'、'.join(unknown)}" if scopes else ""))
    if expires_on is not None and expires_on < dt.date.today():
        raise UsageError(f"有效期 {expires_on} 已经过去，请选择今天或以后的日期")
    secret = PREFIX + secrets.token_urlsafe(32)
    with office.store.writing() as db:
        user = get_user(db, user_id)
        if not user.active:
            raise UsageError("这个账号已停用，请选择在用的账号")
        token_id = db.insert("api_tokens", {
            "name": name, "user_id": user_id, "scopes": json.dumps(sorted(scopes)), "token_hash": _digest(secret),
            "created_at": now(), "created_by": actor.account,
            "expires_on": expires_on.isoformat() if expires_on else "",
        })  # fmt: skip
        audit.record(db, actor.account, "建立接口令牌", name, account=user.account, scopes=sorted(scopes),
                     until=expires_on)  # fmt: skip
        row = db.one(f"{_TOKEN} WHERE t.id = ?", [token_id])
        assert row is not None
        return _token(row), secret


def revoke(office: Office, actor: User, token_id: int) -> None:
    roles.require(actor, "manage:users")
    with office.store.writing() as db:
        if not db.run("UPDATE api_tokens SET active = 0 WHERE id = ? AND active = 1", [token_id]):
            raise UsageError("没有这个令牌，或者它已经停用")
        audit.record(db, actor.account, "停用接口令牌", str(token_id))


def list_tokens(office: Office, actor: User) -> tuple[Token, ...]:
    roles.require(actor, "manage:users")
    with office.store.reading() as db:
        return tuple(_token(r) for r in db.rows(f"{_TOKEN} ORDER BY t.id"))


def bearer(office: Office, secret: str) -> tuple[Token, User] | None:
    """Who a token speaks for; None when it is unknown, revoked or expired, or the account may not work."""
    if not secret.startswith(PREFIX):
        return None
    with office.store.reading() as db:
        row = db.one(f"{_TOKEN} WHERE t.token_hash = ? AND t.active = 1", [_digest(secret)])
        if row is None:
            return None
        token, user = _token(row), get_user(db, row["user_id"])
    if not user.active or user.must_change or token.expired:
        return None
    today = dt.date.today().isoformat()
    if token.used_at != today:
        with office.store.writing() as writing:
            writing.run("UPDATE api_tokens SET used_at = ? WHERE id = ?", [today, token.id])
    return token, user


def require_scope(token: Token, scope: str) -> None:
    if scope not in token.scopes:
        raise ForbiddenError(f"这个令牌没有“{SCOPES[scope]}”（{scope}）的权限，请管理员重新发放")


_TOKEN = "SELECT t.*, u.account FROM api_tokens t JOIN users u ON u.id = t.user_id"


def _token(r: Row) -> Token:
    return Token(r["id"], r["name"], frozenset(json.loads(r["scopes"])), r["user_id"], r["account"], bool(r["active"]),
                 r["created_at"], r["used_at"],
                 dt.date.fromisoformat(r["expires_on"]) if r["expires_on"] else None)  # fmt: skip


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
