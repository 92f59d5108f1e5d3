"""The Chinese words that every export uses for the keys of a review."""

from __future__ import annotations

from reviewer.domain import EarlierComment, Finding, Line, Outcome, Review, Severity

SEVERITIES = {Severity.ILLEGAL: "违法", Severity.RISK: "风险", Severity.ADVICE: "建议"}
OUTCOMES = {
    Outcome.FOUND: "发现问题",
    Outcome.FAILED: "未能检查",
    Outcome.CLEAR: "未发现",
    Outcome.NOT_APPLICABLE: "不适用",
}
LINES = {
    Line.CONTRACT: "政府合同",
    Line.NORMATIVE: "规范性文件",
    Line.DECISION: "重大行政决策",
    Line.ENFORCEMENT: "执法决定",
    Line.MINUTES: "纪要与议题",
}
ADVISORY = "机器审查结果仅供参考，不代替审查机构的审查意见"
UNVERIFIED = "依据待核"
MINOR = "意见较多，以下各条较轻，列在最后，供修改时一并参考"
UNSCORED = "文件未能充分检查，没有意见不等于没有问题"


def category(finding: Finding) -> str:
    """The Chinese name of the finding's category."""
    return finding.category_name or finding.category


def confidence(finding: Finding) -> str:
    """How sure the check is, in a word."""
    if finding.confidence >= 0.85:
        return "把握较高"
    return "把握中等" if finding.confidence >= 0.6 else "把握较低"


def counts(review: Review) -> dict[Severity, int]:
    """Findings of each severity, the gravest first; 0 where there is none."""
    return {s: sum(f.severity is s for f in review.findings) for s in Severity}


def minor(review: Review) -> int:
    """How many findings are 次要提示."""
    return sum(f.minor for f in review.findings)


def first_minor(review: Review) -> int:
    """The number (from 1) of the first finding that is a 次要提示; 0 where none is."""
    return next((n for n, finding in enumerate(review.findings, 1) if finding.minor), 0)


def minor_heading(count: int) -> str:
    """Above the findings that stand apart."""
    return f"次要提示（{count}条）：{MINOR}"


def further_places(review: Review, finding: Finding, most: int = 6) -> str:
    """Where else the same defect stands, for people: 第五条、表1第2行 等8处."""
    places = list(dict.fromkeys(review.draft.where(span.start) for span in finding.also_at))
    if not places:
        return ""
    return "、".join(places[:most]) + (f" 等{len(finding.also_at)}处" if len(places) > most else "")


def comment(review: Review, finding: Finding, note: str = "") -> list[str]:
    """The paragraphs of a comment beside the words of a finding, the first one its title."""
    said = [f"【{SEVERITIES[finding.severity]}{'·次要' if finding.minor else ''}】{finding.title}"]
    if finding.message and finding.message != finding.title:
        said.append(finding.message)
    if finding.suggestion:
        said.append(f"修改建议：{finding.suggestion}")
    if finding.edit is not None:
        said.append(f"改写为：{finding.edit or '（删除）'}")
    if finding.basis:
        said.append(f"依据：{'；'.join(finding.basis)}{basis_note(finding)}")
    if finding.also_at:
        said.append(f"同类问题还见于：{further_places(review, finding)}")
    if note:
        said.append(f"（{note}）")
    return [" ".join(text.split()) for text in said]


def comment_head(review: Review, earlier: EarlierComment, most: int = 40) -> str:
    """Who wrote an earlier comment, when, where, and on which words."""
    words = " ".join(earlier.span.of(review.draft.text).split())
    words = words if len(words) <= most else f"{words[:most]}……"
    where = review.draft.where(earlier.span.start)
    head = " ".join(filter(None, (earlier.author or "未署名", earlier.date[:10], where)))
    return head + (f"，批注于“{words}”" if words else "")


def basis_note(finding: Finding) -> str:
    """A warning where the basis was not checked against the law itself."""
    return f"（{UNVERIFIED}）" if finding.unverified_basis and finding.basis else ""
