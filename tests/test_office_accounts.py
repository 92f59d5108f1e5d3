"""Passwords, sessions, lock-out, forced change: what lets a person in and what does not."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import office_desk as own
import pytest

from reviewer.errors import UsageError
from reviewer.office import accounts
from reviewer.office.accounts import LoginError, NewUser
from reviewer.office.records import ForbiddenError, Role
from reviewer.office.settings import Settings, read_settings

SETTINGS = Settings()


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def enter(desk: own.Desk, account: str, password: str = own.PASSWORD, address: str = "10.0.0.1") -> str:
    return accounts.log_in(desk.office.store, SETTINGS, account, password, address)


def test_the_right_password_opens_a_session_and_log_out_ends_it(desk: own.Desk) -> None:
    token = enter(desk, "handle")
    user = accounts.user_of(desk.office.store, SETTINGS, token)
    assert user is not None and user.account == "handle"
    accounts.log_out(desk.office.store, token)
    assert accounts.user_of(desk.office.store, SETTINGS, token) is None


def test_the_database_holds_neither_passwords_nor_tokens(desk: own.Desk) -> None:
    token = enter(desk, "handle")
    content = b"".join(p.read_bytes() for p in desk.office.folder.glob("office.db*"))
    assert token.encode() not in content and own.PASSWORD.encode() not in content
    assert b"$argon2id$" in content


def test_the_message_does_not_tell_whether_an_account_exists(desk: own.Desk) -> None:
    said = []
    for account in ("handle", "nobody"):
        with pytest.raises(LoginError) as told:
            enter(desk, account, "wrong-password-1")
        said.append(str(told.value))
    assert said[0] == said[1] == "账号或密码不正确"


def test_five_failures_lock_the_account_and_the_administrator_unlocks_it(desk: own.Desk) -> None:
    for i in range(5):
        with pytest.raises(LoginError, match="不正确"):
            enter(desk, "handle", f"wrong-password-{i}", f"10.0.0.{i}")
    with pytest.raises(LoginError, match="次数过多"):
        enter(desk, "handle")
    assert enter(desk, "approve")
    accounts.unlock(desk.office.store, desk.admin, "handle")
    assert enter(desk, "handle")


def test_the_lock_opens_by_itself_after_its_time(desk: own.Desk) -> None:
    short = replace(SETTINGS, lock_minutes=0.2 / 60)
    for _ in range(5):
        with pytest.raises(LoginError):
            accounts.log_in(desk.office.store, short, "handle", "wrong-password-1", "10.0.0.1")
    time.sleep(0.3)
    assert accounts.log_in(desk.office.store, short, "handle", own.PASSWORD, "10.0.0.1")


def test_guessing_many_accounts_from_one_address_is_stopped_too(desk: own.Desk) -> None:
    for i in range(accounts.ADDRESS_FAILURES):
        with pytest.raises(LoginError, match="不正确"):
            enter(desk, f"guess{i}", "wrong-password-1", "10.9.9.9")
    with pytest.raises(LoginError, match="次数过多"):
        enter(desk, "handle", address="10.9.9.9")
    assert enter(desk, "handle", address="10.0.0.1")


@pytest.mark.parametrize("settings", [replace(SETTINGS, session_hours=0.0), replace(SETTINGS, idle_minutes=-1.0)])
def test_a_session_expires(desk: own.Desk, settings: Settings) -> None:
    token = accounts.log_in(desk.office.store, settings, "handle", own.PASSWORD, "10.0.0.1")
    assert accounts.user_of(desk.office.store, settings, token) is None


def test_a_person_who_is_switched_off_is_out_at_once(desk: own.Desk) -> None:
    token = enter(desk, "handle")
    accounts.change_user(desk.office.store, desk.admin, desk.handler.id, name="某人", roles=desk.handler.roles,
                         unit_id=None, email="", active=False)  # fmt: skip
    assert accounts.user_of(desk.office.store, SETTINGS, token) is None
    with pytest.raises(LoginError):
        enter(desk, "handle")


def test_the_first_password_must_be_changed_and_the_change_ends_other_sessions(desk: own.Desk) -> None:
    accounts.reset_password(desk.office.store, desk.admin, desk.handler.id, "first-one-123")
    token = enter(desk, "handle", "first-one-123")
    user = accounts.user_of(desk.office.store, SETTINGS, token)
    assert user is not None and user.must_change
    with pytest.raises(UsageError, match="不能与原密码相同"):
        accounts.change_password(desk.office.store, user, "first-one-123", "first-one-123")
    with pytest.raises(LoginError, match="原密码"):
        accounts.change_password(desk.office.store, user, "guess-guess-1", "second-one-123")
    accounts.change_password(desk.office.store, user, "first-one-123", "second-one-123")
    assert accounts.user_of(desk.office.store, SETTINGS, token) is None
    fresh = accounts.user_of(desk.office.store, SETTINGS, enter(desk, "handle", "second-one-123"))
    assert fresh is not None and not fresh.must_change


@pytest.mark.parametrize(("password", "said"), [
    ("short1!", "至少"), ("abcdefghijkl", "两类"), ("1111111111a", "过于简单"), ("my-handle-2026", "包含账号"),
    ("x1" * 150, "不能超过"),
])  # fmt: skip
def test_weak_passwords_are_refused_with_the_reason(password: str, said: str) -> None:
    assert said in accounts.password_problem(password, "handle")


def test_there_is_one_first_administrator(desk: own.Desk) -> None:
    with pytest.raises(UsageError, match="已经建立"):
        accounts.first_administrator(desk.office.store, NewUser("second", "某人", frozenset({Role.ADMINISTRATOR}),
                                                                own.PASSWORD))  # fmt: skip


def test_only_an_administrator_manages_people_and_not_away_their_own_role(desk: own.Desk) -> None:
    new = NewUser("x1", "某人", frozenset({Role.HANDLER}), own.PASSWORD)
    for actor in (desk.applicant, desk.handler, desk.approver):
        with pytest.raises(ForbiddenError):
            accounts.add_user(desk.office.store, actor, new)
    with pytest.raises(UsageError, match="自己"):
        accounts.change_user(desk.office.store, desk.admin, desk.admin.id, name="某人",
                             roles=frozenset({Role.HANDLER}), unit_id=None, email="", active=True)  # fmt: skip


@pytest.mark.parametrize("content", ['upload_megabyte = 5\n', 'name = 5\n', "name = \n", '[mail]\nhostt = "x"\n',
                                     '[webhook]\nkind = "mail"\n'])  # fmt: skip
def test_a_mistake_in_the_settings_is_told_not_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / "office.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=r"office\.toml"):
        read_settings(tmp_path)


def test_settings_are_read_and_secrets_do_not_show(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text(
        'name = "某区司法局"\nupload_megabytes = 20\n[mail]\nhost = "m"\npassword = "top-secret"\n', encoding="utf-8"
    )
    settings = read_settings(tmp_path)
    assert (settings.name, settings.upload_megabytes, settings.mail.host) == ("某区司法局", 20, "m")
    assert "top-secret" not in repr(settings)
