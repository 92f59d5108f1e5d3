"""A paragraph as long as a book is read and reviewed in time that grows with its length, and no longer one is read."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reviewer import readers
from reviewer.domain import Line
from reviewer.errors import UnreadableFileError
from reviewer.pipeline import Engine
from reviewer.readers import building

LENGTH = 200_000
SECONDS = 20.0  # two to four on a busy machine; the worst took over a minute at twice the length when it was quadratic
TEXTS = {
    "one sentence": (Line.CONTRACT, "甲方应当自收到发票之日起三十日内支付合同价款，逾期的支付违约金，"),
    "defined terms": (Line.CONTRACT, "甲公司（以下简称“甲”）乙公司（下称“乙方一”），"),
    "facts": (
        Line.CONTRACT,
        "第一条甲方（以下简称“买方”）购买货物，单价3.5万元，质保期12个月，工期为30日，附件1为清单，2024年3月1日前交付，",
    ),
    "citations": (
        Line.NORMATIVE, "根据《中华人民共和国民法典》第五百七十七条和《中华人民共和国政府采购法》第四十六条，",
    ),
    "powers": (Line.NORMATIVE, "提供证明材料并不得投诉且应当盖章，"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_long_paragraph_is_reviewed_in_seconds(engine: Engine, tmp_path: Path, kind: str) -> None:
    line, words = TEXTS[kind]
    path = tmp_path / "长.txt"
    path.write_text((words * (LENGTH // len(words) + 1))[:LENGTH], encoding="utf-8")
    document = readers.read(path)
    assert [len(b.span) for b in document.blocks] == [LENGTH]
    begun = time.monotonic()
    review = engine.review(document, line=line)
    assert time.monotonic() - begun < SECONDS
    assert not review.coverage.rules.get("failed")


def test_a_defect_at_the_end_of_a_long_paragraph_is_found_where_it_stands(engine: Engine, tmp_path: Path) -> None:
    words = TEXTS["one sentence"][1]
    text = (words * (LENGTH // len(words)) + "依据《中华人民共和国合同法》订立。")[-LENGTH:]
    path = tmp_path / "长.txt"
    path.write_text(text, encoding="utf-8")
    review = engine.review(readers.read(path), line=Line.CONTRACT)
    (finding,) = [f for f in review.findings if f.rule == "common/legal_basis/law-not-in-force"]
    assert finding.span.of(review.draft.text) == "《中华人民共和国合同法》"
    assert finding.span.start > LENGTH - 40


def test_the_limit_is_told_and_what_is_at_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "长.txt"
    path.write_text("甲，" * (building.MAX_BLOCK // 2), encoding="utf-8")
    assert len(readers.read(path).text) == building.MAX_BLOCK
    path.write_text("甲，" * (building.MAX_BLOCK // 2) + "乙", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=f"超过 {building.MAX_BLOCK} 字的上限"):
        readers.read(path)
