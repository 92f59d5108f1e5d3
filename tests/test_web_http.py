"""The plain HTTP side of the real server: who gets in, from where, how much, and what comes back."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import office_desk as own
import pytest
import web_office as web

from reviewer.api.guard import safe_next
from reviewer.office import backup, matters, reviewing, supervision


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Client:
    """One person's HTTP client, with the cookie of their login."""

    address: str
    cookie: str = ""

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            own_headers = {"Cookie": self.cookie} if self.cookie else {}
            named = {k.replace("_", "-"): v for k, v in headers.items()}
            connection.request(method, quote(path, safe="/?=&%:"), body, {**own_headers, **named})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, origin: str | None = None, **fields: str) -> Answer:
        headers = {"Content_Type": "application/x-www-form-urlencoded"}
        if origin is None:
            origin = self.address
        if origin:
            headers["Origin"] = origin
        return self.send("POST", path, urlencode(fields).encode(), **headers)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    desk = own.open_desk(tmp_path_factory.mktemp("http") / "data")
    (desk.office.folder / "office.toml").write_text("upload_megabytes = 2\n", encoding="utf-8")
    own.at(desk, "reviewing")
    reviewing.run_queued(desk.office)
    backup.back_up(desk.office, desk.office.folder / "backups")
    return desk


def client(address: str, account: str) -> Client:
    answer = Client(address).post("/login", account=account, password=own.PASSWORD)
    assert answer.status == 303, answer.text
    return Client(address, answer.headers["Set-Cookie"].split(";")[0])


# ------------------------------------------------------------------ 登录

def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(address: str) -> None:
    answer = Client(address).post("/login", account="handle", password=own.PASSWORD, next="/matters?level=overdue")
    assert answer.status == 303 and answer.headers["Location"] == "/matters?level=overdue"
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_form_from_another_site_is_refused(address: str, origin: str, path: str) -> None:
    person = client(address, "approve") if path == "/logout" else Client(address)
    answer = person.post(path, origin, account="handle", password=own.PASSWORD)
    assert answer.status == 403 and "不是从本系统的页面发出的" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_a_wrong_password_is_401_without_a_cookie_and_with_the_account_escaped(address: str) -> None:
    answer = Client(address).post("/login", account='"><script>alert(1)</script>', password="wrong-password-1")
    assert answer.status == 401 and "账号或密码不正确" in answer.text
    assert "<script>alert" not in answer.text and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "",
                                    "/login?next=/", "/x\r\nSet-Cookie: a=b"])  # fmt: skip
def test_after_the_login_nobody_is_sent_to_another_site(wanted: str) -> None:
    assert safe_next(wanted) == "/"


def test_a_huge_login_form_is_refused_while_it_is_read(address: str) -> None:
    answer = Client(address).post("/login", account="a" * 100_000, password="x")
    assert answer.status == 400 and "过长" in answer.text


def test_after_log_out_the_old_cookie_opens_nothing(address: str) -> None:
    person = client(address, "handle")
    assert person.get("/", Accept="text/html").status == 200
    assert person.post("/logout").status == 303
    assert person.get("/", Accept="text/html").headers["Location"] == "/login"


# ------------------------------------------------------------------ 没有登录什么都没有

@pytest.mark.parametrize("path", ["/", "/matters", "/deadlines?level=overdue", "/files/1", "/papers/html/1",
                                  "/supervision/1", "/backups/x.zip", "/media/x", "/component/x",
                                  "/_stcore/stream", "/_stcore/host-config", "/anything"])  # fmt: skip
def test_without_a_session_every_path_leads_to_the_login(address: str, path: str) -> None:
    answer = Client(address).get(path, Accept="text/html")
    assert answer.status == 303 and answer.headers["Location"].startswith("/login")
    assert Client(address, "reviewer_session=guessed").get(path).status == 401


@pytest.mark.parametrize("cookie", ["", "reviewer_session=guessed"])
def test_the_websocket_is_closed_without_a_session(address: str, cookie: str) -> None:
    assert "101" not in handshake(address, cookie)


def test_the_websocket_opens_with_a_session_and_not_for_another_site(address: str) -> None:
    cookie = client(address, "handle").cookie
    assert "101" in handshake(address, cookie)
    assert "101" not in handshake(address, cookie, origin="https://evil.example")


def handshake(address: str, cookie: str, origin: str = "") -> str:
    """The status line of a websocket request."""
    host = urlsplit(address).netloc
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        "GET /_stcore/stream HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", f"Origin: {origin or address}",
        "Sec-WebSocket-Protocol: streamlit", f"Cookie: {cookie}", "", "",
    ]  # fmt: skip
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode())
        return connection.recv(200).decode(errors="replace").split("\r\n")[0]


# ------------------------------------------------------------------ 上传上限

def test_an_upload_that_claims_too_much_is_refused_before_it_is_read(address: str) -> None:
    person = client(address, "apply")
    answer = person.send("PUT", "/_stcore/upload_file/s/f", b"", Content_Length=str(50 << 20))
    assert answer.status == 413 and "2 MB" in answer.text


def test_an_upload_without_a_length_and_a_token_of_the_page_is_refused(address: str) -> None:
    """Thirty megabytes in chunks, as another site's page would send them."""
    person = client(address, "apply")
    host = urlsplit(address).netloc
    head = (f"PUT /_stcore/upload_file/s/f HTTP/1.1\r\nHost: {host}\r\nCookie: {person.cookie}\r\nOrigin: {address}\r\n"
            "Transfer-Encoding: chunked\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n")  # fmt: skip
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    name, port = host.split(":")
    sent, refused = 0, False
    with socket.create_connection((name, int(port)), timeout=30) as connection:
        connection.sendall(head.encode())
        try:
            for _ in range(480):
                connection.sendall(chunk)
                sent += 0x10000
            refused = b" 403 " in connection.recv(300).split(b"\r\n")[0]
        except OSError:
            refused = True
    assert refused
    assert Client(address).get("/health").status == 200


# ------------------------------------------------------------------ 下载

def test_a_file_is_given_to_those_who_may_see_it_as_an_attachment_that_runs_nothing(
    desk: own.Desk, address: str
) -> None:
    (file,) = [f for f in matters.view(desk.office, desk.handler, 1).files if f.material == "text"]
    for account in ("apply", "handle", "approve"):
        answer = client(address, account).get(f"/files/{file.id}")
        assert answer.status == 200 and hashlib.sha256(answer.body).hexdigest() == file.sha256
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for account in ("other", "root"):
        answer = client(address, account).get(f"/files/{file.id}")
        assert answer.status == 400 and own.CONTRACT not in answer.body


def test_the_report_of_a_review_can_be_fetched(desk: own.Desk, address: str) -> None:
    answer = client(address, "handle").get("/papers/json/1")
    assert answer.status == 200 and json.loads(answer.body)["document"]["name"] == "合同草案.txt"
    assert client(address, "other").get("/papers/json/1").status == 400
    assert "没有“secret”这种文书" in client(address, "handle").get("/papers/secret/1").text


def test_a_supervision_paper_is_a_page_for_printing_within_the_rights(desk: own.Desk, address: str) -> None:
    due = matters.view(desk.office, desk.handler, 1).matter.due.on
    assert due is not None
    (paper,) = supervision.raise_due(desk.office, due + own.dt.timedelta(days=1))
    answer = client(address, "handle").get(f"/supervision/{paper.id}")
    assert answer.status == 200 and paper.number in answer.text and "催办通知单" in answer.text
    assert paper.number not in client(address, "other").get(f"/supervision/{paper.id}").text


@pytest.mark.parametrize("name", ["../office.db", "..%2Foffice.db", "office.toml", "%2Fetc%2Fpasswd"])
def test_only_backups_can_be_fetched_and_only_by_the_administrator(desk: own.Desk, address: str, name: str) -> None:
    (copy,) = (desk.office.folder / "backups").glob("*.zip")
    assert client(address, "root").get(f"/backups/{copy.name}").body[:2] == b"PK"
    assert client(address, "handle").get(f"/backups/{copy.name}").status == 400
    answer = client(address, "root").get(f"/backups/{name}")
    assert not any(secret in answer.body for secret in (b"SQLite", b"upload_megabytes", b"root:"))
    assert answer.headers.get("Content-Type", "text/html").startswith("text/html")  # at most a page that says no


def test_the_calendar_feed_needs_its_secret_address_and_no_login(desk: own.Desk, address: str) -> None:
    answer = Client(address).get(f"/calendar/{desk.handler.feed_token}.ics")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert "审查到期：设备采购合同" in answer.text.replace("\r\n ", "")
    assert Client(address).get("/calendar/guess.ics").status == 404


def test_health_tells_the_state_and_nothing_of_the_content(address: str) -> None:
    answer = Client(address).get("/health")
    assert answer.status == 200 and json.loads(answer.body)["status"] == "ok"
    assert set(json.loads(answer.body)) == {"status", "version", "free_megabytes", "queued_reviews"}


def test_pages_forbid_foreign_scripts_and_frames(address: str) -> None:
    for path in ("/login", "/health"):
        policy = Client(address).get(path).headers["Content-Security-Policy"]
        script = re.search(r"script-src ([^;]*)", policy)
        assert script is not None and "unsafe-inline" not in script[1] and "http" not in script[1]
        assert "frame-ancestors 'self'" in policy


# ------------------------------------------------------------------ 首次使用与停止

def test_the_first_start_asks_for_the_administrator_with_the_code_from_the_console(tmp_path: Path) -> None:
    with web.server(tmp_path / "data") as (address, said):
        first = Client(address)
        assert first.get("/", Accept="text/html").headers["Location"] == "/setup"
        found = re.search(r"code=(\S+)", said)
        assert found is not None
        fields = {"account": "root", "name": "管理员", "password": own.PASSWORD, "again": own.PASSWORD, "handler": "1",
                  "unit": "甲局"}  # fmt: skip
        wrong = first.post("/setup", code="guess", **fields)
        assert wrong.status == 400 and "安装码不正确" in wrong.text
        different = first.post("/setup", code=found[1], **{**fields, "again": "something-else-1"})
        assert different.status == 400 and "不一致" in different.text
        made = first.post("/setup", code=found[1], **fields)
        assert made.status == 303 and "reviewer_session" in made.headers["Set-Cookie"]
        assert first.post("/setup", code=found[1], **{**fields, "account": "second"}).headers["Location"] == "/login"
        assert client(address, "root").get("/", Accept="text/html").status == 200


def test_a_second_server_on_the_same_data_is_told(desk: own.Desk, address: str) -> None:
    with pytest.raises(AssertionError, match="另一个服务正在使用"), web.server(desk.office.folder):
        pass


def test_the_log_of_the_server_has_no_titles_or_text(desk: own.Desk, address: str) -> None:
    content = (desk.office.folder / "log" / "office.log").read_text(encoding="utf-8")
    assert all(json.loads(line)["what"] for line in content.splitlines())
    assert "设备采购合同" not in content and "300000" not in content
