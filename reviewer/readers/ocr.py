"""Pictures of pages → page contents, through RapidOCR with the models it brings (extra `ocr`); nothing is downloaded.

Recognised characters have boxes and confidences like printed ones have boxes, so that tables, paragraphs and running
heads are found by the same layout code as in a PDF.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.errors import UnreadableFileError
from reviewer.readers.heartbeat import beat, leave_with_parent
from reviewer.readers.ocr_image import Prepared, prepare, turned
from reviewer.readers.pdf_drawing import Drawing
from reviewer.readers.pdf_page import Glyphs, PageContent, Run

if TYPE_CHECKING:
    import numpy as np

SWITCH = "REVIEWER_OCR"  # off: pages are listed as unread, which is quick
PROCESSES = 2  # each with one thread: faster than one process with two
FROM_PAGES = 3  # fewer are read here: a process needs a second to begin
KEPT = 0.5  # lines of less confidence are dirt, not text
POOR = 0.75  # mean confidence below which the page may stand on its head
UPRIGHT = 1.5  # height : width of a box of several characters that runs down the page
NARROW = ",.;:!?'\"()[]{}|/\\-1234567890 "

class Picture(NamedTuple):
    """A page to recognise: its number from 1, its size in points, and its pixels (height × width × BGR)."""

    number: int
    width: float
    height: float
    pixels: np.ndarray[Any, Any]


class Recognised(NamedTuple):
    """What was seen on a page; `seals` were left out."""

    content: PageContent
    seals: int


class Word(NamedTuple):
    """One recognised character or Latin word, in pixels of the upright picture."""

    text: str
    confidence: float
    left: float
    right: float


class Row(NamedTuple):
    """One recognised line: its characters from left to right."""

    top: float
    bottom: float
    words: tuple[Word, ...]


def unavailable() -> str:
    """Why nothing can be recognised here, as half a sentence; empty when it can."""
    if os.environ.get(SWITCH, "").lower() == "off":
        return f"文字识别已关闭（环境变量 {SWITCH}=off）"
    if any(find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
        return "本机没有安装文字识别组件，请安装（pip install 'reviewer[ocr]'）后重新审查，或提交可编辑的原文件"
    return ""


def recognise(pictures: Iterable[Picture], count: int) -> Iterator[Recognised]:
    """The contents of `count` pages in their order.

    A worker process recognises them itself: its likes keep the other processors busy, and whoever ends it ends all.
    """
    from multiprocessing import parent_process

    many = count >= FROM_PAGES and (os.cpu_count() or 1) > 1 and parent_process() is None
    for recognised in _in_processes(pictures) if many else map(page, pictures):
        beat()
        yield recognised


def _in_processes(pictures: Iterable[Picture]) -> Iterator[Recognised]:
    """At most one page more than there are processes is held in memory."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    spawned = get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=spawned, initializer=leave_with_parent) as pool:
        waiting: list[Future[Recognised]] = []
        for picture in pictures:
            waiting.append(pool.submit(page, picture))
            if len(waiting) > PROCESSES:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()


def page(picture: Picture) -> Recognised:
    """One page."""
    prepared = prepare(picture.pixels)
    rows = _rows(prepared.pixels)
    if rows is None:  # the lines run up or down the page
        best = max((turned(prepared, quarter) for quarter in (1, 3)), key=lambda p: _confidence(_rows(p.pixels) or []))
        prepared, rows = best, _rows(best.pixels) or []
    elif rows and _confidence(rows) < POOR:
        other = turned(prepared, 2)
        again = _rows(other.pixels) or []
        if _confidence(again) > _confidence(rows):
            prepared, rows = other, again
    return Recognised(_content(picture, prepared, rows), prepared.seals)


@cache
def _engine() -> Any:
    """The recogniser, loaded once a process; its direction classifier turns good lines over and stays off."""
    import logging

    from rapidocr import RapidOCR

    try:
        engine = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.log_level": "error",
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "Rec.rec_batch_num": 1,  # lines of one batch are padded to the longest of them
            }
        )
    except (OSError, ImportError, RuntimeError) as error:
        raise UnreadableFileError(
            f"文字识别组件不能启动（{error}）。请重新安装：pip install 'reviewer[ocr]'"
        ) from error
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return engine


def _rows(pixels: np.ndarray[Any, Any]) -> list[Row] | None:
    """The lines of a picture; None where most of them run up or down it."""
    seen = _engine()(pixels, return_word_box=True, return_single_char_box=True)
    if seen.boxes is None or seen.txts is None:
        return []
    sides = [_sides(box) for box, text in zip(seen.boxes, seen.txts, strict=True) if len(text) > 2]
    if sides and 2 * sum(height > UPRIGHT * width for width, height in sides) > len(sides):
        return None
    rows = []
    for text, confidence, words, box in zip(seen.txts, seen.scores, seen.word_results, seen.boxes, strict=True):
        if confidence >= KEPT and text.strip() and (row := _row(words, box)) is not None:
            rows.append(row)
    return rows


def _sides(box: Any) -> tuple[float, float]:
    (ax, ay), (bx, by), (cx, cy), _ = box
    return ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5, ((bx - cx) ** 2 + (by - cy) ** 2) ** 0.5


def _row(words: Any, box: Any) -> Row | None:
    found = []
    for text, confidence, corners in words:
        xs = [float(x) for x, _ in corners] if corners is not None else []
        if not xs or not text.strip():
            continue
        width = (max(xs) - min(xs)) / len(text)
        found += [
            Word(c, float(confidence), min(xs) + i * width, min(xs) + (i + 1) * width) for i, c in enumerate(text)
        ]
    if not found:
        return None
    (_, ay), (_, by), (_, cy), (_, dy) = box
    found.sort(key=lambda word: word.left)
    return Row(float(ay + by) / 2, float(cy + dy) / 2, tuple(found))


def _confidence(rows: list[Row]) -> float:
    words = [word.confidence for row in rows for word in row.words]
    return sum(words) / len(words) if words else 0.0


def _content(picture: Picture, prepared: Prepared, rows: list[Row]) -> PageContent:
    """Pixels as points of the page."""
    width, height = picture.width, picture.height
    if prepared.quarters % 2:
        width, height = height, width
    scale = width / max(prepared.pixels.shape[1], 1)
    glyphs, runs = _glyphs(rows, scale)
    rules = tuple(rule._replace(at=rule.at * scale, start=rule.start * scale, end=rule.end * scale)
                  for rule in prepared.rules)  # fmt: skip
    drawing = Drawing(rules, 0, 0.0, 0, 0)
    return PageContent(picture.number, width, height, glyphs, runs, drawing, 0.0, "", prepared.quarters != 0, False)


def _glyphs(rows: list[Row], scale: float) -> tuple[Glyphs, list[Run]]:
    """The characters as if they were printed: each box reaches to its neighbour, as the em box of a font does."""
    glyphs = Glyphs([], [], [], [], [], [])
    runs: list[Run] = []
    for row in rows:
        start = len(glyphs.texts)
        for word, (left, right) in zip(row.words, _widened(row.words), strict=True):
            glyphs.texts.append(word.text)
            glyphs.lefts.append(left * scale)
            glyphs.rights.append(right * scale)
            glyphs.tops.append(row.top * scale)
            glyphs.bottoms.append(row.bottom * scale)
            assert isinstance(glyphs.confidences, list)
            glyphs.confidences.append(word.confidence)
        runs.append(list(range(start, len(glyphs.texts))))
    return glyphs, runs


def _widened(words: tuple[Word, ...]) -> list[tuple[float, float]]:
    """Small gaps between neighbours closed at their middle."""
    lefts, rights = [w.left for w in words], [w.right for w in words]
    size = max((w.right - w.left for w in words), default=0.0)
    for i, (one, other) in enumerate(pairwise(words)):
        if other.left - one.right < 0.5 * size:
            rights[i] = lefts[i + 1] = (one.right + other.left) / 2
    return list(zip(lefts, rights, strict=True))
