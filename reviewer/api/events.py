"""What receivers are sent, as the `webhooks` part of the OpenAPI document."""

from __future__ import annotations

from typing import Any

from reviewer.domain import Line
from reviewer.office.deliveries import MOVED, TRIED
from reviewer.office.records import State
from reviewer.office.workflow import MOVES

_TEXT, _NUMBER = {"type": "string"}, {"type": "integer"}
_STATE = {"enum": [s.value for s in State]}
_HEAD = {"id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"}}
_HEADERS = {
    "Reviewer-Event": "事件的种类", "Reviewer-Delivery": "事件的编号，重试时不变",
    "Reviewer-Timestamp": "发出的时刻，1970 年以来的秒数",
    "Reviewer-Signature": "sha256= 加 HMAC-SHA256（时刻、一个点、正文原样字节）的十六进制",
}  # fmt: skip
_MATTER = {
    "id": _NUMBER, "number": _TEXT, "line": {"enum": [v.value for v in Line]}, "state": _STATE, "state_name": _TEXT,
    "previous": _STATE, "version": _NUMBER, "due_on": {"type": ["string", "null"], "format": "date"},
    "due_what": _TEXT,
}  # fmt: skip


def schema(event: str) -> dict[str, Any]:
    """The JSON Schema of an event's body."""
    properties: dict[str, Any] = {**_HEAD, "event": {"const": event}}
    if event == MOVED:
        properties |= {"move": {"enum": list(MOVES)}, "move_name": _TEXT, "matter": _closed(_MATTER)}
    return _closed(properties)


def described() -> dict[str, Any]:
    """Event → the request that the other system has to answer with 2xx."""
    said = {MOVED: "事项办理了一步，状态有变化", TRIED: "试推送"}
    return {event: {"post": _request(event, summary)} for event, summary in said.items()}


def _request(event: str, summary: str) -> dict[str, Any]:
    return {
        "summary": summary, "security": [],
        "parameters": [{"name": name, "in": "header", "required": True, "description": told, "schema": _TEXT}
                       for name, told in _HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema(event)}}},
        "responses": {"2XX": {"description": "已收到"}, "default": {"description": "没有收到，稍后再试"}},
    }  # fmt: skip


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}
