"""Review → SARIF 2.1.0, for editors and platforms that show the results of analyzers.

Regions count code points of the extracted text, which travels in the artifact itself: a .docx has no lines.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path
from urllib.parse import quote

from reviewer.domain import Document, Finding, Outcome, Review, Severity, Span
from reviewer.exports import _wording as wording

TITLE = "静态分析结果（SARIF 2.1.0）"
SUFFIX = ".sarif"

LEVELS = {Severity.ILLEGAL: "error", Severity.RISK: "warning", Severity.ADVICE: "note"}
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def export(review: Review, source: Path | None = None) -> bytes:
    """UTF-8 SARIF with one run; rules that could not run are notifications of a run that did not succeed."""
    document = review.draft.document
    rules = list(dict.fromkeys([*(o.rule for o in review.outcomes), *(f.rule for f in review.findings)]))
    index = {rule: i for i, rule in enumerate(rules)}
    described = {f.rule: f for f in reversed(review.findings)}
    lines = _line_starts(document.text)
    run = {
        "tool": {
            "driver": {
                "name": "reviewer",
                "fullName": "合法性审查",
                "version": review.versions.reviewer,
                "language": "zh-CN",
                "rules": [_rule(rule, described.get(rule)) for rule in rules],
            }
        },
        "language": "zh-CN",
        "columnKind": "unicodeCodePoints",
        "artifacts": [
            {
                "location": {"uri": _uri(document)},
                "contents": {"text": document.text},
                "hashes": {"sha-256": document.sha256},
                "roles": ["analysisTarget"],
            }
        ],
        "invocations": [_invocation(review, index)],
        "results": [_result(review, f, index[f.rule], lines) for f in review.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2).encode() + b"\n"


def _uri(document: Document) -> str:
    return quote(document.name)


def _rule(rule: str, finding: Finding | None) -> dict[str, object]:
    described: dict[str, object] = {"id": rule}
    if finding is not None:
        described["shortDescription"] = {"text": finding.title}
        described["defaultConfiguration"] = {"level": LEVELS[finding.severity]}
        described["properties"] = {"category": finding.category, "tags": [wording.category(finding), finding.aspect]}
    return described


def _invocation(review: Review, index: dict[str, int]) -> dict[str, object]:
    failed = [o for o in review.outcomes if o.outcome is Outcome.FAILED]
    notes: list[dict[str, object]] = [
        {
            "level": "error",
            "message": {"text": f"规则 {o.rule} 未能检查：{o.reason}"},
            "associatedRule": {"id": o.rule, "index": index[o.rule]},
        }
        for o in failed
    ]
    sentences = (*review.coverage.not_checked, *review.warnings)
    notes += [{"level": "warning", "message": {"text": sentence}} for sentence in sentences]
    return {"executionSuccessful": not failed, "toolExecutionNotifications": notes}


def _result(review: Review, finding: Finding, rule_index: int, lines: list[int]) -> dict[str, object]:
    document = review.draft.document
    text = [finding.message]
    if finding.suggestion:
        text.append(f"修改建议：{finding.suggestion}")
    if finding.basis:
        text.append(f"依据：{'；'.join(finding.basis)}{wording.basis_note(finding)}")
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[finding.severity],
        "message": {"text": "\n".join(text)},
        "locations": [_location(document, finding.span, lines, finding.where)],
        "partialFingerprints": {"finding/v1": finding.fingerprint},
        "rank": round(finding.confidence * 100, 1),
        "properties": {
            "severity": finding.severity.value,
            "category": finding.category,
            "aspect": finding.aspect,
            "because": finding.because,
            "clause": finding.clause,
        },
    }
    if finding.also_at:
        result["relatedLocations"] = [
            {"id": i, **_location(document, span, lines, review.draft.where(span.start))}
            for i, span in enumerate(finding.also_at, 1)
        ]
    if finding.edit is not None:
        result["fixes"] = [_fix(document, finding.span, finding.edit, finding.suggestion)]
    return result


def _fix(document: Document, span: Span, edit: str, suggestion: str) -> dict[str, object]:
    replacement = {
        "deletedRegion": {"charOffset": span.start, "charLength": len(span)},
        "insertedContent": {"text": edit},
    }
    change = {"artifactLocation": {"uri": _uri(document), "index": 0}, "replacements": [replacement]}
    return {"description": {"text": suggestion or "改写"}, "artifactChanges": [change]}


def _location(document: Document, span: Span, lines: list[int], where: str) -> dict[str, object]:
    line, column = _line_and_column(span.start, lines)
    end_line, end_column = _line_and_column(span.end, lines)
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": span.start,
        "charLength": len(span),
        "snippet": {"text": span.of(document.text)},
    }
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(document), "index": 0}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": where}],
    }


def _line_starts(text: str) -> list[int]:
    return [0, *(i + 1 for i, character in enumerate(text) if character == "\n")]


def _line_and_column(offset: int, starts: list[int]) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
