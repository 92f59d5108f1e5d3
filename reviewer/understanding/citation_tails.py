"""What stands in and after a title: 《政府采购法》（2014年修正，以下简称《采购法》）第三条第二款 → `Tail`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.understanding.article_numbers import ArticleNumber, article_numbers

_AFTER_TITLE = re.compile(
    r"\s{0,2}(?:\s*(?:中|里)?的?|之)?\s{0,2}(?:第[一二三四五六七八九十]+[编章]|[总分附]则(?:编)?"
    r"|(?:总则|物权|合同|人格权|婚姻家庭|继承|侵权责任)编)?的?\s{0,2}"
)
_PARENTHESIS = re.compile(r"\s{0,2}\(([^()《》\n]{0,60}(?:\([^()\n]{0,20}\)[^()\n]{0,40})?|[^()]{0,80})\)")
_VERSION = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*年?\s*(?:\d{1,2}月\d{1,2}日)?\s*(?:第[一二三四五六]次)?(修正|修订|修改|版|文本|本)?"
)
YEAR_TAIL = re.compile(r"[(（]\s*(?:19|20)\d{2}\s*年?[^()（）]{0,8}[)）]$")
NUMBER = re.compile(
    r"([\u4e00-\u9fff]{2,14})\s*[〔\[【(［﹝]\s*((?:19|20)\d{2})\s*年?\s*[〕\]】)］﹞]\s*第?\s*(\d{1,4})\s*号"
)
_NUMBER_TAIL = re.compile(r"[〔\[【(［﹝]\s*(?:19|20)\d{2}\s*年?\s*[〕\]】)］﹞]\s*第?\s*\d{1,4}\s*号")
_DECREE = re.compile(r"([\u4e00-\u9fff]{2,12}令)\s*第?\s*(\d{1,4})\s*号")
_SHORT = re.compile(
    r"\(?[^()]{0,60}?(?:以下(?:均|统一|合并|一并)?(?:简称|统称|称)|^简称)为?:?\s*[“\"「『《〈]{0,3}([^”\"」』》〉()“\n]{2,24})"
)


def numbers_in(folded: str) -> Iterator[re.Match[str]]:
    """Every match of NUMBER, looked for from its bracket, as Chinese characters stand everywhere."""
    end = 0
    for tail in _NUMBER_TAIL.finditer(folded):
        last = tail.start()
        while last > end and folded[last - 1].isspace():
            last -= 1
        start = last
        while start > end and last - start < 14 and "\u4e00" <= folded[start - 1] <= "\u9fff":
            start -= 1
        if found := NUMBER.match(folded, start):
            end = found.end()
            yield found


def clean_title(title: str) -> str:
    """A title as written, without the spaces and line breaks of the page."""
    return re.sub(r"[│├┤┌┐└┘┬┴┼─]{2,}|[│├┤]|(?<![A-Za-z\d])\s+|\s+(?![A-Za-z\d])", "", title).strip()


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a title: （2017年修订）（国办发〔2018〕37号，以下简称《条例》）第三条."""

    end: int
    version: str = ""
    number: str = ""
    short: str = ""
    suffix: str = ""
    articles: tuple[ArticleNumber, ...] = ()


def tail_of(folded: str, at: int) -> Tail:
    """What follows a title that ends at `at` of a folded text."""
    version = number = short = suffix = ""
    end, seen = at, at
    while match := _PARENTHESIS.match(folded, seen):
        inner = match[1]
        if defined := _SHORT.search(inner):
            short = defined[1].strip("《》〈〉“”\" ，,")
        if numbered := (NUMBER.search(inner) or _DECREE.search(inner)):
            number = numbered[0].strip()
        elif (year := _VERSION.match(inner.strip())) and (year[2] or year.end() == len(inner.strip())):
            version = year[1]
        if inner in ("试行", "暂行", "草案", "征求意见稿"):
            suffix = inner
        if number or version or suffix:
            end = match.end()
        seen = match.end()
    articles = article_numbers(folded, seen)
    if not articles and (gap := _AFTER_TITLE.match(folded, seen)):
        articles = article_numbers(folded, gap.end())
    if articles:
        end = articles[0].span.end
    return Tail(end, version, number, short, suffix, articles)


def year_inside(title: str) -> str:
    """2018 of 公司法（2018年修正）, empty where the title names no version."""
    match = YEAR_TAIL.search(title)
    year = _VERSION.search(match[0]) if match else None
    return year[1] if year and (year[2] or year.end() >= len(match[0]) - 1) else ""  # type: ignore[index]


def after_title(folded: str, end: int) -> int:
    """Where an article number may begin after a title: past 的, 中, 合同编."""
    match = _AFTER_TITLE.match(folded, end)
    return match.end() if match else end
