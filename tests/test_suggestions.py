"""Tracked suggestions: the words of a finding deleted and its rewording inserted, for a person to accept or reject."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from wordml import ins, p, r, write

from reviewer import exports, readers
from reviewer.domain import Review, Span
from reviewer.pipeline import Engine

TEXT = "本合同依据《中华人民共和国合同法》订立。"
OLD, NEW = "《中华人民共和国合同法》", "《中华人民共和国民法典》"


def reviewed(engine: Engine, path: Path, *edits: tuple[str, str]) -> Review:
    """A review whose findings are exactly these rewordings."""
    review = engine.review(readers.read(path), on=date(2026, 11, 21))
    text = review.draft.document.text
    finding = review.findings[0]
    found = [
        replace(finding, span=Span(text.index(old), text.index(old) + len(old)), excerpt=old, edit=new, clause=None,
                also_at=(), fingerprint=f"{i:016}") for i, (old, new) in enumerate(edits)
    ]  # fmt: skip
    return replace(review, findings=tuple(found))


def suggested(review: Review, path: Path, folder: Path) -> tuple[Path, str]:
    copy = folder / "批注稿.docx"
    copy.write_bytes(exports.export("annotated_docx", review, path, suggest=True))
    with zipfile.ZipFile(io.BytesIO(copy.read_bytes())) as archive:
        return copy, archive.read("word/document.xml").decode()


@pytest.mark.parametrize(
    "runs", [(TEXT,), ("本合同依据《中华人民", "共和国合同", "法》订立。"), ("本合同依据", r(OLD, "<w:b/>"), "订立。")]
)
def test_accepting_the_suggestion_gives_the_rewording(engine: Engine, tmp_path: Path, runs: tuple[str, ...]) -> None:
    path = write(tmp_path / "合同.docx", p("采购合同"), p(*runs))
    copy, body = suggested(reviewed(engine, path, (OLD, NEW)), path, tmp_path)
    document = readers.read(copy)
    assert document.text == "采购合同\n" + TEXT.replace(OLD, NEW)
    assert (document.contents.insertions, document.contents.comments) == (1, 1)
    kept = "".join(part.partition("</w:delText>")[0] for part in body.split('<w:delText xml:space="preserve">')[1:])
    assert kept == OLD  # rejecting it gives the old words back


def test_without_the_option_the_text_is_not_touched(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "合同.docx", p(TEXT))
    data = exports.export("annotated_docx", reviewed(engine, path, (OLD, NEW)), path)
    (tmp_path / "copy.docx").write_bytes(data)
    document = readers.read(tmp_path / "copy.docx")
    assert (document.text, document.contents.insertions, document.contents.deletions) == (TEXT, 0, 0)


def test_words_to_strike_are_only_deleted(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "合同.docx", p(TEXT))
    copy, body = suggested(reviewed(engine, path, (OLD, "")), path, tmp_path)
    assert readers.read(copy).text == TEXT.replace(OLD, "")
    assert "<w:ins " not in body


def test_two_suggestions_on_the_same_words_are_not_written_into_each_other(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "合同.docx", p(TEXT))
    review = reviewed(engine, path, (OLD, NEW), ("合同法》订立", "民法典》签订"), ("本合同", "本协议"))
    copy, _ = suggested(review, path, tmp_path)
    assert readers.read(copy).text == TEXT.replace(OLD, NEW).replace("本合同", "本协议")


def test_words_that_are_already_a_tracked_change_get_a_comment_only(engine: Engine, tmp_path: Path) -> None:
    path = write(tmp_path / "合同.docx", p("本合同依据", ins(OLD), "订立。"))
    copy, body = suggested(reviewed(engine, path, (OLD, NEW)), path, tmp_path)
    assert readers.read(copy).text == TEXT
    assert "<w:del " not in body and "<w:commentRangeStart " in body
