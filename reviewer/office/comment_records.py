"""The nouns of reviewing together, frozen: comments on passages, their standing, answers and remarks. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain import Severity, Span


class Status(StrEnum):
    """What the office decided on a finding or comment."""

    PENDING = "pending"  # the machine's word, nobody's yet
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"  # 误报
    MERGED = "merged"
    WITHDRAWN = "withdrawn"  # a person's own comment taken back


STATUS_NAMES = {
    Status.PENDING: "待处理", Status.ACCEPTED: "已采用", Status.DISMISSED: "误报", Status.MERGED: "已合并",
    Status.WITHDRAWN: "已撤回",
}  # fmt: skip


class Answer(StrEnum):
    """What the submitting unit says to a comment."""

    NONE = ""
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


ANSWER_NAMES = {
    Answer.NONE: "未答复", Answer.ACCEPTED: "采纳", Answer.PARTLY: "部分采纳", Answer.REJECTED: "不采纳",
}  # fmt: skip


class Verdict(StrEnum):
    """How the passage of a comment came back in a new version."""

    NONE = ""
    REVISED = "revised"
    UNCHANGED = "unchanged"
    OTHERWISE = "otherwise"


VERDICT_NAMES = {
    Verdict.NONE: "待核对", Verdict.REVISED: "已按意见修改", Verdict.UNCHANGED: "未修改",
    Verdict.OTHERWISE: "另行修改",
}  # fmt: skip

MACHINE, PERSON = "machine", "person"
SEVERITY_NAMES = {Severity.ILLEGAL: "违法", Severity.RISK: "风险", Severity.ADVICE: "建议"}


@dataclass(frozen=True, slots=True)
class Wording:
    """What a comment says; people may write every part of it."""

    severity: Severity
    title: str
    text: str
    suggestion: str = ""
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A comment as somebody saw it: `comment_id`, or a finding nobody has touched (version 0)."""

    comment_id: int = 0
    finding_id: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of a comment's thread: a reply, or what was done to it."""

    at: str
    user: str
    kind: str  # reply | accept | edit | dismiss | restore | merge | withdraw | assign | answer | verdict | carried
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment stands in one version; `span` None where the passage is gone or in doubt."""

    file_id: int
    span: Span | None
    where: str
    excerpt: str
    standing: str = ""  # empty in the version it was made on; else a Standing of carrying
    before: str = ""
    after: str = ""
    proposed: Verdict = Verdict.NONE
    verdict: Verdict = Verdict.NONE
    verdict_by: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """意见: a finding with a decision on it, a person's own comment, or (id 0) a finding still pending."""

    id: int
    finding_id: int
    version: int
    matter_id: int
    file_id: int  # the version it was made on
    origin: str
    fingerprint: str
    rule: str
    category: str
    category_name: str
    wording: Wording
    because: str
    status: Status
    place: Place
    edited: bool = False
    reason: str = ""
    merged_into: int | None = None
    assigned_to: int | None = None
    assigned_name: str = ""
    answer: Answer = Answer.NONE
    answer_reason: str = ""
    answered_by: str = ""
    answered_at: str = ""
    created_by: int = 0
    created_name: str = ""
    created_at: str = ""
    updated_by: str = ""
    updated_at: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def key(self) -> str:
        return f"c{self.id}" if self.id else f"f{self.finding_id}"
