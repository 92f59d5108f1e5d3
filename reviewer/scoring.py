"""Outcomes → score and coverage receipt: every point lost has a line, everything unread has a sentence."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from reviewer.domain import (
    Citation,
    Coverage,
    Document,
    Finding,
    Outcome,
    RuleOutcome,
    Score,
    ScoreLine,
    Severity,
)

UNSCORED = "未能评分"
FULL = 100

# Severity → points of the first finding of a rule, and the most that all findings of the severity may cost.
# The caps add up to 100: advice alone never makes a draft fail, illegal clauses do.
WEIGHTS: dict[Severity, tuple[float, float]] = {
    Severity.ILLEGAL: (8.0, 60.0),
    Severity.RISK: (3.0, 30.0),
    Severity.ADVICE: (1.0, 10.0),
}
NAMES = {Severity.ILLEGAL: "违法", Severity.RISK: "风险", Severity.ADVICE: "建议"}
REPEAT = 0.5  # each further finding of the same rule costs half of the one before
UNSURE = 0.6  # below this confidence a finding costs half

LEAST_CHARACTERS = 20
LEAST_CHARACTERS_AN_IMAGE = 100  # fewer: the words of the document are in its images
MOST_UNREADABLE = 0.2  # share of pages
MOST_FAILED = 0.1  # share of rules
SHOWN_FAILURES = 20


def score(findings: Sequence[Finding], outcomes: Sequence[RuleOutcome], coverage: Coverage) -> Score:
    """The score out of 100 with the reason for every point lost; no value where too little could be checked.

    The points of the lines add up to 100 minus the value, which is rounded down: whatever was found shows.
    """
    reasons = _unscored(outcomes, coverage)
    if reasons:
        return Score(None, UNSCORED, tuple(ScoreLine(reason, 0.0) for reason in reasons))
    lines = [line for severity in Severity for line in _severity_lines(severity, findings)]
    value = math.floor(FULL - round(sum(line.points for line in lines), 2))
    return Score(value, _grade(value, findings), tuple(lines))


def _grade(value: int, findings: Iterable[Finding]) -> str:
    """Advice to the person who decides, in the words that conclusions of a legality review use."""
    illegal = any(f.severity is Severity.ILLEGAL for f in findings)
    if value >= 90 and not illegal:
        return "建议通过"
    if value >= 70:
        return "建议修改后通过"
    if value >= 40:
        return "建议作重大修改后重新送审"
    return "建议不予通过"


def _unscored(outcomes: Sequence[RuleOutcome], coverage: Coverage) -> list[str]:
    reasons: list[str] = []
    held = coverage.contents
    if coverage.characters < LEAST_CHARACTERS:
        reasons.append(f"文件中只读到{coverage.characters}个字，无法评分")
    elif held.images and coverage.characters < held.images * LEAST_CHARACTERS_AN_IMAGE and not held.recognised_pages:
        reasons.append(
            f"文件以图片为主（{held.images}幅图片，{coverage.characters}个字），图片中的文字未能读取，无法评分"
        )
    if held.pages and len(held.unreadable_pages) > held.pages * MOST_UNREADABLE:
        reasons.append(f"全文{held.pages}页中有{len(held.unreadable_pages)}页无法读取，无法评分")
    failed = sum(o.outcome is Outcome.FAILED for o in outcomes)
    if not outcomes:
        reasons.append("没有可用的审查规则，无法评分")
    elif failed > len(outcomes) * MOST_FAILED:
        reasons.append(f"{len(outcomes)}条规则中有{failed}条未能检查，无法评分")
    return reasons


def _severity_lines(severity: Severity, findings: Iterable[Finding]) -> list[ScoreLine]:
    weight, cap = WEIGHTS[severity]
    groups: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.severity is severity:
            groups[finding.rule, finding.clause or ""].append(finding)
    lines = [_group_line(group, weight) for group in groups.values()]
    lines.sort(key=lambda line: -line.points)
    total = sum(line.points for line in lines)
    if total > cap:
        lines.append(ScoreLine(f"{NAMES[severity]}类扣分以{cap:g}分为限", round(cap - total, 2)))
    return lines


def _group_line(group: Sequence[Finding], weight: float) -> ScoreLine:
    """All findings of one rule: the surest counts in full, each further one half of the one before."""
    first = group[0]
    shares = sorted((0.5 if f.confidence < UNSURE else 1.0 for f in group), reverse=True)
    points = sum(weight * share * REPEAT**i for i, share in enumerate(shares))
    notes = []
    if len(group) > 1:
        notes.append(f"{len(group)}处，同一问题逐处减半")
    unsure = shares.count(0.5)
    if unsure:
        notes.append("把握较低，减半" if unsure == len(group) else f"其中{unsure}处把握较低，减半")
    note = f"（{'；'.join(notes)}）" if notes else ""
    return ScoreLine(f"{NAMES[first.severity]}：{first.title}，{first.where}{note}", round(points, 2))


# ---------------------------------------------------------------- 审查覆盖回执 coverage


def coverage(document: Document, citations: Iterable[Citation], outcomes: Iterable[RuleOutcome]) -> Coverage:
    """What was checked and, in sentences, what a person must still read.

    `complete` is False where part of the document could not be read (pages, images, embedded objects) or a rule
    failed. Tracked changes, comments and laws outside the catalogue are told but do not make a review incomplete.
    """
    cited = tuple(citations)
    ended = tuple(outcomes)
    unknown = tuple(dict.fromkeys(c.title for c in cited if c.law is None and c.title))
    failed = [o for o in ended if o.outcome is Outcome.FAILED]
    unread = [*_unread_sentences(document), *_failed_sentences(failed)]
    counted = Counter([o.outcome for o in ended])
    return Coverage(
        characters=len(document.text),
        contents=document.contents,
        citations=len(cited),
        citations_resolved=sum(c.law is not None for c in cited),
        citations_unknown=unknown,
        rules={outcome.value: counted[outcome] for outcome in Outcome},
        not_checked=(*unread, *_told_sentences(document, unknown)),
        complete=not unread,
    )


def _unread_sentences(document: Document) -> list[str]:
    held = document.contents
    sentences = []
    if not document.text.strip():
        sentences.append("文件中没有读到文字，全文未审查，请换用文字版或启用文字识别后重新审查")
    if held.unreadable_pages:
        sentences.append(f"{_pages(held.unreadable_pages)}无法读取，未审查，请人工审阅原件")
    if held.images:
        sentences.append(f"文件中有{held.images}幅图片，图片里的文字未审查，请人工查看（印章、图表、扫描附件等）")
    if held.embedded:
        sentences.append(f"文件中嵌入了{held.embedded}个对象（表格、附件等），其内容未审查，请打开后另行送审")
    return sentences


def _failed_sentences(failed: Sequence[RuleOutcome]) -> list[str]:
    sentences = [
        f"规则 {o.rule} 未能检查{f'（{o.reason}）' if o.reason else ''}，请人工核对" for o in failed[:SHOWN_FAILURES]
    ]
    if len(failed) > SHOWN_FAILURES:
        sentences.append(f"另有{len(failed) - SHOWN_FAILURES}条规则未能检查，见各规则结果")
    return sentences


def _told_sentences(document: Document, unknown: Sequence[str]) -> list[str]:
    held = document.contents
    sentences = []
    if held.recognised_pages:
        sentences.append(f"{_pages(held.recognised_pages)}的文字由扫描件识别得出，可能有误，请对照原件核对")
    if held.deletions or held.insertions:
        sentences.append(
            f"文件带有修订痕迹（插入{held.insertions}处、删除{held.deletions}处），"
            + ("按修订前的文字审查，插入的内容未审查" if document.original
               else "按接受全部修订后的文字审查，被删除的内容未审查")
        )
    if held.comments:
        sentences.append(f"文件中原有批注{held.comments}条，批注内容未审查")
    if unknown:
        names = "、".join(f"《{title}》" for title in unknown)
        sentences.append(f"引用的{len(unknown)}件文件不在法律文件库中，其效力与条文未核对：{names}")
    return sentences


def _pages(pages: Sequence[int]) -> str:
    """第2、5—7页"""
    ranges: list[list[int]] = []
    for page in sorted(set(pages)):
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    return "第" + "、".join(f"{a}" if a == b else f"{a}—{b}" for a, b in ranges) + "页"
