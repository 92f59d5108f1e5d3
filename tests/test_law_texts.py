"""Law texts that an office imported: taken in, shown, searched, and drafts checked against them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from reviewer.cli import main
from reviewer.domain import Finding
from reviewer.errors import ReviewerError, UsageError
from reviewer.handbook import example_document
from reviewer.law_import import law_text
from reviewer.law_texts import LawText, LawTexts, save
from reviewer.pipeline import Engine

ON = dt.date(2026, 11, 21)
TITLE = "某某市门前三包管理条例"
LAW = f"""{TITLE}
（2025年3月1日某某市人民代表大会常务委员会通过）

第一章　总则
第一条　为了加强门前三包管理，维护市容环境，制定本条例。
第二条　市容主管部门负责门前三包的监督管理。
市容主管部门应当每季度公布检查结果。

第二章　责任
第三条　责任人应当保持责任区整洁，及时清扫积雪。
责任人不得占用人行道堆放物品；确需临时占用的，应当向市容主管部门报告。
第四条　本条例自2025年6月1日起施行。
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Path:
    laws = tmp_path_factory.mktemp("data") / "laws"
    save(laws, law_text(engine, example_document(LAW), on=ON).text)
    return laws


@pytest.fixture(scope="module")
def informed(engine: Engine, folder: Path) -> Engine:
    return replace(engine, law_texts=LawTexts(folder))


def findings(engine: Engine, sentence: str, rule: str = "quotation-differs") -> list[Finding]:
    document = example_document(f"某某区门前三包实施办法\n\n第一条 {sentence}\n第二条 本办法自2026年1月1日起施行。\n")
    return [f for f in engine.review(document, on=ON).findings if f.rule == f"common/legal_basis/{rule}"]


def test_a_text_is_taken_apart_into_its_articles_without_the_headings_of_chapters(folder: Path) -> None:
    articles = LawTexts(folder)[TITLE]
    assert list(articles) == [1, 2, 3, 4]
    assert articles[2] == "第二条　市容主管部门负责门前三包的监督管理。\n市容主管部门应当每季度公布检查结果。"


def test_a_law_is_found_however_its_title_is_spelt(folder: Path) -> None:
    texts = LawTexts(folder)
    assert f"《{TITLE}》" in texts and "某某市 门前三包 管理条例" in texts
    assert "某某市门前五包管理条例" not in texts


def test_importing_again_replaces_the_text(tmp_path: Path) -> None:
    law = LawText("某某规定", {1: "第一条　甲。"}, "第一条　甲。", "旧.txt", "a" * 64, ON)
    assert not save(tmp_path, law)
    assert save(tmp_path, LawText("某某规定", {1: "第一条　乙。"}, "第一条　乙。", "新.txt", "b" * 64, ON))
    assert LawTexts(tmp_path)["某某规定"] == {1: "第一条　乙。"}
    assert len(LawTexts(tmp_path)) == 1


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    texts = LawTexts(tmp_path / "none")
    assert (len(texts), list(texts), texts.version, TITLE in texts) == (0, [], "", False)


def test_a_broken_text_is_told_with_its_file(tmp_path: Path) -> None:
    save(tmp_path, LawText("某某规定", {1: "第一条　甲。"}, "", "旧.txt", "a" * 64, ON))
    next(tmp_path.iterdir()).write_text("{", encoding="utf-8")
    with pytest.raises(ReviewerError, match="重新导入"):
        LawTexts(tmp_path)["某某规定"]


def test_the_version_of_the_laws_follows_the_imported_texts(tmp_path: Path, folder: Path) -> None:
    assert Engine.load(law_texts=folder).laws_version != Engine.load(law_texts=tmp_path).laws_version


def test_missing_and_repeated_articles_are_told(engine: Engine) -> None:
    text = LAW.replace("第二条　市容", "第五条　市容").replace("第四条　本条例", "第三条　本条例")
    warnings = "".join(law_text(engine, example_document(text), on=ON).warnings)
    assert "缺少第二条、第四条共2条" in warnings
    assert "第三条重复出现" in warnings


def test_a_file_without_articles_is_refused(engine: Engine) -> None:
    with pytest.raises(UsageError, match="第×条"):
        law_text(engine, example_document("关于召开会议的通知\n\n请准时参加。"), on=ON)


def test_a_known_law_is_kept_under_its_full_title_and_its_count_is_compared(engine: Engine) -> None:
    made = law_text(engine, example_document(LAW), on=ON, title="《行政处罚法》")
    assert made.text.title == "中华人民共和国行政处罚法"
    assert any("共86条" in w and "到第四条" in w for w in made.warnings)


def test_words_that_differ_from_the_article_are_reported_with_both(informed: Engine) -> None:
    quoted = "责任人可以占用人行道堆放物品；确需临时占用的，应当向市容主管部门报告。"
    (found,) = findings(informed, f"《{TITLE}》第三条第二款规定：“{quoted}”")
    assert found.excerpt == quoted
    assert found.severity == "risk"
    assert "责任人不得占用人行道堆放物品" in found.message
    assert "占用" in found.because and "可以" in found.because and "不得" in found.because


def test_words_of_another_article_are_told_with_the_right_number(informed: Engine) -> None:
    (found,) = findings(informed, f"《{TITLE}》第二条规定“责任人应当保持责任区整洁，及时清扫积雪”。")
    assert "第三条" in found.message and "第三条" in found.suggestion


@pytest.mark.parametrize(
    "sentence",
    [
        f"《{TITLE}》第三条规定：“责任人应当保持责任区整洁，及时清扫积雪。”",
        f"《{TITLE}》第三条规定，“责任人应当保持责任区整洁……确需临时占用的，应当向市容主管部门报告”。",
        f"《{TITLE}》第三条规定：“第三条 责任人应当保持责任区整洁,及时 清扫积雪。”",
        f"《{TITLE}》第三条规定的“临时占用”由街道办事处报告。",
        f"按照《{TITLE}》第三条，各街道开展“门前三包守护美丽家园行动宣传周”活动。",
        f"《{TITLE}》第三条规定，责任人可以占用人行道堆放物品。",
        "《某某市未导入的管理条例》第三条规定：“责任人可以占用人行道堆放物品，不必报告。”",
    ],
)
def test_a_true_an_abridged_and_an_unquoted_wording_stay_silent(informed: Engine, sentence: str) -> None:
    assert findings(informed, sentence) == []


def test_an_article_that_the_imported_text_does_not_have_is_reported(informed: Engine, engine: Engine) -> None:
    sentence = f"占用人行道的，依照《{TITLE}》第九条处理。"
    (found,) = findings(informed, sentence, "article-out-of-range")
    assert "共4条" in found.because
    assert findings(engine, sentence, "article-out-of-range") == []


def test_the_imported_text_wins_over_the_count_of_the_catalogue(engine: Engine, tmp_path: Path) -> None:
    text = "\n".join(f"第{n}条　内容{n}。" for n in range(1, 101))
    law = "中华人民共和国行政处罚法"
    articles = {n: f"第{n}条　内容{n}。" for n in range(1, 101)}
    save(tmp_path, LawText(law, articles, text, "处罚法.txt", "c" * 64, ON))
    sentence = "依照《行政处罚法》第九十条，制定本办法。"
    assert findings(engine, sentence, "article-out-of-range")
    assert not findings(replace(engine, law_texts=LawTexts(tmp_path)), sentence, "article-out-of-range")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.output


def test_the_commands_import_show_and_search(tmp_path: Path) -> None:
    file, data = tmp_path / "条例.txt", str(tmp_path / "data")
    file.write_text(LAW, encoding="utf-8")
    code, said = run("laws", "import", str(file), "--data", data)
    assert code == 0 and f"已导入《{TITLE}》，共4条" in said
    code, said = run("laws", "show", f"《{TITLE}》", "--article", "3", "--data", data)
    assert code == 0 and "及时清扫积雪" in said and "第二章" not in said
    code, said = run("laws", "search", "人行道", "--data", data)
    assert code == 0 and f"《{TITLE}》第3条" in said
    code, said = run("laws", "show", TITLE, "--article", "30", "--data", data)
    assert code == 2 and "1 至 4" in said


def test_one_bad_file_does_not_keep_the_others_out(tmp_path: Path) -> None:
    good, bad, data = tmp_path / "条例.txt", tmp_path / "通知.txt", str(tmp_path / "data")
    good.write_text(LAW, encoding="utf-8")
    bad.write_text("关于召开会议的通知\n\n请准时参加。", encoding="utf-8")
    code, said = run("laws", "import", str(bad), str(good), "--data", data)
    assert code == 2 and "已导入" in said and "第×条" in said


def test_an_article_of_a_law_without_text_says_what_to_do(tmp_path: Path) -> None:
    code, said = run("laws", "show", "行政处罚法", "--article", "16", "--data", str(tmp_path))
    assert code == 2 and "reviewer laws import" in said
