"""Pages of a PDF as pictures beside the text: drawn apart, for those who may see them, marks on the printed words."""

from __future__ import annotations

import io
from pathlib import Path

import office_desk as own
import pytest
import web_office as web
from pdf_builder import PdfPage, make_pdf
from PIL import Image
from playwright.sync_api import Browser, expect
from test_comments import upload

from reviewer.domain import Span
from reviewer.errors import ReviewerError, UnreadableFileError, UsageError
from reviewer.exports.annotated_pdf import places
from reviewer.isolation.pictures import page_picture
from reviewer.office import matters, page_pictures, reviewing
from reviewer.office.records import Matter
from reviewer.readers import read
from reviewer.readers.pdf_pictures import DPI

LINES = (
    "采购合同",
    "甲方：某区财政局",
    "乙方：某服务有限公司",
    "第一条　定金为合同总价的30%。",
    "第二条　争议由仲裁委员会仲裁或者由法院判决。",
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    return own.open_desk(tmp_path_factory.mktemp("pages") / "data")


def submitted(desk: own.Desk, content: bytes, name: str, title: str) -> Matter:
    matter = own.draft(desk, title=title)
    matters.upload(desk.office, desk.applicant, matter.id, "text", name, [content])
    reviewing.run_queued(desk.office)
    for key in own.PATHS["reviewing"]:
        matter = own.go(desk, matter, key)
    return matter


def file_of(desk: own.Desk, matter: Matter) -> int:
    with desk.office.store.reading() as db:
        return int(db.value("SELECT max(id) FROM files WHERE matter_id = ?", [matter.id]))


@pytest.mark.parametrize("rotate", [0, 180])
def test_a_box_covers_the_ink_of_its_words_and_nothing_beside_them(tmp_path: Path, rotate: int) -> None:
    path = tmp_path / "合同.pdf"
    page = PdfPage(rotate=rotate)
    for i, line in enumerate(LINES):  # upright as displayed
        page.text(*((505, 722 - 28 * i) if rotate else (90, 120 + 28 * i)), line, angle=rotate)
    path.write_bytes(make_pdf([page]))
    document = read(path)
    start = document.text.index("定金")
    (place,) = places(document, Span(start, start + 2))
    ink = Image.open(io.BytesIO(page_picture(path, place.page))).convert("L").point(lambda v: 255 * (v < 128))
    scale = DPI / 72
    (left, top, right, bottom) = (round(x * scale) for x in place.boxes[0])
    assert ink.crop((left, top, right, bottom)).getbbox() is not None
    line = ink.crop((0, top, ink.width, bottom)).getbbox()
    assert line is not None and left > line[0] and right < line[2]  # the whole line is longer at both ends
    assert ink.width == pytest.approx(595 * scale, abs=1)


def test_what_cannot_be_drawn_is_refused_with_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + bytes(2000))
    with pytest.raises(UnreadableFileError, match="第1页不能画成图像"):
        page_picture(broken, 1)
    huge = tmp_path / "大.pdf"
    huge.write_bytes(make_pdf([PdfPage(box=(0, 0, 14_000, 14_000)).lines(LINES)]))
    with pytest.raises(UnreadableFileError, match="幅面太大"):
        page_picture(huge, 1)
    sound = tmp_path / "好.pdf"
    sound.write_bytes(make_pdf([PdfPage().lines(LINES)]))
    with pytest.raises(UnreadableFileError, match="没有第2页"):
        page_picture(sound, 2)


def test_only_who_may_see_the_matter_gets_its_pages(desk: own.Desk) -> None:
    matter = submitted(desk, make_pdf([PdfPage().lines(LINES)]), "合同.pdf", "看页面")
    file = file_of(desk, matter)
    assert page_pictures.picture(desk.office, desk.handler, file, 1).startswith(b"\x89PNG")
    assert page_pictures.picture(desk.office, desk.applicant, file, 1).startswith(b"\x89PNG")
    with pytest.raises(ReviewerError):
        page_pictures.picture(desk.office, desk.stranger, file, 1)
    with pytest.raises(UsageError, match="没有这个文件"):
        page_pictures.picture(desk.office, desk.handler, file + 999, 1)
    written = own.draft(desk, title="文字稿")
    upload(desk, written, "甲方：某区财政局", "合同.txt")
    with pytest.raises(UsageError, match="只有 PDF"):
        page_pictures.picture(desk.office, desk.applicant, file_of(desk, written), 1)


@pytest.mark.parametrize("size", [web.DESKTOP, web.PHONE], ids=["desktop", "phone"])
def test_the_screen_changes_between_text_and_pages_and_marks_lead_both_ways(
    chromium: Browser, desk: own.Desk, size: dict[str, int]
) -> None:
    blank = PdfPage().lines(["这一页没有问题。"])
    matter = submitted(desk, make_pdf([PdfPage().lines(LINES[:3]), blank, PdfPage().lines(LINES[3:])]), "合同.pdf",
                       f"对照原件{size['width']}")  # fmt: skip
    with web.server(desk.office.folder) as (address, _):
        page = web.log_in(chromium, address, "handle", own.PASSWORD, size)
        page.goto(f"{address}/review?id={matter.id}")
        frame = page.frame_locator('iframe[title^="sheet_screen"]')
        frame.get_by_role("button", name="看原件页面").click(timeout=web.PATIENCE)
        expect(frame.locator("#text figure")).to_have_count(3)
        found = frame.locator("#cards article").filter(has_text="定金").first
        found.locator(".head").click()
        mark = frame.locator('figure[data-page="3"] mark.on').first
        expect(mark).to_be_visible(timeout=web.PATIENCE)
        expect(mark).to_be_in_viewport()
        frame.locator("#text").evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
        frame.locator('figure[data-page="3"] mark').last.click()
        expect(frame.locator("article.on")).to_contain_text("仲裁")
        frame.get_by_role("button", name="看文字").click()
        expect(frame.locator("#text mark.on").first).to_contain_text("仲裁")
