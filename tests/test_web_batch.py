"""批量评分 at the real server: in a real browser, as files over HTTP, and over the interface for other systems."""

from __future__ import annotations

import json
import time
import urllib.parse
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import batch_folder
import office_desk as own
import pytest
import web_office as web
from playwright.sync_api import Page, expect
from test_api_machine import call, token
from test_web_http import client

from reviewer.api.openapi import document
from reviewer.batch_jobs import runner
from reviewer.batch_jobs.records import JobStatus
from reviewer.office import tokens

UNTIL_DONE = 180_000  # ms; a job gives way to everything else on a busy machine
MEASURE = "\n".join(batch_folder.MEASURE).encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    folder = tmp_path_factory.mktemp("batch")
    desk = own.open_desk(folder / "data")
    batch_folder.measure(folder / "share" / "2025年" / "办法.txt")
    settings = f'batch_folder = "{folder / "share"}"\nupload_megabytes = 2\n'
    (desk.office.folder / "office.toml").write_text(settings, encoding="utf-8")
    return desk


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    batch_folder.contract(folder / "年度" / "水务局" / "运维合同.docx", "智慧水务", 3)
    batch_folder.contract(folder / "年度" / "教体局" / "课后服务合同.docx", "课后托管", 5)
    (folder / "年度" / "残缺.docx").write_bytes(b"PK\x03\x04 cut off")
    path = folder / "年度.zip"
    with zipfile.ZipFile(path, "w") as out:
        for file in sorted(p for p in (folder / "年度").rglob("*") if p.is_file()):
            out.write(file, file.relative_to(folder / "年度").as_posix())
    return path


def path(**query: str) -> str:
    return f"/batches?{urllib.parse.urlencode(query)}"


def finished(address: str, secret: str, job_id: int) -> dict[str, Any]:
    for _ in range(360):
        status, told = call(address, secret, "GET", f"/batches/{job_id}")
        assert status == 200, told
        if told["status"] not in ("queued", "running", "cancelling"):
            found: dict[str, Any] = told
            return found
        time.sleep(0.5)  # an account may ask twice a second for ever
    raise AssertionError(f"waited in vain: {told}")


@pytest.fixture(scope="module")
def done(desk: own.Desk, address: str, archive: Path) -> tuple[str, dict[str, Any]]:
    """A job that another system started, and its token."""
    secret = token(desk, desk.handler, "batch")
    asked = path(name="年度.zip", title="年度体检", line="contract", annotate="true", on="2026-11-21")
    status, started = call(address, secret, "POST", asked, archive.read_bytes())
    assert (status, started["status_name"], started["user"]) == (201, "排队", desk.handler.name)
    return secret, finished(address, secret, started["id"])


# ---------------------------------------------------------------- 接口


def test_another_system_starts_follows_and_fetches_a_batch(address: str, done: tuple[str, dict[str, Any]]) -> None:
    secret, job = done
    assert (job["status_name"], job["files"], job["unread"], job["on"]) == ("完成", 3, 1, "2026-11-21"), job
    assert [d["line"] for d in job["documents"]] == ["contract", "contract"]
    assert any("定金" in t["message"] for d in job["documents"] for t in d["top"])
    assert [f["place"] for f in job["failures"]] == ["年度.zip!/残缺.docx"]
    heads = {"summary.xlsx": b"PK", "checkup.docx": b"PK", "annotated.zip": b"PK", "report.html": b"<!doctype html>",
             "findings.parquet": b"PAR1", "results.sqlite": b"SQLite format 3"}  # fmt: skip
    assert set(job["downloads"]) == set(heads)
    for name in [*heads, job["documents"][0]["report"]]:
        status, content = call(address, secret, "GET", f"/batches/{job['id']}/files/{name}")
        assert status == 200 and content.startswith(heads.get(name, b"<!doctype html>")), name
    copies = call(address, secret, "GET", f"/batches/{job['id']}/files/annotated.zip")[1]
    with zipfile.ZipFile(BytesIO(copies)) as found:
        assert sorted(found.namelist()) == ["年度.zip/教体局/课后服务合同.docx", "年度.zip/水务局/运维合同.docx"]
    listed = call(address, secret, "GET", "/batches")[1]["batches"]
    assert job["id"] in {j["id"] for j in listed} and "place" not in listed[0] and "user_id" not in listed[0]


def test_cancelling_and_going_on_over_the_interface(desk: own.Desk, address: str, archive: Path) -> None:
    secret = token(desk, desk.handler, "batch")
    first = call(address, secret, "POST", path(name="年度.zip"), archive.read_bytes())[1]
    second = call(address, secret, "POST", path(name="办法.txt"), MEASURE)[1]
    status, told = call(address, secret, "POST", f"/batches/{second['id']}/cancel")
    assert (status, told["status_name"]) == (200, "已取消")
    assert call(address, secret, "POST", f"/batches/{second['id']}/cancel")[0] == 409
    assert call(address, secret, "POST", f"/batches/{second['id']}/continue")[1]["status_name"] == "排队"
    assert finished(address, secret, second["id"])["status_name"] == "完成"
    assert call(address, secret, "GET", f"/batches/{first['id']}")[1]["status_name"] == "完成"


def test_the_interface_refuses_what_is_not_allowed_with_a_sentence(
    desk: own.Desk, address: str, done: tuple[str, dict[str, Any]]
) -> None:
    secret, job = done
    refused = {
        path(name="../../evil.txt"): 400, path(name="a\\b.txt"): 400, path(name="a.txt", line="wrong"): 400,
        path(name="a.txt", type="没有"): 400, path(name="a.txt", on="x"): 400, path(title="x"): 400,
        path(name="坏.zip"): 400, path(folder="2025年"): 403,
    }  # fmt: skip
    for asked, expected in refused.items():
        status, told = call(address, secret, "POST", asked, b"PK\x03\x04 broken")
        assert status == expected and told["error"], (asked, told)
    broken = call(address, secret, "POST", path(name="坏.zip"), b"PK\x03\x04 broken")[1]
    assert "坏.zip：压缩包无法打开" in broken["error"]
    assert call(address, secret, "POST", path(name="大.txt"), b"x" * (3 << 20))[0] == 413
    assert call(address, secret, "GET", f"/batches/{job['id']}/files/..%2f..%2foffice.db") == (400, b"Bad Request")
    for name in ("state.sqlite", ".work%2fstate.sqlite", "0123456789abcdef.html", "page.css", "annotated"):
        status, told = call(address, secret, "GET", f"/batches/{job['id']}/files/{name}")
        assert status == 404 and set(told) == {"error"}, (name, told)
    assert call(address, secret, "GET", "/batches/999")[0] == 404
    assert call(address, token(desk, desk.handler, "laws"), "GET", "/batches")[0] == 403
    applicant = token(desk, desk.applicant)
    assert call(address, applicant, "GET", "/batches")[0] == 403
    assert call(address, applicant, "POST", path(name="a.txt"), MEASURE)[0] == 403
    administrator = token(desk, desk.admin, "batch")
    told = call(address, administrator, "GET", f"/batches/{job['id']}")[1]
    assert "documents" not in told and told["downloads"] == []
    assert call(address, administrator, "GET", f"/batches/{job['id']}/files/summary.xlsx")[0] == 403


def test_an_administrator_names_a_folder_of_the_server(desk: own.Desk, address: str) -> None:
    secret = token(desk, desk.admin, "batch")
    status, started = call(address, secret, "POST", path(folder="2025年"), b"")
    assert status == 201
    told = finished(address, secret, started["id"])
    assert [d["place"] for d in told["documents"]] == ["办法.txt"] and told["documents"][0]["illegal"] > 0
    for folder in ("..", "/etc", "../data"):
        assert call(address, secret, "POST", path(folder=folder), b"")[0] == 400


def test_the_operations_are_described() -> None:
    described = {(m, p) for p, methods in document()["paths"].items() for m in methods if "/batches" in p}
    assert described == {
        ("post", "/api/v1/batches"), ("get", "/api/v1/batches"), ("get", "/api/v1/batches/{batch}"),
        ("post", "/api/v1/batches/{batch}/cancel"), ("post", "/api/v1/batches/{batch}/continue"),
        ("get", "/api/v1/batches/{batch}/files/{name}"),
    }  # fmt: skip
    assert "batch" in tokens.SCOPES


# ---------------------------------------------------------------- 网页


def test_reports_are_shown_without_scripts_and_files_are_handed_over(
    address: str, done: tuple[str, dict[str, Any]]
) -> None:
    _, job = done
    officer, home = client(address, "handle2"), f"/batches/{job['id']}"
    answer = officer.get(f"{home}/report.html")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/html")
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    sheet = officer.get(f"{home}/summary.xlsx")
    assert sheet.headers["Content-Disposition"].startswith("attachment") and sheet.body[:2] == b"PK"
    for name in ("../../office.db", "..%2f..%2foffice.db", ".work/state.sqlite", "annotated/", "job.log"):
        assert b"SQLite format 3" not in officer.get(f"{home}/{name}").body, name
    for account in ("apply", "other", "root"):
        refused = client(address, account).get(f"{home}/summary.xlsx")
        assert refused.status == 400 and refused.body[:2] != b"PK"


def ended(page: Page) -> None:
    """The page shows by itself that the job is done; what went wrong would be told in a notice."""
    page.locator(".badge.normal, .badge.overdue").first.wait_for(timeout=UNTIL_DONE)
    web.idle(page)
    assert page.locator(".notice").all_inner_texts() == []


@pytest.mark.parametrize("size", [web.DESKTOP, web.PHONE], ids=["desktop", "phone"])
def test_an_officer_scores_an_archive_and_reads_the_worst_first(
    desk: own.Desk, address: str, archive: Path, tmp_path: Path, size: dict[str, int]
) -> None:
    measure = tmp_path / "养犬管理办法.txt"
    measure.write_bytes(MEASURE)
    name = f"年度体检{size['width']}"
    with web.browser() as chromium:
        page = web.log_in(chromium, address, "handle", own.PASSWORD, size)
        page.goto(f"{address}/batch")
        web.at(page, "批量评分")
        page.locator('input[type="file"]').first.set_input_files([archive, measure])
        web.idle(page)
        web.fill(page, "名称", name)
        web.press(page, "开始评分")
        web.at(page, name)
        rows = page.locator("table.rows").first.locator("tbody tr")
        ended(page)  # the page moved on by itself
        expect(rows).to_have_count(3)
        expect(rows.first).to_contain_text("某区养犬管理办法")
        expect(rows.first.locator("ol.top li").first).to_contain_text("罚款")
        expect(page.locator("table.rows").nth(1)).to_contain_text("年度.zip!/残缺.docx")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        with page.context.expect_page() as opened:
            rows.first.locator("a").click()
        expect(opened.value.locator("h1")).to_have_text("某区养犬管理办法")
        with page.expect_download() as download:
            page.get_by_role("link", name="汇总表").click()
        assert zipfile.is_zipfile(download.value.path())
        page.get_by_role("link", name="返回批量评分").click()
        web.at(page, "批量评分")
        mine = page.locator('[class*="st-key-row-batch"]').filter(has_text=name)
        expect(mine).to_contain_text("4 个文件，有意见的 3 个，未能审查 1 个")
        expect(mine).to_contain_text(desk.handler.name)
        mine.locator("a").click()
        web.at(page, name)
        assert "/batch_job?id=" in page.url
        web.press(page, "删除")
        web.press(page, "确认删除")
        web.at(page, "批量评分")
        web.says(page, f"已删除：{name}")
        expect(page.locator('[class*="st-key-row-batch"]').filter(has_text=name)).to_have_count(0)


def test_a_job_that_a_stopped_server_left_is_continued_from_the_page(desk: own.Desk, tmp_path: Path) -> None:
    own_desk = own.open_desk(tmp_path / "data")
    with web.server(own_desk.office.folder) as (address, _):
        secret = token(own_desk, own_desk.handler, "batch")
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for n in range(50):
                file = batch_folder.contract(tmp_path / "c.docx", f"平台{n}号", n % 28 + 1)
                archive.writestr(f"{n}.docx", file.read_bytes())
        job = call(address, secret, "POST", path(name="多份.zip"), out.getvalue())[1]
        for _ in range(360):
            if call(address, secret, "GET", f"/batches/{job['id']}")[1]["status"] == "running":
                break
            time.sleep(0.5)
    with web.server(own_desk.office.folder) as (address, _), web.browser() as chromium:
        page = web.log_in(chromium, address, "handle", own.PASSWORD, web.PHONE)
        page.goto(f"{address}/batch_job?id={job['id']}")
        web.at(page, "多份")
        expect(page.locator(".badge.urgent")).to_have_text("中断")
        web.press(page, "继续")
        ended(page)
        expect(page.locator("h2.section").first).to_have_text("各份文件（50）")
        web.press(page, "下一页")
        assert "page=2" in page.url
        log = (own_desk.office.folder / "log" / "office.log").read_text(encoding="utf-8")
    assert "多份" not in log and all(json.loads(line) for line in log.splitlines())
    assert runner.recover(own_desk.office) == 0
    with own_desk.office.store.reading() as db:
        assert db.value("SELECT status FROM batch_jobs WHERE id = ?", [job["id"]]) == JobStatus.DONE


def test_the_page_is_not_for_applicants(address: str) -> None:
    with web.browser() as chromium:
        page = web.log_in(chromium, address, "apply", own.PASSWORD)
        for place in ("batch", "batch_job?id=1"):
            page.goto(f"{address}/{place}")
            expect(page.locator("h1.title")).to_have_text("没有权限", timeout=web.PATIENCE)
