"""The office under load: 10,000 matters in lists and on the deadline page, first page, ten people at once, memory.

`python benchmarks/office.py` prints a table; nothing is asserted. The ten people speak Streamlit's own protocol to a
real server, so that what is measured is the server and not ten browsers on the same machine; they open pages with
changing filters and make moves. The first page is measured in Chromium where it is installed.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from visitor import Visitor

from reviewer.domain import Line
from reviewer.office import accounts, deadlines, listing, moving
from reviewer.office.accounts import NewUser
from reviewer.office.desk import Office, open_office
from reviewer.office.records import Matter, Procedure, Role, State, User
from reviewer.office.store import now
from reviewer.office.workflow import STATES

MATTERS, UNITS, PEOPLE, ACTIONS = 10_000, 65, 10, 20
PASSWORD = "benchmark-only-1"
TODAY = dt.date.today()
CHROMIUM = Path("/usr/bin/chromium")


def row(name: str, value: float, unit: str, limit: str, note: str = "") -> None:
    print(f"{name:<46}{value:>9.3f} {unit:<3} {limit:<10}{note}", flush=True)


def median(work: Callable[[], object], rounds: int = 9) -> float:
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def furnish(folder: Path) -> tuple[Office, list[User]]:
    """Sixty-five units, ten officers, ten thousand matters in every state with deadlines around today."""
    office = open_office(folder)
    admin = accounts.first_administrator(
        office.store, NewUser("root", "管理员", frozenset({Role.ADMINISTRATOR}), PASSWORD, must_change=False)
    )
    units = [accounts.add_unit(office.store, admin, f"第{i + 1}送审单位").id for i in range(UNITS)]
    officers = [
        accounts.add_user(office.store, admin, NewUser(
            f"officer{i}", f"承办{i}", frozenset({Role.HANDLER, Role.APPROVER}), PASSWORD, must_change=False))
        for i in range(PEOPLE)
    ]  # fmt: skip
    applicant = accounts.add_user(office.store, admin, NewUser(
        "applicant", "送审员", frozenset({Role.APPLICANT}), PASSWORD, units[0], must_change=False))  # fmt: skip
    chance = random.Random(7)
    calendar = office.calendar(TODAY)
    rows = [_row(office, i, chance, units, officers, applicant, calendar) for i in range(MATTERS)]
    with office.store.writing() as db:
        db.insert_all("matters", rows)
        db.run("INSERT INTO history (matter_id, at, on_day, user_id, user, move, name, source, target)"
               " SELECT id, updated_at, entered_on, applicant_id, '送审员', 'submit', '提交送审', 'draft', state"
               " FROM matters")  # fmt: skip
    return office, officers


def _row(office: Office, i: int, chance: random.Random, units: list[int], officers: list[User], applicant: User,
         calendar: object) -> dict[str, object]:  # fmt: skip
    line = chance.choice(list(Line))
    state = chance.choice([s for s in State if s != State.DRAFT])
    began = TODAY - dt.timedelta(days=chance.randint(0, 45))
    procedure = Procedure.ORDINARY
    kind = ("采购", "施工", "租赁", "管理", "处罚")[i % 5]
    handler = chance.choice(officers)
    matter = Matter(i + 1, f"HS-{office.lines[line].code}-2026-{i + 1:05d}", f"第{i + 1}号{kind}事项", line,
                    chance.choice(units), "", applicant.id, "", state, procedure, False, 1, handler.id, "",
                    entered_on=began, submitted_on=began, accepted_on=began, issued_on=began)  # fmt: skip
    due = deadlines.due(matter, office.lines[line].profiles[procedure], (), calendar)  # type: ignore[arg-type]
    closed = STATES[state].closed
    return {
        "number": matter.number, "title": matter.title, "line": line.value, "unit_id": matter.unit_id,
        "applicant_id": applicant.id, "handler_id": handler.id, "state": state.value, "procedure": procedure.value,
        "entered_on": began.isoformat(), "submitted_on": began.isoformat(), "accepted_on": began.isoformat(),
        "due_on": None if closed or due.on is None else due.on.isoformat(), "due_what": "" if closed else due.what,
        "due_party": "" if closed else due.party, "due_stopped": int(due.stopped and not closed),
        "created_at": now(), "updated_at": now(), "updated_by": applicant.name,
    }  # fmt: skip


def questions(office: Office, officer: User) -> None:
    """The lists and the board in this process."""
    month = f"{TODAY:%Y-%m}"
    cases = {
        "list, open": listing.Filter(),
        "list, word and line": listing.Filter(words="采购 2026", line="contract", status="all"),
        "list, overdue of one officer": listing.Filter(level="overdue", handler_id=officer.id),
        "list, one unit, everything": listing.Filter(status="all", unit_id=5),
    }
    for name, wanted in cases.items():
        total = listing.search(office, officer, wanted, TODAY).total
        seconds = median(lambda wanted=wanted: listing.search(office, officer, wanted, TODAY, order="due"))
        row(f"{MATTERS} matters: {name}", seconds, "s", "≤ 0.5", f"{total} found")
    seconds = median(lambda: listing.board(office, officer, listing.Filter(), TODAY, month))
    row(f"{MATTERS} matters: deadline board", seconds, "s", "≤ 0.8")
    row(f"{MATTERS} matters: workbench", median(lambda: listing.desk(office, officer, TODAY)), "s", "≤ 0.5")


def ten_people(office: Office, address: str, officers: list[User]) -> None:
    times: list[float] = []
    moves: list[float] = []
    lock = threading.Lock()
    barrier = threading.Barrier(PEOPLE)

    def work(officer: User) -> None:
        chance = random.Random(officer.id)
        visitor = Visitor(address, officer.account, PASSWORD)
        visitor.open("")  # not counted: everybody arrives at once
        barrier.wait()
        for i in range(ACTIONS):
            time.sleep(chance.uniform(0.5, 2.0))  # a person reads before the next click
            one = f"id={chance.randint(1, MATTERS)}"
            pages = (("matters", f"words={i}&level=overdue"), ("deadlines", "line=contract"), ("matter", one),
                     ("matters", "status=all&order=due"), ("", ""))  # fmt: skip
            took = visitor.open(*pages[i % len(pages)])
            with lock:
                times.append(took)
            if i % 4 == 3:
                began = time.perf_counter()
                _move(office, officer, chance)
                with lock:
                    moves.append(time.perf_counter() - began)
        visitor.stack.close()

    threads = [threading.Thread(target=work, args=(officer,)) for officer in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    row(f"{PEOPLE} people at once: page action, median", statistics.median(times), "s", "", f"{len(times)} actions")
    row(f"{PEOPLE} people at once: page action, p95", statistics.quantiles(times, n=20)[18], "s", "≤ 1")
    row(f"{PEOPLE} people at once: a move, p95", statistics.quantiles(moves, n=20)[18], "s", "≤ 1", f"{len(moves)}")


def _move(office: Office, officer: User, chance: random.Random) -> None:
    """Pause and resume a matter of one's own."""
    mine = listing.search(office, officer, listing.Filter(status="reviewing", handler_id=officer.id), TODAY)
    matter = chance.choice(mine.matters)
    moved = moving.move(office, officer, matter.id, "pause", matter.version, moving.MoveForm("等待材料"))
    moving.move(office, officer, matter.id, "resume", moved.version)


def first_page(address: str) -> float | None:
    """Login form sent → the workbench is drawn, in a browser that was never here."""
    if not CHROMIUM.is_file():
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        page = browser.new_page()
        page.goto(f"{address}/login")
        page.fill("#account", "officer0")
        page.fill("#password", PASSWORD)
        start = time.perf_counter()
        page.click("button")
        page.wait_for_selector("h1.title", timeout=60_000)
        took = time.perf_counter() - start
        browser.close()
        return took


def memory(pid: int) -> float:
    """The most the server ever held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        office, officers = furnish(folder)
        questions(office, officers[0])
        command = [sys.executable, "-m", "reviewer", "serve", "--data", str(folder), "--port", "0"]
        start = time.perf_counter()
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            assert server.stdout is not None
            found = re.search(r"http://[\d.:]+", server.stdout.readline())
            assert found is not None
            _until_up(found[0])
            row("start → healthy", time.perf_counter() - start, "s", "")
            page = first_page(found[0])
            if page is not None:
                row("login → first page drawn, fresh server", page, "s", "≤ 3")
            ten_people(office, found[0], officers)
            row("memory of the server, highest", memory(server.pid), "MB", "≤ 600")
        finally:
            server.terminate()
            server.wait(30)


def _until_up(address: str) -> None:
    while True:
        try:
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)


if __name__ == "__main__":
    main()
