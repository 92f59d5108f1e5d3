"""The shipped law catalogue, and the strictness of its loader."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reviewer.errors import LexiconError
from reviewer.law_files import CATALOGUE_COLUMNS, MOVE_COLUMNS, VERSION_COLUMNS, load_catalogue
from reviewer.laws import LawCatalogue, name_key, number_key

LAWS = Path(__file__).parent.parent / "lexicons" / "laws"
PRC = "中华人民共和国"
ON = dt.date(2026, 11, 21)


@pytest.fixture(scope="module")
def catalogue() -> LawCatalogue:
    return load_catalogue(LAWS)


@pytest.mark.parametrize(
    "name", ["合同法", "担保法", "物权法", "侵权责任法", "婚姻法", "继承法", "收养法", "民法总则", "民法通则"]
)
def test_the_civil_code_repealed_nine_laws_in_2021(name: str, catalogue: LawCatalogue) -> None:
    law = catalogue.find(name)
    assert law is not None
    assert law.repealed_on == dt.date(2021, 1, 1)
    assert (law.status(dt.date(2020, 12, 31)), law.status(ON)) == ("现行有效", "已废止")
    assert catalogue.in_force(law, ON) == (PRC + "民法典",)


@pytest.mark.parametrize(
    "name",
    ["环境保护法", "环境影响评价法", "海洋环境保护法", "大气污染防治法", "水污染防治法", "土壤污染防治法",
     "固体废物污染环境防治法", "噪声污染防治法", "放射性污染防治法", "清洁生产促进法"],
)  # fmt: skip
def test_the_environmental_code_repealed_ten_laws_in_august_2026(name: str, catalogue: LawCatalogue) -> None:
    law = catalogue.find(name)
    assert law is not None
    assert (law.status(dt.date(2026, 8, 14)), law.status(dt.date(2026, 8, 15))) == ("现行有效", "已废止")
    assert law.repealed_under == "《中华人民共和国生态环境法典》第一千二百四十二条"


def test_a_chain_of_repeals_is_followed_to_the_law_in_force(catalogue: LawCatalogue) -> None:
    noise = catalogue.find("环境噪声污染防治法")
    contract = catalogue.find("经济合同法")
    assert noise is not None and contract is not None
    assert catalogue.in_force(noise, dt.date(2023, 1, 1)) == (PRC + "噪声污染防治法",)
    assert catalogue.in_force(noise, ON) == (PRC + "生态环境法典",)
    assert catalogue.in_force(contract, ON) == (PRC + "民法典",)


@pytest.mark.parametrize(
    "name", ["行政处罚法", "民事诉讼法", "立法法", "行政复议法", "反垄断法", "农药管理条例", "道路运输条例"]
)
def test_an_older_version_does_not_repeal_the_present_law(name: str, catalogue: LawCatalogue) -> None:
    law = catalogue.find(name)
    assert law is not None and law.status(ON) == "现行有效"


def test_a_revision_of_next_year_leaves_the_present_text_in_force(catalogue: LawCatalogue) -> None:
    law = catalogue.find("商标法")
    assert law is not None
    assert law.status(ON) == "现行有效"
    assert catalogue.articles_on(law, ON) == 73
    assert catalogue.articles_on(law, dt.date(2027, 1, 1)) == 87


def test_the_number_of_articles_depends_on_the_date(catalogue: LawCatalogue) -> None:
    law = catalogue.find("行政处罚法")
    assert law is not None
    assert (catalogue.articles_on(law, dt.date(2020, 1, 1)), catalogue.articles_on(law, ON)) == (64, 86)


def test_a_doubtful_repeal_is_not_called_a_repeal(catalogue: LawCatalogue) -> None:
    law = catalogue.find("社会救助暂行办法")
    assert law is not None
    assert not law.repealed and law.successors == (PRC + "社会救助法",)


@pytest.mark.parametrize(
    ("old", "article", "law", "new"),
    [
        ("中华人民共和国合同法", 114, "民法典", [585]),
        ("中华人民共和国合同法", 94, "民法典", [563]),
        ("中华人民共和国合同法", 52, "民法典", [146, 153, 154]),
        ("中华人民共和国担保法", 91, "民法典", [586]),
        ("中华人民共和国行政处罚法(2017)", 51, "行政处罚法", [72]),
        ("中华人民共和国行政处罚法(2017)", 42, "行政处罚法", [63, 64]),
        ("中华人民共和国仲裁法(2017)", 16, "仲裁法", [27]),
    ],
)
def test_old_articles_lead_to_new_ones(
    old: str, article: int, law: str, new: list[int], catalogue: LawCatalogue
) -> None:
    moves = [m for m in catalogue.moved(old, article) if m.checked]
    assert sorted(m.new for m in moves) == new
    assert {m.law for m in moves} == {PRC + law}


def test_moves_by_likeness_are_marked_as_unchecked(catalogue: LawCatalogue) -> None:
    moves = catalogue.moved(PRC + "环境保护法", 3)
    assert moves and not any(m.checked for m in moves)


@pytest.mark.parametrize(
    ("alias", "title"),
    [("招投标法", "招标投标法"), ("民诉法", "民事诉讼法"), ("固废法", "固体废物污染环境防治法"),
     ("中华人民共和国民法典", "民法典"), ("《民法典》", "民法典"), ("招投标条例", "招标投标法实施条例")],
)  # fmt: skip
def test_aliases_and_spellings_find_the_law(alias: str, title: str, catalogue: LawCatalogue) -> None:
    law = catalogue.find(alias)
    assert law is not None and law.title == PRC + title


def test_search_puts_the_exact_title_first(catalogue: LawCatalogue) -> None:
    assert catalogue.search("政府采购法")[0].title == PRC + "政府采购法"
    assert "政府采购需求管理办法" in [law.title for law in catalogue.search("采购 需求")]
    assert catalogue.search("国办发〔2018〕37号")[0].number == "国办发〔2018〕37号"
    assert catalogue.search("没有这样的文件名") == ()


def test_successors_and_moved_articles_exist(catalogue: LawCatalogue) -> None:
    for law in catalogue.laws:
        for successor in law.successors:
            assert catalogue.find(successor) is not None, (law.title, successor)
    counts = {law.title: law.articles for law in catalogue.laws}
    for old, moves in catalogue.moves.items():
        for move in moves:
            assert 0 < move.new <= (counts[move.law] or 10_000), (old, move)


def test_keys_ignore_marks_spaces_and_brackets() -> None:
    assert name_key("《中华人民共和国 合同法》") == name_key("合同法")
    full = "关于适用《中华人民共和国民法典》若干问题的解释(一)"
    assert name_key("关于适用〈民法典〉若干问题的解释（一）") == name_key(full)
    assert number_key("国办发[2018] 37号") == number_key("国办发（2018）第37号") == "国办发〔2018〕37号"


def row(**cells: str) -> str:
    return "\t".join(cells.get(column, "") for column in CATALOGUE_COLUMNS)


def folder(tmp_path: Path, *rows: str, moves: str = "", versions: str = "") -> Path:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "laws.tsv").write_text("\n".join(["\t".join(CATALOGUE_COLUMNS), *rows]), "utf-8")
    if moves:
        (tmp_path / "moves").mkdir()
        (tmp_path / "moves" / "checked.tsv").write_text("\t".join(MOVE_COLUMNS) + "\n" + moves, "utf-8")
    if versions:
        (tmp_path / "versions.tsv").write_text("\t".join(VERSION_COLUMNS) + "\n" + versions, "utf-8")
    return tmp_path


def test_a_hand_written_row_is_read_whole(tmp_path: Path) -> None:
    line = row(
        名称="某条例", 简称="甲、乙", 文号="某令第1号", 施行="2020-02-01", 条数="30",
        状态="废止", 废止日期="2021-01-01", 替代="新条例；另条例",
    )  # fmt: skip
    (law,) = load_catalogue(folder(tmp_path, "# 注", line)).laws
    assert (law.title, law.aliases, law.articles) == ("某条例", ("甲", "乙"), 30)
    assert (law.effective, law.repealed_on) == (dt.date(2020, 2, 1), dt.date(2021, 1, 1))
    assert law.successors == ("新条例", "另条例")


def test_a_law_of_tomorrow_is_not_yet_in_force(tmp_path: Path) -> None:
    (law,) = load_catalogue(folder(tmp_path, row(名称="某法", 施行="2030-01-01", 状态="有效"))).laws
    assert (law.status(ON), law.status(dt.date(2030, 1, 1))) == ("尚未施行", "现行有效")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (row(名称="某法", 状态="作废"), "状态“作废”不认识，可用：有效、废止"),
        (row(名称="某法", 状态="有效", 施行="2021-13-01"), "日期“2021-13-01”有误"),
        (row(名称="某法", 状态="有效", 条数="三十"), "“三十”应当是整数"),
        (row(名称="某法", 状态="有效", 废止日期="2021-01-01"), "状态应当是“废止”"),
        (row(状态="有效"), "缺少名称"),
        ("某法\t有效", "现在有2列"),
    ],
)
def test_a_wrong_row_is_named_with_file_row_and_problem(line: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(LexiconError) as error:
        load_catalogue(folder(tmp_path, line))
    assert "laws.tsv：第2行" in str(error.value) and problem in str(error.value)


def test_one_law_may_not_have_two_rows(tmp_path: Path) -> None:
    line = row(名称="某法", 状态="有效")
    with pytest.raises(LexiconError, match="第3行：《某法》在目录中重复"):
        load_catalogue(folder(tmp_path, line, line))


def test_a_move_must_speak_of_known_laws_and_evidence(tmp_path: Path) -> None:
    line = row(名称="某法", 状态="有效")
    with pytest.raises(LexiconError, match="《别法》不在法规目录中"):
        load_catalogue(folder(tmp_path, line, moves="某法(2017)\t1\t别法\t2\t核对\t"))
    (tmp_path / "moves" / "checked.tsv").write_text("\t".join(MOVE_COLUMNS) + "\n某法\t1\t某法\t2\t猜测\t", "utf-8")
    with pytest.raises(LexiconError, match="依据“猜测”不认识，可用：核对、相似"):
        load_catalogue(tmp_path)


def test_a_changed_heading_is_refused(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "catalogue" / "more.tsv").write_text("名称\t状态\n某法\t有效\n", "utf-8")
    with pytest.raises(LexiconError, match=r"more.tsv：第1行：表头应为"):
        load_catalogue(tmp_path)


def test_the_version_tells_one_content_from_another(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = load_catalogue(folder(tmp_path / "a", row(名称="某法", 状态="有效")))
    two = load_catalogue(folder(tmp_path / "b", row(名称="某法", 状态="废止")))
    assert one.version != two.version
