"""What people decided about findings → each rule's 采纳率 and 误报率, and the rules with many false alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.office import roles
from reviewer.office.desk import Office
from reviewer.office.records import User

LEAST_DECIDED = 5  # before that many decisions nothing is proposed
TOO_MANY_FALSE = 0.5


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """Decisions on the findings of one rule. `taken` counts the unit's 采纳 and 部分采纳 among `answered`."""

    rule: str
    accepted: int
    dismissed: int
    edited: int
    answered: int
    taken: int

    @property
    def decided(self) -> int:
        return self.accepted + self.dismissed

    @property
    def false_share(self) -> float | None:
        return self.dismissed / self.decided if self.decided else None

    @property
    def taken_share(self) -> float | None:
        return self.taken / self.answered if self.answered else None

    @property
    def doubtful(self) -> bool:
        """To be looked at by a person: many of its findings were false alarms."""
        share = self.false_share
        return share is not None and self.decided >= LEAST_DECIDED and share >= TOO_MANY_FALSE


def rule_records(office: Office, actor: User) -> Mapping[str, RuleRecord]:
    """Rule → its record over all matters; only counts, nothing of a matter."""
    roles.require(actor, "page:handbook")
    with office.store.reading() as db:
        found = db.rows(
            "SELECT rule, sum(status IN ('accepted', 'merged')) AS accepted, sum(status = 'dismissed') AS dismissed,"
            " sum(edited) AS edited, sum(answer <> '') AS answered, sum(answer IN ('accepted', 'partly')) AS taken"
            " FROM comments WHERE rule <> '' GROUP BY rule"
        )
    return {
        r["rule"]: RuleRecord(r["rule"], r["accepted"], r["dismissed"], r["edited"], r["answered"], r["taken"])
        for r in found
    }
