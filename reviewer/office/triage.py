"""繁简分流: what is known of a matter → the procedure that suits it, with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.office.lines import OfficeLine, Triage
from reviewer.office.records import Procedure


@dataclass(frozen=True, slots=True)
class Proposal:
    procedure: Procedure
    hard: bool
    reason: str


def propose(line: OfficeLine, type: str, amount: int | None, illegal: int = 0) -> Proposal:
    """Hard when type or amount say so; simple when both allow it and nothing illegal was found; else ordinary."""
    if reason := _hard(line.hard, type, amount):
        return Proposal(Procedure.ORDINARY, True, f"{reason}，属于疑难复杂事项，出具意见前应当集体讨论")
    if illegal:
        return Proposal(Procedure.ORDINARY, False, f"机审发现 {illegal} 条违法意见，适用一般程序")
    if reason := _simple(line.simple, type, amount):
        return Proposal(Procedure.SIMPLIFIED, False, f"{reason}，可以适用简易程序")
    return Proposal(Procedure.ORDINARY, False, "不符合简易程序的条件，适用一般程序")


def _hard(rule: Triage, type: str, amount: int | None) -> str:
    if type and type in rule.types:
        return f"文书类型为“{type}”"
    if rule.amount_from is not None and amount is not None and amount >= rule.amount_from:
        return f"标的额{in_wan(amount)}，达到{in_wan(rule.amount_from)}"
    return ""


def _simple(rule: Triage, type: str, amount: int | None) -> str:
    if type not in rule.types:
        return ""
    if rule.amount_below is None:
        return f"文书类型为“{type}”"
    if amount is None or amount >= rule.amount_below:
        return ""
    return f"文书类型为“{type}”、标的额{in_wan(amount)}，低于{in_wan(rule.amount_below)}"


def in_wan(amount: int) -> str:
    """元 as 万元, without superfluous zeros."""
    if amount < 10_000:
        return f"{amount}元"
    return f"{amount / 10_000:.2f}".rstrip("0").rstrip(".") + "万元"
