"""Words written with a wrong character: text → 低押 where 抵押 is meant.

Nothing is known of the sense. The parameters (models/word_slips.zip, written by models/train_word_slips.py) say which
pairs of characters stand beside each other in contracts and official documents, which words these use, and which
characters are taken for each other (of one sound, or of nearly one shape). A pair that nobody writes, in no word of the
dictionary, is a slip where one such character makes it a word that the same text or most texts use.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from reviewer.domain import Span
from reviewer.understanding import parameters
from reviewer.understanding.segmentation import words_around

FORMAT = "word-slips 2"
_MADE_BY = "用字", "make word-slips"
COMMON = 100  # in so many of the texts learned from: a word that need not stand in the same text
LONGEST = 4  # characters of a word
_HAN = re.compile(r"[\u4e00-\u9fa5]")
NO_SIGN = frozenset(
    "其已或这未给亦向还能即它的地得了在是和与及由以于对为不无可有也又就都并且而之者所应须将被把从到自至经如若因但则该此各每某"
    "等个上下前后内外中间时日月年元号条款项一二三四五六七八九十百千万亿零壹贰叁肆伍陆柒捌玖拾佰仟两双共再更最很太只仅均皆另同比按照"
    "依据凭用使让令请愿想要会我你他她们本甲乙丙丁某副正总省市县区乡镇村组州进出来去入回起"
    "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔滇藏陕陇青宁新港澳台"
)  # they stand beside anything: no sign of a slip


class Slip(NamedTuple):
    span: Span
    written: str
    word: str  # that is meant


@dataclass(frozen=True)
class Slips:
    """Most texts need the pairs only; `pairs.bin` holds one bit for each pair of characters, row by row."""

    characters: str
    mendable: frozenset[int]  # pairs that nobody writes, one character away from two that stand in a word
    read: Callable[[str], bytes]  # the other members of the file, read when first needed

    @cached_property
    def index(self) -> Mapping[str, int]:
        return {c: i for i, c in enumerate(self.characters)}

    @cached_property
    def known(self) -> bytes:
        return self.read("pairs.bin")

    @cached_property
    def words(self) -> Mapping[str, int]:
        """Word → in how many texts it stood."""
        rows = (line.split("\t") for line in self.read("words.txt").decode().splitlines())
        return {word: int(texts) for word, texts in rows}

    @cached_property
    def alike(self) -> Mapping[str, str]:
        """Character → those it is taken for."""
        rows = (line.split("\t") for line in self.read("alike.txt").decode().splitlines())
        return {row[0]: row[1] for row in rows}

    def found(self, text: str, tokens: Callable[[str, int, int], list[Span]] = words_around) -> Iterator[Slip]:
        """The slips of a text in order; `tokens` segments the words around a place."""
        places = sorted((at, pair) for pair in self._strange(text) for at in _all_places(text, pair))
        for at, pair in places:
            slip = self._meant(text, at)
            if slip is None:
                continue
            times = text.count(pair)
            if times > 1 and text.count(slip.word) < 3 * times:
                continue  # a word of its own that the parameters do not know
            if all(_together_or_alone(token, at) for token in tokens(text, at, at + 2)):
                yield slip

    def _strange(self, text: str) -> Iterator[str]:
        """The pairs of a text that nobody writes: all its pairs as numbers, every other one from each of two starts."""
        units = memoryview(text.encode("utf-16-le", "replace"))
        even, odd = units[: len(units) // 4 * 4], units[2 : 2 + (len(units) - 2) // 4 * 4]
        for pair in self.mendable.intersection(even.cast("I")) | self.mendable.intersection(odd.cast("I")):
            yield chr(pair & 0xFFFF) + chr(pair >> 16)

    def _fits(self, pair: str) -> bool:
        """May the two stand side by side? What is no character, or a rare one, tells nothing."""
        a, b = self.index.get(pair[0]), self.index.get(pair[1])
        return a is None or b is None or _bit(self.known, a * len(self.characters) + b)

    def _meant(self, text: str, at: int) -> Slip | None:
        """The longest and then commonest word that one other character makes of the pair at a place."""
        if text[max(at - 1, 0) : at + 1] in self.words or text[at + 1 : at + 3] in self.words:
            return None
        best: tuple[int, int, Slip] | None = None
        inside = at > 0 and bool(_HAN.match(text[at - 1])) and bool(_HAN.match(text[at + 2 : at + 3]))
        for place in (at, at + 1):
            for other in self.alike.get(text[place], ""):
                mended = text[:place][-LONGEST:] + other + text[place + 1 : place + 1 + LONGEST]
                middle = min(place, LONGEST)
                if middle and not self._fits(mended[middle - 1 : middle + 1]):
                    continue
                if len(mended) > middle + 1 and not self._fits(mended[middle : middle + 2]):
                    continue
                for word, start in self._words_over(mended, middle - (place - at)):
                    if not (word in text or (inside and self.words[word] >= COMMON)):
                        continue
                    begin = at + start - (middle - (place - at))
                    slip = Slip(Span(begin, begin + len(word)), text[begin : begin + len(word)], word)
                    rank = (len(word), self.words[word])
                    if best is None or rank > best[:2]:
                        best = (*rank, slip)
        return best[2] if best else None

    def _words_over(self, mended: str, at: int) -> Iterator[tuple[str, int]]:
        """The words that hold the two characters at a place, each with its start."""
        for length in range(LONGEST, 1, -1):
            for start in range(max(at + 2 - length, 0), min(at, len(mended) - length) + 1):
                word = mended[start : start + length]
                if word in self.words:
                    yield word, start


def _bit(table: bytes, number: int) -> bool:
    return bool(table[number >> 3] >> (number & 7) & 1)


def _all_places(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _together_or_alone(token: Span, at: int) -> bool:
    """Is the token a single character, or does it hold both characters of the pair?"""
    return len(token) == 1 or (token.start <= at and at + 2 <= token.end) or token.end <= at or token.start >= at + 2


def load(path: Path) -> Slips:
    """The parameters of a file; ModelError when it is missing, broken or made for another version."""
    with parameters.opened(path, *_MADE_BY) as archive:
        return _slips(archive, lambda name: _member(path, name))


def _slips(archive: zipfile.ZipFile, read: Callable[[str], bytes]) -> Slips:
    version = archive.read("format.txt").decode()
    if version != FORMAT:
        raise ValueError(f"格式为“{version}”，需要“{FORMAT}”")
    characters = archive.read("characters.txt").decode()
    sizes = {name: archive.getinfo(name).file_size for name in ("mendable.bin", "pairs.bin", "words.txt", "alike.txt")}
    if sizes["pairs.bin"] != (len(characters) ** 2 + 7) // 8:
        raise ValueError(f"{len(characters)} 个字，相邻表却有 {sizes['pairs.bin']} 字节")
    if sizes["mendable.bin"] % 4:
        raise ValueError(f"可改的字对占 {sizes['mendable.bin']} 字节，不是 4 的倍数")
    return Slips(characters, frozenset(memoryview(archive.read("mendable.bin")).cast("I")), read)


def _member(path: Path, name: str) -> bytes:
    with parameters.opened(path, *_MADE_BY) as archive:
        return archive.read(name)
