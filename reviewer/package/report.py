"""A reviewed submission → text and JSON; `members` of the JSON hold the same objects as reviews of single files."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reviewer.exports import json as review_json
from reviewer.exports import text as review_text
from reviewer.package.agreement import with_findings
from reviewer.package.records import ROLE_NAMES, CrossFinding, Member, PackageReview

SEVERITIES = {"illegal": "违法", "risk": "风险", "advice": "建议"}


def as_json(package: PackageReview) -> bytes:
    """UTF-8 JSON, as `review.schema.json` of the exports describes it."""
    return json.dumps(as_object(package), ensure_ascii=False, indent=2).encode() + b"\n"


def as_object(package: PackageReview) -> dict[str, object]:
    return {
        "schema": review_json.SCHEMA,
        "package": {"name": package.name, "reviewed_on": package.reviewed_on.isoformat()},
        "findings": [_cross(c) for c in package.findings],
        "notes": list(package.notes),
        "members": [_member(m) for m in package.members],
    }


def _cross(cross: CrossFinding) -> dict[str, object]:
    places = [{"file": p.file, "start": p.span.start, "end": p.span.end, "where": p.where, "excerpt": p.excerpt}
              for p in cross.against]  # fmt: skip
    return {"file": cross.file, **review_json.finding_object(cross.finding), "against": places}


def _member(member: Member) -> dict[str, object]:
    told: dict[str, object] = {"file": member.name, "role": member.role.value, "role_name": ROLE_NAMES[member.role]}
    if member.review is None:
        return {**told, "error": member.problem}
    return {**told, "review": review_json.as_object(member.review)}


def as_text(package: PackageReview) -> bytes:
    """The submission as a whole, then every member as it would be shown alone."""
    parts = ["\n".join(_head(package)).encode()]
    for member in package.members:
        if member.review is not None:
            parts.append(f"======== {ROLE_NAMES[member.role]}：{member.name}".encode())
            parts.append(review_text.export(member.review).rstrip(b"\n"))
    return b"\n\n".join(parts) + b"\n"


def _head(package: PackageReview) -> Iterator[str]:
    yield f"{package.name}（一次送审，{len(package.members)} 个文件）"
    for member in package.members:
        review = None if member.review is None else with_findings(package, member)
        state = "未能审查" if review is None else f"{len(review.findings)} 条意见，{review.score.grade}"
        across = sum(c.file == member.name for c in package.findings)
        state += f"；其中 {across} 条是与其他文件不一致" if across else ""
        yield f"  {ROLE_NAMES[member.role]}　{member.name}　{state}"
    yield ""
    yield f"各文件之间的核对：{len(package.findings)} 条意见"
    for number, cross in enumerate(package.findings, 1):
        finding = cross.finding
        yield f"{number:>2}. [{SEVERITIES[finding.severity.value]}] {finding.title}（{cross.file} {finding.where}）"
        yield from (f"    {name}：{said}" for name, said in (
            ("问题", finding.message), ("对照", finding.because), ("建议", finding.suggestion),
            ("依据", "；".join(finding.basis))) if said)  # fmt: skip
    if package.notes:
        yield "请人工核对："
        yield from (f"  · {note}" for note in package.notes)
