"""A picture of a page → pixels that recognise well: the right size, red seals taken out, ruling lines found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from reviewer.readers.pdf_drawing import Rule

if TYPE_CHECKING:
    import numpy as np

LONGEST = 2_000  # pixels of the longer side that the recogniser works with
SMALL = 1_200  # a smaller page is enlarged
SEAL_FROM, SEAL_TO = 0.06, 0.45  # sides of a seal as shares of the shorter side of the page
ROUND = 1.7  # longer : shorter side of a seal at most
FILLED = 0.72  # share of its box that a seal colours at most; a red block is a picture
STAMPED_OVER = 110  # red light that black ink under a seal still lets through
LINE = 0.03  # shortest ruling line as a share of the longer side


class Prepared(NamedTuple):
    """`quarters`: turned clockwise by so many quarter turns; `rules` in pixels of the turned picture."""

    pixels: np.ndarray[Any, Any]
    rules: tuple[Rule, ...]
    seals: int
    quarters: int = 0


def prepare(pixels: np.ndarray[Any, Any]) -> Prepared:
    """Resized, without seals, with the ruling lines that make tables."""
    sized = _resized(pixels)
    clean, seals = without_seals(sized)
    return Prepared(clean, ruling_lines(clean), seals)


def turned(prepared: Prepared, quarters: int) -> Prepared:
    """The picture turned clockwise."""
    import numpy as np

    pixels = np.ascontiguousarray(np.rot90(prepared.pixels, -quarters))
    return Prepared(pixels, ruling_lines(pixels), prepared.seals, quarters)


def _resized(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import cv2

    longest = max(pixels.shape[:2])
    factor = LONGEST / longest if longest > LONGEST else min(2.0, SMALL / longest) if longest < SMALL else 1.0
    if abs(factor - 1.0) < 0.01:
        return pixels
    size = (max(1, round(pixels.shape[1] * factor)), max(1, round(pixels.shape[0] * factor)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def without_seals(pixels: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], int]:
    """Red seals whitened, black text under them kept, and how many there were; red headlines stay.

    A seal is a red shape about as wide as it is high, mostly hollow; half of one may stand on the edge of the page.
    """
    import cv2
    import numpy as np

    blue, green, red = (pixels[:, :, i].astype(np.int16) for i in range(3))
    mask = ((red - np.maximum(blue, green)) > 40).astype(np.uint8)
    if mask.mean() < 0.0005:
        return pixels, 0
    height, width = mask.shape
    shorter = min(height, width)
    reach = max(3, shorter // 80)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    result = pixels.copy()
    seals: list[tuple[int, int, int, int]] = []
    for x, y, w, h in sorted((tuple(map(int, stat[:4])) for stat in stats[1:count]), key=lambda s: -s[2] * s[3]):
        inside = mask[y : y + h, x : x + w]
        if not _is_seal(x, y, w, h, (height, width), float(inside.mean())):
            continue
        if not any(_within((x, y, w, h), seal) for seal in seals):  # the star in the ring is no seal of its own
            seals.append((x, y, w, h))
        box = (slice(max(0, y - reach), y + h + reach), slice(max(0, x - reach), x + w + reach))
        light = result[box][:, :, 2]
        reddish = (light.astype(np.int16) - result[box][:, :, :2].max(axis=2)) > 20
        cleaned = np.where(reddish & (light > STAMPED_OVER), 255, light)
        result[box] = cleaned[:, :, None]
    return result, len(seals)


def _within(inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]) -> bool:
    x, y = inner[0] + inner[2] / 2, inner[1] + inner[3] / 2
    return outer[0] <= x <= outer[0] + outer[2] and outer[1] <= y <= outer[1] + outer[3]


def _is_seal(x: int, y: int, w: int, h: int, page: tuple[int, int], filled: float) -> bool:
    height, width = page
    shorter = min(height, width)
    longer_side, shorter_side = max(w, h), min(w, h)
    if not SEAL_FROM * shorter <= longer_side <= SEAL_TO * shorter or filled > FILLED:
        return False
    on_edge = x <= 2 or y <= 2 or x + w >= width - 2 or y + h >= height - 2
    return on_edge or longer_side <= ROUND * shorter_side


def ruling_lines(pixels: np.ndarray[Any, Any]) -> tuple[Rule, ...]:
    """Straight horizontal and vertical lines of some length."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    ink = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 12)
    length = max(20, round(LINE * max(grey.shape)))
    rules = []
    for across, shape in ((True, (1, length)), (False, (length, 1))):
        lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        lines = cv2.dilate(lines, np.ones((3, 3), np.uint8))  # a line that is a little askew is one line
        count, _, stats, _ = cv2.connectedComponentsWithStats(lines)
        for x, y, w, h, _area in stats[1:count]:
            if across and w > 8 * h:
                rules.append(Rule(True, float(y + h / 2), float(x), float(x + w)))
            elif not across and h > 8 * w:
                rules.append(Rule(False, float(x + w / 2), float(y), float(y + h)))
    return tuple(rules)
