"""The trained clause kinds: the shipped scorer says what scikit-learn says, and refuses files that do not fit."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
import yaml

from models import clause_data, clause_linear
from models import train_clause_kinds as training
from reviewer.checkers import required_clause
from reviewer.domain import ClauseKind, Document, Draft, Level, Line, Provision, Span
from reviewer.errors import ModelError
from reviewer.laws import LawCatalogue
from reviewer.lexicon import Clause, Knowledge, Lexicon
from reviewer.pipeline import Engine
from reviewer.places import MODELS
from reviewer.understanding import clause_kinds, party_names
from reviewer.understanding.sentences import sentences_of

SHIPPED = MODELS / "clause_kinds.npz"
DISPUTE = "双方因履行发生分歧的，先行协商，协商不成的，任何一方都可以向有管辖权的人民法院提起诉讼。"


@pytest.fixture(scope="module")
def model() -> clause_kinds.Model:
    return clause_kinds.load(SHIPPED)


def own_examples() -> list[clause_data.Example]:
    """Our model contracts, each one family."""
    files = ((name, clause_data.template_path(name)) for name in clause_data.template_names())
    return clause_data.without_doubles(list(clause_data.examples_of(files, clause_data.Headings.load(), Engine.load())))


def test_the_shipped_scorer_gives_the_labels_of_scikit_learn_and_the_same_bytes(tmp_path: Path) -> None:
    examples = own_examples()
    kinds = ["dispute", "payment", "liability", "force_majeure", "confidentiality", "acceptance"]
    hints = {k: words for k, words in clause_data.cues().items() if k in kinds}
    seen = [e for e in examples if e.family not in ("技术开发", "房屋租赁")]
    unseen = [e for e in examples if e.family in ("技术开发", "房屋租赁")]
    linear = clause_linear.train(seen, kinds, hints)
    calibration = training.Calibration(np.full(6, 2.0), np.full(6, 0.5), np.full(6, 0.4))
    first, second = tmp_path / "a.npz", tmp_path / "b.npz"
    digest = training.write(first, training.parameters(linear, calibration, kinds, kinds, "试"))
    again = clause_linear.train(seen, kinds, hints)
    assert training.write(second, training.parameters(again, calibration, kinds, kinds, "试")) == digest
    texts = [e.words for e in unseen]
    assert len(texts) > 30
    scores = linear.scores(texts)
    shipped = clause_kinds.load(first)
    for limit in (-0.5, 0.0):
        assert training.same_labels(shipped, texts, scores, limit) == len(texts)
    assert abs(np.array([shipped.scores(t) for t in texts]) - scores).max() < 1e-3
    said = [[p for _, p in shipped.probabilities(t)] for t in texts]
    assert abs(np.array(said) - calibration.chances(scores)).max() < 1e-3


def test_the_cues_of_a_kind_share_a_weight() -> None:
    def unit(family: str, words: str, *kinds: str) -> clause_data.Example:
        return clause_data.Example(family, words, frozenset(kinds))

    def gains(hints: dict[str, tuple[str, ...]]) -> dict[str, float]:
        linear = clause_linear.train(examples, ["dispute"], hints)
        return dict(zip(linear.features.vocabulary, linear.weights[0], strict=True))

    examples = [unit(f"源{i}", f"发生分歧的双方向仲裁机构申请第{i}次仲裁", "dispute") for i in range(9)]
    examples += [unit(f"源{i}", f"乙方每月第{i}天送来一批货物并清点") for i in range(9)]
    examples.append(unit("源", "谈不拢的就去法院起诉他们吧"))
    tied, alone = gains({"dispute": ("仲裁", "法院起诉")}), gains({"dispute": ("法院起诉",)})
    assert "法院起诉" in tied, "a cue of four characters is known though it stands in one unit"
    assert "院起诉他" not in tied
    assert tied["法院起诉"] > alone["法院起诉"] + 0.1, "the other cue speaks for it too"


def test_a_unit_is_the_sum_of_its_sentences_and_scores_beside_its_best_one() -> None:
    examples = own_examples()
    kinds = ["dispute", "payment"]
    linear = clause_linear.train(examples, kinds, {k: w for k, w in clause_data.cues().items() if k in kinds})
    first, second = "验收合格后十日内甲方付清全部价款。", "协商不成的任何一方向人民法院起诉。"
    [payment, dispute] = linear.features.rows([first, second]).whole.toarray()
    together = linear.features.rows([first + second])
    assert together.parts.shape[0] == 2
    assert np.linalg.norm(payment) == pytest.approx(1) == np.linalg.norm(dispute)
    apart, both = linear.judged(linear.features.rows([first, second])), linear.judged(together)[0]
    whole = np.asarray(together.whole @ linear.weights.T + linear.intercepts)[0]
    assert both == pytest.approx((1 - clause_kinds.BEST) * whole + clause_kinds.BEST * apart.max(axis=0))


def test_the_parties_are_read_as_one_whatever_they_are_called(model: clause_kinds.Model) -> None:
    assert party_names.as_read("出租方0借款人0甲乙双方0业主") == "甲0甲0甲0甲"
    assert party_names.as_read("由出租方向承租方交付") == "由甲向甲交付"
    same = "使用方式、设计方案和施工人员由双方商定"
    assert party_names.as_read(same) == same, "these are no parties"
    seller, lessor = "因卖方的过错造成损失的，卖方承担赔偿责任。", "因出租人的过错造成损失的，出租人承担赔偿责任。"
    assert model.probabilities(seller) == model.probabilities(lessor)
    words = model.spoke_for("liability", lessor)
    assert words and all(word in lessor for word in words), "the words told are those of the text"


def test_a_kind_loses_by_a_surer_one_and_the_surest_by_the_second() -> None:
    scores = [1.0, 0.2, -2.0]
    found = clause_kinds.rivalled(scores)
    lost = [clause_kinds.RIVAL * (other + clause_kinds.CLEAR) for other in (0.2, 1.0, 1.0)]
    assert found == pytest.approx([s - x for s, x in zip(scores, lost, strict=True)])
    assert clause_linear.rivalled(np.array([scores]))[0] == pytest.approx(found)
    unsure = [-0.5, -0.9]
    assert clause_kinds.rivalled(unsure) == unsure, "where nothing is likely, nothing is lost"
    assert clause_kinds.rivalled([0.7]) == [0.7]


def test_sentences_too_short_to_judge_go_with_their_neighbours() -> None:
    assert clause_kinds.sentences("甲方付款。乙方按月向甲方交付全部的成果。完。") == [
        "甲方付款。乙方按月向甲方交付全部的成果。完。"
    ]
    long = "双方发生争议的应当协商解决;协商不成的任何一方均可起诉。"
    assert clause_kinds.sentences(long) == ["双方发生争议的应当协商解决;", "协商不成的任何一方均可起诉。"]
    assert clause_kinds.sentences("") == []
    assert "".join(clause_kinds.sentences(long * 3 + "尾")) == long * 3 + "尾"


def test_a_heading_that_contradicts_what_was_read_is_left_out_of_account() -> None:
    scores = np.array([[-1.0], [0.4], [-1.0], [-0.5]])
    lesson = clause_linear.Lesson(
        scipy.sparse.csr_matrix((4, 1)), np.array([[True], [False], [True], [True]]), np.zeros((4, 1), dtype=bool),
        np.array([1.0, 1.0, clause_linear.BY_HAND, 1.0]),
    )  # fmt: skip
    assert clause_linear.doubtful(scores, lesson).ravel().tolist() == [True, True, False, False]


def test_of_several_sentences_the_one_that_speaks_for_the_kind_is_learnt_as_it() -> None:
    linear = clause_linear.Linear(
        clause_linear.Features(["货", "款"], np.array([256, 256])), np.array([[-1.0, 1.0]]), np.array([-0.2])
    )
    texts = ["甲方应按约定的日期付清合同款项。乙方应按约定的日期交付全部货物。", "乙方应按约定的日期交付全部货物。"]
    rows = linear.features.rows(texts)
    lesson = clause_linear.Lesson(
        rows.whole, np.array([[True], [False]]), np.zeros((2, 1), dtype=bool), np.array([1.0, 1.0])
    )
    learnt = clause_linear.of_sentences(linear, rows, lesson)
    assert learnt.truth.ravel().tolist() == [True, False]
    assert not learnt.unclear.any()
    assert learnt.trust.tolist() == pytest.approx([clause_linear.PART / 2**0.5] * 2), "a unit of one sentence is enough"


def test_what_is_tested_is_not_trained_on() -> None:
    one, other = ("甲方应当在收到货物以后付清全部款项", "乙方应当在十日以内交付全部的货物")
    units = [
        clause_data.Example("旧", one, frozenset(["payment"])),
        clause_data.Example("新", one, frozenset(), part="test"),
        clause_data.Example("旧", other, frozenset(["delivery"])),
    ]
    assert [(e.family, e.part) for e in clause_data.without_doubles(units)] == [("新", "test"), ("旧", "train")]


def test_hand_labels_name_known_kinds_by_hash_only() -> None:
    labels, names = clause_data.hand_labels(), clause_data.Headings.load().names
    parts = [label.part for label in labels.values()]
    assert parts.count("test") >= 400 and parts.count("train") >= 1000 and set(parts) == {"train", "dev", "test"}
    assert all(label.kinds | label.arguable <= set(names) for label in labels.values())
    assert not any(label.kinds & label.arguable for label in labels.values())
    assert all(len(unit) == 12 and int(unit, 16) >= 0 for unit in labels)


def test_where_two_readings_differ_a_unit_is_arguable(tmp_path: Path) -> None:
    unit = clause_data.Example("源", "甲方在验收合格以后付清全部款项", frozenset(["delivery"]), part="test")
    path = tmp_path / "readings.tsv"
    row = f"{unit.unit}\tpayment\tprice\tacceptance payment\t\n"
    path.write_text(f"# 说明\nunit\tfirst\tfirst_arguable\tsecond\tsecond_arguable\n{row}", encoding="utf-8")
    other = replace(unit, words="没有两次读过的一段文字照原来的标注")
    read, unread = clause_data.twice_read([unit, other], path)
    assert (read.kinds, read.arguable) == ({"payment"}, {"acceptance", "price"})
    assert unread == other
    known = {label for label, found in clause_data.hand_labels().items() if found.part == "test"}
    lines = (clause_data.DATA / "clause_readings.tsv").read_text(encoding="utf-8").splitlines()[2:]
    assert len(lines) > 400 and {line.split("\t")[0] for line in lines} <= known


def test_an_arguable_kind_counts_neither_for_nor_against() -> None:
    truth, said = np.array([[True], [False], [False]]), np.array([[True], [True], [True]])
    unclear = np.array([[False], [True], [False]])
    assert training.f1_of_each(truth, said, unclear)[0] == pytest.approx(2 / 3)


def test_a_heading_labels_its_body_only_where_it_says_what_it_is() -> None:
    headings = clause_data.Headings.load()
    assert headings.kinds("违约责任与争议解决") == {"liability", "dispute"}
    assert headings.kinds("装运通知") == {"delivery"}
    assert headings.kinds("其他约定") is None
    assert headings.kinds("双方的权利义务") is None, "anything may stand below it"
    assert headings.kinds("董事会") == frozenset()


def test_calibration_error_is_the_gap_between_probability_and_frequency() -> None:
    chances, truth = np.array([[0.9], [0.9], [0.1], [0.1]]), np.array([[1], [0], [0], [0]])
    assert training.expected_calibration_error(chances, truth) == pytest.approx((0.4 + 0.1) / 2)


def test_a_clause_is_known_without_its_heading_and_the_words_that_speak_for_it_are_told(
    model: clause_kinds.Model,
) -> None:
    [kind] = model.kinds_of(Span(0, len(DISPUTE)), DISPUTE)
    assert kind.kind == "dispute" and kind.probability > 0.9
    words = model.words_for(kind, DISPUTE, ())
    assert words and all(word in DISPUTE for word in words)
    assert any("人民法院" in word or "诉讼" in word or "协商" in word for word in words)


def test_words_of_no_clause_are_unknown(model: clause_kinds.Model) -> None:
    assert list(model.kinds_of(Span(0, 30), "春天的湖面上飘着几片落叶，孩子们在岸边唱歌。")) == []
    assert list(model.kinds_of(Span(0, 4), "仲裁诉讼")) == [], "too short to judge"
    assert model.scores("") is None


def test_units_are_provisions_without_heading_and_lines_where_there_are_none() -> None:
    text = "第三条 争议\n向人民法院起诉。"
    article = Provision(Level.ARTICLE, 3, "第三条", "争议", Span(0, len(text)), "第三条")
    assert list(clause_kinds.units(text, (article,))) == [(article.span, "向人民法院起诉。")]
    assert [span.of(text) for span, _ in clause_kinds.units(text, ())] == text.split("\n")


def rewritten(path: Path, **changed: bytes) -> Path:
    """A copy of the shipped file with some arrays replaced."""
    with zipfile.ZipFile(SHIPPED) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, changed.get(name.removesuffix(".npy"), source.read(name)))
    return path


def array_of(text: str) -> bytes:
    """A text as an .npy array of bytes."""
    data = text.encode()
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(data)},), }}"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + data


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p, "没有条款分类模型的参数文件"),
        (lambda p: p.write_bytes(SHIPPED.read_bytes()[:5000]) and p, "已损坏"),
        (lambda p: rewritten(p, format=array_of("clause-kinds 0")), "格式为“clause-kinds 0”"),
        (lambda p: rewritten(p, vocabulary=array_of("甲\n乙")), "2 个特征"),
        (lambda p: rewritten(p, weights=b"no array"), "不是 npy 数组"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_a_sentence(make: object, says: str, tmp_path: Path) -> None:
    path = make(tmp_path / "x.npz")  # type: ignore[operator]
    with pytest.raises(ModelError, match=says) as error:
        clause_kinds.load(path)
    assert "make models" in str(error.value)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (
            "承租方应于每季度首月五日前支付当季租金，通过银行转账方式汇入出租方指定账户，出租方收款后三日内开具发票。"
            "逾期支付的，每逾期一日按应付金额的万分之五支付违约金。",
            "payment",
        ),
        (
            "乙方应在合同签订后三十日内将货物运至甲方指定地点，运输费用由乙方承担，包装应当牢固。"
            "因包装不善造成货物毁损的，由乙方赔偿。",
            "delivery",
        ),
    ],
)
def test_of_what_a_clause_is_mainly_about_a_last_sentence_on_liability_takes_less(
    model: clause_kinds.Model, text: str, about: str
) -> None:
    every, mostly = dict(model.probabilities(text)), dict(model.mainly(text))
    assert mostly["liability"] < every["liability"] - 0.1
    assert max(mostly, key=mostly.__getitem__) == about


def test_the_card_describes_the_shipped_file() -> None:
    card = yaml.safe_load((MODELS / "clause_kinds.yaml").read_text(encoding="utf-8"))
    assert card["file"]["sha256"] == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()
    by_hand = card["scores"]["hand_labels_test"]
    assert by_hand["macro_f1_kinds_with_keywords"] > by_hand["keywords_any"] + 0.08
    assert by_hand["expected_calibration_error"] <= 0.05
    same, of = card["labels_identical_to_scikit_learn"].split("/")
    assert same == of
    assert set(card["thresholds"]) == set(clause_kinds.load(SHIPPED).kinds)


CLAUSE = Clause("dispute", "争议解决", words=("仲裁委员会",), kinds=("dispute",))


@pytest.mark.parametrize(("probability", "found"), [(0.9, 0), (0.5, 1)])
def test_a_clause_counts_as_missing_only_when_the_classifier_is_silent_too(probability: float, found: int) -> None:
    text = "第一条 供应书架。\n第二条 谈不拢的，上法院解决。"
    kind = ClauseKind(Span(10, len(text)), "dispute", probability)
    knowledge = Knowledge(
        Lexicon({}, {}, {}, {CLAUSE.key: CLAUSE}, (), ""), LawCatalogue((), {}), dt.date(2026, 11, 21),
        lambda *_: True, clause_kinds=lambda _: (kind,), clause_words=lambda *_: ("法院",),
    )  # fmt: skip
    draft = Draft(Document("例", "", "txt", text, ()), Line.CONTRACT, "通用合同", sentences=sentences_of(text))
    matches = list(required_clause.find(draft, required_clause.Options(clause="dispute"), knowledge))
    assert len(matches) == found
    assert all("“法院”" in m.because for m in matches)


@pytest.mark.parametrize(
    ("words", "found"),
    [("第二条 丙方的过失造成损害的，乙方不承担责任。", 1), ("第二条 供方迟延的，应当承担因此造成的损失。", 0)],
)
def test_an_exemption_alone_does_not_supply_the_clause_on_liability(words: str, found: int) -> None:
    clause = Clause("liability", "违约责任", words=("违约责任",), kinds=("liability",))
    text = f"第一条 供应书架。\n{words}"
    kind = ClauseKind(Span(10, len(text)), "liability", 0.95)
    knowledge = Knowledge(
        Lexicon({}, {}, {}, {clause.key: clause}, (), ""), LawCatalogue((), {}), dt.date(2026, 11, 21),
        lambda *_: True, clause_kinds=lambda _: (kind,),
    )  # fmt: skip
    draft = Draft(Document("例", "", "txt", text, ()), Line.CONTRACT, "通用合同", sentences=sentences_of(text))
    assert len(list(required_clause.find(draft, required_clause.Options(clause="liability"), knowledge))) == found
