"""State changes told to other systems: queued with the change, signed, tried again, only to allowed addresses."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import office_desk as own
import pytest
from click.testing import CliRunner

from reviewer.api import openapi
from reviewer.cli import main
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import audit, deliveries, moving, posting, receivers
from reviewer.office.deliveries import ATTEMPTS, PAUSES, deliver_due, list_deliveries
from reviewer.office.receivers import NewReceiver, Receiver
from reviewer.office.records import ConflictError, ForbiddenError

SECRET = "a-secret-of-the-oa-system"


@dataclass
class Other:
    """Another system: what it was sent, and what it answers next (the last for ever)."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    delay: float = 0.0
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    location: str = ""


@contextmanager
def other_system() -> Iterator[Other]:
    """A real HTTP server on this machine."""
    other = Other()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            other.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(other.delay)
            status = other.answers.pop(0) if len(other.answers) > 1 else other.answers[0]
            try:
                self.send_response(status)
                if other.location:
                    self.send_header("Location", other.location)
                self.end_headers()
            except OSError:
                return  # the caller did not wait

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    other.url = f"http://127.0.0.1:{server.server_address[1]}/receive?kind=state"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield other
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


@pytest.fixture
def other() -> Iterator[Other]:
    with other_system() as found:
        yield found


def registered(desk: own.Desk, other: Other, **more: int) -> Receiver:
    new = NewReceiver("办公系统", other.url, SECRET, True, **more)
    return receivers.register(desk.office, desk.admin, new)[0]


def only(desk: own.Desk) -> deliveries.Delivery:
    (found,) = list_deliveries(desk.office, desk.admin)
    return found


def test_a_move_is_delivered_signed_and_without_a_title_or_words(desk: own.Desk, other: Other) -> None:
    registered(desk, other)
    matter = own.go(desk, own.draft(desk, title="绝不外传的题名"), "submit")
    assert deliver_due(desk.office) == deliveries.Round(sent=1)
    headers, body = other.heard[0]
    stamp = headers["reviewer-timestamp"]
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["reviewer-signature"] == f"sha256={expected}" and abs(time.time() - int(stamp)) < 60
    told = json.loads(body)
    assert (told["event"], told["move"], told["id"]) == ("matter.moved", "submit", headers["reviewer-delivery"])
    assert told["matter"] | {"due_on": None, "due_what": ""} == {
        "id": matter.id, "number": "", "line": "contract", "state": "submitted", "state_name": "待受理",
        "previous": "draft", "version": matter.version, "due_on": None, "due_what": "",
    }  # fmt: skip
    assert "绝不外传" not in body.decode() and "理由" not in body.decode()
    assert only(desk).status == "sent" and deliver_due(desk.office) == deliveries.Round()


def test_a_move_that_is_refused_leaves_no_event(desk: own.Desk, other: Other) -> None:
    registered(desk, other)
    matter = own.draft(desk)
    with pytest.raises(ConflictError):
        moving.move(desk.office, desk.applicant, matter.id, "submit", matter.version + 1)
    assert list_deliveries(desk.office, desk.admin) == ()


def test_a_failing_then_slow_then_healthy_system_gets_the_event_in_the_end(
    desk: own.Desk, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "TIMEOUT", 0.2)
    registered(desk, other)
    own.go(desk, own.draft(desk), "submit")
    other.answers, start = [500], time.time()
    assert deliver_due(desk.office, start + 1).failed == 1
    assert (only(desk).status, only(desk).error) == ("waiting", "对方返回 500")
    assert deliver_due(desk.office, start + PAUSES[0]) == deliveries.Round()  # not before the pause is over
    other.answers, other.delay = [200], 0.6
    assert deliver_due(desk.office, start + PAUSES[0] + 2).failed == 1
    assert "没有在" in only(desk).error
    other.delay = 0.0
    assert deliver_due(desk.office, start + PAUSES[0] + PAUSES[1] + 4).sent == 1
    assert (only(desk).status, only(desk).attempts, only(desk).error) == ("sent", 3, "")
    assert len({body for _, body in other.heard}) == 1  # the same event, to the byte
    assert list(PAUSES) == sorted(PAUSES)


def test_an_answer_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "LONGEST", 0.5)
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listening.accept()
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            pass
        finally:
            connection.close()

    thread = threading.Thread(target=drip)
    thread.start()
    start = time.monotonic()
    said = posting.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, inside=True)
    assert said and time.monotonic() - start < 3
    thread.join()
    listening.close()


def test_an_event_is_given_up_after_the_last_try_shown_and_sent_again_on_demand(desk: own.Desk, other: Other) -> None:
    receiver = registered(desk, other)
    own.go(desk, own.draft(desk), "submit")
    other.answers, at = [503], time.time()
    for n in range(ATTEMPTS):
        at += 100_000
        assert deliver_due(desk.office, at).dead == (n == ATTEMPTS - 1)
    assert deliver_due(desk.office, at + 1_000_000) == deliveries.Round()
    dead = only(desk)
    assert (dead.status, dead.attempts, len(other.heard)) == ("dead", ATTEMPTS, ATTEMPTS)
    assert receivers.list_receivers(desk.office, desk.admin)[0].dead == 1
    other.answers = [204]
    deliveries.again(desk.office, desk.admin, dead.id)
    assert deliver_due(desk.office).sent == 1
    with pytest.raises(UsageError, match="已放弃"):
        deliveries.again(desk.office, desk.admin, dead.id)
    assert receiver.id == dead.receiver_id


def test_a_redirect_is_not_followed(desk: own.Desk, other: Other) -> None:
    with other_system() as elsewhere:
        other.answers, other.location = [307], elsewhere.url
        registered(desk, other)
        own.go(desk, own.draft(desk), "submit")
        assert deliver_due(desk.office).failed == 1
        assert "没有跟随" in only(desk).error and elsewhere.heard == []


def test_one_receiver_that_is_down_does_not_hold_up_another(desk: own.Desk, other: Other) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    receivers.register(desk.office, desk.admin, NewReceiver("坏的", f"http://127.0.0.1:{port}/", inside=True))
    registered(desk, other)
    own.at(desk, "accepted")
    assert deliver_due(desk.office) == deliveries.Round(sent=2, failed=1)  # tried once in a round
    assert [json.loads(body)["move"] for _, body in other.heard] == ["submit", "accept"]


def test_a_receiver_of_one_unit_hears_of_its_matters_only(desk: own.Desk, other: Other) -> None:
    registered(desk, other, unit_id=desk.units[1])
    own.at(desk, "accepted")
    assert list_deliveries(desk.office, desk.admin) == ()


def test_a_stopped_receiver_hears_nothing_more(desk: own.Desk, other: Other) -> None:
    receiver = registered(desk, other)
    own.go(desk, own.draft(desk), "submit")
    receivers.stop(desk.office, desk.admin, receiver.id)
    own.go(desk, own.draft(desk), "submit")
    assert deliver_due(desk.office) == deliveries.Round() and other.heard == []
    assert (only(desk).status, only(desk).error) == ("dead", "接收方已停用")
    with pytest.raises(UsageError, match="停用"):
        deliveries.try_out(desk.office, desk.admin, receiver.id)


def test_two_senders_do_not_deliver_the_same_event_twice(desk: own.Desk, other: Other) -> None:
    registered(desk, other)
    own.go(desk, own.draft(desk), "submit")
    other.delay = 0.3
    both = [threading.Thread(target=deliver_due, args=(desk.office,)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(other.heard) == 1


@pytest.mark.parametrize(
    "url",
    ["ftp://oa.example.cn/x", "https://user:pw@oa.example.cn/", "https://oa.example.cn/#x", "https:///x", "oa", "",
     "https://办公.example.cn/", "https://oa.example.cn/\nX: y", "https://oa.example.cn:99999/"],
)  # fmt: skip
def test_what_is_no_address_is_refused(desk: own.Desk, url: str) -> None:
    for inside in (False, True):
        with pytest.raises(UsageError, match="地址"):
            receivers.register(desk.office, desk.admin, NewReceiver("x", url, inside=inside))


@pytest.mark.parametrize(
    ("address", "outside", "inside"),
    [("8.8.8.8", True, True), ("2001:4860:4860::8888", True, True), ("10.1.2.3", False, True),
     ("192.168.1.9", False, True), ("100.64.0.1", False, True), ("127.0.0.1", False, True), ("::1", False, True),
     ("fd00::1", False, True), ("::ffff:10.0.0.1", False, True), ("169.254.169.254", False, False),
     ("::ffff:169.254.169.254", False, False), ("fe80::1", False, False), ("0.0.0.0", False, False),
     ("::", False, False), ("224.0.0.1", False, False), ("255.255.255.255", False, False)],
)  # fmt: skip
def test_private_addresses_need_the_administrators_word_and_some_are_never_used(
    address: str, outside: bool, inside: bool
) -> None:
    found = ipaddress.ip_address(address)
    assert (posting.allowed(found, inside=False), posting.allowed(found, inside=True)) == (outside, inside)


def test_a_name_that_leads_inside_is_refused_when_it_is_used(other: Other) -> None:
    """A name can be changed after it was registered, so the address is looked at each time."""
    port = other.url.partition("127.0.0.1:")[2].partition("/")[0]
    assert posting.check_url(f"https://localhost:{port}/", inside=False)
    said = posting.post(f"https://localhost:{port}/", b"{}", {}, inside=False)
    assert "内网" in said and other.heard == []
    assert posting.post(f"http://localhost:{port}/", b"{}", {}, inside=True) == "" and len(other.heard) == 1


def test_a_secret_is_long_enough_and_kept_out_of_the_log(desk: own.Desk, other: Other) -> None:
    with pytest.raises(UsageError, match="密钥"):
        receivers.register(desk.office, desk.admin, NewReceiver("x", other.url, "short", True))
    made, secret = receivers.register(desk.office, desk.admin, NewReceiver("x", other.url, inside=True))
    assert len(secret) >= 32 and secret not in repr(made) and secret not in repr(NewReceiver("x", "y", secret))
    with desk.office.store.reading() as db:
        told = [e.detail for e in audit.entries(db, words="登记接收方")]
    assert len(told) == 1 and secret not in told[0] and "kind=state" not in told[0] and "127.0.0.1" in told[0]


def test_only_the_administrator_deals_with_receivers(desk: own.Desk, other: Other) -> None:
    receiver = registered(desk, other)
    for person in (desk.applicant, desk.handler, desk.approver):
        for work in (
            lambda p=person: receivers.register(desk.office, p, NewReceiver("x", other.url, inside=True)),
            lambda p=person: receivers.list_receivers(desk.office, p),
            lambda p=person: receivers.stop(desk.office, p, receiver.id),
            lambda p=person: deliveries.try_out(desk.office, p, receiver.id),
            lambda p=person: deliveries.again(desk.office, p, 1),
            lambda p=person: list_deliveries(desk.office, p),
        ):
            with pytest.raises(ForbiddenError):
                work()


def test_the_commands_register_try_list_send_and_stop(desk: own.Desk, other: Other) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["receiver", *words, "--data", str(desk.office.folder)])
        assert result.exit_code == 0, result.output
        return result.output

    assert "密钥：" in run("add", "办公系统", other.url, "--as", "root", "--inside", "--unit", "甲局")
    own.go(desk, own.draft(desk, line=Line.NORMATIVE), "submit", dt.date.today())
    assert "送达 1 条，未送达 0 条" in run("send")
    assert "甲局　在用　待推送 0，已送达 1，已放弃 0" in run("list", "--as", "root")
    assert "办公系统　事项 1　已送达　第 1 次" in run("events", "--as", "root", "--status", "sent")
    assert "已停用" in run("stop", "1", "--as", "root")


def test_the_example_of_the_manual_accepts_a_real_event_and_refuses_a_changed_one(desk: own.Desk, other: Other) -> None:
    manual = (Path(__file__).parents[1] / "docs" / "interface.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(next(b for b in re.findall(r"```python\n(.*?)```", manual, re.S) if "def genuine" in b), names)
    registered(desk, other)
    own.go(desk, own.draft(desk), "submit")
    deliver_due(desk.office)
    sent, body = other.heard[0]
    headers = {name: sent[name.lower()] for name in ("Reviewer-Timestamp", "Reviewer-Signature")}
    assert names["genuine"](SECRET, headers, body)
    assert not names["genuine"](SECRET, headers, body + b" ")
    assert not names["genuine"]("another secret", headers, body)
    old = {**headers, "Reviewer-Timestamp": str(int(headers["Reviewer-Timestamp"]) - 400)}
    assert not names["genuine"](SECRET, old, body)


def test_a_long_queue_of_a_receiver_that_is_down_starves_nobody_and_is_tried_once_in_a_while(
    desk: own.Desk, other: Other
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    down, _ = receivers.register(desk.office, desk.admin, NewReceiver("x", f"http://127.0.0.1:{port}/", inside=True))
    for _ in range(deliveries.ROUND + 5):
        deliveries.try_out(desk.office, desk.admin, down.id)
    healthy = registered(desk, other)
    deliveries.try_out(desk.office, desk.admin, healthy.id)
    at = time.time() + 1
    assert deliver_due(desk.office, at) == deliveries.Round(sent=1, failed=1)
    assert deliver_due(desk.office, at + PAUSES[0] - 1) == deliveries.Round()
    assert deliver_due(desk.office, at + PAUSES[0] + 1).failed == 1


def test_what_is_sent_is_what_the_openapi_document_describes(desk: own.Desk, other: Other) -> None:
    receiver = registered(desk, other)
    own.at(desk, "accepted")
    deliveries.try_out(desk.office, desk.admin, receiver.id)
    assert deliver_due(desk.office).sent == 3
    described = openapi.document()["webhooks"]
    for headers, body in other.heard:
        event = described[headers["reviewer-event"]]["post"]
        jsonschema.validate(json.loads(body), event["requestBody"]["content"]["application/json"]["schema"])
        assert {p["name"].lower() for p in event["parameters"]} <= set(headers)
    assert [headers["reviewer-event"] for headers, _ in other.heard] == ["matter.moved", "matter.moved", "ping"]
