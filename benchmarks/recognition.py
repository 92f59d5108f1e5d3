"""Recognition of scanned pages: wrong characters and time. `python benchmarks/recognition.py` prints a table.

Pages of about 750 characters at 12 pt are printed as pictures with a Chinese font of this machine (fonts-noto-cjk):
clean, noisy and askew, and under a red seal. Errors are the edit distance to the printed text, white space aside and
full- and half-width punctuation alike. Time is of a picture PDF of all clean pages read by two processes.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from documents import contract_lines
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

from reviewer import readers

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from pictures import printed, stamped

PAGES = 6
WIDTH, LINES = 34, 26  # characters a line, lines a page


def texts() -> list[list[str]]:
    """The lines of each page, cut as a printer would."""
    lines = [line[i : i + WIDTH] for line in contract_lines(12, seed=11) for i in range(0, len(line), WIDTH)]
    return [lines[n * LINES : (n + 1) * LINES] for n in range(PAGES)]


def noisy(image: Image.Image, seed: int) -> Image.Image:
    """Turned by 0.8°, a little out of focus, with grain and a grey ground."""
    turned = image.rotate(0.8, resample=Image.Resampling.BICUBIC, fillcolor="white", expand=False)
    pixels = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.6)), dtype=np.float32)
    grain = np.random.default_rng(seed).normal(-8, 14, pixels.shape[:2])[:, :, None]
    return Image.fromarray(np.clip(pixels * 0.94 + grain, 0, 255).astype(np.uint8))


def plain(text: str) -> str:
    return re.sub(r"\s", "", text).translate(str.maketrans(",:;()!?", "，：；（）！？"))


def errors(folder: Path, pages: list[list[str]], shape: Callable[[Image.Image, int], Image.Image]) -> tuple[int, int]:
    """Edit distance and length, of all pages."""
    wrong = length = 0
    for n, lines in enumerate(pages):
        path = folder / f"{n}.png"
        shape(printed(lines), n).save(path)
        said, seen = plain("".join(lines)), plain(readers.read(path).text)
        wrong += Levenshtein.distance(said, seen)
        length += len(said)
    return wrong, length


def main() -> None:
    pages = texts()
    shapes: dict[str, tuple[Callable[[Image.Image, int], Image.Image], float]] = {
        "clean": (lambda image, _: image, 1.0),
        "noisy, 0.8° askew": (noisy, 1.0),
        "under a red seal": (lambda image, n: stamped(image, 0.3 + 0.08 * n, 0.2 + 0.05 * n), 2.0),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for what, (shape, limit) in shapes.items():
            wrong, length = errors(folder, pages, shape)
            print(f"{what:<20} {wrong:>4} of {length} characters wrong = {wrong / length:.2%}  (≤ {limit:.0f} %)")
        scan = folder / "scan.pdf"
        pictures = [printed(lines) for lines in pages]
        pictures[0].save(scan, save_all=True, append_images=pictures[1:], resolution=120)
        start, before = time.perf_counter(), os.times()
        document = readers.read(scan)
        clock, after = time.perf_counter() - start, os.times()
        used = sum(after[:4]) - sum(before[:4])
        assert document.contents.recognised_pages == tuple(range(1, PAGES + 1))
        print(f"picture PDF of {PAGES} pages: {clock / PAGES:.2f} s a page by the clock, {used / PAGES:.2f} s of the"
              " processor, starting two processes included  (≤ 2 s a page on 2 processes)")  # fmt: skip


if __name__ == "__main__":
    main()
