"""Notices → e-mail, chat robot, calendar feed. An outbox keeps what could not be sent for the next time.

`reviewer remind` (a timer) and the running server both come here; the key of a notice makes sure it goes out once.
"""

from __future__ import annotations

import datetime as dt
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage

from reviewer.office import rows, supervision
from reviewer.office.accounts import list_users
from reviewer.office.desk import Office
from reviewer.office.listing import visible
from reviewer.office.records import Matter, Role, Supervision, User
from reviewer.office.settings import Mail, Webhook
from reviewer.office.store import Row, Writing, now

ATTEMPTS = 10
TIMEOUT = 15


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a run of `remind` did."""

    raised: tuple[Supervision, ...]
    sent: int
    failed: int
    waiting: int
    problem: str = ""


def remind(office: Office, today: dt.date, *, actor: str = "系统") -> Reminded:
    """Raise supervision that is due, queue its notices, send everything that waits."""
    raised = supervision.raise_due(office, today, actor=actor)
    queue(office, raised)
    sent, failed, problem = send_waiting(office)
    with office.store.reading() as db:
        waiting = db.value("SELECT count(*) FROM notices WHERE status = 'waiting'")
    return Reminded(raised, sent, failed, waiting, problem)


def queue(office: Office, raised: Iterable[Supervision]) -> None:
    """Enter the notices of new papers into the outbox, for the channels that are set up."""
    users = list_users(office.store)
    with office.store.writing() as db:
        for paper in raised:
            matter = rows.get_matter(db, paper.matter_id)
            subject = f"【{paper.level}】{paper.matter_title}"
            body = f"{paper.text}\n{_link(office, matter)}".strip()
            people = [u.email for u in users if u.active and u.email and _concerns(u, paper, matter)]
            wanted = [("mail", p) for p in people] if office.settings.mail.host else []
            wanted += [("webhook", office.settings.webhook.kind)] if office.settings.webhook.url else []
            for channel, recipient in wanted:
                key = f"{paper.number}/{channel}/{recipient}"
                enter(db, key, channel, recipient, subject, body, paper.matter_id, "matter")


def enter(
    db: Writing, key: str, channel: str, recipient: str, subject: str, body: str, matter_id: int, page: str
) -> None:
    """One notice into the outbox; nothing where its key is known. What goes to a page is there at once, unread."""
    status = "unread" if channel == "page" else "waiting"
    db.run("INSERT INTO notices (key, channel, recipient, subject, body, status, created_at, matter_id, page) VALUES"
           " (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
           [key, channel, recipient, subject, body, status, now(), matter_id, page])  # fmt: skip


def _concerns(user: User, paper: Supervision, matter: Matter) -> bool:
    """Who hears of a paper: the one who must act; heads from 催办 on."""
    if matter.due.party == "unit":
        acts = user.has(Role.APPLICANT) and user.unit_id == matter.unit_id
    else:
        acts = user.id == matter.handler_id or (matter.handler_id is None and user.has(Role.HANDLER))
    return acts or (paper.level != "提示" and user.has(Role.APPROVER))


def _link(office: Office, matter: Matter) -> str:
    base = office.settings.address.rstrip("/")
    return f"{base}/matter?id={matter.id}" if base else ""


def send_waiting(office: Office, *, fresh: bool = False) -> tuple[int, int, str]:
    """Send the outbox; sent, failed, and the last problem as a sentence. A failed notice waits for the next run.

    `fresh`: only what was never tried, and no further after the first failure.
    """
    with office.store.reading() as reading:
        waiting = reading.rows("SELECT * FROM notices WHERE status = 'waiting' AND (attempts = 0 OR NOT ?)"
                               " ORDER BY id LIMIT 500", [fresh])  # fmt: skip
    sent = failed = 0
    problem = ""
    for notice in waiting:
        if not _taken(office, notice):
            continue
        trouble = _send(office, notice["channel"], notice["recipient"], notice["subject"], notice["body"])
        sent, failed, problem = sent + (not trouble), failed + bool(trouble), trouble or problem
        over = notice["attempts"] + 1 >= ATTEMPTS
        status = "sent" if not trouble else ("given_up" if over else "waiting")
        with office.store.writing() as db:
            db.update("notices", notice["id"], {"status": status, "error": trouble,
                                                "sent_at": "" if trouble else now()})  # fmt: skip
        if trouble and fresh:
            break
    return sent, failed, problem


def _taken(office: Office, notice: Row) -> bool:
    """Is it ours? The server and `reviewer remind` may look at the same moment; each notice goes out once."""
    with office.store.writing() as db:
        return bool(db.run("UPDATE notices SET attempts = attempts + 1 WHERE id = ? AND status = 'waiting' AND"
                           " attempts = ?", [notice["id"], notice["attempts"]]))  # fmt: skip


def _send(office: Office, channel: str, recipient: str, subject: str, body: str) -> str:
    """Empty when it was sent, else why not."""
    try:
        if channel == "mail":
            _mail(office.settings.mail, recipient, subject, body)
        else:
            _post(office.settings.webhook, f"{subject}\n{body}")
    except (OSError, smtplib.SMTPException, urllib.error.URLError, ValueError) as error:
        return f"{'邮件' if channel == 'mail' else '消息'}没有发出（{error}），下次提醒时重试"
    return ""


def _mail(mail: Mail, recipient: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["From"], message["To"] = mail.sender or mail.user, recipient
    message["Subject"] = " ".join(subject.split())
    message.set_content(body)
    context = ssl.create_default_context() if mail.encryption != "none" else None
    if mail.encryption == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT)
    with server:
        if mail.encryption == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(message)


def webhook_body(kind: str, text: str) -> dict[str, object]:
    """企业微信 and 钉钉 take one form, 飞书 another."""
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": text}}
    return {"msgtype": "text", "text": {"content": text}}


def _post(webhook: Webhook, text: str) -> None:
    if not webhook.url.startswith(("https://", "http://")):
        raise ValueError("webhook 的 url 应以 https:// 开头")
    body = json.dumps(webhook_body(webhook.kind, text), ensure_ascii=False).encode()
    request = urllib.request.Request(webhook.url, body, {"Content-Type": "application/json; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        answer = json.loads(response.read(100_000) or b"{}")
    code = answer.get("errcode", answer.get("code", 0)) if isinstance(answer, dict) else 0
    if code:
        raise ValueError(f"对方返回错误 {code}")


def feed(office: Office, user: User, today: dt.date) -> bytes:
    """The calendar of a person: every deadline of the matters they have to act on, as .ics."""
    import icalendar

    condition, values = visible(user)
    mine = "(m.handler_id = :me OR (m.due_party = 'unit' AND m.unit_id = :my_unit))"
    if user.has(Role.APPROVER):
        mine = "1"
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//reviewer//zh")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{office.settings.name}期限")
    with office.store.reading() as db:
        found = db.rows(f"{rows.MATTER} WHERE {condition} AND m.due_on IS NOT NULL AND {mine} ORDER BY m.due_on, m.id"
                        " LIMIT 2000", values)  # fmt: skip
    for matter in map(rows.matter, found):
        assert matter.due.on is not None
        event = icalendar.Event()
        event.add("uid", f"matter-{matter.id}@reviewer")
        event.add("dtstamp", dt.datetime.combine(today, dt.time(), dt.UTC))
        event.add("dtstart", matter.due.on)
        event.add("dtend", matter.due.on + dt.timedelta(days=1))
        event.add("summary", f"{matter.due.what}到期：{matter.title}")
        event.add("description", f"{matter.display_number}　{matter.unit}\n{_link(office, matter)}".strip())
        calendar.add_component(event)
    return bytes(calendar.to_ical())
