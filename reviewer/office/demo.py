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
from reviewer.office.records import ROLE_NAMES, Procedure, Role, User
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
    """`text` is the folder of its document among the samples; `days` working days ago it was submitted; `moves` are
    made one working day apart, by key."""

    title: str
    text: str
    line: Line
    unit: str
    days: int
    moves: tuple[str, ...]
    handler: str = "chengban"
    procedure: Procedure = Procedure.ORDINARY


_C, _N, _D, _E, _M = Line.CONTRACT, Line.NORMATIVE, Line.DECISION, Line.ENFORCEMENT, Line.MINUTES
_BEGUN = ("accept", "assign", "begin")
_HOUSING, _ROADS, _SCHOOLS, _MARKET = UNITS[:4]
_SAMPLES = (
    _Sample("生活垃圾分类收运服务招标文件", "waste-tender-faulty", _C, _HOUSING, 24, _BEGUN),
    _Sample("国有房屋租赁合同", "shop-lease-faulty", _C, _HOUSING, 8, (*_BEGUN, "feedback")),
    _Sample("老旧小区改造社会稳定风险评估委托合同", "risk-assessment-sound", _C, _HOUSING, 6, ("accept",)),
    _Sample("政务服务平台运行维护服务合同", "platform-maintenance-sound", _C, _ROADS, 20, _BEGUN, "chengban2"),
    _Sample("智能装备产业园项目投资协议书", "investment-faulty", _C, "商务局", 4, ()),
    _Sample("行政中心物业管理服务合同", "property-service-sound", _C, _SCHOOLS,
            9, ("accept_simple",), procedure=Procedure.SIMPLIFIED),
    _Sample("第三实验小学综合楼工程施工合同", "school-building-faulty", _C, _SCHOOLS, 17, (*_BEGUN, "conclude")),
    _Sample("办公区物业管理服务合同（上年度）", "property-service-sound", _C, _ROADS,
            30, (*_BEGUN, "conclude", "sign", "archive"), "chengban2"),
    _Sample("城市停车泊位经营管理办法", "parking-berths-faulty", _N, _HOUSING, 11, (*_BEGUN, "consult")),
    _Sample("产业发展专项资金管理办法", "industry-fund-faulty", _N, "文化和旅游局",
            9, (*_BEGUN, "ask_supplement"), "chengban2"),
    _Sample("物业服务企业信用评价实施细则（试行）", "property-rating-faulty", _N, _HOUSING, 3, ("ask_supplement",)),
    _Sample("食品小作坊行政处罚裁量基准", "market-fine-standard-sound", _N, _MARKET, 18, _BEGUN, "chengban2"),
    _Sample("公共停车场专项规划实施方案（草案）", "parking-plan-sound", _D, _ROADS, 12, (*_BEGUN, "expert")),
    _Sample("居民供热价格调整方案", "heating-price-faulty", _D, "自然资源局", 10, _BEGUN, "chengban2"),
    _Sample("某食品经营部行政处罚决定", "penalty-decision-faulty", _E, _MARKET, 5, _BEGUN, "chengban2"),
    _Sample("冯某当场行政处罚决定", "on-the-spot-faulty", _E, _HOUSING, 10, _BEGUN),
    _Sample("临港产业园项目专题会议纪要", "industrial-park-faulty", _M, "农业农村局", 2, _BEGUN),
    _Sample("城东市场改造工程交办单", "assignment-faulty", _M, _HOUSING, 4, _BEGUN, "chengban2"),
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
            path = _document(sample)
            name = f"{matter.title}{path.suffix}"
            matters.upload(office, submitter, matter.id, material.key, name, read_chunks(path))
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


def _document(sample: _Sample) -> Path:
    folder = SAMPLES / sample.line.value / sample.text
    return next(p for p in sorted(folder.iterdir()) if p.stem == "document")


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
