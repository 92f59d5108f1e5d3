"""What an office decided on single rules: shown as advice only, or not checked; what a report has to say of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

STOPPED = "本单位停用"
SHOWN = 10


class Decision(StrEnum):
    ADVICE = "advice"
    OFF = "off"
    RESTORED = "restored"


DECISION_NAMES = {Decision.ADVICE: "降为提示", Decision.OFF: "停用", Decision.RESTORED: "恢复"}


@dataclass(frozen=True, slots=True)
class RuleDecision:
    """`reason` and `by` are what a person wrote and who it was."""

    rule: str
    decision: Decision
    reason: str
    by: str
    on: dt.date

    @property
    def off(self) -> bool:
        return self.decision is Decision.OFF

    @property
    def told(self) -> str:
        """停用理由：与本地规定不符（张三 2026-11-21 决定）."""
        name = STOPPED if self.off else f"本单位{DECISION_NAMES[self.decision]}"
        return f"{name}，理由：{self.reason}（{self.by} {self.on} 决定）"


def sentences(stopped: Iterable[tuple[str, RuleDecision]]) -> tuple[str, ...]:
    """For the coverage receipt: which rules of the line, by title, were not checked because the office said so."""
    found = [f"“{title}”（{decision.reason}；{decision.by} {decision.on} 决定）" for title, decision in stopped]
    if not found:
        return ()
    more = f"等（另有{len(found) - SHOWN}条见各规则结果）" if len(found) > SHOWN else ""
    return (f"{STOPPED}了{len(found)}条规则，没有检查，请人工留意：{'；'.join(found[:SHOWN])}{more}",)


def digest(decided: Iterable[RuleDecision]) -> str:
    """Tells reviews under other decisions apart; empty where there are none."""
    said = "\n".join(sorted(f"{d.rule}={d.decision.value}" for d in decided))
    return f"本单位-{hashlib.sha256(said.encode()).hexdigest()[:8]}" if said else ""
