"""Steps of a scale, points of a hundred, caps and the names of documents: what must agree within one text."""

from __future__ import annotations

import datetime as dt

import pytest

from reviewer.checkers import reward_cap, score_total, tiers, titles_alike
from reviewer.domain import Block, Document, Draft, Line, Parts, Span
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Knowledge, Lexicon
from reviewer.understanding.sentences import sentences_of

KNOWLEDGE = Knowledge(Lexicon({}, {}, {}, {}, (), ""), LawCatalogue((), {}), dt.date(2026, 11, 21), lambda *_: True)


def draft_of(text: str, title: str = "某区补助办法") -> Draft:
    blocks, start = [], 0
    for line in text.split("\n"):
        blocks.append(Block(Span(start, start + len(line))))
        start += len(line) + 1
    document = Document("例", "0" * 64, "txt", text, tuple(blocks))
    parts = Parts(title=Span(0, len(text.split("\n")[0])) if text.startswith(title) else None)
    return Draft(document, Line.NORMATIVE, "规范性文件", title=title, parts=parts,
                 sentences=sentences_of(document.folded))  # fmt: skip


def steps(text: str) -> list[str]:
    return [m.values["问题"] for m in tiers.find(draft_of(text), tiers.Options(), KNOWLEDGE)]


def test_a_gap_between_two_steps_is_told_once() -> None:
    text = "（一）90分以上为优；\n（二）75分以上不满90分为良；\n（三）60分以上不满70分为中；\n（四）不满60分为差。"
    assert steps(text) == ["有空档，落在其中的情形没有规定"]


def test_steps_that_run_into_each_other_are_told() -> None:
    text = "（一）不满10人的，补1万元；（二）10人以上不满40人的，补3万元；（三）30人以上的，补6万元。"
    assert steps(text.replace("补1万元", "补一档").replace("补3万元", "补二档").replace("补6万元", "补三档")) == [
        "相互重叠，同一情形适用两档"
    ]


def test_a_boundary_that_belongs_to_no_step_is_told() -> None:
    text = "原值小于1万元的不补；原值不低于1万元，小于50万元的补三成；原值大于50万元的补一成。"
    assert steps(text) == ["缺少分界点，恰好等于分界数值的情形没有规定"]


@pytest.mark.parametrize(
    "text",
    [
        "（一）90分以上为优；（二）75分以上不满90分为良；（三）60分以上不满75分为中；（四）不满60分为差。",
        "60—74分为中；75—89分为良；90—100分为优。",
        "处一千元以上一万元以下罚款；情节严重的，处二万元以上五万元以下罚款；特别严重的，处十万元以上二十万元以下罚款。",
        "死亡30人以上；重伤10人以上；轻伤3人以上。",
    ],
)
def test_joined_steps_whole_numbers_and_fines_for_different_acts_are_no_gap(text: str) -> None:
    assert steps(text) == []


def test_points_that_make_more_than_a_hundred_are_told_with_their_sum() -> None:
    text = "评价实行百分制，其中基础信息20分、日常服务40分、业主满意度30分、社会贡献15分。"
    found = list(score_total.find(draft_of(text), score_total.Options(), KNOWLEDGE))
    assert [m.values["合计"] for m in found] == ["105"]


def test_grades_of_a_hundred_are_no_parts_of_it() -> None:
    text = "考核满分100分，90分以上为优秀，80分以上为良好，60分以上为合格，每发现一项扣5分。"
    assert list(score_total.find(draft_of(text), score_total.Options(), KNOWLEDGE)) == []


def test_a_cap_below_a_single_reward_is_told_and_a_cap_above_is_not() -> None:
    text = "给予贴息，单户最高100万元。同一企业当年奖励总额不超过80万元。"
    found = list(reward_cap.find(draft_of(text), reward_cap.Options(), KNOWLEDGE))
    assert [m.span.of(text) for m in found] == ["同一企业当年奖励总额不超过80万元"]
    high = draft_of(text.replace("80万元", "300万元"))
    assert list(reward_cap.find(high, reward_cap.Options(), KNOWLEDGE)) == []


def names(text: str, look: str, title: str = "某区补助办法") -> list[str]:
    options = titles_alike.Options(look=look)  # type: ignore[arg-type]
    return [m.values["此处"] for m in titles_alike.find(draft_of(text, title), options, KNOWLEDGE)]


def test_a_title_with_one_character_less_is_a_slip_and_a_repealed_one_is_not() -> None:
    assert names("为贯彻《远山市工业设计促进条例》，落实《远山工业设计促进条例》的要求。", "cited") == [
        "远山工业设计促进条例"
    ]
    assert names("为贯彻《远山市工业设计促进条例》。《远山工业设计促进条例》同时废止。", "cited") == []


def test_titles_that_differ_in_a_word_are_two_documents() -> None:
    assert (
        names(
            "依照《专项资金管理办法》和《专项资金使用办法》以及《某市职称评审管理办法》《某市职称评审专家管理办法》。",
            "cited",
        )
        == []
    )


def test_a_notice_and_what_it_issues_must_have_one_title() -> None:
    title = "关于印发《某县农村集中式供水工程运行管护办法》的通知"
    text = f"{title}\n各乡镇：\n现印发给你们。\n某县农村供水工程运行管理办法\n第一条 制定本办法。"
    assert names(text, "issued", title) == ["某县农村供水工程运行管理办法"]
    right = text.replace("某县农村供水工程运行管理办法", "某县农村集中式供水\n工程运行管护办法")
    assert names(right, "issued", title) == []


def test_an_attachment_keeps_its_name_but_may_drop_its_year() -> None:
    assert names("填写《项目榜单汇总表》（附件2）。\n附件：\n1.申报书\n2.企业需求一览表", "attachment") == [
        "项目榜单汇总表"
    ]
    assert names("填写《需求表》（附件2）。\n附件：\n1.申报书\n2.2026年度需求表", "attachment") == []
