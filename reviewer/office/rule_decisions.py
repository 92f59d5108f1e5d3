"""降为提示、停用、恢复: what an administrator decides on a rule with many false alarms, each kept with its reason."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from reviewer.errors import UsageError
from reviewer.office import audit, roles
from reviewer.office.records import User
from reviewer.office.store import Reading, Row, now
from reviewer.office.wording import needed
from reviewer.office_rules import DECISION_NAMES, Decision, RuleDecision

if TYPE_CHECKING:
    from reviewer.office.desk import Office

REASON_LENGTH = 300


def decide(office: Office, actor: User, rule: str, decision: Decision, reason: str) -> RuleDecision:
    """Effective for the next review; what was found before stays as it is."""
    roles.require(actor, "manage:rules")
    known = office.engine().lexicon.rule(rule)
    if known is None:
        raise UsageError(f"没有规则 {rule}，请从规则手册中选择")
    why = needed(reason, REASON_LENGTH, "理由").replace("\n", " ")
    with office.store.writing() as db:
        before = next((d.decision for d in current(db) if d.rule == rule), Decision.RESTORED)
        if before is decision:
            now_so = "没有降级或停用" if decision is Decision.RESTORED else f"已经{DECISION_NAMES[decision]}"
            raise UsageError(f"“{known.title}”{now_so}，不需要再办理")
        new_id = db.insert("rule_decisions", {"rule": rule, "decision": decision.value, "reason": why,
                                              "decided_by": actor.name, "decided_at": now()})  # fmt: skip
        audit.record(db, actor.account, f"规则{DECISION_NAMES[decision]}", rule, before=before.value, reason=why)
        row = db.one("SELECT * FROM rule_decisions WHERE id = ?", [new_id])
        assert row is not None
        return _decision(row)


def current(db: Reading) -> tuple[RuleDecision, ...]:
    """The decisions in force, by rule."""
    latest = "SELECT max(id) FROM rule_decisions GROUP BY rule"
    found = db.rows(f"SELECT * FROM rule_decisions WHERE id IN ({latest}) AND decision <> ? ORDER BY rule",
                    [Decision.RESTORED.value])  # fmt: skip
    return tuple(_decision(r) for r in found)


def history(office: Office, actor: User, limit: int = 100) -> tuple[RuleDecision, ...]:
    """Every decision, the newest first."""
    roles.require(actor, "page:handbook")
    with office.store.reading() as db:
        return tuple(_decision(r) for r in db.rows("SELECT * FROM rule_decisions ORDER BY id DESC LIMIT ?", [limit]))


def _decision(r: Row) -> RuleDecision:
    on = dt.date.fromisoformat(r["decided_at"][:10])
    return RuleDecision(r["rule"], Decision(r["decision"]), r["reason"], r["decided_by"], on)
