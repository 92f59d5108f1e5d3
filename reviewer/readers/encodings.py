"""Bytes of a text file → str, without ever replacing a character."""

from __future__ import annotations

import codecs
import re
from functools import cache

from reviewer.errors import UnreadableFileError

SAMPLE_BYTES = 1 << 16  # what encodings are judged by
POSSIBLE = 0.5  # share of everyday characters from which an encoding is believed

_MARKS = (  # the longer mark first: UTF-32-LE begins like UTF-16-LE
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_CONTROL_CODES = (*range(1, 9), *range(14, 27), 28, 29, 30, 31, 127)  # not escape, which old encodings use
_PLAIN = re.compile("[\t-\r -~\u2500-\u257f\u3000]+")  # ruled tables and indents speak for no encoding


def decode(data: bytes, name: str, *, declared: str = "") -> str:
    """The text: mark, strict UTF-8, `declared`, then the most plausible of GB18030, Big5 and UTF-16.

    Raises UnreadableFileError where no encoding fits every byte or where the bytes are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as_text(_strictly(data, encoding), name).removeprefix("\ufeff")
    if (text := _strictly(data, "utf-8")) is not None and not _CONTROLS.search(text[:SAMPLE_BYTES]):
        return _as_text(text, name)
    if declared and (text := _strictly(data, _wide(declared))) is not None and plausibility(text) >= POSSIBLE:
        return _as_text(text, name)
    if (text := _most_plausible(data)) is not None:
        return _as_text(text, name)
    return _as_text(_strictly(data, _foreign(data)), name)


def looks_like_text(head: bytes) -> bool:
    """Whether the beginning of a file could be text; UTF-16 has zero and control bytes inside its characters."""
    if head.startswith(tuple(mark for mark, _ in _MARKS)):
        return True
    codes = sum(head.count(code) for code in _CONTROL_CODES)
    if not head.count(0) and codes * 100 <= len(head):
        return True
    return any(_share(head, encoding) >= POSSIBLE for encoding in ("utf-16-le", "utf-16-be"))


def _share(data: bytes, encoding: str) -> float:
    """How plausible the sample is in an encoding; a character cut off at its end is no objection."""
    try:
        return plausibility(codecs.getincrementaldecoder(encoding)("strict").decode(data[:SAMPLE_BYTES]))
    except UnicodeDecodeError:
        return 0.0


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _wide(encoding: str) -> str:
    """GB2312 and GBK are read as GB18030, which holds both; Big5 with its Hong Kong characters."""
    plain = encoding.lower().replace("-", "").replace("_", "")
    if plain.startswith(("gb", "cp936", "hzgb", "xgbk")):
        return "gb18030"
    return "big5hkscs" if plain.startswith(("big5", "cp950")) else encoding


def _as_text(text: str | None, name: str) -> str:
    if text is None:
        raise UnreadableFileError(
            f"{name}：无法识别文字编码，为避免出现错字未予读取。请用记事本或 WPS 打开，另存为 UTF-8 编码后再试。"
        )
    if len(_CONTROLS.findall(text)) * 100 > len(text):
        raise UnreadableFileError(f"{name}：内容不是文字（含有大量控制字符）。请确认文件没有改错扩展名，并提交原文件。")
    return text


def _most_plausible(data: bytes) -> str | None:
    """The whole text in the candidate encoding whose characters are the most everyday ones."""
    ranked = [(_share(data, encoding), encoding) for encoding in _CANDIDATES]
    for share, encoding in sorted(ranked, key=lambda pair: -pair[0]):
        if share >= POSSIBLE and (text := _strictly(data, encoding)) is not None:
            return text
    return None


def _foreign(data: bytes) -> str:
    """The encoding that charset-normalizer sees, for texts that are not Chinese."""
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE_BYTES]).best()
    return "ascii" if best is None else _wide(best.encoding)


def plausibility(text: str) -> float:
    """Share of everyday Chinese characters and punctuation among what could tell; 0 for control characters."""
    if _CONTROLS.search(text):
        return 0.0
    rest = _PLAIN.sub("", text)
    if not rest:
        return 1.0
    everyday = _everyday()
    return sum(character in everyday for character in rest) / len(rest)


@cache
def _everyday() -> frozenset[str]:
    """Level 1 of GB 2312 and of Big5, and Chinese punctuation."""
    gb = (bytes((high, low)) for high in (*range(0xA1, 0xA4), *range(0xB0, 0xD8)) for low in range(0xA1, 0xFF))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    big5 = (bytes((high, low)) for high in (0xA1, *range(0xA4, 0xC7)) for low in trails)
    characters = [pair.decode("gb2312", "ignore") for pair in gb] + [pair.decode("big5", "ignore") for pair in big5]
    return frozenset("".join(characters))
