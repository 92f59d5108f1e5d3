"""Cited laws against the catalogue: repealed, not yet in force, superseded, renumbered, out of range.

Judged on the review date; where the draft bears a date of its own, `because` says what held on that day. A document
that the catalogue does not know is never a finding: it is counted in the coverage receipt.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from reviewer.domain import Citation, Draft, Line, Match, Severity
from reviewer.laws import ArticleMove, Law, LawCatalogue, name_key
from reviewer.lexicon import Knowledge
from reviewer.patterns import compiled
from reviewer.understanding.citation_context import Cited, cited_in, ended
from reviewer.understanding.numerals import to_chinese

Verdict = Literal[
    "not_in_force", "repealed", "not_yet", "superseded", "article_out_of_range", "renumbered", "amended_version",
]  # fmt: skip


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    verdict: Verdict


def literals(options: Options) -> frozenset[str] | None:
    """Always run: what it looks at are the citations of the draft, not words."""
    return None


def find(draft: Draft, options: Options, knowledge: Knowledge) -> Iterator[Match]:
    if options.verdict == "article_out_of_range":
        yield from _out_of_range(draft, knowledge)
    else:
        yield from _VERDICTS[options.verdict](draft, knowledge.catalogue, knowledge.on)


# ---------------------------------------------------------------- 判断 verdicts


def _repealed(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    for cited in cited_in(draft, catalogue):
        law = cited.law
        if law is None or law.status(on) != "已废止" or ended(draft, cited.first) or _again(draft, cited.first):
            continue
        successors = catalogue.in_force(law, on)
        names = _names(successors, law, catalogue)
        moves = [m for a in cited.articles for m in catalogue.moved(law.title, a)]
        when = f"已于{_day(law.repealed_on)}废止" if law.repealed_on else "已经废止"
        values = {
            "文件": cited.first.title, "状态": when, "日期": _day(law.repealed_on), "替代": names,
            "条号": _numbers(cited.articles), "新条号": _numbers(_new(moves)),
            "改引": _moved_to(successors, moves) or (f"{names}的相应规定" if successors else "现行有效的规定"),
        }  # fmt: skip
        because = f"《{law.title}》{when}"
        because += f"，现行依据为{names}" if successors else "，目录中没有替代文件"
        because += f"；审查日为{_day(on)}" + _on_own_date(draft, law) + _alike(moves)
        basis = (law.repealed_under,) if law.repealed_under else ()
        sure = 0.95 if law.verified != "待核" else 0.85
        yield Match(cited.first.span, values, because, confidence=sure, severity=_severity(draft), basis=basis)


def _again(draft: Draft, citation: Citation) -> bool:
    """Does 本法 or 该条例 in a quoted article only point back to the law that is named before it?"""
    return citation.span.of(draft.folded).startswith(("本", "该"))


def _severity(draft: Draft) -> Severity | None:
    """A decision resting on a law that is no longer valid applies the law wrongly; elsewhere the rule says."""
    return Severity.ILLEGAL if draft.line == Line.ENFORCEMENT else None


def _on_own_date(draft: Draft, law: Law) -> str:
    if draft.dated is None or law.repealed_on is None:
        return ""
    then = "尚未废止，现应当更新" if draft.dated < law.repealed_on else "已经废止"
    return f"；文件落款日期{_day(draft.dated)}时该文件{then}"


def _alike(moves: list[ArticleMove]) -> str:
    alike = [m for m in moves if not m.checked]
    if not alike:
        return ""
    numbers = "、".join(f"《{m.law}》{_number(m.new)}" for m in alike)
    return f"；按文本相似度，可核对{numbers}（未经人工核对，不能直接引用）"


def _not_yet(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    """A law, or the version of it that the draft names, takes effect only after the review date."""
    for cited in cited_in(draft, catalogue):
        law = cited.law
        if law is None or (starts := _starts_on(cited, law, catalogue)) is None or starts <= on or law.repealed:
            continue
        year = cited.first.version
        text = f"《{law.title}》" + (f"{year}年文本" if law.status(on) == "现行有效" else "")
        values = {
            "文件": cited.first.title, "状态": f"自{_day(starts)}起施行，目前尚未施行", "日期": _day(starts),
            "替代": "", "条号": _numbers(cited.articles), "新条号": "", "改引": "目前施行的规定，待其施行后再引用",
        }  # fmt: skip
        because = f"{text}自{_day(starts)}起施行，审查日{_day(on)}尚未施行"
        yield Match(cited.first.span, values, because, confidence=0.9)


def _starts_on(cited: Cited, law: Law, catalogue: LawCatalogue) -> dt.date | None:
    """When the cited version takes effect, else when the law does."""
    if cited.first.version:
        named = [v for v in catalogue.versions.get(law.title, ()) if v.year == int(cited.first.version)]
        if named:
            return named[0].effective
    return law.effective if law.amended is None else None


def _not_in_force(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    yield from _repealed(draft, catalogue, on)
    yield from _not_yet(draft, catalogue, on)


def _superseded(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    """Still on the books as far as known, but a newer law on the subject is in force."""
    for cited in cited_in(draft, catalogue):
        law = cited.law
        if law is None or law.repealed or not law.successors or ended(draft, cited.first):
            continue
        newer = [s for t in law.successors if (s := catalogue.find(t)) is not None and s.status(on) == "现行有效"]
        if newer and not any(c.law == s.title for s in newer for c in draft.citations):
            values = {"文件": cited.first.title, "状态": "效力待核", "替代": _names(tuple(s.title for s in newer))}
            starts = "、".join(f"《{s.title}》自{_day(s.effective)}起施行" for s in newer)
            because = f"{starts}，与《{law.title}》调整同一事项；后者是否仍然有效，目录未能确认"
            yield Match(cited.first.span, values, because, confidence=0.7)


def _living(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[tuple[Cited, Law]]:
    """The citations of laws in force that the draft relies on."""
    for cited in cited_in(draft, catalogue):
        law = cited.law
        if law is not None and law.status(on) == "现行有效" and not ended(draft, cited.first):
            yield cited, law


def _out_of_range(draft: Draft, knowledge: Knowledge) -> Iterator[Match]:
    """An imported text says which articles there are; without one the catalogue says how many."""
    catalogue, on = knowledge.catalogue, knowledge.on
    yield from _outside_text(draft, knowledge)
    for cited, law in _living(draft, catalogue, on):
        text = knowledge.law_texts.get(law.title)
        total = max(text) if text else catalogue.articles_on(law, on)
        if not total or _cites_other_version(cited, catalogue, on):
            continue
        for unit in cited.all:
            if unit.article is None or unit.article <= total:
                continue
            values = {"文件": cited.first.title, "条号": _number(unit.article), "总条数": str(total)}
            because = f"《{law.title}》{'导入的文本' if text else '现行文本'}共{total}条，没有{_number(unit.article)}"
            yield Match(unit.span, values, because, confidence=0.9 if text or law.rank == "法律" else 0.75)


def _outside_text(draft: Draft, knowledge: Knowledge) -> Iterator[Match]:
    """Articles that the imported text of a law outside the catalogue does not have."""
    for cited in cited_in(draft, knowledge.catalogue):
        text = knowledge.law_texts.get(cited.first.title) if cited.law is None else None
        if not text or cited.first.version or ended(draft, cited.first):
            continue
        for unit in cited.all:
            if unit.article is not None and unit.article > max(text):
                values = {"文件": cited.first.title, "条号": _number(unit.article), "总条数": str(max(text))}
                because = f"《{cited.first.title}》导入的文本共{max(text)}条，没有{_number(unit.article)}"
                yield Match(unit.span, values, because, confidence=0.9)


def _renumbered(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    """Two signals: the words beside the citation are those of the old article, and not those of the present one."""
    for cited, law in _living(draft, catalogue, on):
        if cited.first.version:
            continue
        for version, moves in catalogue.renumbered(law, on):
            known = [m for m in moves if m.checked and m.keywords and m.law == law.title]
            for unit in cited.all:
                if unit.article is None or (found := _moved(draft, unit, known)) is None:
                    continue
                new, word = found
                values = {
                    "文件": cited.first.title, "条号": _number(unit.article), "新条号": _numbers(new),
                    "改引": f"《{law.title}》{_numbers(new)}", "内容": word,
                }  # fmt: skip
                because = (
                    f"“{word}”在{version.year}年文本中为{_number(unit.article)}，现行文本为{_numbers(new)}；"
                    f"现行{_number(unit.article)}与此处内容不符"
                )
                early = draft.dated is not None and _before_version(draft.dated, law, catalogue, on)
                because += f"；文件落款日期{_day(draft.dated)}时仍适用旧文本" if early else ""
                yield Match(
                    unit.span, values, because, confidence=0.6 if early else 0.85,
                    severity=None if early else _severity(draft), basis=(values["改引"],),
                )  # fmt: skip


def _before_version(date: dt.date, law: Law, catalogue: LawCatalogue, on: dt.date) -> bool:
    current = catalogue.version_on(law, on)
    return current is not None and current.effective is not None and date < current.effective


def _moved(draft: Draft, unit: Citation, known: list[ArticleMove]) -> tuple[tuple[int, ...], str] | None:
    sentence = draft.sentence_at(unit.span.start)
    start, end = max(sentence.start, unit.span.start - 60), max(sentence.end, unit.span.end)
    around = draft.folded[start : unit.span.start] + " " + draft.folded[unit.span.end : min(end, unit.span.end + 80)]
    hits = [(m, w) for m in known if m.old == unit.article and (w := compiled(m.keywords).search(around))]
    present = any(compiled(m.keywords).search(around) for m in known if m.new == unit.article)
    new = tuple(dict.fromkeys(m.new for m, _ in hits))
    return None if present or not new or unit.article in new else (new, _subject(hits[0][1]))


def _subject(words: re.Match[str]) -> str:
    """What the words beside a citation are about: the name of the group that took part, else the words."""
    return next((name for name, taken in words.groupdict().items() if taken), words[0])


def _cites_other_version(cited: Cited, catalogue: LawCatalogue, on: dt.date) -> bool:
    if not cited.first.version or cited.law is None:
        return False
    current = catalogue.version_on(cited.law, on)
    year = current.year if current else (cited.law.amended or cited.law.promulgated or on).year
    return int(cited.first.version) != year


def _amended_version(draft: Draft, catalogue: LawCatalogue, on: dt.date) -> Iterator[Match]:
    for cited, law in _living(draft, catalogue, on):
        if not cited.first.version:
            continue
        current = catalogue.version_on(law, on)
        year = current.year if current else law.amended.year if law.amended else 0
        if int(cited.first.version) >= year or (law.rank not in ("法律", "行政法规", "司法解释")):
            continue
        key = f"{law.title}({cited.first.version})"
        moves = [m for a in cited.articles for m in catalogue.moved(key, a)]
        values = {
            "文件": cited.first.title, "版本": cited.first.version, "现行版本": str(year),
            "条号": _numbers(cited.articles), "新条号": _numbers(_new(moves)),
            "改引": _instead((law.title,), moves) if _new(moves) else f"{year}年修改后的《{law.title}》",
        }  # fmt: skip
        because = f"《{law.title}》已于{year}年修改，所引为{cited.first.version}年文本" + _alike(moves)
        yield Match(cited.first.span, values, because, confidence=0.85)


# ---------------------------------------------------------------- 写法 wording


def _day(date: dt.date | None) -> str:
    return f"{date.year}年{date.month}月{date.day}日" if date else ""


def _number(article: int) -> str:
    return f"第{to_chinese(article)}条"


def _numbers(articles: tuple[int, ...]) -> str:
    return "、".join(map(_number, articles))


def _names(titles: tuple[str, ...], old: Law | None = None, catalogue: LawCatalogue | None = None) -> str:
    """《A》、《B》; with the number of one that bears the name of the document it took the place of."""

    def number(title: str) -> str:
        law = catalogue.find(title) if catalogue and old and name_key(title) in name_key(old.title) else None
        return f"（{law.number}）" if law is not None and law.number else ""

    return "、".join(f"《{t}》{number(t)}" for t in titles)


def _new(moves: list[ArticleMove]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(m.new for m in moves if m.checked))


def _moved_to(successors: tuple[str, ...], moves: list[ArticleMove]) -> str:
    """《successor》第×条 where the articles are known to have moved there."""
    checked = [m for m in moves if m.checked and m.law in successors]
    return f"《{checked[0].law}》{_numbers(_new(checked))}" if checked else ""


def _instead(successors: tuple[str, ...], moves: list[ArticleMove]) -> str:
    return _moved_to(successors, moves) or (f"{_names(successors)}的相应规定" if successors else "现行有效的规定")


_VERDICTS: dict[str, Callable[[Draft, LawCatalogue, dt.date], Iterator[Match]]] = {
    "not_in_force": _not_in_force,
    "repealed": _repealed,
    "not_yet": _not_yet,
    "superseded": _superseded,
    "renumbered": _renumbered,
    "amended_version": _amended_version,
}
