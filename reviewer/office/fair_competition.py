"""公平竞争审查表 of a matter: the machine's form for the newest text, as the officers decided on its findings.

What was dismissed is not in it (the row says so), what was edited stands in the officer's words, what nobody has
decided on is counted. The conclusion stays open for the people who sign.
"""

from __future__ import annotations

from dataclasses import replace

from reviewer import exports
from reviewer.domain import Finding, Line, Outcome, Review, RuleOutcome
from reviewer.errors import UsageError
from reviewer.office import roles, rows
from reviewer.office.comment_records import Comment, Status
from reviewer.office.desk import Office
from reviewer.office.matters import file_name
from reviewer.office.records import User
from reviewer.office.reviewing import named, reviewed_on
from reviewer.office.sheet import Sheet, open_sheet

# 《公平竞争审查条例》 is about policy measures; a decision of enforcement in a single case is none.
LINES = frozenset({Line.CONTRACT, Line.NORMATIVE, Line.DECISION, Line.MINUTES})
EXPORT = "fair_competition_form"
_GONE = frozenset({Status.DISMISSED, Status.WITHDRAWN})


def form(office: Office, actor: User, matter_id: int) -> tuple[str, bytes]:
    """Name and bytes of the form."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        roles.require(actor, "page:opinion")
    if matter.line not in LINES:
        raise UsageError("执法决定不是政策措施，不需要公平竞争审查表")
    sheet = open_sheet(office, actor, matter_id)
    if not sheet.reviewed:
        raise UsageError("正文还没有完成机审，机审后才能生成公平竞争审查表")
    with named(office, sheet.file) as path:
        found = office.engine().review_file(path, on=reviewed_on(office, sheet.file.id), line=matter.line)
    decided = as_decided(found, sheet)
    made = exports.export(EXPORT, decided, None, unit=matter.unit, note=_note(decided, sheet))
    return file_name(f"{matter.title}{exports.titles()[EXPORT]}.docx"), made


def as_decided(review: Review, sheet: Sheet) -> Review:
    """The review without the findings that people dismissed, and with the words that they gave the others."""
    kept: list[Finding] = []
    dismissed: dict[str, list[Comment]] = {}
    for finding in review.findings:
        comment = _comment_on(finding, sheet)
        if comment is not None and comment.status in _GONE:
            dismissed.setdefault(finding.rule, []).append(comment)
        elif comment is not None and comment.status is Status.ACCEPTED:
            words = comment.wording
            kept.append(replace(finding, severity=words.severity, title=words.title, message=words.text,
                                suggestion=words.suggestion))  # fmt: skip
        else:
            kept.append(finding)
    left = {f.rule for f in kept}
    outcomes = tuple(
        RuleOutcome(o.rule, Outcome.CLEAR, _dismissal(dismissed[o.rule])) if o.rule in dismissed.keys() - left else o
        for o in review.outcomes
    )
    return replace(review, findings=tuple(kept), outcomes=outcomes)


def _comment_on(finding: Finding, sheet: Sheet) -> Comment | None:
    """What people decided on a finding: the comment with its fingerprint, else the one of its rule on its words."""
    own = [c for c in sheet.comments if c.id and c.rule == finding.rule]
    same = next((c for c in own if c.fingerprint == finding.fingerprint), None)
    places = (finding.span, *finding.also_at)
    return same or next((c for c in own if c.place.span and any(c.place.span.overlaps(p) for p in places)), None)


def _dismissal(comments: list[Comment]) -> str:
    reasons = "；".join(dict.fromkeys(c.reason for c in comments if c.reason))
    return f"机审提出{len(comments)}处，审查人员认定不是问题" + (f"（{reasons}）" if reasons else "")


def _note(review: Review, sheet: Sheet) -> str:
    decided = [_comment_on(f, sheet) for f in review.findings]
    open_ones = sum(c is None for c in decided)
    return f"其中{open_ones}条机审意见尚未经审查人员处理" if open_ones else "机审意见已全部经审查人员处理"
