"""The law catalogue in memory: title or alias → Law, and old → new article numbers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

_PRC = "中华人民共和国"
_DROPPED = str.maketrans(dict.fromkeys(' \t\r\n\u3000\xa0《》〈〉<>＜＞「」“”"·•・（）()、，,│├┤┌┐└┘┬┴┼─'))


def name_key(title: str) -> str:
    """What two spellings of a title share: no 中华人民共和国, spaces, brackets, dots and commas."""
    return title.translate(_DROPPED).replace(_PRC, "")


def number_key(number: str) -> str:
    """国办发〔2018〕37号 from 国办发[2018] 37 号, 国办发（2018）37号."""
    return re.sub(r"\s|第(?=\d)", "", number).translate(str.maketrans("［【[（(］】])）", "〔〔〔〔〔〕〕〕〕〕"))


@dataclass(frozen=True, slots=True)
class Law:
    """法律文件. Dates are None where the catalogue does not know them; `articles` 0 means not known."""

    title: str
    aliases: tuple[str, ...] = ()
    rank: str = ""  # 法律 行政法规 司法解释 部门规章 地方性法规 地方政府规章 规范性文件 标准 …
    issuer: str = ""
    number: str = ""
    promulgated: dt.date | None = None
    amended: dt.date | None = None
    effective: dt.date | None = None
    articles: int = 0
    repealed: bool = False
    repealed_on: dt.date | None = None
    successors: tuple[str, ...] = ()
    verified: str = ""
    note: str = ""
    repealed_under: str = ""  # the article that repealed it: 《中华人民共和国民法典》第一千二百六十条

    def status(self, on: dt.date) -> str:
        """现行有效, 尚未施行 or 已废止 on a date."""
        if self.repealed and (self.repealed_on is None or self.repealed_on <= on):
            return "已废止"
        if self.effective is not None and self.effective > on and self.amended is None:
            return "尚未施行"
        return "现行有效"


@dataclass(frozen=True, slots=True)
class ArticleMove:
    """Article `old` of a repealed or renumbered law is now article `new` of its successor."""

    old: int
    new: int
    law: str  # title of the successor
    checked: bool = True  # False: by likeness of the texts only, never to be quoted as certain
    keywords: str = ""  # a pattern: words that tell what the article is about


@dataclass(frozen=True, slots=True)
class LawVersion:
    """One text of a law that was amended: the year it goes by, when it took effect, how many articles it has."""

    year: int
    effective: dt.date | None = None
    articles: int = 0


@dataclass(frozen=True)
class LawCatalogue:
    laws: tuple[Law, ...]
    moves: Mapping[str, tuple[ArticleMove, ...]]  # old title, or title(year of the old version) → moves
    version: str = ""
    versions: Mapping[str, tuple[LawVersion, ...]] = field(default_factory=dict)  # title → versions, oldest first

    @cached_property
    def by_name(self) -> dict[str, Law]:
        """`name_key` of title and alias → law; full titles win over aliases."""
        table: dict[str, Law] = {}
        for law in self.laws:
            for alias in law.aliases:
                table.setdefault(name_key(alias), law)
        table.update((name_key(law.title), law) for law in self.laws)
        return table

    @cached_property
    def by_number(self) -> dict[str, Law]:
        """国办发〔2018〕37号 → law."""
        return {number_key(law.number): law for law in self.laws if law.number}

    @cached_property
    def by_subject(self) -> dict[str, Law]:
        """关于… of a title that begins with its issuer (国务院办公厅关于…) → law; None of those that several share."""
        table: dict[str, Law] = {}
        shared: set[str] = set()
        for law in self.laws:
            issuer, about, rest = law.title.partition("关于")
            if issuer and about and "《" not in issuer:
                subject = name_key(about + rest)
                if subject in table:
                    shared.add(subject)
                table[subject] = law
        return {subject: law for subject, law in table.items() if subject not in shared}

    def find(self, name: str) -> Law | None:
        """The law of a title or alias, however it is spelt."""
        return self.by_name.get(name_key(name))

    def moved(self, law: str, article: int) -> tuple[ArticleMove, ...]:
        return tuple(m for m in self.moves.get(law, ()) if m.old == article)

    def in_force(self, law: Law, on: dt.date) -> tuple[str, ...]:
        """The titles that took the place of a repealed law, followed until they are in force on a date."""
        found: list[str] = []
        queue, seen = list(law.successors), {law.title}
        while queue:
            title = queue.pop(0)
            if title in seen:
                continue
            seen.add(title)
            successor = self.find(title)
            if successor is not None and successor.status(on) == "已废止" and successor.successors:
                queue.extend(successor.successors)
            else:
                found.append(title)
        return tuple(found)

    def version_on(self, law: Law, on: dt.date) -> LawVersion | None:
        """The version of a law in force on a date, where the catalogue knows its versions."""
        known = [v for v in self.versions.get(law.title, ()) if v.effective is not None and v.effective <= on]
        return known[-1] if known else None

    def articles_on(self, law: Law, on: dt.date) -> int:
        """How many articles a law has on a date; 0 when not known."""
        version = self.version_on(law, on)
        return version.articles if version is not None and version.articles else law.articles

    def renumbered(self, law: Law, on: dt.date) -> tuple[tuple[LawVersion, tuple[ArticleMove, ...]], ...]:
        """The moves from each earlier version of an amended law to the version in force on a date, latest first."""
        current = self.version_on(law, on)
        earlier = [v for v in self.versions.get(law.title, ()) if current is not None and v.year < current.year]
        found = ((v, self.moves.get(f"{law.title}({v.year})", ())) for v in reversed(earlier))
        return tuple((v, moves) for v, moves in found if moves)

    def search(self, words: str, limit: int = 20) -> tuple[Law, ...]:
        """Laws whose title, alias or number holds every word, the exact and the short ones first."""
        wanted = [name_key(w) for w in words.split() if name_key(w)]
        exact = name_key(words)

        def texts(law: Law) -> tuple[str, ...]:
            return (name_key(law.title), *map(name_key, law.aliases), name_key(law.number))

        hits = [law for law in self.laws if any(all(w in t for w in wanted) for t in texts(law))] if wanted else []
        hits.sort(key=lambda law: (exact not in texts(law), law.repealed, len(law.title), law.title))
        return tuple(hits[:limit])
