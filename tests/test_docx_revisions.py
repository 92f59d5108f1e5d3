"""Tracked changes read either way, and the comments that a .docx had before the review."""

from __future__ import annotations

import copy
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import jsonschema
import pytest
from lxml import etree
from wordml import NAMESPACES, deleted, ins, level, numbering, p, r, tbl, write

from reviewer import exports, isolation
from reviewer.domain import DocxAnchor, EarlierComment, Span
from reviewer.pipeline import Engine
from reviewer.readers import read
from reviewer.readers.docx_revisions import invert
from reviewer.readers.docx_text import W

ROOT = Path(__file__).parents[1]
MARK_INSERTED = '<w:rPr><w:ins w:id="7" w:author="某"/></w:rPr>'
MARK_DELETED = '<w:rPr><w:del w:id="8" w:author="某"/></w:rPr>'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "合同.docx"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


def both(path: Path) -> tuple[str, str]:
    """The text after and before the tracked changes."""
    return read(path).text, read(path, original=True).text


def moved(kind: str, text: str) -> str:
    return f'<w:{kind} w:id="3" w:author="某">{r(text)}</w:{kind}>'


# ---------------------------------------------------------------- text before and after


def test_the_original_has_what_was_deleted_and_lacks_what_was_inserted(file: Path) -> None:
    write(file, p("付款期限为", deleted("三十"), ins("六十"), "日。"))
    assert both(file) == ("付款期限为六十日。", "付款期限为三十日。")
    document = read(file, original=True)
    assert (document.original, document.contents.insertions, document.contents.deletions) == (True, 1, 1)
    assert not read(file).original


def test_the_counts_are_those_of_the_file_whichever_text_is_read(file: Path) -> None:
    write(file, p("甲", ins("乙"), ins("丙"), deleted("丁")))
    for original in (False, True):
        contents = read(file, original=original).contents
        assert (contents.insertions, contents.deletions) == (2, 1)


def test_moved_text_stands_where_it_came_from_in_the_original(file: Path) -> None:
    write(file, p(moved("moveFrom", "甲方。"), "一。"), p("二。", moved("moveTo", "甲方。")))
    assert both(file) == ("一。\n二。甲方。", "甲方。一。\n二。")


def test_text_that_was_inserted_and_deleted_again_is_in_neither(file: Path) -> None:
    nested = f'<w:ins w:id="1" w:author="某">{deleted("乙")}</w:ins>'
    write(file, p("甲", nested, "丙"))
    assert both(file) == ("甲丙", "甲丙")


def test_a_paragraph_split_by_a_change_is_one_in_the_original(file: Path) -> None:
    document = write(file, p("甲方支付价款，", more=MARK_INSERTED), p("乙方交付货物。"), p("丙"))
    assert both(document) == ("甲方支付价款，\n乙方交付货物。\n丙", "甲方支付价款，乙方交付货物。\n丙")
    found = read(file, original=True)
    assert [b.span.of(found.text) for b in found.blocks] == ["甲方支付价款，", "乙方交付货物。", "丙"]
    assert [b.anchor.index for b in found.blocks if isinstance(b.anchor, DocxAnchor)] == [0, 1, 2]


def test_paragraphs_joined_by_a_change_are_one_when_it_is_accepted(file: Path) -> None:
    write(file, p("甲方", deleted("。"), more=MARK_DELETED), p("应当付款。"))
    assert both(file) == ("甲方应当付款。", "甲方。\n应当付款。")


def test_a_joined_paragraph_has_no_number_of_its_own(file: Path) -> None:
    write(
        file,
        p("甲方", num=(1, 0), more=MARK_DELETED),
        p("付款。", num=(1, 0)),
        p("乙方交货。", num=(1, 0)),
        numbering=numbering(level(0, "chineseCounting", "第%1条", '<w:suff w:val="space"/>')),
    )
    assert both(file) == ("第一条 甲方付款。\n第二条 乙方交货。", "第一条 甲方\n第二条 付款。\n第三条 乙方交货。")


def test_a_paragraph_that_was_wholly_inserted_is_not_in_the_original(file: Path) -> None:
    write(file, p("甲"), p(ins("新增条款"), more=MARK_INSERTED), p("乙"))
    assert both(file) == ("甲\n新增条款\n乙", "甲\n乙")


def test_rows_that_were_inserted_are_not_in_the_original_table(file: Path) -> None:
    table = tbl(("旧行",), ("新行",)).replace(
        "<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"1\"/></w:tcPr>" + p("新行"),
        '<w:tr><w:trPr><w:ins w:id="4" w:author="某"/></w:trPr><w:tc><w:tcPr/>' + p(ins("新行")),
    )
    write(file, table)
    assert both(file) == ("旧行\n新行", "旧行")


def test_a_change_of_numbering_is_undone_in_the_original(file: Path) -> None:
    before = '<w:pPrChange w:id="5" w:author="某"><w:pPr/></w:pPrChange>'
    write(
        file, p("甲方。", num=(1, 0), more=before),
        numbering=numbering(level(0, "chineseCounting", "第%1条", '<w:suff w:val="space"/>')),
    )  # fmt: skip
    assert both(file) == ("第一条 甲方。", "甲方。")


def test_inverting_twice_gives_the_same_tree() -> None:
    change = '<w:pPrChange w:id="5" w:author="某"><w:pPr><w:pStyle w:val="a"/></w:pPr></w:pPrChange>'
    body = p("甲", ins("乙"), deleted("丙"), moved("moveTo", "丁"), num=(1, 0), more=MARK_DELETED + change)
    root = etree.fromstring(f"<w:body {NAMESPACES}>{body}</w:body>")
    twice = copy.deepcopy(root)
    invert(twice)
    assert etree.tostring(twice) != etree.tostring(root)
    invert(twice)
    assert etree.tostring(twice) == etree.tostring(root)


def test_a_file_without_tracked_changes_reads_the_same_either_way(file: Path, tmp_path: Path) -> None:
    assert len(set(both(write(file, p("甲方付款。"))))) == 1
    plain = tmp_path / "甲.txt"
    plain.write_text("甲方付款。", encoding="utf-8")
    assert not read(plain, original=True).original


# ---------------------------------------------------------------- the receipt, the command and the annotated copy


def test_the_reading_process_and_the_receipt_tell_which_text_was_reviewed(file: Path, engine: Engine) -> None:
    write(file, p("付款期限为", deleted("三十"), ins("六十"), "日。"))
    with isolation.start() as reader:
        accepted, original = engine.review(reader.read(file)), engine.review(reader.read(file, original=True))
    assert accepted.draft.text == "付款期限为六十日。"
    assert original.draft.text == "付款期限为三十日。"
    told = "文件带有修订痕迹（插入1处、删除1处），按"
    assert f"{told}接受全部修订后的文字审查，被删除的内容未审查" in accepted.coverage.not_checked
    assert f"{told}修订前的文字审查，插入的内容未审查" in original.coverage.not_checked


def test_the_command_reviews_the_text_that_was_asked_for(file: Path) -> None:
    write(file, p("付款期限为", deleted("三十"), ins("六十"), "日。"))

    def checked(*more: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "reviewer", "check", str(file), "--format", "json", *more]
        done = subprocess.run(command, capture_output=True, check=False)
        document: dict[str, Any] = json.loads(done.stdout)["document"]
        return document

    assert checked("--revisions", "original")["revisions"] == "original"
    assert checked("--revisions", "original")["text"] == "付款期限为三十日。"
    assert "revisions" not in checked()


def test_an_annotated_copy_of_the_original_marks_the_deleted_words_and_keeps_the_changes(
    file: Path, engine: Engine
) -> None:
    made = docx.Document()
    made.add_paragraph("政府采购合同")
    body = made.element.body
    body.insert(1, etree.fromstring(p("第一条 本合同由", deleted("帐户"), ins("账户"), "支付。").replace(
        "<w:p>", f"<w:p {NAMESPACES}>", 1)))  # fmt: skip
    made.save(str(file))
    review = engine.review(read(file, original=True))
    on_words = [f for f in review.findings if "帐" in f.excerpt]
    assert on_words, "帐户 is not the standard wording"
    data = exports.export("annotated_docx", review, file, suggest=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    assert ["".join(e.itertext()) for e in root.iter(W + "del")] == ["帐户"]
    assert ["".join(e.itertext()) for e in root.iter(W + "ins")] == ["账户"]
    marks = [e for e in root.iter(W + "commentRangeStart") if e.getparent().tag == W + "del"]  # type: ignore[union-attr]
    assert marks
    assert read_text(data, file) == "政府采购合同\n第一条 本合同由账户支付。"


def read_text(data: bytes, beside: Path) -> str:
    copied = beside.with_name("批注稿.docx")
    copied.write_bytes(data)
    return read(copied).text


# ---------------------------------------------------------------- comments that the file had


def commented(path: Path) -> Path:
    made = docx.Document()
    made.add_paragraph("技术服务合同")
    paragraph = made.add_paragraph("第一条 ")
    words = paragraph.add_run("甲方可以随时解除合同")
    paragraph.add_run("。")
    comment = made.add_comment(words, text="请核实\n是否对等", author="张三", initials="张")
    comment._comment_elm.set(W + "date", "2026-11-19T08:30:00Z")
    made.save(str(path))
    return path


def test_an_earlier_comment_is_read_with_its_author_date_and_words(file: Path) -> None:
    document = read(commented(file))
    start = document.text.index("甲方可以")
    assert document.comments == (
        EarlierComment(Span(start, start + 10), "张三", "2026-11-19T08:30:00Z", "请核实\n是否对等"),
    )
    assert document.contents.comments == 1


def test_earlier_comments_come_through_the_reading_process(file: Path) -> None:
    commented(file)
    with isolation.start() as reader:
        assert reader.read(file).comments == read(file).comments != ()


def test_a_comment_on_nothing_has_an_empty_place_and_one_without_words_is_left_out(file: Path) -> None:
    reference = '<w:r><w:commentReference w:id="0"/></w:r><w:r><w:commentReference w:id="1"/></w:r>'
    said = f'<w:comment w:id="0" w:author="李四">{p("再议")}</w:comment><w:comment w:id="1">{p()}</w:comment>'
    relation = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Id="c" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"'
                ' Target="comments.xml"/></Relationships>')  # fmt: skip
    write(file, p("甲方付款。", reference))
    entries = {"word/comments.xml": f"<w:comments {NAMESPACES}>{said}</w:comments>",
               "word/_rels/document.xml.rels": relation}  # fmt: skip
    replaced = file.with_name("批注.docx")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(replaced, "w") as target:
        for name in source.namelist():
            if name not in entries:
                target.writestr(name, source.read(name))
        for name, text in entries.items():
            target.writestr(name, text)
    assert read(replaced).comments == (EarlierComment(Span(5, 5), "李四", "", "再议"),)


def test_every_report_lists_the_earlier_comments(file: Path, engine: Engine) -> None:
    review = engine.review(read(commented(file)))
    output = json.loads(exports.export("json", review))
    schema = json.loads((ROOT / "reviewer/exports/review.schema.json").read_text("utf-8"))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(output)) == []
    (earlier,) = output["document"]["earlier_comments"]
    assert review.draft.text[earlier["start"] : earlier["end"]] == "甲方可以随时解除合同"
    assert (earlier["author"], earlier["text"]) == ("张三", "请核实\n是否对等")
    for name in ("text", "html"):
        report = exports.export(name, review).decode()
        assert "文件中原有批注" in report
        assert "张三 2026-11-19 第一条" in report
        assert "批注于“甲方可以随时解除合同”" in "".join(report.split("\n"))


def test_a_file_without_comments_says_nothing_of_them(file: Path, engine: Engine) -> None:
    review = engine.review(read(write(file, p("甲方付款。"))))
    assert "earlier_comments" not in json.loads(exports.export("json", review))["document"]
    assert "文件中原有批注（" not in exports.export("text", review).decode()
