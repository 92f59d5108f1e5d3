"""Words with offsets: rjieba where it is installed, else jieba. Loaded on first use; nothing else knows the library."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reviewer.domain import Span

Tokenizer = Callable[[str], Iterator[tuple[str, int, int]]]

_SENTENCE_END = re.compile(r"[。；！？;!?\n]")
_FARTHEST = 120  # code points on either side that are read when a sentence does not end


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """Words of a text in order, each with its start and end (code points); together they cover the text."""
    return _tokenizer()(text)


def is_word(text: str, start: int, end: int) -> bool:
    """Do both ends of text[start:end] fall on word boundaries? Only the sentence around it is segmented.

    统一律师 holds 一律 without its being a word there.
    """
    low, high = _sentence_around(text, start, end)
    starts_word = ends_word = False
    for _, first, last in words(text[low:high]):
        starts_word = starts_word or low + first == start
        ends_word = ends_word or low + last == end
        if low + first >= end:
            break
    return starts_word and ends_word


def words_around(text: str, start: int, end: int) -> list[Span]:
    """The words of the sentence around text[start:end]."""
    low, high = _sentence_around(text, start, end)
    return [Span(low + first, low + last) for _, first, last in words(text[low:high])]


@cache
def segmenter() -> str:
    """Name and version of the library in use, for the versions of a review."""
    from importlib import metadata  # here and not above: it brings the whole of email with it

    name = "rjieba" if find_spec("rjieba") is not None else "jieba"  # not loaded: few texts need its dictionary
    return f"{name} {metadata.version(name)}"


def _sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    low = max(0, start - _FARTHEST)
    for found in _SENTENCE_END.finditer(text, low, start):
        low = found.end()
    after = _SENTENCE_END.search(text, end, min(len(text), end + _FARTHEST))
    return low, after.start() if after else min(len(text), end + _FARTHEST)


@cache
def _tokenizer() -> Tokenizer:
    return _rjieba() or _jieba()


@cache
def _rjieba() -> Tokenizer | None:
    try:
        from rjieba import Jieba
    except ImportError:
        return None
    tokenize = Jieba().tokenize
    return lambda text: iter(tokenize(text))


@cache
def _jieba() -> Tokenizer:
    """jieba keeps a dictionary that it unmarshals again: in a directory of the user's own, never in a shared /tmp."""
    import logging
    import warnings

    with warnings.catch_warnings():  # its source has escapes that newer Pythons warn about
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(_private_folder())
    return lambda text: iter(tokenizer.tokenize(text))


def _private_folder() -> Path:
    """The cache folder of the user; a fresh temporary one where that cannot be written."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reviewer"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="reviewer-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="reviewer-"))
