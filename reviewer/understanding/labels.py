"""How provisions are numbered: a line of folded text → the label it begins with, or the labels inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from reviewer.understanding.lines import TextLine
from reviewer.understanding.numerals import to_chinese, to_int


class Style(IntEnum):
    """A way of numbering; a smaller one stands outside a larger one where nothing else is known."""

    PART = 0  # 第一编 第一部分
    CHAPTER = 1
    SECTION = 2
    ARTICLE = 3
    DUN = 4  # 一、
    ORDINAL = 5  # 第一，
    CN_PAREN = 6  # （一）
    BARE = 7  # 1 工程概况
    DOT = 8  # 1. 1、
    DOTTED = 9  # 1.1
    PAREN = 10  # （1）
    HALF = 11  # 1）
    CIRCLED = 12  # ①
    ALPHA = 13  # a) A.


HARD = (Style.PART, Style.CHAPTER, Style.SECTION, Style.ARTICLE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A label in the text: where it starts, where the words after it start, and what it counts."""

    start: int
    end: int
    style: Style
    numbers: tuple[int, ...]
    line: int  # index of the line it stands in
    unit: str = ""  # 编 部分 章 节 条 of hard styles

    @property
    def number(self) -> int:
        return self.numbers[-1]


_CN = "零〇○一二三四五六七八九十百"
_HARD = rf"第\s*([{_CN}千两\d][{_CN}千两\d\s]{{0,7}}?)\s*(编|篇|卷|部分|章|节|条)(?:之[{_CN}])?"
_AFTER_HARD = r"(?!第|[、,和及至与或的中]|款)"
_REFERRING = re.compile(r"规定|所[称列述指]|之规定|约定的?|执行|处理|办理|以外|外,|项|要求")
_LABEL = re.compile(
    rf"""(?:【\s*)?{_HARD}{_AFTER_HARD}(?:\s*[、:.](?!\d))?
    |([{_CN}]{{1,4}})\s*[、.](?!\s*[{_CN}]{{1,3}}[、级类等者])(?!\d)
    |第([{_CN}]{{1,3}})\s*[、,:]
    |\(\s*([{_CN}]{{1,4}})\s*\)\s*[、.]?
    |([{_CN}]{{1,3}})\)\s*[、.]?
    |(?:第\s*(?=[\d.\s]+条))?(\d{{1,3}}(?:\s?\.\s?\d{{1,3}}){{1,4}})(?![\d.%‰])(?:\s*条(?!款|[,、的第和及与或]))?\s*[.、:]?(?!\s*(?:%|‰|元|万元|亿元|[倍吨米克度年月日天个亩公平](?![\u4e00-\u9fff]{{2}})))
    |(\d{{1,3}})\s*(?:[.、](?!\s?\d)|,(?!\d))
    |\(\s*(\d{{1,3}})\s*\)\s*[、.]?
    |(\d{{1,3}})\)\s*[、.]?
    |([①-⑳])\s*[、.]?
    |([⑴-⒇])
    |([⒈-⒛])
    |\(([A-Za-z])\)|([A-Za-z])\s*(?:\)|、|\.(?=[\s\u4e00-\u9fff]))
    |(\d{{1,2}})(?:\s+|(?![年月日天个元万亿名人项次份周倍吨米家至级号时分]))(?=[\u4e00-\u9fff])
    |第\s?([{_CN}\d]{{1,3}})\s?款(?:\s*[:、]|\s+)""",
    re.VERBOSE,
)
_STAR = re.compile(r"[*★▲☆△]\s?(?=[(\d①-⑳])(?!\*)")
_HARD_STYLES = {"编": Style.PART, "篇": Style.PART, "卷": Style.PART, "部分": Style.PART, "章": Style.CHAPTER}
_HARD_STYLES |= {"节": Style.SECTION, "条": Style.ARTICLE}
_GROUP_STYLES = {
    3: Style.DUN,
    4: Style.ORDINAL,
    5: Style.CN_PAREN,
    6: Style.CN_PAREN,
    8: Style.DOT,
    9: Style.PAREN,
    10: Style.HALF,
    16: Style.BARE,
}
_CIRCLES = {11: ("①", Style.CIRCLED), 12: ("⑴", Style.PAREN), 13: ("⒈", Style.DOT)}


_DOT = re.compile(r"\s?\.\s?")


def label_of(text: str, at: int = 0) -> tuple[Style, tuple[int, ...], int, str] | None:
    """Style, numbers, end and unit of the label that starts at an offset of folded text."""
    starred = _STAR.match(text, at)  # ★3. of a tender document: a requirement that must be met
    found = _LABEL.match(text, starred.end() if starred else at)
    if found is None:
        return None
    group = found.lastindex or 0
    if group == 2:
        number = to_int(re.sub(r"\s", "", found[1]))
        if number is None or (found[2] == "条" and _REFERRING.match(text, found.end())):
            return None
        return _HARD_STYLES[found[2]], (number,), found.end(), found[2]
    if group == 7:
        if found[0].rstrip().endswith("条") and _REFERRING.match(text, found.end()):
            return None
        parts = tuple(map(int, _DOT.split(found[7])))
        return (Style.DOTTED, parts, found.end(), "") if parts[0] and parts[0] < 100 else None
    if group in _CIRCLES:
        first, style = _CIRCLES[group]
        return style, (ord(found[group]) - ord(first) + 1,), found.end(), ""
    if group in (14, 15):
        return Style.ALPHA, (ord(found[group].lower()) - 96,), found.end(), ""
    number = to_int(found[group])
    if group == 17 and number is not None:  # 第一款：
        return Style.ORDINAL, (number,), found.end(), "款"
    return None if number is None else (_GROUP_STYLES[group], (number,), found.end(), "")


def marks_of(lines: Sequence[TextLine], outside: frozenset[int] = frozenset()) -> list[Mark]:
    """Every label that numbers a provision, in the order of the text; `outside` are lines of a table of contents."""
    out: list[Mark] = []
    reached: dict[Style, int] = {}
    for index, line in enumerate(lines):
        if line.table or line.aside or index in outside:
            continue
        label = label_of(line.text)
        if label is not None and not _is_continuation(lines, index, label, out):
            style, numbers, end, unit = label
            mark = Mark(line.start, line.start + end, style, numbers, index, unit)
            out.append(mark)
            out.extend(_following(line, mark))
            out.extend(_enumeration(line, index, end, style))
        elif label is None:
            out.extend(_enumeration(line, index))
        out.extend(_hard_inside(line, index, reached))
        if label is not None and label[0] in HARD:
            reached[label[0]] = max(label[1][0], reached.get(label[0], 0) if label[0] is Style.ARTICLE else 0)
    out.sort(key=lambda m: m.start)
    return _plausible(out, lines)


def _is_continuation(
    lines: Sequence[TextLine], index: int, label: tuple[Style, tuple[int, ...], int, str], before: Sequence[Mark]
) -> bool:
    """第五条 at the start of a line that only wraps the sentence before it: 依照本办法 ⏎ 第五条办理."""
    style, numbers, _, _ = label
    text = lines[index].text
    if style in (Style.PART, Style.CHAPTER, Style.SECTION):  # 第二部分通用条款； in a list of papers
        return text[-1] in ";," or len(text) > 80
    if index == 0 or style is not Style.ARTICLE:
        return False
    previous = lines[index - 1].text
    last = next((m.number for m in reversed(before) if m.style is Style.ARTICLE), 0)
    return numbers[0] not in (last + 1, 1) and previous[-1] in "据照按反合同法例定及、,和至与" and len(previous) > 20


_BEFORE_INLINE = frozenset(" 。;:!?")
_HAN_STOP = re.compile(r"(?<=[\u4e00-\u9fff)])(?<![一二三四五六七八九十])\.")


def _next_label(text: str, at: int, style: Style, numbers: tuple[int, ...]) -> tuple[int, int] | None:
    """Where the next number of the same list stands further on in the same line, after a space or a clause."""
    n = numbers[-1] + 1
    if style is Style.DOTTED:
        needle = ".".join(map(str, (*numbers[:-1], n)))
    elif style in (Style.DOT, Style.PAREN, Style.HALF):
        needle = f"({n})" if style is Style.PAREN else f"{n})" if style is Style.HALF else str(n)
    elif style is Style.CN_PAREN:
        needle = f"({to_chinese(n)})"
    elif style is Style.CIRCLED and n <= 20:
        needle = chr(0x2460 + n - 1)
    else:
        return None
    found = text.find(needle, at)
    while found >= 0:
        end = found + len(needle)
        if _begins_clause(text, found) and (end := _inline_end(text, end, style)):
            return found, end
        found = text.find(needle, found + 1)
    return _next_in_one_sign(text, at, style, n)


def _next_in_one_sign(text: str, at: int, style: Style, n: int) -> tuple[int, int] | None:
    """⒌ or ⑸, which are one character."""
    first = {Style.DOT: "⒈", Style.PAREN: "⑴"}.get(style)
    if first is None or n > 20:
        return None
    found = text.find(chr(ord(first) + n - 1), at)
    return (found, found + 1) if found > 0 and _begins_clause(text, found) else None


def _begins_clause(text: str, at: int) -> bool:
    """After a space or the end of a clause; some texts end their sentences with ．, which is folded to a full stop."""
    before = text[at - 1] if at else " "
    return before in _BEFORE_INLINE or (before == "." and _HAN_STOP.match(text, at - 1) is not None)


def _inline_end(text: str, end: int, style: Style) -> int:
    """The end of an inline label whose number ends here, 0 where the number is something else."""
    rest = text[end : end + 3]
    if style is Style.DOT:
        return end + 1 if rest[:1] in (".", "、") and not rest[1:].strip()[:1].isdigit() else 0
    if style is Style.DOTTED:
        return 0 if not rest or rest[0] in ".%‰" or rest.strip()[:1].isdigit() or rest.strip()[:1] in "元万亿%" else end
    return end


def _following(line: TextLine, first: Mark) -> Iterator[Mark]:
    """Further labels of the list that a line begins: 1.1 项目名称：… 1.2 建设地点：…"""
    numbers, at = first.numbers, first.end - line.start
    while found := _next_label(line.text, at, first.style, numbers):
        numbers = (*numbers[:-1], numbers[-1] + 1)
        yield Mark(line.start + found[0], line.start + found[1], first.style, numbers, first.line)
        at = found[1]


_INSIDE = re.compile(rf"(?<=。)\s*{_HARD}\s+(?=[\u4e00-\u9fff])")


def _hard_inside(line: TextLine, index: int, reached: dict[Style, int]) -> Iterator[Mark]:
    """第三条 that follows the end of the article before it in the same paragraph, where it is the next in number."""
    if "。" not in line.text[:-1]:
        return
    for found in _INSIDE.finditer(line.text):
        style = _HARD_STYLES[found[2]]
        number = to_int(re.sub(r"\s", "", found[1]))
        expected = {reached.get(style, 0) + 1} | ({2, 1} if style is not Style.ARTICLE else set())
        own = label_of(line.text)
        if own is not None and own[0] is style:
            expected = {own[1][0] + 1}
        if number in expected and number is not None:
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            reached[style] = number
            yield Mark(line.start + start, line.start + found.end(), style, (number,), index, found[2])


_ENUMERATION = re.compile(r"(?<=[:。;])\s*(?:\((一)\)|\((1)\)|(①)|(?<![\d.])(1)[.、](?!\s?\d))")
_ENUMERATION_STYLES = (Style.CN_PAREN, Style.PAREN, Style.CIRCLED, Style.DOT)


def _enumeration(line: TextLine, index: int, at: int = 0, own: Style | None = None) -> Iterator[Mark]:
    """A list inside a line, of another style than the label of the line itself: 包括：（1）…；（2）…"""
    for found in _ENUMERATION.finditer(line.text, at):
        group = found.lastindex or 1
        style = _ENUMERATION_STYLES[group - 1]
        if style is own:
            continue
        label_start = found.start() + len(found[0]) - len(found[0].lstrip())
        if _next_label(line.text, found.end(), style, (1,)):
            mark = Mark(line.start + label_start, line.start + found.end(), style, (1,), index)
            yield mark
            yield from _following(line, mark)
            return


def _plausible(marks: list[Mark], lines: Sequence[TextLine]) -> list[Mark]:
    """Drop what only looks like a label: a bare number that counts nothing, a decimal that is a quantity."""
    prefixes = {m.numbers[0] for m in marks if m.style is Style.DOTTED}
    out: list[Mark] = []
    bare = 0
    for mark in marks:
        if mark.style is Style.BARE:
            line = lines[mark.line].text
            words = line[mark.end - lines[mark.line].start :]
            if len(words) > 30 or re.search(r"[。;,]", words) or mark.number not in (bare + 1, 1):
                continue
            spaced = line[mark.end - lines[mark.line].start - 1] == " "
            if mark.number not in prefixes and not (spaced and _counts_on(mark, marks)):
                continue
            bare = mark.number
        out.append(mark)
    return out


def _counts_on(mark: Mark, marks: Sequence[Mark]) -> bool:
    """A bare number is a label when the next or the previous number of its list stands somewhere too."""
    return any(
        m.style is Style.BARE
        and abs(m.number - mark.number) == 1
        and (m.start > mark.start) == (m.number > mark.number)
        for m in marks
    )
