"""The interface for other systems: an OA submits, asks back and answers; tokens, scopes, limits; nothing breaks it."""

from __future__ import annotations

import hashlib
import json
import random
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import jsonschema
import office_desk as own
import pytest
import web_office as web
from hypothesis import given
from hypothesis import strategies as st
from test_comments import FIRST

from reviewer.api.machine import Rate
from reviewer.api.openapi import BASE, OPERATIONS, Operation, document
from reviewer.cli import interface
from reviewer.errors import UsageError
from reviewer.office import comments, matters, papers, posting, tokens
from reviewer.office.comment_records import Status, Target
from reviewer.office.records import ForbiddenError
from reviewer.office.sheet import open_sheet


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    return own.open_desk(tmp_path_factory.mktemp("api") / "data")


def token(desk: own.Desk, who: own.User, *scopes: str) -> str:
    return tokens.create(desk.office, desk.admin, "办公系统", who.id, scopes or tuple(tokens.SCOPES))[1]


def call(address: str, secret: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status and content: decoded where it is JSON."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}{BASE}{path}", data, method=method)
    request.add_header("Authorization", f"Bearer {secret}")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, _decoded(answer)
    except urllib.error.HTTPError as error:
        return error.code, _decoded(error)


def fits(name: str, content: Any) -> None:
    """What an operation gave back is what the document promises."""
    operation = next(o for o in OPERATIONS if o.name == name)
    described = document()["paths"][BASE + operation.path][operation.method]["responses"][str(operation.status)]
    jsonschema.validate(content, described["content"]["application/json"]["schema"])


def _decoded(answer: Any) -> Any:
    content = answer.read()
    return json.loads(content) if "json" in answer.headers.get("content-type", "") else content


def test_an_oa_submits_asks_back_answers_and_fetches_the_opinion(desk: own.Desk, address: str) -> None:
    secret = token(desk, desk.applicant)
    status, made = call(address, secret, "POST", "/matters", {"title": "接口送审的合同", "line": "contract"})
    assert (status, made["state"], made["unit"]) == (201, "draft", "甲局")
    fits("create", made)
    for material in desk.office.lines[own.Line.CONTRACT].materials:
        if material.required:
            content = FIRST.encode() if material.reviewed else "见附页".encode()
            path = f"/matters/{made['id']}/files?material={material.key}&name=a.txt"
            assert call(address, secret, "POST", path, content)[0] == 201
    status, sent = call(address, secret, "POST", f"/matters/{made['id']}/submission", {"version": made["version"]})
    assert (status, sent["state_name"]) == (200, "待受理")
    status, again = call(address, secret, "POST", f"/matters/{made['id']}/submission", {"version": made["version"]})
    assert status == 409 and "先办理了" in again["error"]

    matter = matters.view(desk.office, desk.handler, made["id"]).matter
    for key in own.PATHS["reviewing"][1:]:
        matter = own.go(desk, matter, key)
    for _ in range(200):
        found = call(address, secret, "GET", f"/matters/{made['id']}/findings")[1]
        if found["reviewed"]:
            break
        web.time.sleep(0.1)
    assert any("deposit" in f["rule"] for f in found["findings"])
    fits("findings", found)
    pending = next(c for c in open_sheet(desk.office, desk.handler, matter.id).comments if c.status is Status.PENDING)
    comments.accept(desk.office, desk.handler, Target(0, pending.finding_id, 0))
    assert call(address, secret, "GET", f"/matters/{matter.id}/comments")[1] == {"comments": []}  # not given yet
    matter = own.go(desk, matter, "feedback")
    (given,) = call(address, secret, "GET", f"/matters/{matter.id}/comments")[1]["comments"]
    answer = {"answer": "rejected", "version": given["version"], "reason": "另有约定"}
    status, said = call(address, secret, "POST", f"/matters/{matter.id}/comments/{given['id']}/answer", answer)
    assert (status, said["answer_name"], said["answer_reason"]) == (200, "不采纳", "另有约定")
    fits("answer", said)
    fits("comments", {"comments": [given]})
    assert call(address, secret, "GET", f"/matters/{matter.id}/opinion")[0] == 404
    for key in ("revised", "conclude", "sign"):
        matter = own.go(desk, matter, key)
    papers.issue(desk.office, desk.approver, matter.id, own.dt.date.today())
    status, content = call(address, secret, "GET", f"/matters/{matter.id}/opinion")
    assert status == 200 and content[:2] == b"PK"
    told = call(address, secret, "GET", f"/matters/{matter.id}")[1]
    assert told["history"][-1]["state"] == "issued"
    fits("matter", told)


def test_a_token_is_kept_as_a_hash_only(desk: own.Desk) -> None:
    secret = token(desk, desk.applicant)
    with desk.office.store.reading() as db:
        rows = [dict(r) for r in db.rows("SELECT * FROM api_tokens")]
    assert secret not in json.dumps(rows) and hashlib.sha256(secret.encode()).hexdigest() in json.dumps(rows)
    with pytest.raises(ForbiddenError):
        tokens.create(desk.office, desk.handler, "x", desk.handler.id, ["laws"])
    with pytest.raises(UsageError, match="权限范围可用"):
        tokens.create(desk.office, desk.admin, "x", desk.handler.id, ["everything"])


def test_a_token_does_what_its_scopes_and_its_account_may(desk: own.Desk, address: str) -> None:
    matter = own.at(desk, "submitted")
    only_laws = token(desk, desk.applicant, "laws")
    found = call(address, only_laws, "GET", f"/laws?words={urllib.parse.quote('民法典')}")[1]
    assert found["laws"][0]["status"] == "现行有效"
    status, said = call(address, only_laws, "GET", f"/matters/{matter.id}")
    assert status == 403 and "status" in said["error"]
    stranger = token(desk, desk.stranger)
    for path in ("", "/findings", "/comments", "/opinion"):
        assert call(address, stranger, "GET", f"/matters/{matter.id}{path}")[0] == 404
    assert call(address, stranger, "POST", f"/matters/{matter.id}/submission", {"version": 1})[0] == 404
    assert call(address, stranger, "GET", "/matters?status=all")[1]["total"] == 0


def test_without_a_valid_token_nothing_is_told(desk: own.Desk, address: str) -> None:
    secret = token(desk, desk.applicant)
    made = tokens.list_tokens(desk.office, desk.admin)[-1]
    assert call(address, secret, "GET", "/matters")[0] == 200
    tokens.revoke(desk.office, desk.admin, made.id)
    for wrong in (secret, "", "rvk_x", "x" * 5000):
        assert call(address, wrong, "GET", "/matters")[0] == 401
    assert call(address, "", "GET", "/nothing")[0] == 404


def test_the_rate_limit_lets_a_burst_through_and_then_one_by_one() -> None:
    rate = Rate(per_minute=60)
    assert [rate.wait(1, 0.0) for _ in range(60)] == [0.0] * 60
    assert rate.wait(1, 0.0) == pytest.approx(1.0)
    assert rate.wait(2, 0.0) == 0.0  # each token has its own
    assert rate.wait(1, 1.5) == 0.0


def test_the_document_describes_every_operation(address: str) -> None:
    with urllib.request.urlopen(f"{address}{BASE}/openapi.json", timeout=30) as answer:
        told = json.loads(answer.read())
    assert told["openapi"].startswith("3.1") and told == json.loads(json.dumps(document()))
    described = {(m, p) for p, methods in told["paths"].items() for m in methods}
    assert described == {(o.method, BASE + o.path) for o in OPERATIONS}


def test_another_method_is_refused_with_those_that_are_allowed(address: str) -> None:
    for method, path, allowed in (("PUT", "/laws", {"GET", "HEAD"}), ("DELETE", "/matters", {"GET", "HEAD", "POST"}),
                                  ("OPTIONS", "/batches/1/cancel", {"POST"})):  # fmt: skip
        request = urllib.request.Request(f"{address}{BASE}{path}", method=method)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=30)
        assert refused.value.code == 405 and set(refused.value.headers["Allow"].split(", ")) == allowed
        assert "这个地址只能用" in json.loads(refused.value.read())["error"]


def test_what_the_document_does_not_describe_is_refused(desk: own.Desk, address: str) -> None:
    secret = token(desk, desk.applicant)
    without = {"title": "没有写明单位的", "line": "contract"}
    assert call(address, secret, "POST", "/matters", without)[0] == 201
    assert call(address, secret, "POST", "/matters", without | {"unit": None})[0] == 400
    assert call(address, secret, "GET", f"/laws?words={'0' * 200}") == (200, {"laws": []})
    status, said = call(address, secret, "GET", f"/laws?words={'0' * 201}")
    assert status == 400 and "200" in said["error"]


def test_the_command_line_gives_out_every_scope() -> None:
    assert tuple(tokens.SCOPES) == interface.SCOPES


@given(st.text(), st.sampled_from(["", "http://", "https://", "https://a.cn:", "https://["]), st.booleans())
def test_any_address_of_a_receiver_is_taken_or_refused_with_a_sentence(text: str, head: str, inside: bool) -> None:
    try:
        assert posting.check_url(head + text, inside=inside).startswith(("http://", "https://"))
    except UsageError as error:
        assert str(error)


ODD = (None, True, -1, 0, 2**63, 1.5, "", "中" * 300, "'; DROP TABLE", "\x00", [], {}, [[]], {"a": 1})


def anything(dice: random.Random, schema: dict[str, Any], depth: int = 0) -> Any:
    """A value that fits the schema, or (one time in four) any other."""
    if dice.random() < 0.25 and depth < 3:
        return dice.choice(ODD)
    if "enum" in schema:
        return dice.choice(schema["enum"])
    if schema.get("type") == "object":
        names = [n for n in schema["properties"] if n in schema["required"] or dice.random() < 0.3]
        return {n: anything(dice, schema["properties"][n], depth + 1) for n in names}
    if schema.get("type") == "integer":
        return dice.choice([0, 1, 2, 3, 10, 2**31, 2**53, 2**70])
    return dice.choice(["open", "text", "合同.txt", "民法典", "../../x", "a\nb", "😀" * 5, "%00", "第一条"])


def request_for(dice: random.Random, operation: Operation) -> tuple[str, Any]:
    path = operation.path
    path = path.replace("{name}", dice.choice(["summary.xlsx", "office.db", "0123456789abcdef.html"]))
    for name in ("matter", "comment", "batch"):
        path = path.replace(f"{{{name}}}", str(dice.choice([1, 2, 3, 0, 99999, 2**53, 2**70, "x", "-1"])))
    query = {n: anything(dice, s) for n, s in (operation.query or {}).items() if dice.random() < 0.8}
    if query:
        path += "?" + urllib.parse.urlencode({k: v if isinstance(v, str) else json.dumps(v) for k, v in query.items()})
    if operation.body is None:
        return path, None
    if operation.body == "file":
        return path, dice.choice([b"", b"abc", b"PK\x03\x04broken", "第一条".encode()])
    assert not isinstance(operation.body, str)
    body = anything(dice, dict(operation.body), dice.choice((0, 0, 3)))  # at a depth of 3, all of it fits
    return path, dice.choice([json.dumps(body).encode()] * 6 + [b"{", b"\xff", b"[" * 3000])


def test_no_request_that_the_document_allows_or_forbids_breaks_the_server(desk: own.Desk, address: str) -> None:
    """Random calls after the interface's own description: each gets a described answer, none an inner error."""
    dice = random.Random(7)
    secrets = [token(desk, who) for who in (desk.applicant, desk.handler, desk.approver) for _ in range(3)]
    seen: dict[str, set[int]] = {}
    for n in range(360):
        operation = OPERATIONS[n % len(OPERATIONS)]
        path, body = request_for(dice, operation)
        status, content = call(address, secrets[n % len(secrets)], operation.method.upper(), path, body)
        described = {int(c) for c in document()["paths"][BASE + operation.path][operation.method]["responses"]}
        assert status in described, (operation.name, path, body, status, content)
        if status >= 400:
            assert set(content) == {"error"} and content["error"], content
        elif not operation.binary:
            fits(operation.name, content)
        seen.setdefault(operation.name, set()).add(status)
    assert {"matters", "laws", "create"} <= {name for name, codes in seen.items() if codes & {200, 201}}
