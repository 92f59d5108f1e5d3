"""Sample units, people and matters in every kind of state, so that each page has something to show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain import Line
from reviewer.office import accounts, matters, moving, reviewing, supervision
from reviewer.office.accounts import NewUser
from reviewer.office.desk import Office
from reviewer.office.files import read_chunks
from reviewer.office.matters import NewMatter
from reviewer.office.moving import MoveForm
from reviewer.office.records import ROLE_NAMES, Matter, Procedure, Role, User
from reviewer.office.workdays import Calendar
from reviewer.places import SAMPLES

PASSWORD = "demo-2026-only"
UNITS = (
    "住房和城乡建设局", "交通运输局", "教育和体育局", "市场监督管理局", "自然资源局", "商务局", "农业农村局",
    "文化和旅游局",
)  # fmt: skip
_PEOPLE = (
    ("admin", "管理员", frozenset({Role.ADMINISTRATOR}), ""),
    ("songshen", "周敏", frozenset({Role.APPLICANT}), "住房和城乡建设局"),
    ("songshen2", "吴磊", frozenset({Role.APPLICANT}), "交通运输局"),
    ("chengban", "李文静", frozenset({Role.HANDLER}), ""),
    ("chengban2", "王海", frozenset({Role.HANDLER}), ""),
    ("qianfa", "陈立新", frozenset({Role.APPROVER}), ""),
)


@dataclass(frozen=True)
class _Sample:
    """`days` working days ago it was submitted; `moves` are made one working day apart, by key."""

    title: str
    line: Line
    unit: str
    days: int
    moves: tuple[str, ...]
    handler: str = "chengban"
    procedure: Procedure = Procedure.ORDINARY


_C, _N, _D, _E, _M = Line.CONTRACT, Line.NORMATIVE, Line.DECISION, Line.ENFORCEMENT, Line.MINUTES
_SAMPLES = (
    _Sample("智慧停车平台运维服务采购合同", _C, "住房和城乡建设局", 24, ("accept", "assign", "begin")),
    _Sample("城区道路清扫保洁服务合同", _C, "住房和城乡建设局", 8, ("accept", "assign", "begin", "feedback")),
    _Sample("老旧小区改造工程施工合同（二标段）", _C, "住房和城乡建设局", 6, ("accept",)),
    _Sample("公交站台广告位租赁合同", _C, "交通运输局", 20, ("accept", "assign", "begin"), "chengban2"),
    _Sample("产业园区项目投资协议", _C, "商务局", 4, ()),
    _Sample("办公设备采购合同", _C, "教育和体育局", 9, ("accept_simple",), procedure=Procedure.SIMPLIFIED),
    _Sample("体育场馆委托运营合同", _C, "教育和体育局", 17, ("accept", "assign", "begin", "conclude")),
    _Sample("法律顾问服务合同", _C, "交通运输局", 30, ("accept", "assign", "begin", "conclude", "sign", "archive"),
            "chengban2"),
    _Sample("城市道路临时占用管理办法", _N, "住房和城乡建设局", 11, ("accept", "assign", "begin", "consult")),
    _Sample("促进民宿发展若干措施", _N, "文化和旅游局", 9, ("accept", "assign", "begin", "ask_supplement"),
            "chengban2"),
    _Sample("农村公路养护管理规定", _N, "交通运输局", 3, ("ask_supplement",)),
    _Sample("网络订餐食品安全监督管理办法", _N, "市场监督管理局", 18, ("accept", "assign", "begin"), "chengban2"),
    _Sample("中心城区停车收费标准调整方案", _D, "交通运输局", 12, ("accept", "assign", "begin", "expert")),
    _Sample("第二水厂建设方案", _D, "自然资源局", 10, ("accept", "assign", "begin"), "chengban2"),
    _Sample("某餐饮公司食品安全行政处罚决定", _E, "市场监督管理局", 5, ("accept", "assign", "begin"), "chengban2"),
    _Sample("某建筑公司扬尘污染行政处罚决定", _E, "住房和城乡建设局", 10, ("accept", "assign", "begin")),
    _Sample("关于研究冬季清洁取暖工作的会议议题", _M, "农业农村局", 2, ("accept", "assign", "begin")),
    _Sample("专题会议纪要（老旧管网改造）", _M, "住房和城乡建设局", 4, ("accept", "assign", "begin"), "chengban2"),
)


def load(office: Office, today: dt.date) -> None:
    """Fill an empty office. Deadlines near and over on the day it is called; passwords known to everybody."""
    (office.folder / MARK).write_text("演示数据，密码公开，不得用于正式工作\n", encoding="utf-8")
    people = _people(office)
    calendar = office.calendar(today)
    for sample in _SAMPLES:
        _matter(office, people, sample, calendar, today)
    reviewing.run_queued(office)
    supervision.raise_due(office, today)


def _people(office: Office) -> dict[str, User]:
    account, name, roles, _ = _PEOPLE[0]
    admin = accounts.first_administrator(office.store, NewUser(account, name, roles, PASSWORD, must_change=False))
    units = {unit: accounts.add_unit(office.store, admin, unit).id for unit in UNITS}
    people = {account: admin}
    for account, name, roles, unit in _PEOPLE[1:]:
        new = NewUser(account, name, roles, PASSWORD, units.get(unit), must_change=False)
        people[account] = accounts.add_user(office.store, admin, new)
    return people


def _matter(office: Office, people: dict[str, User], sample: _Sample, calendar: Calendar, today: dt.date) -> None:
    """Walk one matter to where the sample leaves it."""
    line = office.lines[sample.line]
    unit_id = next(u.id for u in accounts.list_units(office.store) if u.name == sample.unit)
    own = next((p for p in people.values() if p.unit_id == unit_id), None)
    submitter = own or people[sample.handler]
    new = NewMatter(sample.title, sample.line, unit_id, sample.procedure, "审查" if line.stages else "")
    matter = matters.create(office, submitter, new)
    for material in line.materials:
        if material.reviewed:
            _upload_text(office, submitter, matter, material.key)
        elif material.required:
            text = f"{material.name}\n{sample.title}\n（示例材料）\n".encode()
            matters.upload(office, submitter, matter.id, material.key, f"{material.name}.txt", [text])
    day = _back(calendar, today, sample.days)
    matter = moving.move(office, submitter, matter.id, "submit", matter.version, on=day)
    for key in sample.moves:
        day = min(today, calendar.after(day, 1))
        actor = _actor(people, sample, key)
        matter = moving.move(office, actor, matter.id, key, matter.version, _form(office, people, sample, key), on=day)


def _back(calendar: Calendar, today: dt.date, count: int) -> dt.date:
    day = today
    while calendar.between(day, today) < count:
        day -= dt.timedelta(days=1)
    return day


def _actor(people: dict[str, User], sample: _Sample, key: str) -> User:
    return people["qianfa"] if key in ("assign", "sign") else people[sample.handler]


def _form(office: Office, people: dict[str, User], sample: _Sample, key: str) -> MoveForm:
    line = office.lines[sample.line]
    checks = frozenset((*line.procedure_checks, *line.substance_checks))
    notes = {
        "ask_supplement": "请补充相对方资质证明和集体讨论记录。",
        "consult": "向市场监督管理局、公安局征求意见。",
        "expert": "就收费标准的法定依据组织专家论证。",
        "feedback": "请按审查意见修改违约责任和付款条款，并逐条说明采纳情况。",
    }
    return MoveForm(notes.get(key, ""), people[sample.handler].id, line.conclusions[1], checks)


def _upload_text(office: Office, user: User, matter: Matter, key: str) -> None:
    path = _sample_file(matter)
    if path is not None:
        matters.upload(office, user, matter.id, key, f"{matter.title}{path.suffix}", read_chunks(path))
    else:
        text = f"{matter.title}\n\n（示例正文）\n第一条　本文件为示例。\n".encode()
        matters.upload(office, user, matter.id, key, f"{matter.title}.txt", [text])


def _sample_file(matter: Matter) -> Path | None:
    """One of the line's sample documents, in turn; those with defects first, so that there is something to see."""
    paths = sorted((SAMPLES / matter.line.value).glob("*/*"), key=lambda p: (p.parent.name.endswith("-sound"), p))
    found = [p for p in paths if p.suffix in (".docx", ".pdf", ".txt", ".html")]
    return found[(matter.id - 1) % len(found)] if found else None


MARK = "demo"  # a file of this name in the data folder says that its passwords are public


@dataclass(frozen=True, slots=True)
class Person:
    account: str
    name: str
    roles: str
    password: str = PASSWORD


def people() -> tuple[Person, ...]:
    """Who can log in to the demonstration."""
    return tuple(
        Person(account, name, "、".join(ROLE_NAMES[r] for r in roles) + (f"（{unit}）" if unit else ""))
        for account, name, roles, unit in _PEOPLE
    )


def is_demo(office: Office) -> bool:
    return (office.folder / MARK).is_file()
