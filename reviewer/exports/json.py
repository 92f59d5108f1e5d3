"""Review → the JSON object that outsiders rely on; `review.schema.json` beside this file describes it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from reviewer.domain import EarlierComment, Finding, Review, Span

TITLE = "机审结果数据（JSON）"
SUFFIX = ".json"
SCHEMA = 1


def export(review: Review, source: Path | None = None, *, indent: int | None = 2) -> bytes:
    """UTF-8 JSON; offsets are code points of `document.text`, `end` is exclusive."""
    return json.dumps(as_object(review), ensure_ascii=False, indent=indent).encode() + b"\n"


def as_object(review: Review) -> dict[str, object]:
    """The review as plain values, for callers that put several into one list."""
    draft, document = review.draft, review.draft.document
    coverage = dataclasses.asdict(review.coverage)
    return {
        "schema": SCHEMA,
        "document": {
            "name": document.name,
            "sha256": document.sha256,
            "format": document.format,
            "line": draft.line.value,
            "type": draft.type,
            "characters": len(document.text),
            "pages": document.contents.pages,
            "text": document.text,
            **({"revisions": "original"} if document.original else {}),
            **({"earlier_comments": [_comment(c) for c in document.comments]} if document.comments else {}),
        },
        "score": {
            "value": review.score.value,
            "grade": review.score.grade,
            "lines": [dataclasses.asdict(line) for line in review.score.lines],
        },
        "findings": [finding_object(f) for f in review.findings if not f.minor],
        "minor": [finding_object(f) for f in review.findings if f.minor],
        "outcomes": {o.rule: {"outcome": o.outcome.value, "reason": o.reason} for o in review.outcomes},
        "coverage": {**coverage, "rules": dict(review.coverage.rules), "warnings": list(review.warnings)},
        "versions": {**dataclasses.asdict(review.versions), "reviewed_on": review.reviewed_on.isoformat()},
    }


def unread(name: str, sentence: str) -> bytes:
    """What stands for a file that could not be read: the reason, and no conclusion of any kind."""
    report = {"schema": SCHEMA, "document": {"name": name, "text": ""}, "error": sentence, "findings": []}
    return json.dumps(report, ensure_ascii=False, indent=2).encode() + b"\n"


def finding_object(finding: Finding) -> dict[str, object]:
    """One finding as it stands in the contract."""
    return {
        "id": finding.id,
        "rule": finding.rule,
        "title": finding.title,
        "category": finding.category,
        "aspect": finding.aspect,
        "severity": finding.severity.value,
        **_offsets(finding.span),
        "where": finding.where,
        "excerpt": finding.excerpt,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "edit": finding.edit,
        "basis": list(finding.basis),
        "unverified_basis": finding.unverified_basis,
        "confidence": finding.confidence,
        "because": finding.because,
        "clause": finding.clause,
        "also_at": [_offsets(span) for span in finding.also_at],
    }


def _comment(comment: EarlierComment) -> dict[str, object]:
    return {**_offsets(comment.span), "author": comment.author, "date": comment.date, "text": comment.text}


def _offsets(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
