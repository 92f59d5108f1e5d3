"""A small office for tests: units, one person a role, matters walked to a state. Not a test module."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from reviewer.domain import Line
from reviewer.office import accounts, matters, moving
from reviewer.office.accounts import NewUser
from reviewer.office.desk import Office, open_office
from reviewer.office.files import Files
from reviewer.office.matters import NewMatter
from reviewer.office.moving import MoveForm
from reviewer.office.records import Matter, Procedure, Role, User
from reviewer.office.store import DATABASE, Store

PASSWORD = "correct-horse-7"
CONTRACT = (
    "设备采购合同\n甲方：某某局\n乙方：某某公司\n第一条 甲方向乙方采购设备，合同总价为人民币300000元。\n"
).encode()


@dataclass(frozen=True)
class Desk:
    office: Office
    admin: User
    applicant: User
    stranger: User  # applicant of another unit
    handler: User
    second_handler: User
    approver: User
    units: tuple[int, int]


def open_desk(folder: Path) -> Desk:
    """A fresh copy of the small office; the people and their passwords are made once."""
    return copied(_template()[1], folder)


def copied(desk: Desk, folder: Path) -> Desk:
    """The same office in another folder, as it stands."""
    shutil.copytree(desk.office.folder, folder, dirs_exist_ok=True)
    store, files = Store(folder / DATABASE), Files(folder / "files")
    return replace(desk, office=replace(desk.office, folder=folder, store=store, files=files))


@cache
def _template() -> tuple[Path, Desk]:
    folder = Path(tempfile.mkdtemp(prefix="reviewer-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder, _furnish(folder)


def _furnish(folder: Path) -> Desk:
    office = open_office(folder)
    store = office.store
    admin = accounts.first_administrator(
        store, NewUser("root", "管理员", frozenset({Role.ADMINISTRATOR}), PASSWORD, must_change=False))  # fmt: skip
    units = tuple(accounts.add_unit(store, admin, name).id for name in ("甲局", "乙局"))

    def person(account: str, role: Role, unit_id: int | None = None) -> User:
        new = NewUser(account, f"{account}姓名", frozenset({role}), PASSWORD, unit_id, must_change=False)
        return accounts.add_user(store, admin, new)

    return Desk(
        office, admin, person("apply", Role.APPLICANT, units[0]), person("other", Role.APPLICANT, units[1]),
        person("handle", Role.HANDLER), person("handle2", Role.HANDLER), person("approve", Role.APPROVER),
        (units[0], units[1]),
    )  # fmt: skip


def draft(desk: Desk, *, line: Line = Line.CONTRACT, procedure: Procedure = Procedure.ORDINARY,
          title: str = "设备采购合同") -> Matter:  # fmt: skip
    """A draft with every required material."""
    matter = matters.create(desk.office, desk.applicant, NewMatter(title, line, desk.units[0], procedure))
    for material in desk.office.lines[line].materials:
        if material.required:
            content = CONTRACT if material.reviewed else f"{material.name}：见附页".encode()
            matters.upload(desk.office, desk.applicant, matter.id, material.key, f"{material.name}.txt", [content])
    return matter


PATHS: dict[str, tuple[str, ...]] = {
    "draft": (), "submitted": ("submit",), "accepted": ("submit", "accept"),
    "assigned": ("submit", "accept", "assign"), "reviewing": ("submit", "accept", "assign", "begin"),
    "supplementing": ("submit", "accept", "assign", "begin", "ask_supplement"),
    "consulting": ("submit", "accept", "assign", "begin", "consult"),
    "expert": ("submit", "accept", "assign", "begin", "expert"),
    "discussing": ("submit", "accept", "assign", "begin", "discuss"),
    "paused": ("submit", "accept", "assign", "begin", "pause"),
    "revising": ("submit", "accept", "assign", "begin", "feedback"),
    "rechecking": ("submit", "accept", "assign", "begin", "feedback", "revised"),
    "awaiting": ("submit", "accept", "assign", "begin", "conclude"),
    "issued": ("submit", "accept", "assign", "begin", "conclude", "sign"),
    "filed": ("submit", "accept", "assign", "begin", "conclude", "sign", "file"),
    "archived": ("submit", "accept", "assign", "begin", "conclude", "sign", "archive"),
    "refused": ("submit", "refuse"), "returned": ("submit", "return"), "withdrawn": ("submit", "withdraw"),
    "terminated": ("submit", "accept", "terminate"),
}  # fmt: skip


def actor_for(desk: Desk, key: str) -> User:
    if key in ("submit", "supplement", "revised", "withdraw"):
        return desk.applicant
    return desk.approver if key in ("assign", "sign", "send_back", "terminate") else desk.handler


def form_for(desk: Desk, matter: Matter) -> MoveForm:
    """A form that satisfies every need a move can have."""
    line = desk.office.lines[matter.line]
    checks = frozenset((*line.procedure_checks, *line.substance_checks))
    return MoveForm("理由如下", desk.handler.id, line.conclusions[0], checks)


def go(desk: Desk, matter: Matter, key: str, on: dt.date | None = None, actor: User | None = None) -> Matter:
    """One move by the person whose it is, on the newest version; a new file first where the move asks for one."""
    if key in ("revised", "supplement"):
        text = next(m.key for m in desk.office.lines[matter.line].materials if m.reviewed)
        matters.upload(desk.office, desk.applicant, matter.id, text, "修改稿.txt", [CONTRACT + b"v2"])
    return moving.move(desk.office, actor or actor_for(desk, key), matter.id, key, matter.version,
                        form_for(desk, matter), on=on)  # fmt: skip


def at(desk: Desk, state: str, *, line: Line = Line.CONTRACT) -> Matter:
    """A matter walked to a state."""
    matter = draft(desk, line=Line.NORMATIVE if state == "filed" else line)
    for key in PATHS[state]:
        matter = go(desk, matter, key)
    return matter


def without(form: MoveForm, **changes: object) -> MoveForm:
    return replace(form, **changes)  # type: ignore[arg-type]
