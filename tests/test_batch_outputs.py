"""What a batch writes, read back: the workbook, the reports, the tables, and the scan for a changed law."""

from __future__ import annotations

import datetime as dt
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

import docx
import pyarrow.parquet as pq
import pytest
from batch_folder import MEASURE, contract, mixed
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from reviewer.batch import summary_xlsx
from reviewer.batch.changed_law import scan
from reviewer.batch.figures import figures, reading
from reviewer.batch.records import BatchError, Settings
from reviewer.batch.run import run

ON = dt.date(2026, 11, 21)
TRICKY = "=1+1<b>&.txt"


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mixed folder, with a version of one contract and a file that would be a formula or markup."""
    root = tmp_path_factory.mktemp("送审")
    folder = mixed(root / "历年文件")
    contract(folder / "教体局" / "课后服务合同（修改）.docx", "课后托管", 6)
    first = '=HYPERLINK("http://x")<script>x</script>'
    (folder / TRICKY).write_text("\n".join((first, *MEASURE[1:], "\x01")), "utf-8")
    run(Settings(str(folder), str(root / "结果"), on=ON, workers=2))
    return root / "结果"


@pytest.fixture(scope="module")
def results(output: Path) -> Iterator[sqlite3.Connection]:
    with reading(output / "results.sqlite") as connection:
        yield connection


@pytest.fixture(scope="module")
def book(output: Path) -> dict[str, Worksheet]:
    loaded = load_workbook(io.BytesIO((output / "summary.xlsx").read_bytes()))
    return {sheet.title: sheet for sheet in loaded}


def table(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_summary_has_a_line_for_every_file(book: dict[str, Worksheet], results: sqlite3.Connection) -> None:
    lines = {row["文件"]: row for row in table(book["汇总"])}
    assert list(lines) == [place for (place,) in results.execute("SELECT place FROM files ORDER BY place")]
    assert len(lines) == 9
    measure = lines["养犬管理办法.txt"]
    assert (measure["条线"], measure["标题"]) == ("规范性文件", "某区养犬管理办法")
    counts = results.execute("SELECT illegal, risk, advice FROM documents WHERE place = '养犬管理办法.txt'").fetchone()
    assert (measure["违法"], measure["风险"], measure["建议"]) == tuple(counts)
    assert str(measure["最要紧的意见（前三条）"]).startswith("1. 【违法】")
    assert lines["空白.pdf"]["结论建议"] == "无法读取"
    assert "文件是空的" in str(lines["空白.pdf"]["未检查或未能审查的内容"])
    assert lines["水务局/运维合同.docx"]["与此文件相同"] == "教体局/运维合同（副本）.docx"


def test_counts_by_category_add_up_to_the_findings(book: dict[str, Worksheet], results: sqlite3.Connection) -> None:
    names = dict(results.execute("SELECT category_name, COUNT(*) FROM findings GROUP BY category_name").fetchall())
    assert names
    for name, count in names.items():
        assert book[name].max_row - 1 == count
    for row in table(book["汇总"]):
        if row["评分"] is not None:
            severities = sum(int(str(row[s])) for s in ("违法", "风险", "建议"))
            assert sum(int(str(row[n] or 0)) for n in names) == severities


def test_text_of_documents_never_becomes_a_formula(book: dict[str, Worksheet]) -> None:
    formulas = [c.value for sheet in book.values() for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    assert all(re.fullmatch(r'=HYPERLINK\("reports/[0-9a-f/]+\.html","打开"\)', str(f)) for f in formulas)
    assert TRICKY in [row["文件"] for row in table(book["汇总"])]


def test_links_lead_to_reports_that_are_there(output: Path, book: dict[str, Worksheet]) -> None:
    links = [str(row["报告"]) for row in table(book["汇总"]) if row["报告"]]
    assert len(links) == 7
    for link in links:
        assert (output / link.split('"')[1]).is_file()


def test_copies_and_versions_are_listed_together(book: dict[str, Worksheet]) -> None:
    rows = [(row["组"], row["关系"], row["文件"]) for row in table(book["重复与版本"])]
    assert ("同1", "内容完全相同", "教体局/运维合同（副本）.docx") in rows
    assert ("同1", "内容完全相同", "水务局/运维合同.docx") in rows
    versions = {place for group, _, place in rows if str(group).startswith("近")}
    assert {"教体局/课后服务合同.docx", "教体局/课后服务合同（修改）.docx"} <= versions


def test_failures_have_a_sheet_of_their_own(book: dict[str, Worksheet]) -> None:
    assert {row["文件"] for row in table(book["未能审查"])} == {"空白.pdf", "水务局/残缺.docx"}


def test_a_sheet_says_where_the_rest_is(monkeypatch: pytest.MonkeyPatch, results: sqlite3.Connection) -> None:
    monkeypatch.setattr(summary_xlsx, "MOST_ROWS", 3)
    loaded = load_workbook(io.BytesIO(summary_xlsx.content(results)))
    assert loaded["汇总"].max_row == 5
    assert "results.sqlite" in str(loaded["汇总"]["A5"].value)


def test_the_report_opens_offline_and_escapes_what_documents_say(output: Path) -> None:
    page = (output / "report.html").read_text("utf-8")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script" not in page
    assert "&lt;b&gt;&amp;" in page
    for target in re.findall(r'href="([^"#]+)"', page):
        assert (output / unquote(target)).is_file(), target
    assert page.count("<svg") > 6


def test_a_document_page_shows_its_findings(output: Path, results: sqlite3.Connection) -> None:
    sha, place = results.execute("SELECT sha256, place FROM documents WHERE copies = 2").fetchone()
    page = (output / f"reports/{sha[:2]}/{sha[:16]}.html").read_text("utf-8")
    assert place in page
    assert "水务局/运维合同.docx" in page  # the copy
    messages = [m for (m,) in results.execute("SELECT message FROM findings WHERE sha256 = ? ORDER BY n", (sha,))]
    assert messages
    assert [page.find(f"<h3>{m}") > 0 for m in messages] == [True] * len(messages)


def test_the_check_up_report_tells_what_was_checked_and_what_to_do_first(output: Path) -> None:
    paper = docx.Document(str(output / "体检报告.docx"))
    text = "\n".join(p.text for p in paper.paragraphs)
    assert "本次检查文件 9 个，其中内容重复的 1 个，未能审查的 2 个" in text
    assert "《中华人民共和国合同法》" in text
    assert "五、先做什么" in text
    cells = [cell.text for t in paper.tables for row in t.rows for cell in row.cells]
    assert {"水务局", "教体局", "补充材料.zip", "空白.pdf"} <= set(cells)


def test_the_table_of_findings_matches_the_database(output: Path, results: sqlite3.Connection) -> None:
    rows = pq.read_table(output / "findings.parquet").to_pylist()
    stored = results.execute(
        "SELECT d.place, x.rule, x.start, x.severity FROM findings x JOIN documents d USING (sha256) ORDER BY 1, x.n"
    ).fetchall()
    assert [(r["place"], r["rule"], r["start"], r["severity"]) for r in rows] == [tuple(s) for s in stored]


def test_figures_count_documents_once_and_files_in_their_units(results: sqlite3.Connection) -> None:
    found = figures(results)
    assert (found.files, found.documents, found.copies, found.failures) == (9, 6, 1, 2)
    assert sum(b.documents for b in found.bands) + found.unscored == 6
    units = {u.name: (u.files, u.failed) for u in found.units}
    assert units == {"（根目录）": (3, 1), "教体局": (3, 0), "水务局": (2, 1), "补充材料.zip": (1, 0)}
    assert ("中华人民共和国合同法", "已废止") in [(law.law, law.state) for law in found.repealed]


def test_a_changed_law_is_found_in_stored_results_without_the_files(tmp_path: Path) -> None:
    contract(tmp_path / "甲" / "合同.docx", "平台", 3)
    measure = tmp_path / "甲" / "办法.txt"
    measure.write_text("\n".join(MEASURE), "utf-8")
    run(Settings(str(tmp_path / "甲"), str(tmp_path / "结果"), on=ON, workers=1))
    measure.unlink()
    found = scan(str(tmp_path / "结果"), ("《行政处罚法》",), ON)
    cited = [a for a in found.affected if a.manner == "引用"]
    assert [(a.place, a.where, a.article) for a in cited] == [("办法.txt", "第一条", 14)]
    assert cited[0].law == "中华人民共和国行政处罚法"
    assert load_workbook(found.path).active.max_row == len(found.affected) + 1
    assert scan(str(tmp_path / "结果"), ("《没有这部法》",), ON).affected == ()
    assert "状态都没有变化" in scan(str(tmp_path / "结果"), (), ON).sentences[0]
    earlier = scan(str(tmp_path / "结果"), (), dt.date(2020, 6, 1))  # before the contract law was repealed
    assert earlier.sentences == ("《中华人民共和国合同法》：审查时已废止，现在现行有效",)
    assert {a.place for a in earlier.affected} == {"办法.txt"}


def test_a_scan_without_results_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BatchError, match="还没有批量审查的结果"):
        scan(str(tmp_path), ("《民法典》",), ON)


def test_nothing_that_comes_out_bears_the_clock(output: Path) -> None:
    today = dt.datetime.now().strftime("%Y-%m-%dT%H")
    with closing(sqlite3.connect(output / "results.sqlite")) as stored:
        dump = "\n".join(stored.iterdump())
    assert today not in dump
    import zipfile

    for name in ("summary.xlsx", "体检报告.docx"):
        with zipfile.ZipFile(output / name) as package:
            assert {entry.date_time[0] for entry in package.infolist()} == {1980}
            assert b"2026-11-21T00:00:00Z" in package.read("docProps/core.xml")
