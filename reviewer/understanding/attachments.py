"""Attachments: which lines start one, and which only list them (附件：1.名单 2.申请表)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.understanding.dates import DATE_LINE
from reviewer.understanding.lines import TextLine
from reviewer.understanding.numerals import to_int


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment that stands in the file: where it starts, its label 附件3, its number and its heading."""

    line: int
    label: str
    number: int | None
    heading: str


_ATTACHMENT = re.compile(
    r"[【(]?附\s*(件|录|表|图)?\s*[【\[(]?([一二三四五六七八九十\d]{0,3})[】\])]?[)】]?\s*([:.、])?\s*(.{0,60})$"
)


def find_attachments(lines: Sequence[TextLine], after: int) -> tuple[tuple[Attachment, ...], frozenset[int]]:
    """Attachments that start in the file, and the numbers that lists of attachments name."""
    found = [(i, a) for i, line in enumerate(lines) if i >= after and not line.table and (a := _attachment(line, i))]
    runs: list[list[tuple[int, Attachment]]] = []
    for index, item in found:
        near = runs and _consecutive(runs[-1][-1], (index, item))
        runs[-1].append((index, item)) if near else runs.append([(index, item)])
    listed: set[int] = set()
    starts: list[Attachment] = []
    for run in runs:
        listing = len(run) > 1 or _is_listing(lines, run[0][0], run[0][1])
        if listing:
            listed.update(a.number or 0 for _, a in run)
            listed.update(_listed_numbers(lines, run[0][0]))
        else:
            starts.append(run[0][1])
    for line in lines[after:]:
        named = (
            re.findall(r"附\s?件\s?([一二三四五六七八九十\d]{1,3})\s*:", line.text) if line.text.count("附") > 1 else []
        )
        if len(named) > 1:
            listed.update(n for n in map(to_int, named) if n is not None)
    return tuple(starts), frozenset(listed)


def _attachment(line: TextLine, index: int) -> Attachment | None:
    if not line.text.startswith(("附", "【附", "(附")) or len(line.text) > 80:
        return None
    found = _ATTACHMENT.match(line.text)
    if found is None or re.search(r"[。;,]$", line.text):
        return None
    kind, number, sign, heading = found[1], found[2], found[3], found[4]
    if kind is None and (sign is None or number):
        return None
    if not number and sign is None and heading and not line.text.startswith(("附件 ", "附录 ")):
        return None
    label = re.sub(r"\s", "", f"附{kind or ''}{number}")
    return Attachment(index, label, to_int(number) if number else None, heading.strip(" :《》"))


def _consecutive(before: tuple[int, Attachment], after: tuple[int, Attachment]) -> bool:
    """Two entries of one list: on lines next to each other (a bare 附件： may head the list)."""
    if after[0] - before[0] != 1:
        return False
    a, b = before[1].number, after[1].number
    return (a is None and not before[1].heading) or (a is not None and b is not None and b == a + 1)


def _is_listing(lines: Sequence[TextLine], index: int, item: Attachment) -> bool:
    """附件：1.名单 before the date of a notice names attachments; it does not start one."""
    text = lines[index].text
    if re.search(r"附\s*件\s*\d*\s*:\s*1\s*[.、]|\s附\s*件\s*[\d一二三四五]", text):
        return True
    rest = [x.text for x in lines[index + 1 : index + 9]]
    if not rest:
        return True
    if not item.heading and re.match(r"1\s*[.、:]\s*\S{2,40}$|\(?1\)", rest[0]) and len(rest[0]) < 50:
        return True
    if item.heading and re.match(r"2\s*[.、]", rest[0]):
        return True
    if not re.search(r"附.{0,5}:", text):
        return False
    near = rest[:4]
    return any(DATE_LINE.match(x) or re.search(r"[(（]此件|公开方式|^解读:|(?:盖章|签字|签章)", x) for x in near)


def _listed_numbers(lines: Sequence[TextLine], index: int) -> Iterator[int]:
    """Numbers of the entries of a list of attachments: 附件：1.名单 ⏎ 2.申请表."""
    text = lines[index].text
    for found in re.finditer(r"附\s*件\s*([一二三四五六七八九十\d]{1,3})|(?<![\d.])(\d{1,2})\s*[.、](?!\d)", text):
        number = to_int(found[1] or found[2])
        if number is not None:
            yield number
    for line in lines[index + 1 : index + 40]:
        entry = re.match(r"(\d{1,2})\s*[.、](?!\d)", line.text)
        if entry is None or len(line.text) > 80:
            return
        yield int(entry[1])
