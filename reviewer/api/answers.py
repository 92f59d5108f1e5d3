"""What each operation of the machine interface gives back, as JSON Schemas; operations without one give a file."""

from __future__ import annotations

from typing import Any

from reviewer.batch_jobs.records import JobStatus
from reviewer.domain import Line, Severity
from reviewer.office.comment_records import Answer, Status
from reviewer.office.records import Procedure, State

_TEXT, _NUMBER, _YES = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
_COUNT = {"type": "integer", "minimum": 0}
_SCORE = {"type": ["integer", "null"], "minimum": 0, "maximum": 100}
_LINE = {"enum": [v.value for v in Line]}
_STATE = {"enum": [s.value for s in State]}
_SEVERITY = {"enum": [s.value for s in Severity]}


def _object(optional: dict[str, Any] | None = None, /, **required: Any) -> dict[str, Any]:
    properties = required | (optional or {})
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_TEXTS = _many(_TEXT)
_MATTER: dict[str, Any] = {
    "id": _NUMBER, "number": _TEXT, "title": _TEXT, "line": _LINE, "unit": _TEXT, "state": _STATE,
    "state_name": _TEXT, "procedure": {"enum": [p.value for p in Procedure]}, "version": _NUMBER, "handler": _TEXT,
    "due": {"type": "string", "description": "日期，没有期限时为空"}, "due_what": _TEXT, "conclusion": _TEXT,
}  # fmt: skip
_COMMENT = _object(
    id=_NUMBER, version=_NUMBER, severity=_SEVERITY, where=_TEXT, excerpt=_TEXT, title=_TEXT, text=_TEXT,
    suggestion=_TEXT, basis=_TEXTS, status={"enum": [s.value for s in Status]}, status_name=_TEXT,
    answer={"enum": [a.value for a in Answer]}, answer_name=_TEXT, answer_reason=_TEXT, verdict=_TEXT,
)  # fmt: skip
_FINDING = _object(
    id=_TEXT, rule=_TEXT, category=_TEXT, severity=_SEVERITY, start=_COUNT, end=_COUNT, where=_TEXT, excerpt=_TEXT,
    title=_TEXT, message=_TEXT, suggestion=_TEXT, basis=_TEXTS, because=_TEXT, minor=_YES,
)  # fmt: skip
_JOB: dict[str, Any] = {
    "id": _NUMBER, "name": _TEXT, "folder": _TEXT, "line": {"enum": ["", *(v.value for v in Line)]}, "type": _TEXT,
    "on": {"type": "string", "format": "date"}, "annotate": _YES, "status": {"enum": [s.value for s in JobStatus]},
    "status_name": _TEXT, "user": _TEXT, "created_at": _TEXT, "started_at": _TEXT, "ended_at": _TEXT, "stage": _TEXT,
    "done": _COUNT, "total": _COUNT, "failed": _COUNT, "rate": {"type": "number", "minimum": 0},
    "remaining": {"type": ["number", "null"], "description": "秒"}, "files": _COUNT, "unread": _COUNT,
    "with_findings": _COUNT, "unchecked": _COUNT, "error": _TEXT, "ahead": _COUNT, "downloads": _TEXTS,
}  # fmt: skip
_RESULT = {  # of a job that is done
    "page": _COUNT, "pages": _COUNT, "mean_score": {"type": ["number", "null"]},
    "findings": {"type": "object", "additionalProperties": _COUNT},
    "documents": _many(_object(
        place=_TEXT, title=_TEXT, line=_TEXT, type=_TEXT, score=_SCORE, illegal=_COUNT, risk=_COUNT, advice=_COUNT,
        complete=_YES, report=_TEXT, top=_many(_object(severity=_SEVERITY, message=_TEXT)))),
    "failures": _many(_object(place=_TEXT, status=_TEXT, reason=_TEXT)),
}  # fmt: skip

ANSWERS: dict[str, dict[str, Any]] = {
    "create": _object(**_MATTER), "submit": _object(**_MATTER), "answer": _COMMENT,
    "upload": _object(id=_NUMBER, matter=_NUMBER, material=_TEXT),
    "matters": _object(total=_COUNT, page=_COUNT, pages=_COUNT, matters=_many(_object(**_MATTER))),
    "matter": _object(
        **_MATTER, files=_many(_object(id=_NUMBER, material=_TEXT, name=_TEXT, version=_NUMBER, sha256=_TEXT)),
        missing=_TEXTS, history=_many(_object(on=_TEXT, step=_TEXT, user=_TEXT, state=_STATE, note=_TEXT)),
        reviews=_many(_object(file=_NUMBER, status={"enum": ["queued", "running", "done", "failed"]}, score=_SCORE,
                              complete=_YES, error=_TEXT))),
    "findings": _object({"score": _SCORE, "complete": _YES, "not_checked": _TEXTS},
                        reviewed=_YES, findings=_many(_FINDING)),
    "comments": _object(comments=_many(_COMMENT)),
    "laws": _object(laws=_many(_object(
        title=_TEXT, rank=_TEXT, number=_TEXT, status={"enum": ["现行有效", "尚未施行", "已废止"]}, effective=_TEXT,
        articles=_COUNT, replaced_by=_TEXTS))),
    "start_batch": _object(**_JOB), "batches": _object(batches=_many(_object(**_JOB))),
    "batch": _object(_RESULT, **_JOB), "cancel_batch": _object(**_JOB), "continue_batch": _object(**_JOB),
}  # fmt: skip
