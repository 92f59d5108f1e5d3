"""Law texts that an office imported: one file a law in a folder, read when a draft cites the law.

`LawTexts(folder)` is a mapping from title (however it is spelt) to article number → text of the article.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec

from reviewer.errors import ReviewerError, UsageError
from reviewer.laws import name_key

SUFFIX = ".law.json"


class LawText(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The text of one law as it was imported. `articles` begin with their label: 第十六条　……"""

    title: str
    articles: dict[int, str]
    text: str
    source: str  # the name of the file that it came from
    sha256: str  # of that file
    imported_on: dt.date


@dataclass(frozen=True, slots=True)
class Passage:
    """Where words were found: the article (None outside all articles) and the words around them."""

    title: str
    article: int | None
    words: str


class LawTexts(Mapping[str, Mapping[int, str]]):
    """The texts in a folder; nothing is read before it is asked for, and a missing folder holds nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[Path, LawText] = {}

    @cached_property
    def _files(self) -> dict[str, Path]:
        try:
            files = sorted(path for path in self.folder.iterdir() if path.name.endswith(SUFFIX))
        except OSError:
            return {}
        return {path.name.split("-")[0]: path for path in files}

    def __getitem__(self, title: str) -> Mapping[int, str]:
        return self.law(title).articles

    def __iter__(self) -> Iterator[str]:
        return (self._law(path).title for path in self._files.values())

    def __len__(self) -> int:
        return len(self._files)

    def law(self, title: str) -> LawText:
        """The law of a title; KeyError where it was not imported."""
        return self._law(self._files[_key(title)])

    def _law(self, path: Path) -> LawText:
        if path not in self._read:
            self._read[path] = _load(path)
        return self._read[path]

    @property
    def version(self) -> str:
        """12 hex digits of all texts; empty where there are none."""
        names = "\n".join(path.name for path in self._files.values())
        return hashlib.sha256(names.encode()).hexdigest()[:12] if names else ""

    def search(self, words: str, around: int = 30) -> Iterator[Passage]:
        """The articles that hold every word, with what stands around the first of them."""
        wanted = words.split()
        for title in self if wanted else ():
            for number, text in self[title].items():
                if all(word in text for word in wanted):
                    at = text.index(wanted[0])
                    start, end = max(0, at - around), min(len(text), at + len(wanted[0]) + around)
                    piece = " ".join(text[start:end].split())
                    yield Passage(title, number, ("…" if start else "") + piece + ("…" if end < len(text) else ""))


def save(folder: Path, law: LawText) -> bool:
    """Keep a text, in place of an earlier one of the same law; True where there was one. UsageError when it cannot."""
    content = msgspec.json.format(msgspec.json.encode(law), indent=1)
    name = f"{_key(law.title)}-{hashlib.sha256(content).hexdigest()[:12]}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        earlier = [p for p in folder.glob(f"{_key(law.title)}-*{SUFFIX}") if p.name != name]
        fresh = folder / f".{name}.{os.getpid()}"
        fresh.write_bytes(content)
        replaced = bool(earlier) or (folder / name).exists()
        fresh.replace(folder / name)
        for path in earlier:
            path.unlink()
    except OSError as error:
        raise UsageError(f"不能写入法规文本目录 {folder}（{error.strerror}），请检查权限和磁盘空间") from None
    return replaced


def _key(title: str) -> str:
    return hashlib.sha256(name_key(title).encode()).hexdigest()[:24]


def _load(path: Path) -> LawText:
    try:
        return msgspec.json.decode(path.read_bytes(), type=LawText)
    except (OSError, msgspec.DecodeError) as error:
        raise ReviewerError(
            f"导入的法规文本 {path} 不能读取（{error}），请删除该文件后用 reviewer laws import 重新导入"
        ) from None
