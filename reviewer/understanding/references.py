"""Places in the same document that the draft points at: 本合同第十二条, 第3.2款, 前款, 附件3 → CrossReference.

A reference that belongs to a cited law (《某法》第三条、第五条, 该条例第七条) never appears here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewer.domain import CrossReference, Level, Provision, Span, fold
from reviewer.understanding.labels import label_of
from reviewer.understanding.numerals import to_int

_N = r"[零〇一二三四五六七八九十百\d]{1,5}"
_PLACE = re.compile(
    rf"(?=[\s本上前该第\d])(?:(?P<own>本(?:合同|协议书?|办法|规定|细则|规则|条例|意见|方案|预案|标准|制度|基准|措施|通知|章程|指南|规范|文件|须知|决定|条款?|章|节|款|项)|上述|前述|上列|前列|该)?\s*"
    rf"第\s*(?P<n1>{_N}|\d{{1,3}}(?:\.\d{{1,3}}){{1,3}})\s*(?P<u1>条款|条|款|项|章|节|部分)"
    rf"(?:\s*第\s*(?P<n2>{_N})\s*(?P<u2>条|款|节))?(?:\s*第\s*[(]?(?P<n3>{_N})[)]?\s*(?P<u3>款|项|目))?"
    rf"|(?P<own2>本条|本款|上述|前述)?第\s*\((?P<n4>{_N})\)\s*(?P<u4>[项款目])"
    r"|(?<![\d.])(?P<dotted>\d{1,3}(?:\.\d{1,3}){1,3})\s*(?P<u5>条款|条|款)(?!码|式)"
    r"|(?P<relative>前[一二两三四]?[款条项]|上[一二两]?款|上[一]?条|前两[款条项])(?![之件]))"
)
_ATTACHED = re.compile(
    r"(?P<see>(?:见|详见|参见|按照?|依照|如|本合同|本办法|本协议)\s*)?附\s*(?P<kind>件|表|图|录)\s*[【\[(]?\s*(?P<n>[一二三四五六七八九十]{1,3}|\d{1,2}(?![\d年月]))?"
)
_LAW_BEFORE = re.compile(
    r"(?:附\s*[件表录]\s*[\d一二三四五六七八九十]*|》(?:\s*\([^()]{1,40}\)){0,2}|(?<!本)(?:法|条例|规定|办法|细则|决定|解释|规则|通则|典|规范|章程|公约|规程|准则|纲要|标准|基准|通知|意见|方案)"
    r"(?:\s*\([^()]{1,30}\))?|(?:原|主|原主|总|分包|劳动|施工|采购|租赁|基础|该|上述|买卖|须知|公告|文件|保修书|协议书)(?:合同|协议|书|文件|公告|须知)?中?的?)\s*(?:的|之|中)?$"
)
_JOINED = re.compile(r"^[\s、,和及与或至到~-]*(?:以及|或者|并|及其|直至)?[\s、,]*$")
_LAW_NAMED = re.compile(r"《[^》]{2,60}》|(?:[\u4e00-\u9fff]{2,12}(?:法|条例))第")


@dataclass(frozen=True, slots=True)
class Targets:
    """What exists to be pointed at: the tree, and the numbers of attachments that start or are listed."""

    provisions: tuple[Provision, ...]
    attachments: frozenset[int]
    any_attachment: bool


def references_in(
    folded: str, targets: Targets, sentences: Sequence[Span], *, bare: bool = True
) -> Iterator[CrossReference]:
    """References in the order of the text.

    `bare` False drops references that neither name the document nor stand outside a sentence about a law, as papers
    of enforcement quote articles of a law without repeating its title.
    """
    index = _Index(targets)
    out: list[CrossReference] = []
    for sentence in sentences:
        segment = folded[sentence.start : sentence.end]
        if "第" in segment or "条" in segment or "款" in segment or "前" in segment or "上" in segment:
            out.extend(_places(folded, sentence, index, bare))
        if "附" in segment:
            out.extend(_attached(folded, sentence, index))
    out.sort(key=lambda r: r.span.start)
    yield from out


class _Scope:
    """One numbering: provisions by level and number, and the labels as folded text."""

    def __init__(self, provisions: Sequence[Provision]) -> None:
        self.numbered: dict[tuple[Level, int], list[Provision]] = {}
        self.labels: dict[str, Provision] = {}
        self.prefixes: set[str] = set()
        for top in provisions:
            for p in top.walk():
                if p.number is not None:
                    self.numbered.setdefault((p.level, p.number), []).append(p)
                label = fold(p.label).replace(" ", "").removeprefix("第").rstrip(".、:条")
                if "." in label:
                    self.labels.setdefault(_plain(label), p)
                    self.prefixes.add(_plain(label).partition(".")[0])


def _plain(label: str) -> str:
    """12.03 and 12.3 are the same place."""
    return ".".join(part.lstrip("0") or "0" for part in label.split("."))


class _Index:
    """Which places exist in each numbering of a document."""

    def __init__(self, targets: Targets) -> None:
        self.targets = targets
        self.starts = {p.span.start for top in targets.provisions for p in top.walk()}
        self.parts = [
            (top.span, _Scope(top.children))
            for top in targets.provisions
            if top.level is Level.PART and (not top.label or top.label.startswith(("附", "第")))
        ]
        self.main = _Scope([p for p in targets.provisions if not (p.level is Level.PART and p.label.startswith("附"))])

    def scopes(self, at: int) -> list[_Scope]:
        """Where a number is looked for: the attachment or part that the words stand in, then the main body."""
        return [scope for span, scope in self.parts if span.start <= at < span.end] + [self.main]

    def innermost(self, at: int) -> list[Provision]:
        """Provisions that hold an offset, outermost first."""
        path: list[Provision] = []
        level: tuple[Provision, ...] = self.targets.provisions
        while inner := next((p for p in level if p.span.start <= at < p.span.end), None):
            path.append(inner)
            level = inner.children
        return path


def _places(folded: str, sentence: Span, index: _Index, bare: bool) -> Iterator[CrossReference]:
    last_end, last_is_law = -1, False
    law_in_sentence = False
    for found in _PLACE.finditer(folded, sentence.start, sentence.end):
        start, end = found.span()
        start += len(found[0]) - len(found[0].lstrip())
        if not found["relative"] and (start in index.starts or _begins_line(folded, start)):
            continue
        between = folded[last_end:start] if last_end >= 0 else None
        own = found["own"] or found["own2"] or found["relative"] or ""
        chained = between is not None and len(between) <= 6 and _JOINED.match(between) is not None
        before = folded[max(sentence.start, start - 60) : start]
        law_in_sentence = (
            law_in_sentence
            or _LAW_NAMED.search(folded, last_end if last_end > 0 else sentence.start, start + 1) is not None
        )
        if own.startswith(("本", "前", "上")):
            is_law = False
        elif own == "该":
            is_law = True
        else:
            is_law = (chained and last_is_law) or (not chained and _is_law(before, law_in_sentence, bare))
        last_end, last_is_law = end, is_law
        if not is_law:
            yield _reference(found, Span(start, end), index)


def _begins_line(folded: str, start: int) -> bool:
    """A label that is no provision, as in a table of contents."""
    return _only_before(folded, start, " ") and label_of(folded, start) is not None


def _only_before(folded: str, start: int, characters: str) -> bool:
    """Whether nothing but these characters stands before a place on its line."""
    while start and folded[start - 1] in characters:
        start -= 1
    return not start or folded[start - 1] == "\n"


def _is_law(before: str, law_in_sentence: bool, bare: bool) -> bool:
    """Do the words before a bare 第X条 say that it is an article of something else?"""
    if _LAW_BEFORE.search(before) and not re.search(r"本(?:合同|协议)[^。,;]{0,4}$", before):
        return True
    if not bare and not re.search(r"本(?:决定|通知|告知)书?$", before):
        return True
    return law_in_sentence


def _reference(found: re.Match[str], span: Span, index: _Index) -> CrossReference:
    label = re.sub(r"\s", "", found[0])
    if found["relative"]:
        return CrossReference(span, label, label[-1], None, _relative_exists(label, span.start, index))
    if found["dotted"] or (found["n1"] and "." in found["n1"]):
        numbers = tuple(int(n) for n in (found["dotted"] or found["n1"]).split("."))
        level = (found["u5"] or found["u1"])[0]
        return CrossReference(span, label, level, numbers[-1], _dotted_exists(numbers, span.start, index))
    steps = [
        (unit[0] if unit != "部分" else unit, to_int(number))
        for number, unit in (
            (found["n1"], found["u1"]),
            (found["n2"], found["u2"]),
            (found["n3"], found["u3"]),
            (found["n4"], found["u4"]),
        )
        if number and unit
    ]
    level, last = steps[-1]
    return CrossReference(span, label, level, last, _exists(steps, span.start, index))


def _exists(steps: Sequence[tuple[str, int | None]], at: int, index: _Index) -> bool:
    if steps[0][0] in _TOP_LEVELS:
        return any(_descend(scope, steps) for scope in index.scopes(at))
    holders = [p for p in index.innermost(at) if p.level in (Level.ARTICLE, Level.PARAGRAPH, Level.ITEM)]
    return not holders or any(_inside(p, steps) for p in holders)


_TOP_LEVELS = {"条": Level.ARTICLE, "章": Level.CHAPTER, "节": Level.SECTION, "部分": Level.PART}


def _descend(scope: _Scope, steps: Sequence[tuple[str, int | None]]) -> bool:
    unit, number = steps[0]
    if number is None:
        return False
    places = list(scope.numbered.get((_TOP_LEVELS[unit], number), ()))
    if unit == "部分":
        places += scope.numbered.get((Level.CHAPTER, number), ())
    if any(len(steps) == 1 or _inside(p, steps[1:]) for p in places):
        return True
    if unit not in ("条", "章"):
        return False
    if len(steps) == 1:  # 59.1, 59.2 … without a line for 59 itself
        return str(number) in scope.prefixes
    return f"{number}.{steps[1][1]}" in scope.labels


def _inside(holder: Provision, steps: Sequence[tuple[str, int | None]]) -> bool:
    """Does a provision hold 第二款, 第（三）项 …? One unnumbered paragraph is 第一款."""
    unit, number = steps[0]
    inner = [p for p in holder.walk() if p is not holder]
    if unit == "款":
        counted = [p for p in inner if p.level is Level.PARAGRAPH]
        if not counted and number == 1:
            return len(steps) == 1 or _inside(holder, steps[1:])
        counted = counted or [p for p in holder.children if p.level is Level.ITEM]
        places = [p for p in counted if p.number == number]
    else:
        places = [
            p
            for p in inner
            if p.number == number
            and p.level in (Level.ITEM, Level.POINT, Level.PARAGRAPH, Level.SECTION, Level.ARTICLE)
        ]
    return any(len(steps) == 1 or _inside(p, steps[1:]) for p in places)


def _dotted_exists(numbers: tuple[int, ...], at: int, index: _Index) -> bool:
    wanted = ".".join(map(str, numbers))
    for scope in index.scopes(at):
        if wanted in scope.labels:
            return True
        articles = scope.numbered.get((Level.ARTICLE, numbers[0]), ())
        if len(numbers) == 2 and any(_inside(p, [("款", numbers[1])]) for p in articles):
            return True
    return False


def _relative_exists(label: str, at: int, index: _Index) -> bool:
    path = index.innermost(at)
    unit = label[-1]
    if unit == "条":
        article = next((p for p in path if p.level is Level.ARTICLE), None)
        return article is None or (article.number or 2) > 1
    if unit == "款":
        paragraph = next((p for p in path if p.level is Level.PARAGRAPH), None)
        if paragraph is not None:
            return (paragraph.number or 2) > 1 or any(p.level in (Level.ITEM, Level.POINT) for p in path)
        return True
    return True


def _attached(folded: str, sentence: Span, index: _Index) -> Iterator[CrossReference]:
    for found in _ATTACHED.finditer(folded, sentence.start, sentence.end):
        see = found["see"] or ""
        start = found.start() + len(see)
        number = to_int(found["n"]) if found["n"] else None
        at_start = _only_before(folded, start, " (【")
        after = folded[found.end() : found.end() + 2]
        if at_start or (number is None and not see) or (number is None and found["kind"] == "录"):
            continue
        if re.search(r"》[^。;,(]{0,12}$|的$", folded[max(sentence.start, start - 14) : start]) or (
            see == "" and after[:1] in (":", ".")
        ):
            continue
        known = number in index.targets.attachments if number is not None else index.targets.any_attachment
        label = re.sub(r"[\s【\[(]", "", folded[start : found.end()])
        yield CrossReference(
            Span(start, start + len(folded[start : found.end()].rstrip(" 【[("))),
            label,
            f"附{found['kind']}",
            number,
            known,
        )
