"""The nouns of the office, frozen: people, matters, files, clocks, history. No I/O."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import Line, Severity
from reviewer.errors import ReviewerError


class ForbiddenError(ReviewerError):
    """The person's roles do not allow the action."""


class ConflictError(ReviewerError):
    """Somebody else changed the matter in between; the message says who, when and to what."""


class StoreError(ReviewerError):
    """The database or the disk refused: full, locked, broken."""


class Role(StrEnum):
    APPLICANT = "applicant"
    HANDLER = "handler"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


ROLE_NAMES = {
    Role.APPLICANT: "送审单位", Role.HANDLER: "承办人", Role.APPROVER: "签发人", Role.ADMINISTRATOR: "管理员",
}  # fmt: skip


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENTING = "supplementing"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    REVIEWING = "reviewing"
    CONSULTING = "consulting"
    EXPERT = "expert"
    DISCUSSING = "discussing"
    PAUSED = "paused"
    REVISING = "revising"
    RECHECKING = "rechecking"
    AWAITING = "awaiting"
    ISSUED = "issued"
    FILED = "filed"
    ARCHIVED = "archived"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"


class Procedure(StrEnum):
    ORDINARY = "ordinary"
    SIMPLIFIED = "simplified"
    URGENT = "urgent"


PROCEDURE_NAMES = {Procedure.ORDINARY: "一般程序", Procedure.SIMPLIFIED: "简易程序", Procedure.URGENT: "加急程序"}


class Level(StrEnum):
    """How a deadline stands; STOPPED while the clock is stopped, NONE where nothing is due."""

    NORMAL = "normal"
    NEAR = "near"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    STOPPED = "stopped"
    NONE = "none"


LEVEL_NAMES = {
    Level.NORMAL: "正常", Level.NEAR: "临期", Level.DUE_TODAY: "今日到期", Level.OVERDUE: "超期",
    Level.STOPPED: "停止计时", Level.NONE: "无期限",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unit:
    id: int
    name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class User:
    id: int
    account: str
    name: str
    roles: frozenset[Role]
    unit_id: int | None = None
    unit: str = ""
    email: str = ""
    must_change: bool = False  # the first password is to be changed before anything else
    active: bool = True
    feed_token: str = ""  # the address of this person's calendar feed

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Stop:
    """An interval in which the clock stood; `resumed` is None while it still stands."""

    stopped: dt.date
    resumed: dt.date | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due next: `what` (受理, 审查, 补正 …), by whom (office or unit) and until when."""

    what: str
    party: str  # office | unit | ""
    on: dt.date | None
    stopped: bool = False
    provisional: bool = False  # the calendar of a year on the way is not published yet


NOTHING_DUE = Due("", "", None)


@dataclass(frozen=True, slots=True)
class Matter:
    """审查事项. `version` grows with every change; a move names the version it was decided on."""

    id: int
    number: str  # 受理号, empty before acceptance
    title: str
    line: Line
    unit_id: int
    unit: str
    applicant_id: int
    applicant: str
    state: State
    procedure: Procedure
    hard: bool
    version: int
    handler_id: int | None = None
    handler: str = ""
    approver_id: int | None = None
    approver: str = ""
    back_to: State | None = None  # where 补正, 论证 and 暂停 return to
    entered_on: dt.date | None = None  # the day the state was entered
    submitted_on: dt.date | None = None
    accepted_on: dt.date | None = None
    issued_on: dt.date | None = None
    closed_on: dt.date | None = None
    due: Due = NOTHING_DUE
    conclusion: str = ""
    stage: str = ""  # of a contract's life: 立项 … 归档
    type: str = ""
    amount: int | None = None  # 元, the largest stated
    updated_at: str = ""
    updated_by: str = ""

    @property
    def display_number(self) -> str:
        return self.number or f"未编号{self.id}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    id: int
    matter_id: int
    material: str  # a key of the line's materials
    name: str
    sha256: str
    size: int
    version: int  # of this material, from 1
    uploaded_at: str
    uploaded_by: str


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a matter's history (办理留痕)."""

    at: str
    on: dt.date
    user: str
    move: str
    name: str
    source: State
    target: State
    note: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """How the machine review of one file ended."""

    id: int
    matter_id: int
    file_id: int
    file_name: str
    status: str  # queued | running | done | failed
    reviewed_at: str = ""
    score: int | None = None
    grade: str = ""
    illegal: int = 0
    risk: int = 0
    advice: int = 0
    complete: bool = True
    not_checked: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StoredFinding:
    id: int
    review_id: int
    fingerprint: str
    rule: str
    category: str
    category_name: str
    severity: Severity
    start: int
    end: int
    place: str
    title: str
    excerpt: str
    message: str
    suggestion: str
    basis: tuple[str, ...]
    because: str
    confidence: float
    minor: bool  # 次要提示


@dataclass(frozen=True, slots=True)
class AuditEntry:
    seq: int
    at: str
    actor: str
    action: str
    target: str
    detail: str
    hash: str


@dataclass(frozen=True, slots=True)
class Supervision:
    """提示、催办、督办: one escalation of one matter."""

    id: int
    matter_id: int
    matter_number: str
    matter_title: str
    level: str
    number: str
    on: dt.date
    due_on: dt.date
    days_over: int
    what: str
    to_name: str
    text: str
