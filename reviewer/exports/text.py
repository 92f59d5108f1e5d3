"""Review → plain text for a terminal or a mail: readable without colours, wrapped by the width of Chinese."""

from __future__ import annotations

from pathlib import Path

from reviewer.columns import column_of, columns
from reviewer.domain import Finding, Outcome, Review, Severity
from reviewer.exports import _wording as wording

TITLE = "文字结果（终端）"
SUFFIX = ".txt"

COLOURS = {Severity.ILLEGAL: "1;31", Severity.RISK: "1;33", Severity.ADVICE: "1;36"}
NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕”’…—％%,.;:?!)]}")  # may not begin a line
NOT_LAST = frozenset("（《〈「『【〔“‘([{")  # may not end a line


def export(review: Review, source: Path | None = None, *, colour: bool = False, width: int = 80) -> bytes:
    """UTF-8 text, no line wider than `width` columns (but for words without a break); colours only if asked."""
    page = _Page(max(width, 30), colour)
    _head(page, review)
    for number, finding in enumerate(review.findings, 1):
        if number == wording.first_minor(review):
            page.gap()
            page.write(wording.minor_heading(wording.minor(review)), code="1")
        _finding(page, review, number, finding)
    _coverage(page, review)
    return ("\n".join(page.lines) + "\n").encode()


class _Page:
    """Lines under way, with the width and the colours they are written for."""

    def __init__(self, width: int, colour: bool) -> None:
        self.width = width
        self.colour = colour
        self.lines: list[str] = []

    def write(self, text: str, *, lead: str = "", code: str = "") -> None:
        """A paragraph; `lead` stands before its first line and later lines are indented below it."""
        indent = columns(lead)
        rest = " " * indent
        for i, line in enumerate(wrap(text, self.width - indent)):
            self.lines.append(self._paint((lead if i == 0 else rest) + line, code).rstrip())

    def gap(self) -> None:
        self.lines.append("")

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text


def _head(page: _Page, review: Review) -> None:
    draft, score = review.draft, review.score
    page.write(draft.document.name, code="1")
    line = wording.LINES[draft.line]
    kind = f"{line} · {draft.type}" if draft.type and draft.type != line else line
    page.write(f"{kind}    {len(draft.text)}字    审查日期 {review.reviewed_on.isoformat()}")
    value = f"评分 {score.value}（满分100）    {score.grade}" if score.value is not None else score.grade
    page.write(value, code="1")
    for score_line in score.lines if score.value is None else ():
        page.write(score_line.reason, lead="  · ")
    if review.findings:
        page.write("    ".join(f"{wording.SEVERITIES[s]} {n}" for s, n in wording.counts(review).items()))
    else:
        page.write(wording.UNSCORED if score.value is None else "已检查的规则未发现问题")
    page.write(f"（{wording.ADVISORY}）")


def _finding(page: _Page, review: Review, number: int, finding: Finding) -> None:
    page.gap()
    severity = wording.SEVERITIES[finding.severity]
    page.write(finding.title, lead=f"{number:>2}. [{severity}] ", code=COLOURS[finding.severity])
    page.write(f"{finding.where} · {wording.category(finding)} · {wording.confidence(finding)}", lead="    ")
    if finding.excerpt:
        page.write(f"“{_one_line(finding.excerpt)}”", lead="    ")
    fields = (
        ("问题", finding.message),
        ("理由", finding.because),
        ("建议", finding.suggestion),
        ("改为", finding.edit if finding.edit != "" else "（删除）"),
        ("依据", "；".join(finding.basis) + wording.basis_note(finding)),
        ("另见", wording.further_places(review, finding)),
        ("规则", finding.rule),
    )
    for name, text in fields:
        if text:
            page.write(_one_line(text), lead=f"    {name}：")


def _coverage(page: _Page, review: Review) -> None:
    coverage = review.coverage
    page.gap()
    page.lines.append("-" * page.width)
    page.write("审查覆盖回执" + ("" if coverage.complete else "：有内容未能检查"), code="1")
    rules = "，".join(f"{name} {coverage.rules.get(outcome.value, 0)}" for outcome, name in wording.OUTCOMES.items())
    pages = f"{coverage.contents.pages}页，" if coverage.contents.pages else ""
    page.write(f"{pages}{coverage.characters}字，表格{coverage.contents.tables}个", lead="  文字  ")
    page.write(f"{coverage.citations}处，其中{coverage.citations_resolved}处已与法律文件库核对", lead="  引用  ")
    page.write(rules, lead="  规则  ")
    if coverage.rules.get(Outcome.FAILED.value) or not coverage.complete or coverage.not_checked:
        page.write("以下内容请人工核对：")
    for sentence in (*coverage.not_checked, *review.warnings):
        page.write(sentence, lead="  · ")
    _earlier_comments(page, review)


def _earlier_comments(page: _Page, review: Review) -> None:
    comments = review.draft.document.comments
    if not comments:
        return
    page.gap()
    page.write(f"文件中原有批注（{len(comments)}条，由他人所写，未作审查）", code="1")
    for comment in comments:
        page.write(wording.comment_head(review, comment), lead="  · ")
        page.write(_one_line(comment.text), lead="    ")


def _one_line(text: str) -> str:
    return " ".join(text.split())


# ---------------------------------------------------------------- 折行 wrapping


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; words and numbers stay whole, closing marks never begin a line."""
    lines: list[str] = []
    line = ""
    room = width
    for word in _words(text):
        size = columns(word)
        if size > room and line:
            lines.append(line.rstrip())
            line, room, word = "", width, word.lstrip()
            size = columns(word)
        while size > width:  # a word longer than a line, such as a web address
            cut = _fitting(word, width)
            lines.append(word[:cut])
            word = word[cut:]
            size = columns(word)
        line += word
        room -= size
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _fitting(word: str, width: int) -> int:
    """How many characters of a word fit into a width; at least one."""
    used = 0
    for i, character in enumerate(word):
        used += column_of(character)
        if used > width:
            return max(i, 1)
    return len(word)


def _words(text: str) -> list[str]:
    """The pieces that a line may be broken between."""
    words: list[str] = []
    for character in text:
        before = words[-1][-1] if words else ""
        together = words and (character in NOT_FIRST or before in NOT_LAST or (_narrow(before) and _narrow(character)))
        if together:
            words[-1] += character
        else:
            words.append(character)
    return words


def _narrow(character: str) -> bool:
    return character.isascii() and not character.isspace()
