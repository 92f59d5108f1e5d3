"""The operations of the machine interface as one table → its OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer import __version__
from reviewer.api import events
from reviewer.api.answers import ANSWERS
from reviewer.domain import Line
from reviewer.office.comment_records import Answer
from reviewer.office.records import Procedure

BASE = "/api/v1"
_ID = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
_TEXT = {"type": "string"}
_PLACES = {"name": _TEXT}  # parts of a path that are not numbers
_ERRORS = {"400": "请求有误", "401": "没有令牌或令牌无效", "403": "没有权限", "404": "没有这件事项或文件",
           "409": "别人先作了处理", "413": "文件过大", "429": "请求过于频繁", "503": "暂时不能办理"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Operation:
    """`body` is a JSON Schema (None: none), or "file" for the bytes of a file."""

    name: str
    method: str
    path: str
    scope: str
    summary: str
    query: Mapping[str, Any] | None = None
    body: Mapping[str, Any] | str | None = None
    status: int = 200
    binary: bool = False


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


OPERATIONS = (
    Operation("create", "post", "/matters", "submit", "登记一件事项", status=201, body=_object(
        ("title", "line"), title={"type": "string", "minLength": 1, "maxLength": 200},
        line={"enum": [v.value for v in Line]}, unit=_ID, stage=_TEXT,
        procedure={"enum": [p.value for p in Procedure]})),
    Operation("upload", "post", "/matters/{matter}/files", "submit", "上传一份材料，正文随即机审",
              body="file", status=201,
              query={"material": _TEXT, "name": {"type": "string", "minLength": 1, "maxLength": 200}}),
    Operation("submit", "post", "/matters/{matter}/submission", "submit", "提交送审", body=_object(
        ("version",), version={"type": "integer"}, note=_TEXT)),
    Operation("matters", "get", "/matters", "status", "事项列表", query={"words": _TEXT, "status": _TEXT,
              "page": {"type": "integer", "minimum": 1, "maximum": 100_000}}),
    Operation("matter", "get", "/matters/{matter}", "status", "办理情况：状态、期限、材料、办理留痕"),
    Operation("findings", "get", "/matters/{matter}/findings", "findings", "最近一次机审的意见"),
    Operation("comments", "get", "/matters/{matter}/comments", "comments", "审查意见及其答复、核对情况"),
    Operation("answer", "post", "/matters/{matter}/comments/{comment}/answer", "comments", "答复一条审查意见",
              body=_object(("answer", "version"), answer={"enum": [a.value for a in Answer if a]},
                           reason=_TEXT, version={"type": "integer"})),
    Operation("opinion", "get", "/matters/{matter}/opinion", "opinion", "最近印发的意见书（.docx）", binary=True),
    Operation("laws", "get", "/laws", "laws", "查询法规的效力和替代文件", query={
        "words": {"type": "string", "minLength": 1, "maxLength": 200}}),
    Operation("start_batch", "post", "/batches", "batch", "开始批量评分：上传一个文件或 .zip（name），"
              "或者服务器上的文件夹（folder，限管理员，不带请求体）", body="file", status=201, query={
                  "name": {"type": "string", "minLength": 1, "maxLength": 200}, "folder": _TEXT, "title": _TEXT,
                  "line": {"enum": [v.value for v in Line]}, "type": _TEXT,
                  "on": {"type": "string", "format": "date"}, "annotate": {"enum": ["true", "false"]}}),
    Operation("batches", "get", "/batches", "batch", "批量评分列表，新的在前"),
    Operation("batch", "get", "/batches/{batch}", "batch", "进度；完成后有各份文件的评分（差的在前，分页）和未能审查的",
              query={"page": {"type": "integer", "minimum": 1, "maximum": 100_000}}),
    Operation("cancel_batch", "post", "/batches/{batch}/cancel", "batch", "取消，已完成的部分保留"),
    Operation("continue_batch", "post", "/batches/{batch}/continue", "batch", "接着做已取消、中断或未能完成的批量评分"),
    Operation("batch_file", "get", "/batches/{batch}/files/{name}", "batch", "下载结果：summary.xlsx、report.html、"
              "checkup.docx、findings.parquet、results.sqlite、annotated.zip，或 documents 里的 report",
              binary=True),
)  # fmt: skip
_OPTIONAL = frozenset({"status", "page"})  # parameters of a query that may be left out, with `words` of a list


def document(address: str = "") -> dict[str, Any]:
    """OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(BASE + operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "合法性审查接口", "version": __version__,
                 "description": "请求头 Authorization: Bearer 令牌。令牌由管理员发放，"
                 "权限按范围限定，以令牌所属账号的身份办理。"},
        "servers": [{"url": address or "/"}],
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
        "webhooks": events.described(),
    }  # fmt: skip


def _described(operation: Operation) -> dict[str, Any]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": _PLACES.get(n, _ID)} for n in names]
    for name, schema in (operation.query or {}).items():
        free = operation.name == "start_batch" or (operation.name, name) == ("matters", "words")
        optional = free or name in _OPTIONAL
        parameters.append({"name": name, "in": "query", "required": not optional, "schema": schema})
    media, schema = ("application/octet-stream", {}) if operation.binary else (
        "application/json", ANSWERS[operation.name])  # fmt: skip
    good = {"description": "成功", "content": {media: {"schema": schema}}}
    problem = {"application/json": {"schema": _object(("error",), error=_TEXT)}}
    described: dict[str, Any] = {
        "operationId": operation.name, "summary": operation.summary, "description": f"权限范围：{operation.scope}",
        "parameters": parameters,
        "responses": {str(operation.status): good}
        | {code: {"description": said, "content": problem} for code, said in _ERRORS.items()},
    }  # fmt: skip
    if operation.body is not None:
        content = {"application/octet-stream": {"schema": {}}} if operation.body == "file" else {
            "application/json": {"schema": operation.body}}  # fmt: skip
        described["requestBody"] = {"required": operation.name != "start_batch", "content": content}
    return described
