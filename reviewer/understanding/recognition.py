"""Which business line and which type of it a document belongs to: titles and words → line, type.

Titles speak first: the patterns of lexicons/lines on the title of the document, on that of what it forwards and on the
file name. Where they leave a doubt, the words of the body decide.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from reviewer.domain import BusinessLine, DocumentType, Line
from reviewer.errors import UsageError
from reviewer.patterns import compiled, possible

_HEAD, _TAIL = 5000, 1500  # characters of the body that are read for cues
_TITLE_WEIGHTS = (10.0, 6.0, 3.0)  # own title, title of what is forwarded, file name
_NAMED = 4.0  # a type that a title names
_SURE = 8.0  # a lead in the titles that no body overturns
_SPACED = re.compile(r"(?<=[一-龥])\s+(?=[一-龥])")  # 投 资 协 议 书


@dataclass(frozen=True, slots=True)
class Clues:
    """What recognition reads: folded texts."""

    title: str
    body_title: str
    name: str
    body: str
    words: frozenset[str] | None = None  # literals of the lexicon that are in the document; None: not scanned

    @property
    def titles(self) -> tuple[str, str, str]:
        stem = re.sub(r"^\d+[_\-. ]+", "", PurePath(self.name).stem)
        return _SPACED.sub("", self.title), _SPACED.sub("", self.body_title), _SPACED.sub("", stem)


def recognise(
    clues: Clues, lines: Mapping[Line, BusinessLine], line: Line | None = None, type: str | None = None
) -> tuple[Line, str]:
    """Line and type; what the caller states is kept.

    Raises UsageError for a type that no line has.
    """
    if type is not None:
        return _stated(lines, line, type)
    candidates = {key: lines[key] for key in lines if line is None or key is line}
    if not candidates:
        raise UsageError(f"业务条线 {line} 没有配置，可用：{'、'.join(key.value for key in lines)}")
    body = _Body(clues.body if len(clues.body) <= _HEAD + _TAIL else clues.body[:_HEAD] + "\n" + clues.body[-_TAIL:],
                 clues.words)  # fmt: skip
    read = clues.titles
    titles = {key: {t.name: _title_score(t, read) for t in value.types} for key, value in candidates.items()}
    chosen = line or _line(candidates, titles, body)
    return chosen, _type(candidates[chosen], titles[chosen], read[:2], body)


def _stated(lines: Mapping[Line, BusinessLine], line: Line | None, type: str) -> tuple[Line, str]:
    for key, value in lines.items():
        if (line is None or key is line) and any(t.name == type for t in value.types):
            return key, type
    known = [t.name for key, value in lines.items() if line is None or key is line for t in value.types]
    raise UsageError(f"没有名为“{type}”的文书类型，可用：{'、'.join(known)}")


def _title_score(kind: DocumentType, titles: Sequence[str]) -> float:
    """The best of the titles that a type's patterns speak for: full weight at a title's end, more for more words."""
    best = 0.0
    for weight, title in zip(_TITLE_WEIGHTS, titles, strict=True):
        if not title or weight <= best:
            continue
        found = [m for p in kind.title if (m := compiled(p).search(title))]
        if found:
            for match in found:
                share = 1.0 if match.end() == len(title) else 0.7
                best = max(best, weight * share + min(len(match[0]), 20) * 0.05)
    return best


@dataclass(frozen=True, slots=True)
class _Body:
    """What is read of the body, and the literals of the lexicon in all of it."""

    text: str
    words: frozenset[str] | None

    def has(self, pattern: str) -> bool:
        return possible(pattern, self.words) and compiled(pattern).search(self.text) is not None


def _body_score(kind: DocumentType, body: _Body) -> int:
    return sum(map(body.has, kind.body))


def _line(candidates: Mapping[Line, BusinessLine], titles: Mapping[Line, Mapping[str, float]], body: _Body) -> Line:
    """A clear lead in the titles, else titles and body together; ties go to the order of the lines."""
    by_title = {key: max(scores.values(), default=0.0) for key, scores in titles.items()}
    ranked = sorted(by_title.values(), reverse=True)
    if ranked[0] >= _SURE and (len(ranked) == 1 or ranked[0] - ranked[1] >= 2.5):
        return max(by_title, key=lambda key: by_title[key])
    totals = {key: by_title[key] + 1.2 * _body_strength(value, titles[key], body) for key, value in candidates.items()}
    best = max(totals, key=lambda key: totals[key])
    if totals[best] <= 0 and Line.NORMATIVE in totals and _by_government(body.text):
        return Line.NORMATIVE
    return best


_GOVERNMENT = r"[省市县区镇乡](?:人民)?政府|管委会|[本我全][省市县区镇乡](?!场)|各(?:乡镇|镇街|街道)"
_PARTIES = r"合同|协议|[甲乙]方|承包|采购人|供应商|投标"


def _by_government(text: str) -> bool:
    """Does a text that gives no other sign speak of a government and its area, and of no parties?"""
    return compiled(_GOVERNMENT).search(text) is not None and compiled(_PARTIES).search(text) is None


def _body_strength(line: BusinessLine, titles: Mapping[str, float], body: _Body) -> float:
    """Cues of the general type and half of those of the best particular one, as a share, in tenths."""
    general = _share(line.types[0], body)
    particular = max((_share(t, body) for t in line.types[1:]), default=0.0)
    return 7 * max(general, 0.75 * particular) + 2 * min(general, particular)


def _share(kind: DocumentType, body: _Body) -> float:
    return _body_score(kind, body) / len(kind.body) if kind.body else 0.0


def _words_matched(kind: DocumentType, titles: Sequence[str]) -> int:
    """Characters of the longest agreement with a title: 物业服务合同 says more than 服务合同."""
    found = (m for p in kind.title for t in titles if (m := compiled(p).search(t)))
    return min(max((len(m[0]) for m in found), default=0), 12)


def _type(line: BusinessLine, titles: Mapping[str, float], titles_read: Sequence[str], body: _Body) -> str:
    """The particular type that speaks best; the first type of the line where none speaks clearly."""
    general = line.types[0]
    scores: dict[str, float] = {}
    for kind in line.types[1:]:
        share = _share(kind, body)
        if titles[kind.name] >= _NAMED:
            scores[kind.name] = titles[kind.name] + 0.3 * _words_matched(kind, titles_read) + 2 * share
        elif titles[kind.name] >= 2 or share >= 0.75:
            scores[kind.name] = titles[kind.name] + 4 * share
    if not scores:
        return general.name
    best = max(scores, key=lambda name: scores[name])
    named_otherwise = titles[best] == 0 and titles[general.name] >= _NAMED
    if named_otherwise and line.line is not Line.CONTRACT:
        return general.name
    return best
