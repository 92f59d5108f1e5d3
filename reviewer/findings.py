"""What a rule matched → findings: the same thing said of several places is one finding with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reviewer.domain import Document, Draft, Finding, Match, Rule, Severity, Span, fingerprint
from reviewer.lexicon import Category
from reviewer.office_rules import RuleDecision

DOUBTED = 0.5  # confidence of a finding on doubtful characters at most
LONGEST_NAME = 500  # characters inside 《…》
_INNER = str.maketrans("“”", "‘’")


def findings_of(
    rule: Rule, draft: Draft, matches: list[Match], category: Category, demoted: RuleDecision | None = None
) -> Iterator[Finding]:
    """Matches that say the same are one finding with all its places."""
    groups: dict[tuple[str, str, str | None], list[Match]] = {}
    for match in sorted(matches, key=lambda m: m.span):
        excerpt = match.span.of(draft.text).strip()
        values = {"原文": excerpt[:60], **match.values}
        key = (_told(rule.message, values), _told(rule.suggestion, values), match.clause)
        groups.setdefault(key, []).append(match)
    for n, ((message, suggestion, clause), same) in enumerate(groups.items()):
        first = max(same, key=lambda m: m.confidence)  # the surest place leads, else the first of the text
        where, excerpt = draft.where(first.span.start), first.span.of(draft.text)
        confidence, because = _as_recognised(first, draft.document)
        severity = Severity.ADVICE if demoted else first.severity or rule.severity
        because = "；".join(filter(None, (because, demoted.told))) if demoted else because
        yield Finding(
            rule=rule.id, category=rule.category, aspect=category.aspect, severity=severity, span=first.span,
            where=where, excerpt=excerpt, title=rule.title, message=message,
            suggestion=suggestion, edit=first.edit, basis=tuple(dict.fromkeys((*rule.basis, *first.basis))),
            unverified_basis=rule.unverified_basis, confidence=confidence, because=because,
            clause=clause, fingerprint=fingerprint(rule.id, where, excerpt, n if len(groups) > 1 else 0),
            also_at=tuple(m.span for m in same if m is not first), category_name=category.name,
        )  # fmt: skip


def inside_title_marks(draft: Draft, span: Span) -> bool:
    """Does the span stand inside 《…》 (a name, not a provision)?"""
    sentence = draft.sentence_at(span.start)
    before = draft.text[max(sentence.start, span.start - LONGEST_NAME) : span.start]
    after = draft.text[span.end : min(max(sentence.end, span.end), span.end + LONGEST_NAME)]
    opened = before.rfind("《") > before.rfind("》")
    return opened and "》" in after and (after.find("《") < 0 or after.find("》") < after.find("《"))


def _told(template: str, values: Mapping[str, str]) -> str:
    """The sentence with its values on one line; marks of quotation within marks of quotation become single ones."""
    return template.format(**{
        name: "".join(value.split("\n")).translate(_INNER) if f"“{{{name}}}”" in template else value
        for name, value in values.items()
    })  # fmt: skip


def _as_recognised(match: Match, document: Document) -> tuple[float, str]:
    """Confidence and reason of a match, less sure where it rests on characters that recognition (OCR) doubted."""
    if not any(doubt.overlaps(match.span) for doubt in document.doubtful):
        return match.confidence, match.because
    reasons = (match.because, "所在文字由扫描识别得出，可能有误，请对照原件核对")
    return min(match.confidence, DOUBTED), "；".join(filter(None, reasons))
