"""Escalation, notices and the calendar feed: each once, to the right people, through a real mail and web server."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import icalendar
import office_desk as own
import pytest
from aiosmtpd.controller import Controller

from reviewer.office import accounts, notices, supervision
from reviewer.office.records import Matter
from reviewer.office.settings import Mail, Webhook

START = dt.date(2026, 3, 2)  # submitted and accepted on this Monday: the review ends on 30 March


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path)


def under_review(desk: own.Desk) -> Matter:
    matter = own.draft(desk)
    for key in ("submit", "accept", "assign", "begin"):
        matter = own.go(desk, matter, key, START)
    assert matter.due.on == dt.date(2026, 3, 30)
    return matter


def test_supervision_escalates_step_by_step_and_each_paper_is_written_once(desk: own.Desk) -> None:
    under_review(desk)
    written = {}
    for number in range(24, 46):
        on = dt.date(2026, 3, 1) + dt.timedelta(days=number - 1)
        for paper in supervision.raise_due(desk.office, on):
            written[on] = (paper.level, paper.days_over, paper.to_name)
    name = desk.handler.name
    assert written == {
        dt.date(2026, 3, 26): ("提示", 0, name),  # two working days left
        dt.date(2026, 3, 31): ("催办", 1, name),
        dt.date(2026, 4, 3): ("督办", 4, name),
    }


def test_a_unit_that_does_not_supplement_is_reminded_itself(desk: own.Desk) -> None:
    matter = own.go(desk, under_review(desk), "ask_supplement", dt.date(2026, 3, 9))
    assert matter.due.on == dt.date(2026, 3, 16)
    (paper,) = supervision.raise_due(desk.office, dt.date(2026, 3, 17))
    assert (paper.level, paper.to_name, paper.what) == ("催办", "甲局", "补正")


def test_a_second_overdue_goes_straight_to_the_head(desk: own.Desk) -> None:
    matter = own.go(desk, under_review(desk), "ask_supplement", dt.date(2026, 3, 9))
    supervision.raise_due(desk.office, dt.date(2026, 3, 17))
    own.go(desk, matter, "supplement", dt.date(2026, 3, 18))
    levels = [p.level for p in supervision.raise_due(desk.office, dt.date(2026, 4, 10))]
    assert levels == ["督办"]


def test_papers_are_numbered_without_gaps_and_logged(desk: own.Desk) -> None:
    for _ in range(3):
        under_review(desk)
    papers = supervision.raise_due(desk.office, dt.date(2026, 3, 31))
    assert [p.number for p in papers] == [f"催办〔2026〕{i}号" for i in (1, 2, 3)]
    with desk.office.store.reading() as db:
        assert db.value("SELECT count(*) FROM audit WHERE action = '催办'") == 3


class Inbox:
    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


def with_mail(desk: own.Desk, port: int) -> own.Desk:
    accounts.change_user(desk.office.store, desk.admin, desk.handler.id, name=desk.handler.name,
                         roles=desk.handler.roles, unit_id=None, email="handler@example.com", active=True)  # fmt: skip
    mail = Mail(host="127.0.0.1", port=port, sender="office@example.com", moves=False)
    settings = replace(desk.office.settings, mail=mail, address="https://review.example.com")
    return replace(desk, office=replace(desk.office, settings=settings))


def test_a_reminder_goes_by_mail_to_the_officer_once(desk: own.Desk, inbox: tuple[Inbox, int]) -> None:
    desk = with_mail(desk, inbox[1])
    matter = under_review(desk)
    on = dt.date(2026, 3, 31)
    first = notices.remind(desk.office, on)
    assert (len(first.raised), first.sent, first.failed) == (1, 1, 0)
    again = notices.remind(desk.office, on)
    assert (len(again.raised), again.sent) == (0, 0)
    (mail,) = inbox[0].mails
    assert mail["To"] == "handler@example.com" and mail["Subject"] == "【催办】设备采购合同"
    assert f"https://review.example.com/matter?id={matter.id}" in mail.get_content()  # type: ignore[attr-defined]
    assert "超期1个工作日" in mail.get_content()  # type: ignore[attr-defined]


def test_a_mail_that_could_not_be_sent_goes_out_the_next_time(desk: own.Desk, inbox: tuple[Inbox, int]) -> None:
    under_review(desk)
    nobody_listens = with_mail(desk, 1)
    failed = notices.remind(nobody_listens.office, dt.date(2026, 3, 31))
    assert (failed.sent, failed.failed, failed.waiting) == (0, 1, 1) and "没有发出" in failed.problem
    office = replace(nobody_listens.office.settings, mail=replace(nobody_listens.office.settings.mail, port=inbox[1]))
    later = notices.remind(replace(nobody_listens.office, settings=office), dt.date(2026, 3, 31))
    assert (later.sent, later.waiting) == (1, 0)
    assert len(inbox[0].mails) == 1


@pytest.mark.parametrize(("kind", "where"), [("wecom", "text"), ("dingtalk", "text"), ("feishu", "content")])
def test_a_webhook_gets_the_form_that_its_service_expects(desk: own.Desk, kind: str, where: str) -> None:
    received: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"errcode": 0}')

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        hook = Webhook(kind, f"http://127.0.0.1:{server.server_port}/send")
        office = replace(desk.office, settings=replace(desk.office.settings, webhook=hook))
        under_review(desk)
        assert notices.remind(office, dt.date(2026, 3, 31)).sent == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "设备采购合同" in json.dumps(received[0][where], ensure_ascii=False)


def test_the_feed_of_a_person_has_their_deadlines_and_nobody_elses(desk: own.Desk) -> None:
    under_review(desk)
    content = notices.feed(desk.office, desk.handler, START)
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert event["DTSTART"].dt == dt.date(2026, 3, 30) and event["SUMMARY"] == "审查到期：设备采购合同"
    for other in (desk.second_handler, desk.stranger, desk.applicant):
        assert not icalendar.Calendar.from_ical(notices.feed(desk.office, other, START)).walk("VEVENT")
