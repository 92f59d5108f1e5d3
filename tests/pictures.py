"""Pictures of pages for tests: printed lines, a red seal, a red headline, a ruled table. Needs a Chinese font."""

from __future__ import annotations

import io
import math
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

DPI = 120
RED = (214, 40, 40)
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")
FONTS = ("NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc", "simsun.ttc", "PingFang.ttc")


def missing(what: str) -> None:
    """Skip, or fail where nothing may be skipped."""
    if os.environ.get("REVIEWER_NO_SKIPS") == "1":
        pytest.fail(f"{what} is missing and nothing may be skipped here")
    pytest.skip(f"本机没有 {what}")


def font(size: float) -> ImageFont.FreeTypeFont:
    """A Chinese font; the test is skipped where there is none."""
    for folder in FOLDERS:
        for name in FONTS:
            found = next(Path(folder).rglob(name), None) if Path(folder).is_dir() else None
            if found is not None:
                return ImageFont.truetype(str(found), round(size))
    missing("中文字体（fonts-noto-cjk）")
    raise AssertionError


def printed(lines: Sequence[str], *, points: float = 12, colour: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """An A4 page with lines of print."""
    image = Image.new("RGB", (round(8.27 * DPI), round(11.69 * DPI)), "white")
    size = points * DPI / 72
    draw, letters = ImageDraw.Draw(image), font(size)
    for i, line in enumerate(lines):
        draw.text((DPI, DPI + i * 1.8 * size), line, font=letters, fill=colour)
    return image


def stamped(image: Image.Image, x: float, y: float, words: str = "某某区财政局") -> Image.Image:
    """A round seal of 40 mm, its centre at (x, y) as shares of the page; what is printed shows through."""
    width, height = image.size
    radius = round(20 * DPI / 25.4)
    ink = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(ink)
    centre = (x * width, y * height)
    draw.ellipse([centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius], outline=RED, width=4)
    turns = [i * 4 * math.pi / 5 for i in range(5)]
    star = [(centre[0] + radius * 0.4 * math.sin(t), centre[1] - radius * 0.4 * math.cos(t)) for t in turns]
    draw.polygon(star, fill=RED)
    letters = font(radius * 0.3)
    for i, character in enumerate(words):
        angle = -0.6 * math.pi + i * 1.2 * math.pi / (len(words) - 1)
        place = (centre[0] + 0.76 * radius * math.sin(angle), centre[1] - 0.76 * radius * math.cos(angle))
        draw.text(place, character, font=letters, fill=RED, anchor="mm")
    return ImageChops.multiply(image, ink)


def table(rows: Sequence[Sequence[str]]) -> Image.Image:
    """A ruled table."""
    image = printed([])
    draw, letters = ImageDraw.Draw(image), font(20)
    left, top, width, height = 120, 200, 220, 60
    for i in range(len(rows) + 1):
        draw.line([left, top + i * height, left + width * len(rows[0]), top + i * height], fill="black", width=2)
    for j in range(len(rows[0]) + 1):
        draw.line([left + j * width, top, left + j * width, top + height * len(rows)], fill="black", width=2)
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            draw.text((left + j * width + 15, top + i * height + 18), text, font=letters, fill="black")
    return image


def png(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()
