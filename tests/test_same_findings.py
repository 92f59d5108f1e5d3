"""The same text saved in every format that is read gives the same findings on the same words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import docx
import pytest
from ofd_builder import OfdPage, make_ofd
from pdf_builder import PdfPage, make_pdf
from pictures import missing, png, printed
from wordml import p, write

from reviewer import readers
from reviewer.domain import Review
from reviewer.pipeline import Engine
from reviewer.readers import ocr, soffice

ON = date(2026, 11, 21)
COLUMNS = 26
PARAGRAPHS = (
    "物业服务合同",
    "甲方：某某区财政局",
    "乙方：某某物业服务有限公司",
    "第一条　甲方委托乙方提供物业服务，乙方应当支付定金，定金为合同总价的百分之三十。",
    "第二条　总价98000元，大写玖万捌仟伍佰元整。",
    "第三条　本合同依据《中华人民共和国合同法》订立。",
    "第四条　甲方可以随时单方解除合同，且不承担任何责任。",
    "第五条　争议由双方协商解决，协商不成的，向仲裁委员会申请仲裁或者向人民法院起诉。",
    "第六条　本合同自双方签字盖章之日起生效，一式四份。",
)


def wrapped(paragraphs: Sequence[str]) -> list[str]:
    """Printed lines: articles begin with two spaces and go on over the whole width."""
    lines: list[str] = []
    for text in paragraphs:
        indented = f"　　{text}" if text.startswith("第") else text
        lines += [indented[i : i + COLUMNS] for i in range(0, len(indented), COLUMNS)]
    return lines


def saved_doc(path: Path) -> Path:
    office = soffice.program()
    if not office:
        missing("LibreOffice")
    made = docx.Document()
    for text in PARAGRAPHS:
        made.add_paragraph(text)
    source = path.with_suffix(".docx")
    made.save(str(source))
    profile = (path.parent / "profile").as_uri()
    command = [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "doc", "--outdir"]
    subprocess.run([*command, str(path.parent), str(source)], check=True, capture_output=True, timeout=120)
    return path


def rtf(paragraphs: Sequence[str]) -> bytes:
    words = "\\par ".join("".join(f"\\u{ord(c)}?" if c > "~" else c for c in text) for text in paragraphs)
    return ("{\\rtf1\\ansi\\ansicpg936 " + words + "\\par}").encode()


def saved(kind: str, folder: Path) -> Path:
    path = folder / f"合同.{kind}"
    text = "\n".join(PARAGRAPHS)
    if kind == "doc":
        return saved_doc(path)
    if kind == "docx":
        return write(path, *(p(paragraph) for paragraph in PARAGRAPHS))
    if kind == "png" and (why := ocr.unavailable()):
        missing(why)
    content = {
        "txt": lambda: text.encode(),
        "md": lambda: "\n\n".join(PARAGRAPHS).encode(),
        "html": lambda: ("<html><body>" + "".join(f"<p>{t}</p>" for t in PARAGRAPHS) + "</body></html>").encode(),
        "rtf": lambda: rtf(PARAGRAPHS),
        "pdf": lambda: make_pdf([PdfPage().lines(wrapped(PARAGRAPHS))]),
        "ofd": lambda: make_ofd([OfdPage().lines(wrapped(PARAGRAPHS))]),
        "png": lambda: png(printed(wrapped(PARAGRAPHS), points=17)),
    }[kind]
    path.write_bytes(content())
    return path


def said(review: Review) -> list[tuple[str, str, str]]:
    """Rule, place and words of every finding, without regard to white space."""
    return sorted((f.rule, f.where, re.sub(r"\s", "", f.excerpt)) for f in review.findings)


@pytest.fixture(scope="module")
def reference(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    found = said(engine.review(readers.read(saved("docx", tmp_path_factory.mktemp("docx"))), on=ON))
    assert {"第一条", "第二条", "第三条", "第五条"} <= {where for _, where, _ in found}
    return found


@pytest.mark.parametrize("kind", ["txt", "md", "html", "rtf", "pdf", "ofd", "doc"])
def test_a_format_gives_the_findings_of_the_docx(
    engine: Engine, tmp_path: Path, reference: list[tuple[str, str, str]], kind: str
) -> None:
    assert said(engine.review(readers.read(saved(kind, tmp_path)), on=ON)) == reference


def test_a_clear_picture_gives_the_findings_of_the_docx(
    engine: Engine, tmp_path: Path, reference: list[tuple[str, str, str]]
) -> None:
    found = engine.review(readers.read(saved("png", tmp_path)), on=ON)
    assert [(rule, where) for rule, where, _ in said(found)] == [(rule, where) for rule, where, _ in reference]
