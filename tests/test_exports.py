"""Every export over the same hand-made reviews: contents, escaping, options and the report in a browser."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from reviewer import exports
from reviewer.columns import columns
from reviewer.domain import (
    Aspect,
    Block,
    BlockKind,
    Contents,
    Coverage,
    Document,
    Draft,
    Finding,
    Level,
    Line,
    Outcome,
    PageAnchor,
    Parts,
    Provision,
    Review,
    RuleOutcome,
    Score,
    ScoreLine,
    Severity,
    Span,
    TableCell,
    Versions,
    fingerprint,
)
from reviewer.errors import UsageError
from reviewer.exports.json import unread as unread_report
from reviewer.exports.text import wrap

ROOT = Path(__file__).parents[1]
HOSTILE = '<script>alert("坏")</script>&amp;'
PARAGRAPHS = (
    "设备采购合同",
    "第一条 价款",
    "合同总价为人民币伍拾贰万元整（￥502,000.00元），由甲方支付。",
    "第二条 责任",
    f"甲方可以对乙方处以罚款，{HOSTILE}最终解释权归甲方。",
    "",
    "签订日期：  年  月  日",
)
TEXT = "\n".join(PARAGRAPHS)


def blocks() -> Iterator[Block]:
    start = 0
    for paragraph in PARAGRAPHS:
        yield Block(Span(start, start + len(paragraph)))
        start += len(paragraph) + 1


def at(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start, start + len(words))


def finding(words: str, severity: Severity = Severity.RISK, **more: Any) -> Finding:
    span = more.pop("span", None)
    values: dict[str, Any] = {
        "rule": "contract/liability/final-word",
        "category": "unfair_term",
        "aspect": Aspect.CONTENT.value,
        "severity": severity,
        "span": at(words) if span is None else span,
        "where": "第二条",
        "excerpt": words,
        "title": f"问题：{words[:6]}",
        "message": "单方保留解释权",
        "suggestion": "删除该句",
        "edit": None,
        "basis": ("《民法典》第四百九十七条",),
        "unverified_basis": False,
        "confidence": 0.9,
        "because": "出现“最终解释权”",
        "clause": None,
        "fingerprint": fingerprint("r", "", words),
        "category_name": "不公平条款",
    }
    return Finding(**(values | more))


FINDINGS = (
    finding(
        "伍拾贰万元整（￥502,000.00元）", Severity.ILLEGAL, category="amount", aspect="文字", category_name="金额数字"
    ),
    finding("处以罚款", Severity.ILLEGAL, edit="请求支付违约金", also_at=(at("签订日期"), at("价款"))),
    finding(HOSTILE, message=HOSTILE, suggestion=HOSTILE, because=HOSTILE, basis=(HOSTILE,), title=HOSTILE),
    finding("最终解释权归甲方", Severity.ADVICE, confidence=0.5, unverified_basis=True),
    finding("解释权", Severity.RISK, edit=""),
    finding("", span=Span(len(TEXT), len(TEXT)), clause="dispute", title="缺少争议解决条款", excerpt=""),
)


def review(**more: Any) -> Review:
    document = Document("合同 <1>.docx", "a" * 64, "docx", TEXT, tuple(blocks()), Contents(pages=2, images=1))
    articles = tuple(
        Provision(Level.ARTICLE, n, label, heading, Span(TEXT.index(label), end), label)
        for n, label, heading, end in ((1, "第一条", "价款", TEXT.index("第二条")), (2, "第二条", "责任", len(TEXT)))
    )
    draft = Draft(
        document, Line.CONTRACT, "买卖合同", title="设备采购合同", parts=Parts(title=Span(0, 6)), provisions=articles
    )
    values: dict[str, Any] = {
        "draft": draft,
        "reviewed_on": date(2026, 11, 21),
        "findings": FINDINGS,
        "outcomes": (
            RuleOutcome("contract/liability/final-word", Outcome.FOUND),
            RuleOutcome("contract/payment/late", Outcome.CLEAR),
            RuleOutcome("contract/property/lease", Outcome.NOT_APPLICABLE, "没有租赁条款"),
            RuleOutcome("contract/property/term", Outcome.FAILED, "期限无法换算"),
        ),
        "coverage": Coverage(
            len(TEXT), document.contents, 3, 2, ("某办法",), {o.value: 1 for o in Outcome}, ("1幅图片未审查",), False
        ),
        "score": Score(
            71, "建议修改后通过", (ScoreLine("违法：大小写金额不一致", 8.0), ScoreLine("风险：解释权", 3.5))
        ),
        "versions": Versions("0.1.0", "词库1", "法律1", "模型1", "分词1"),
        "warnings": ("文档有1处隐藏文字",),
    }
    return Review(**(values | more))


def empty_review() -> Review:
    document = Document("空.txt", "b" * 64, "text", "", ())
    coverage = Coverage(0, Contents(), 0, 0, (), {o.value: 0 for o in Outcome}, ("没有读到文字",), False)
    return review(
        draft=Draft(document, Line.NORMATIVE, "通知"), findings=(), outcomes=(), coverage=coverage, warnings=(),
        score=Score(None, "未能评分", (ScoreLine("文件中只读到0个字", 0.0),)),
    )  # fmt: skip


# ---------------------------------------------------------------- the folder


@pytest.mark.parametrize("name", exports.names())
def test_every_module_of_the_folder_keeps_the_contract(name: str) -> None:
    module = importlib.import_module(f"reviewer.exports.{name}")
    assert re.search("[一-鿿]", module.TITLE)
    assert re.fullmatch(r"\.[a-z]+", exports.suffix(name))
    assert exports.titles()[name] == module.TITLE


def test_the_files_of_the_folder_are_the_exports() -> None:
    files = {p.stem for p in (ROOT / "reviewer/exports").glob("*.py") if not p.name.startswith("_")}
    assert set(exports.names()) == files >= {"text", "json", "sarif", "html", "annotated_docx"}


def test_an_unknown_name_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(UsageError, match=r"没有名为“pdf”的导出格式，可用：.*annotated_docx.*html"):
        exports.export("pdf", review())


def test_an_unknown_option_is_refused_with_the_options_that_exist() -> None:
    with pytest.raises(UsageError, match="text 不认识选项 color，可用：colour、width"):
        exports.export("text", review(), color=True)
    with pytest.raises(UsageError, match="html 不认识选项 colour，它没有选项"):
        exports.export("html", review(), colour=True)


@pytest.mark.parametrize("name", ["text", "json", "sarif", "html"])
@pytest.mark.parametrize("made", [review(), empty_review()], ids=["full", "empty"])
def test_the_same_review_gives_the_same_utf8_bytes(name: str, made: Review) -> None:
    first = exports.export(name, made)
    assert first.decode("utf-8").strip()
    assert exports.export(name, made) == first


# ---------------------------------------------------------------- categories


def test_the_categories_are_the_27_of_the_four_aspects() -> None:
    categories = yaml.safe_load((ROOT / "lexicons/categories.yaml").read_text("utf-8"))
    assert len(categories) == 27
    assert len({c["name"] for c in categories.values()}) == 27
    assert {c["aspect"].upper() for c in categories.values()} == set(Aspect.__members__)


# ---------------------------------------------------------------- json


def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "reviewer/exports/review.schema.json").read_text("utf-8"))
    return loaded


@pytest.mark.parametrize("made", [review(), empty_review()], ids=["full", "empty"])
def test_the_json_output_satisfies_the_shipped_schema(made: Review) -> None:
    checker = jsonschema.Draft202012Validator(schema())
    checker.check_schema(schema())
    assert [e.message for e in checker.iter_errors(json.loads(exports.export("json", made)))] == []


def test_the_schema_refuses_what_the_contract_does_not_allow() -> None:
    output = json.loads(exports.export("json", review()))
    output["findings"][0]["severity"] = "error"
    output["findings"][1]["fingerprint"] = "x"
    del output["coverage"]["complete"]
    assert len(list(jsonschema.Draft202012Validator(schema()).iter_errors(output))) == 3


def test_the_schema_also_allows_a_file_that_was_not_read_and_only_with_its_reason() -> None:
    checker = jsonschema.Draft202012Validator(schema())
    unread = json.loads(unread_report("坏.docx", "坏.docx：不是有效的压缩包，请重新导出"))
    assert list(checker.iter_errors(unread)) == []
    assert list(checker.iter_errors({**unread, "error": ""}))


def test_the_schema_names_the_categories_of_the_lexicon() -> None:
    categories = yaml.safe_load((ROOT / "lexicons/categories.yaml").read_text("utf-8"))
    assert schema()["$defs"]["finding"]["properties"]["category"]["enum"] == list(categories)


def test_json_offsets_cut_the_excerpt_out_of_the_text() -> None:
    output = json.loads(exports.export("json", review()))
    assert output["schema"] == 1
    for item, made in zip(output["findings"], FINDINGS, strict=True):
        assert output["document"]["text"][item["start"] : item["end"]] == made.excerpt
        assert item["id"] == made.fingerprint
    further = [output["document"]["text"][s["start"] : s["end"]] for s in output["findings"][1]["also_at"]]
    assert further == ["签订日期", "价款"]


def test_json_tells_score_outcomes_and_what_was_not_checked() -> None:
    output = json.loads(exports.export("json", review()))
    assert output["score"]["value"] == 71
    assert output["outcomes"]["contract/property/term"] == {"outcome": "failed", "reason": "期限无法换算"}
    assert output["coverage"]["complete"] is False
    assert output["coverage"]["not_checked"] == ["1幅图片未审查"]
    assert output["coverage"]["contents"]["images"] == 1
    assert output["versions"]["reviewed_on"] == "2026-11-21"


# ---------------------------------------------------------------- sarif


def sarif() -> dict[str, Any]:
    log = json.loads(exports.export("sarif", review()))
    assert log["version"] == "2.1.0"
    run: dict[str, Any] = log["runs"][0]
    return run


def test_sarif_regions_agree_in_offsets_and_in_lines() -> None:
    run = sarif()
    text = run["artifacts"][0]["contents"]["text"]
    assert run["columnKind"] == "unicodeCodePoints"
    for result, made in zip(run["results"], FINDINGS, strict=True):
        region = result["locations"][0]["physicalLocation"]["region"]
        start = region["charOffset"]
        assert text[start : start + region["charLength"]] == made.excerpt == region["snippet"]["text"]
        assert text.split("\n")[region["startLine"] - 1][region["startColumn"] - 1 :].startswith(made.excerpt)


def test_sarif_levels_rules_and_fixes_follow_the_findings() -> None:
    run = sarif()
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [r["level"] for r in run["results"]] == ["error", "error", "warning", "note", "warning", "warning"]
    assert all(rules[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    replacement = run["results"][1]["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement["insertedContent"]["text"] == "请求支付违约金"
    assert len(run["results"][1]["relatedLocations"]) == 2
    assert "fixes" not in run["results"][0]


def test_sarif_reports_a_failed_rule_as_an_unsuccessful_run() -> None:
    (invocation,) = sarif()["invocations"]
    assert invocation["executionSuccessful"] is False
    texts = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert texts == ["规则 contract/property/term 未能检查：期限无法换算", "1幅图片未审查", "文档有1处隐藏文字"]


def test_sarif_file_names_are_valid_references() -> None:
    assert sarif()["artifacts"][0]["location"]["uri"] == "%E5%90%88%E5%90%8C%20%3C1%3E.docx"


# ---------------------------------------------------------------- text


def test_the_text_says_for_every_finding_what_where_why_and_what_instead() -> None:
    text = exports.export("text", review(), width=100).decode()
    for words in ("评分 71", "违法 2    风险 3    建议 1", "问题：处以罚款", "改为：请求支付违约金", "改为：（删除）"):
        assert words in text
    for words in ("另见：签订日期", "依据：《民法典》第四百九十七条（依据待核）", "有内容未能检查", "1幅图片未审查"):
        assert words.replace("签订日期", "第二条、第一条") in text


def test_colours_come_only_if_asked() -> None:
    plain = exports.export("text", review()).decode()
    coloured = exports.export("text", review(), colour=True).decode()
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain != coloured


@pytest.mark.parametrize("width", [30, 48, 79, 120])
def test_no_line_of_the_text_is_wider_than_asked(width: int) -> None:
    lines = exports.export("text", review(), width=width).decode().splitlines()
    assert max(columns(line) for line in lines) <= width


def test_an_unscored_text_says_why_and_does_not_claim_that_nothing_is_wrong() -> None:
    text = exports.export("text", empty_review()).decode()
    assert "未能评分" in text
    assert "文件中只读到0个字" in text
    assert "没有读到文字" in text
    assert "未发现问题" not in text


def test_chinese_counts_two_columns_and_wraps_without_a_closing_mark_in_front() -> None:
    assert columns("合同abc") == 7
    assert wrap("甲方应当付款，乙方应当交货。", 12) == ["甲方应当付", "款，乙方应当", "交货。"]
    assert wrap("见《民法典》", 4) == ["见", "《民", "法", "典》"]
    assert wrap("共 1,234,567.89 元", 10) == ["共", "1,234,567.", "89 元"]
    assert wrap("", 10) == [""]


# ---------------------------------------------------------------- html


class Page(HTMLParser):
    """Collects the visible words of the text column, the cards and every attribute that could load something."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.sheet = ""
        self.depth = 0
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag == "div" and (self.depth or values.get("class") == "sheet"):
            self.depth += 1
        if tag == "p" and self.depth:
            self.sheet += "\n"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "div" and self.depth > 0

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.sheet += data

    def ids(self) -> list[str]:
        return [str(values["id"]) for _, values in self.tags if "id" in values]


def html(made: Review | None = None) -> str:
    return exports.export("html", made or review()).decode()


def test_the_report_shows_the_whole_text_with_nothing_added_or_lost() -> None:
    shown = [line for line in Page(html()).sheet.split("\n") if line.strip()]
    assert shown == [p for p in PARAGRAPHS if p]


def test_whatever_comes_from_the_document_is_escaped() -> None:
    page = html(review(warnings=(HOSTILE,), outcomes=(RuleOutcome("r", Outcome.FAILED, HOSTILE),)))
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert" in page


def test_the_report_needs_nothing_from_outside() -> None:
    page = html()
    attributes = {key for _, values in Page(page).tags for key in values}
    assert attributes & {"src", "srcset", "action", "background", "data", "poster"} == set()
    assert {t for t, _ in Page(page).tags} & {"link", "img", "iframe", "form", "object"} == set()
    assert "url(" not in page and "@import" not in page
    assert "default-src 'none'" in page


def test_every_finding_has_a_card_and_every_place_an_anchor_once() -> None:
    page = Page(html())
    ids = page.ids()
    assert len(ids) == len(set(ids))
    assert {f"f{n}" for n in range(1, 7)} | {f"m{n}" for n in range(1, 7)} | {"m2-1", "m2-2"} <= set(ids)
    links = {str(values["href"])[1:] for tag, values in page.tags if tag == "a"}
    assert links <= set(ids)


def test_marks_of_overlapping_findings_carry_all_of_them_and_the_gravest_colour() -> None:
    marks = [values for tag, values in Page(html()).tags if tag == "a" and "mark" in str(values.get("class"))]
    shared = [m for m in marks if m.get("data-f") == "4 5"]
    assert [m["class"] for m in shared] == ["mark risk"]
    assert [m["class"] for m in marks if m.get("data-f") == "4"] == ["mark advice", "mark advice"]
    assert [m["class"] for m in marks if m.get("data-f") == "6"] == ["mark risk point"]


def test_a_finding_across_paragraphs_is_marked_in_each_of_them() -> None:
    span = Span(TEXT.index("支付。"), TEXT.index("第二条") + 3)
    page = html(review(findings=(finding("支付。", span=span),)))
    marked = re.findall(r'<a class="mark[^>]*>([^<]*)</a>', page)
    assert marked == ["支付。", "第二条"]
    assert page.count("data-no=") == 1


def test_tables_pages_and_margins_are_shown_as_what_they_are() -> None:
    words = ["名称", "数量", "打印机", "合同编号", "第二页"]
    placed, start = [], 0
    for i, word in enumerate(words):
        cell = TableCell(0, i // 2, i % 2) if i < 3 else None
        kind = (BlockKind.TABLE_CELL, BlockKind.HEADER, BlockKind.PARAGRAPH)[max(0, i - 2)]
        placed.append(Block(Span(start, start + len(word)), kind, PageAnchor(2) if i == 4 else None, cell))
        start += len(word) + 1
    document = Document("表.pdf", "c" * 64, "pdf", "\n".join(words), tuple(placed))
    page = html(review(draft=Draft(document, Line.CONTRACT, "买卖合同"), findings=()))
    assert re.findall(r"<td[^>]*>\s*<p[^>]*>([^<]*)</p>", page) == ["名称", "数量", "打印机"]
    assert page.count("<tr>") >= 2
    assert '<span class="place">页眉</span>合同编号' in page
    assert "第 2 页" in page


def test_an_unread_document_is_not_shown_as_clean() -> None:
    page = html(empty_review())
    assert "未能评分" in page
    assert "有内容未能检查" in page
    assert "没有意见不等于没有问题" in page
    assert "未发现问题" not in page


def test_control_characters_do_not_reach_the_page() -> None:
    document = dataclasses.replace(review().draft.document, text=TEXT.replace("由", "\x0b"))
    page = html(review(draft=dataclasses.replace(review().draft, document=document)))
    assert "\x0b" not in page
    assert "，\ufffd甲方支付" in page


# ---------------------------------------------------------------- the report in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    path = tmp_path / "报告.html"
    path.write_text(html(), encoding="utf-8")
    opened = browser.new_page(viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(5000)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda message: problems.append(message.text))
    opened.on("request", lambda request: problems.extend([request.url] * (not request.url.startswith("file:"))))
    opened.goto(path.as_uri())
    yield opened
    opened.close()
    assert problems == []


def current(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all("[aria-current=true]", "nodes => nodes.map(n => n.id)")
    return found


def test_clicking_goes_from_text_to_finding_and_back(page: Any) -> None:
    page.click("a.mark:has-text('处以罚款')")
    assert current(page) == ["f2"]
    page.click("#f4 h3")
    assert current(page) == ["f4"]
    marked = page.eval_on_selector_all(".mark.on", "nodes => nodes.map(n => n.textContent).join('')")
    assert marked == "最终解释权归甲方"
    page.wait_for_function("document.getElementById('m4').getBoundingClientRect().top < innerHeight")


def test_clicking_a_shared_place_again_shows_the_next_finding(page: Any) -> None:
    seen = []
    for _ in range(3):
        page.click("a.mark[data-f='4 5']")
        seen += current(page)
    assert seen == ["f4", "f5", "f4"]


def test_keys_step_through_the_findings_and_around(page: Any) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert (current(page), page.inner_text("#counter")) == (["f2"], "2 / 6")
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert current(page) == ["f6"]


def test_filters_hide_findings_and_their_marks(page: Any) -> None:
    page.click(".chip.illegal")
    page.click(".chip.risk")
    assert page.locator(".finding:visible").evaluate_all("nodes => nodes.map(n => n.id)") == ["f4"]
    assert page.inner_text("#counter") == "1 条"
    assert page.locator("a.mark[data-f='4 5']").get_attribute("class") == "mark advice"
    assert "off" in str(page.locator("a.mark[data-f='1']").get_attribute("class"))
    page.click(".chip.illegal")
    page.select_option("#category", "amount")
    assert page.locator(".finding:visible").evaluate_all("nodes => nodes.map(n => n.id)") == ["f1"]


def test_findings_stand_as_numbered_or_by_their_place_in_the_text(page: Any) -> None:
    shown = "nodes => nodes.map(n => n.id)"
    assert page.locator(".finding").evaluate_all(shown) == ["f1", "f2", "f3", "f4", "f5", "f6"]
    page.select_option("#order", "place")
    places = {f"f{n}": f.span.start for n, f in enumerate(FINDINGS, 1)}
    assert page.locator(".finding").evaluate_all(shown) == sorted(places, key=lambda n: (places[n], n))


def with_a_minor_one() -> Review:
    return review(findings=(*FINDINGS[:3], dataclasses.replace(FINDINGS[3], minor=True)))


def test_minor_findings_are_folded_away_until_asked_for_and_always_printed(page: Any, tmp_path: Path) -> None:
    report = tmp_path / "minor.html"
    report.write_bytes(exports.export("html", with_a_minor_one()))
    page.goto(report.as_uri())
    shown = "nodes => nodes.map(n => n.id)"
    assert page.locator(".finding:visible").evaluate_all(shown) == ["f1", "f2", "f3"]
    assert page.inner_text("#more") == "另有 1 条次要提示，显示"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.is_visible("#f4")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.is_visible("#f4")
    page.click("#more button")
    assert (page.is_visible("#f4"), page.is_visible("#minor-heading"), page.is_visible("#more")) == (True, True, False)


def test_minor_findings_stand_apart_in_the_data_and_under_a_heading_in_the_text() -> None:
    made = with_a_minor_one()
    told = json.loads(exports.export("json", made))
    assert ([f["id"] for f in told["findings"]], [f["id"] for f in told["minor"]]) == (
        [f.id for f in FINDINGS[:3]],
        [FINDINGS[3].id],
    )
    text = exports.export("text", made, width=200).decode()
    assert text.index("次要提示（1条）") < text.index(FINDINGS[3].title)
    assert "次要提示" not in exports.export("text", review()).decode()


def test_on_a_telephone_one_pane_shows_at_a_time_and_nothing_overflows(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert (page.is_visible("#findings"), page.is_visible("#text")) == (True, False)
    page.click("#f2 .where")
    assert (page.is_visible("#findings"), page.is_visible("#text")) == (False, True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click(".mark.on >> nth=0")
    assert page.is_visible("#f2")
