"""How quick is reviewing together? Run: .venv/bin/python benchmarks/reviewing.py

A contract of 100 KB with 100 comments: opening it, accepting a finding; an opinion with 40 comments; the search over
100,000 earlier comments; carrying 200 comments is in benchmarks/carrying.py. The browser's part: --browser.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "ui"))
sys.path.insert(0, str(Path(__file__).parent))

import office_desk as own
from edited_documents import make_pair
from visitor import Visitor

from reviewer.domain import Severity, Span
from reviewer.office import comments, matters, papers, reviewing, similar
from reviewer.office.comment_records import Status, Target, Wording
from reviewer.office.records import Matter
from reviewer.office.sheet import open_sheet

DAY = dt.date(2026, 11, 21)
PEOPLE = 10
BUDGETS = {
    "打开 100 KB、100 条意见": 0.5, "采用一条": 0.5, "40 条意见的意见书": 0.5, "在 10 万条意见中查找": 0.3,
    "点击一条（浏览器）": 0.5, "十人同时打开审阅页，95 分位": 1.0,
}  # fmt: skip


def timed(work: Callable[[], object], times: int = 7) -> float:
    """The median of some runs, in seconds; the first, which fills caches, does not count."""
    work()
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def big_matter(desk: own.Desk, count: int) -> Matter:
    pair = make_pair("everything", 1, clauses=165)
    matter = own.draft(desk, title="大合同")
    matters.upload(desk.office, desk.applicant, matter.id, "text", "大合同.txt", [pair.old.encode()])
    reviewing.run_queued(desk.office)
    for key in own.PATHS["reviewing"]:
        matter = own.go(desk, matter, key)
    sheet = open_sheet(desk.office, desk.handler, matter.id)
    spans = [p for p, _, _ in pair.passages][:count]
    for n, span in enumerate(spans):
        severity = list(Severity)[n % 3]
        wording = Wording(severity, f"第{n}条意见", "这里的约定不明确，应当写明期限和标准", "改为“三十日内”")
        comments.add(desk.office, desk.handler, sheet.file.id, Span(span.start, span.end), wording)
    return matter


def many_comments(desk: own.Desk, matter: Matter, count: int) -> None:
    """Rows as the use case writes them, without its transactions."""
    pair = make_pair("everything", 2, clauses=40)
    lines = [line for line in pair.old.split("\n") if len(line) > 20]
    file_id = open_sheet(desk.office, desk.handler, matter.id).file.id
    with desk.office.store.writing() as db:
        for n in range(count):
            text = f"{lines[n % len(lines)]}第{n}号"
            comment_id = db.insert("comments", {
                "matter_id": matter.id, "file_id": file_id, "origin": "person", "severity": "risk", "title": "意见",
                "text": text, "status": "withdrawn" if n % 50 else "accepted", "created_by": desk.handler.id,
                "created_name": "某人", "created_at": "2026", "updated_by": "某人", "updated_at": "2026",
            })  # fmt: skip
            db.insert("places", {"comment_id": comment_id, "file_id": file_id, "place": "第一条", "excerpt": text,
                                 "standing": ""})  # fmt: skip
            similar.index(db, comment_id, text)


def main() -> int:
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        desk = own.open_desk(Path(folder) / "data")
        office, officer = desk.office, desk.handler
        matter = big_matter(desk, 100)
        sheet = open_sheet(office, officer, matter.id)
        size = len(sheet.text.draft.text.encode())
        print(f"正文 {size >> 10} KB，意见 {len(sheet.comments)} 条")
        results["打开 100 KB、100 条意见"] = timed(lambda: screen(desk, matter))
        pending = [c for c in sheet.comments if c.status is Status.PENDING]
        if pending:
            start = time.perf_counter()
            comments.accept(office, officer, Target(0, pending[0].finding_id, 0))
            screen(desk, matter)
            results["采用一条"] = time.perf_counter() - start
        small = big_matter(desk, 40)
        results["40 条意见的意见书"] = timed(lambda: papers.draft(office, officer, small.id, DAY))
        if "--browser" in sys.argv:
            results["点击一条（浏览器）"] = in_browser(desk, matter)
            results["十人同时打开审阅页，95 分位"] = ten_people(desk, matter)
        many_comments(desk, small, 100_000)
        words = "甲方应当在三十日内提交技术资料"
        results["在 10 万条意见中查找"] = timed(lambda: similar.search(office, officer, words))
    for name, seconds in results.items():
        missed = "" if seconds <= BUDGETS[name] else "  未达到"
        print(f"{name}：{seconds:.3f} 秒（要求 {BUDGETS[name]} 秒以内）{missed}")
    return int(any(seconds > BUDGETS[name] for name, seconds in results.items()))


def screen(desk: own.Desk, matter: Matter) -> None:
    """What the page does for the screen."""
    import json

    import sheet_screen

    sheet = open_sheet(desk.office, desk.handler, matter.id)
    json.dumps(sheet_screen.shown(desk.office, desk.handler, sheet), ensure_ascii=False)


def in_browser(desk: own.Desk, matter: Matter) -> float:
    """From the click on a card until its passage is marked; the slowest of twenty."""
    import web_office as web

    with web.server(desk.office.folder) as (address, _), web.browser() as chromium:
        page = web.log_in(chromium, address, "handle", own.PASSWORD)
        start = time.perf_counter()
        page.goto(f"{address}/review?id={matter.id}")
        frame = page.frame_locator('iframe[title^="sheet_screen"]')
        frame.locator("#cards article").first.wait_for()
        print(f"打开页面到可以操作：{time.perf_counter() - start:.2f} 秒")
        slowest = 0.0
        for n in range(1, 40, 2):
            start = time.perf_counter()
            frame.locator("#cards article .head").nth(n).click()
            frame.locator("mark.on").first.wait_for()
            slowest = max(slowest, time.perf_counter() - start)
        return slowest


def ten_people(desk: own.Desk, matter: Matter) -> float:
    """Ten people in the document of 100 comments, each opening it ten times with a second or two between."""
    import web_office as web

    times: list[float] = []
    with web.server(desk.office.folder) as (address, _):
        visitors = [Visitor(address, "handle", own.PASSWORD) for _ in range(PEOPLE)]

        def work(n: int) -> None:
            chance = random.Random(n)
            visitors[n].open("review", f"id={matter.id}")  # not counted: everybody arrives at once
            for _ in range(10):
                time.sleep(chance.uniform(0.5, 2.0))
                times.append(visitors[n].open("review", f"id={matter.id}"))

        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(work, range(PEOPLE)))
        for visitor in visitors:
            visitor.stack.close()
    print(f"十人同时：中位数 {statistics.median(times):.3f} 秒，{len(times)} 次")
    return statistics.quantiles(times, n=20)[18]


if __name__ == "__main__":
    sys.exit(main())
