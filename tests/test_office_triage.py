"""繁简分流: which matters may take the short way, which must be discussed, and why."""

from __future__ import annotations

import pytest

from reviewer.domain import Line
from reviewer.office.lines import read_lines
from reviewer.office.records import Procedure
from reviewer.office.triage import in_wan, propose
from reviewer.places import LEXICONS

LINES = read_lines(LEXICONS)
ORDINARY, SIMPLE = Procedure.ORDINARY, Procedure.SIMPLIFIED


@pytest.mark.parametrize(("line", "type", "amount", "illegal", "procedure", "hard", "said"), [
    (Line.CONTRACT, "货物采购", 300_000, 0, SIMPLE, False, "30万元，低于50万元"),
    (Line.CONTRACT, "货物采购", 300_000, 2, ORDINARY, False, "2 条违法意见"),
    (Line.CONTRACT, "货物采购", 500_000, 0, ORDINARY, False, "一般程序"),
    (Line.CONTRACT, "货物采购", None, 0, ORDINARY, False, "一般程序"),  # no amount found: not taken for small
    (Line.CONTRACT, "建设工程施工", 300_000, 0, ORDINARY, False, "一般程序"),
    (Line.CONTRACT, "货物采购", 10_000_000, 0, ORDINARY, True, "标的额1000万元"),
    (Line.CONTRACT, "特许经营", 300_000, 0, ORDINARY, True, "文书类型为“特许经营”"),
    (Line.NORMATIVE, "备案材料", None, 0, SIMPLE, False, "备案材料"),
    (Line.DECISION, "决策草案", None, 0, ORDINARY, True, "集体讨论"),
    (Line.ENFORCEMENT, "处罚决定书", None, 0, ORDINARY, False, "一般程序"),
])  # fmt: skip
def test_type_amount_and_findings_decide_the_proposed_way(
    line: Line, type: str, amount: int | None, illegal: int, procedure: Procedure, hard: bool, said: str
) -> None:
    proposal = propose(LINES[line], type, amount, illegal)
    assert (proposal.procedure, proposal.hard) == (procedure, hard)
    assert said in proposal.reason


@pytest.mark.parametrize(("amount", "text"), [(9_999, "9999元"), (10_000, "1万元"), (123_456, "12.35万元"),
                                              (505_000, "50.5万元"), (100_000_000, "10000万元")])  # fmt: skip
def test_amounts_are_told_in_wan(amount: int, text: str) -> None:
    assert in_wan(amount) == text
