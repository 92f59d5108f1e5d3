"""People and their sessions: argon2 passwords, lock-out, forced first change, tokens that are kept only as hashes."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from reviewer.errors import UsageError
from reviewer.office import audit
from reviewer.office.records import ForbiddenError, Role, Unit, User
from reviewer.office.roles import require
from reviewer.office.settings import Settings
from reviewer.office.store import Reading, Row, Store, Writing, now

MINIMUM_LENGTH = 10
ADDRESS_FAILURES = 30  # wrong passwords from one address, whatever the account, before it has to wait
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # 19 MiB each, so that ten at once stay small
_ONE_AT_A_TIME = threading.BoundedSemaphore(2)
_NOBODY = _HASHER.hash("nobody has this password")


class LoginError(ForbiddenError):
    """The login was refused; the message does not say whether the account exists."""


@dataclass(frozen=True, slots=True)
class NewUser:
    account: str
    name: str
    roles: frozenset[Role]
    password: str
    unit_id: int | None = None
    email: str = ""
    must_change: bool = True


def password_problem(password: str, account: str) -> str:
    """Why a password is not accepted; empty when it is."""
    if len(password) < MINIMUM_LENGTH:
        return f"密码至少 {MINIMUM_LENGTH} 个字符"
    if len(password) > 200:
        return "密码不能超过 200 个字符"
    if account and account.lower() in password.lower():
        return "密码不能包含账号"
    if len(set(password)) < 5:
        return "密码过于简单，请使用更多不同的字符"
    kinds = (str.isalpha, str.isdigit, lambda c: not c.isalnum())
    if sum(any(kind(c) for c in password) for kind in kinds) < 2:
        return "密码应包含字母、数字、符号中的至少两类"
    return ""


def has_users(store: Store) -> bool:
    with store.reading() as db:
        return bool(db.value("SELECT EXISTS (SELECT 1 FROM users)"))


def first_administrator(store: Store, new: NewUser) -> User:
    """The account that everything starts with; refused once there is any other."""
    hashed = _hashed(new)
    with store.writing() as db:
        if db.value("SELECT EXISTS (SELECT 1 FROM users)"):
            raise UsageError("管理员已经建立，请直接登录")
        user = _insert(db, new, hashed)
        audit.record(db, user.account, "建立管理员", user.account)
        return user


def add_user(store: Store, actor: User, new: NewUser) -> User:
    require(actor, "manage:users")
    hashed = _hashed(new)
    with store.writing() as db:
        if db.value("SELECT 1 FROM users WHERE account = ?", [new.account]):
            raise UsageError(f"账号 {new.account} 已经存在，请换一个")
        user = _insert(db, new, hashed)
        audit.record(db, actor.account, "新增人员", new.account, roles=sorted(new.roles), unit=user.unit)
        return user


def _hashed(new: NewUser) -> str:
    if not new.account.strip() or not new.name.strip() or len(new.account) > 64 or len(new.name) > 64:
        raise UsageError("账号和姓名都要填写，且不超过 64 个字")
    if not all(c.isalnum() or c in "._-@" for c in new.account):
        raise UsageError("账号只能使用字母、数字和 . _ - @")
    if not new.roles:
        raise UsageError("请至少选择一个角色")
    if Role.APPLICANT in new.roles and new.unit_id is None:
        raise UsageError("送审单位的人员必须选择所属单位")
    if problem := password_problem(new.password, new.account):
        raise UsageError(problem)
    with _ONE_AT_A_TIME:
        return _HASHER.hash(new.password)


def _insert(db: Writing, new: NewUser, hashed: str) -> User:
    user_id = db.insert("users", {
        "account": new.account, "name": new.name.strip(), "unit_id": new.unit_id,
        "roles": json.dumps(sorted(new.roles)), "email": new.email.strip(), "password": hashed,
        "must_change": int(new.must_change), "feed_token": secrets.token_urlsafe(24), "created_at": now(),
    })  # fmt: skip
    return get_user(db, user_id)


def change_user(store: Store, actor: User, user_id: int, *, name: str, roles: frozenset[Role], unit_id: int | None,
                email: str, active: bool) -> None:  # fmt: skip
    """Change a person; an inactive one is logged out at once."""
    require(actor, "manage:users")
    if user_id == actor.id and (Role.ADMINISTRATOR not in roles or not active):
        raise UsageError("不能取消自己的管理员角色或停用自己，请由另一位管理员办理")
    if not name.strip() or not roles:
        raise UsageError("姓名不能为空，且至少要有一个角色")
    if Role.APPLICANT in roles and unit_id is None:
        raise UsageError("送审单位的人员必须选择所属单位")
    with store.writing() as db:
        account = get_user(db, user_id).account
        db.update("users", user_id, {"name": name.strip(), "roles": json.dumps(sorted(roles)), "unit_id": unit_id,
                                     "email": email.strip(), "active": int(active)})  # fmt: skip
        if not active:
            db.run("DELETE FROM sessions WHERE user_id = ?", [user_id])
        audit.record(db, actor.account, "修改人员", account, roles=sorted(roles), active=active)


def reset_password(store: Store, actor: User, user_id: int, password: str) -> None:
    """A new first password, to be changed at the next login; open sessions end."""
    require(actor, "manage:users")
    with store.reading() as reading:
        user = get_user(reading, user_id)
    _set_password(store, user, password, actor=actor.account, must_change=True)


def change_password(store: Store, user: User, old: str, new: str) -> None:
    """The person's own change, with the old password; every session ends, this one too."""
    with store.reading() as reading:
        stored = reading.value("SELECT password FROM users WHERE id = ?", [user.id])
    if not _matches(stored, old):
        raise LoginError("原密码不正确")
    if old == new:
        raise UsageError("新密码不能与原密码相同")
    _set_password(store, user, new, actor=user.account, must_change=False)


def _set_password(store: Store, user: User, password: str, *, actor: str, must_change: bool) -> None:
    if problem := password_problem(password, user.account):
        raise UsageError(problem)
    with _ONE_AT_A_TIME:
        hashed = _HASHER.hash(password)
    with store.writing() as db:
        db.update("users", user.id, {"password": hashed, "must_change": int(must_change)})
        db.run("DELETE FROM sessions WHERE user_id = ?", [user.id])
        audit.record(db, actor, "重设密码" if must_change else "修改密码", user.account)


def log_in(store: Store, settings: Settings, account: str, password: str, address: str) -> str:
    """A session token for the right password; LoginError otherwise, and after too many failures."""
    account = account.strip()[:64]
    moment = time.time()
    since = moment - settings.lock_minutes * 60
    with store.reading() as db:
        row = db.one("SELECT id, password, active FROM users WHERE account = ?", [account])
        by_account = db.value("SELECT count(*) FROM failures WHERE account = ? AND at > ?", [account, since])
        by_address = db.value("SELECT count(*) FROM failures WHERE address = ? AND at > ?", [address, since])
    if by_account >= settings.failures_allowed or by_address >= ADDRESS_FAILURES:
        raise LoginError(f"密码连续输错次数过多，请 {settings.lock_minutes:.0f} 分钟后再试，或请管理员重设密码")
    right = _matches(row["password"] if row else _NOBODY, password[:1000])
    with store.writing() as db:
        if not (row and right and row["active"]):
            db.insert("failures", {"account": account, "address": address, "at": moment})
            audit.record(db, account or "（空）", "登录失败", account, address=address)
        else:
            token = secrets.token_urlsafe(32)
            db.run("DELETE FROM failures WHERE account = ? OR at < ?", [account, since])
            db.run("DELETE FROM sessions WHERE expires_at < ?", [moment])
            until = moment + settings.session_hours * 3600
            db.insert("sessions", {"token_hash": _digest(token), "user_id": row["id"], "created_at": moment,
                                   "seen_at": moment, "expires_at": until})  # fmt: skip
            audit.record(db, account, "登录", account, address=address)
            return token
    raise LoginError("账号或密码不正确")


def unlock(store: Store, actor: User, account: str) -> None:
    require(actor, "manage:users")
    with store.writing() as db:
        db.run("DELETE FROM failures WHERE account = ?", [account])
        audit.record(db, actor.account, "解除锁定", account)


def user_of(store: Store, settings: Settings, token: str) -> User | None:
    """Who holds a session token; None when it is unknown, expired or was idle too long."""
    if not token:
        return None
    moment = time.time()
    with store.reading() as db:
        row = db.one("SELECT user_id, seen_at, expires_at FROM sessions WHERE token_hash = ?", [_digest(token)])
        if row is None or row["expires_at"] < moment or row["seen_at"] < moment - settings.idle_minutes * 60:
            return None
        user = get_user(db, row["user_id"])
    if row["seen_at"] < moment - 60:  # not at every click
        with store.writing() as writing:
            writing.run("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", [moment, _digest(token)])
    return user if user.active else None


def log_out(store: Store, token: str) -> None:
    with store.writing() as db:
        row = db.one("SELECT account FROM users JOIN sessions ON users.id = user_id WHERE token_hash = ?",
                     [_digest(token)])  # fmt: skip
        if row:
            db.run("DELETE FROM sessions WHERE token_hash = ?", [_digest(token)])
            audit.record(db, row["account"], "退出登录", row["account"])


_USER = "SELECT users.*, units.name AS unit FROM users LEFT JOIN units ON units.id = users.unit_id"


def get_user(db: Reading, user_id: int) -> User:
    row = db.one(f"{_USER} WHERE users.id = ?", [user_id])
    if row is None:
        raise UsageError("没有这个人员，请刷新页面")
    return _user(row)


def find_user(store: Store, account: str) -> User:
    with store.reading() as db:
        row = db.one(f"{_USER} WHERE account = ?", [account])
    if row is None:
        raise UsageError(f"没有账号 {account}，请核对拼写")
    return _user(row)


def user_by_feed(store: Store, token: str) -> User | None:
    with store.reading() as db:
        row = db.one(f"{_USER} WHERE feed_token = ?", [token])
    return _user(row) if row and row["active"] else None


def list_users(store: Store, role: Role | None = None) -> tuple[User, ...]:
    """Everybody by name; with `role`, the active ones who have it."""
    with store.reading() as db:
        found = users(db)
    return found if role is None else tuple(u for u in found if u.active and role in u.roles)


def users(db: Reading) -> tuple[User, ...]:
    return tuple(_user(row) for row in db.rows(f"{_USER} ORDER BY users.name, users.id"))


def _user(row: Row) -> User:
    return User(row["id"], row["account"], row["name"], frozenset(Role(r) for r in json.loads(row["roles"])),
                row["unit_id"], row["unit"] or "", row["email"], bool(row["must_change"]), bool(row["active"]),
                row["feed_token"])  # fmt: skip


def list_units(store: Store, *, active: bool = False) -> tuple[Unit, ...]:
    with store.reading() as db:
        rows = db.rows("SELECT * FROM units WHERE active >= ? ORDER BY name", [int(active)])
    return tuple(Unit(r["id"], r["name"], bool(r["active"])) for r in rows)


def add_unit(store: Store, actor: User, name: str) -> Unit:
    require(actor, "manage:units")
    name = name.strip()
    if not name or len(name) > 100:
        raise UsageError("请填写单位名称（100 字以内）")
    with store.writing() as db:
        if db.value("SELECT 1 FROM units WHERE name = ?", [name]):
            raise UsageError(f"单位“{name}”已经存在")
        unit_id = db.insert("units", {"name": name})
        audit.record(db, actor.account, "新增单位", name)
        return Unit(unit_id, name)


def change_unit(store: Store, actor: User, unit_id: int, *, name: str, active: bool) -> None:
    require(actor, "manage:units")
    if not name.strip():
        raise UsageError("单位名称不能为空")
    with store.writing() as db:
        if db.value("SELECT 1 FROM units WHERE name = ? AND id <> ?", [name.strip(), unit_id]):
            raise UsageError(f"单位“{name.strip()}”已经存在")
        db.update("units", unit_id, {"name": name.strip(), "active": int(active)})
        audit.record(db, actor.account, "修改单位", name.strip(), active=active)


def _matches(hashed: str, password: str) -> bool:
    try:
        with _ONE_AT_A_TIME:
            return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
