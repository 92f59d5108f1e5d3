"""What the office decided on the findings of one rule: how often accepted, dismissed and answered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reviewer.office.comment_records import ANSWER_NAMES, Answer, Status
from reviewer.office.store import DATABASE, Store

REASONS = 3


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """`findings` counts what the latest review of each file found; the rest counts decisions."""

    findings: int
    accepted: int
    dismissed: int
    answers: tuple[tuple[str, int], ...]  # 采纳, 部分采纳, 不采纳 of the submitting units
    reasons: tuple[str, ...]  # latest reasons for a dismissal

    @property
    def in_words(self) -> str:
        """提出12处，已采用5处，误报2处；送审单位采纳3处、不采纳1处."""
        told = f"提出{self.findings}处，已采用{self.accepted}处，误报{self.dismissed}处"
        answered = "、".join(f"{name}{n}处" for name, n in self.answers if n)
        return told + (f"；送审单位{answered}" if answered else "")


def rule_record(data: Path, rule: str) -> RuleRecord | None:
    """The record of a rule in an office's data folder; None where there is no office or it keeps no comments yet."""
    path = data / DATABASE
    if not path.is_file():
        return None
    with Store(path).reading() as db:
        tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('comments', 'findings')"
        if db.value(tables) < 2:
            return None
        latest = "SELECT max(id) FROM reviews WHERE status <> '' GROUP BY file_id"
        findings = db.value(f"SELECT count(*) FROM findings WHERE rule = ? AND review_id IN ({latest})", (rule,))
        by = "SELECT count(*) FROM comments WHERE rule = ? AND {} = ?"
        accepted, dismissed = (
            db.value(by.format("status"), (rule, status.value)) for status in (Status.ACCEPTED, Status.DISMISSED)
        )
        answers = tuple(
            (ANSWER_NAMES[answer], db.value(by.format("answer"), (rule, answer.value)))
            for answer in (Answer.ACCEPTED, Answer.PARTLY, Answer.REJECTED)
        )
        reasons = db.rows(
            "SELECT reason FROM comments WHERE rule = ? AND status = ? AND reason <> '' ORDER BY id DESC LIMIT ?",
            (rule, Status.DISMISSED.value, REASONS),
        )
    return RuleRecord(findings, accepted, dismissed, answers, tuple(r["reason"] for r in reasons))
