"""The office in a real browser: a contract from 送审 to 归档 as four people, at the desk and on the phone."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import office_desk as own
import pytest
import web_office as web
from playwright.sync_api import Browser, Page, expect

from reviewer.office import accounts, matters
from reviewer.office.records import Role
from reviewer.office.workflow import MOVES

SCRIPT = '<img src=x onerror="document.title=1"><b>合同</b> [链接](http://x) :red[红] $x^2$ :smile:'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    """Contracts around 国庆 and 春节, one with a stopped clock, and one with a title full of markup."""
    desk = own.open_desk(tmp_path_factory.mktemp("web") / "data")
    _walk(desk, "国庆补正合同", "submit 2026-09-14", "accept 2026-09-16", "assign 2026-09-17", "begin 2026-09-17",
          "ask_supplement 2026-09-28", "supplement 2026-10-09")  # fmt: skip
    _walk(desk, "国庆临期合同", "submit 2026-09-04", "accept 2026-09-07", "assign 2026-09-08", "begin 2026-09-08")
    _walk(desk, "春节论证合同", "submit 2026-02-02", "accept 2026-02-03", "assign 2026-02-03", "begin 2026-02-04",
          "expert 2026-02-12", "expert_done 2026-02-26")  # fmt: skip
    own.go(desk, own.draft(desk, title=SCRIPT), "submit")
    return desk


def _walk(desk: own.Desk, title: str, *moves: str) -> None:
    matter = own.draft(desk, title=title)
    for key, on in (move.split() for move in moves):
        matter = own.go(desk, matter, key, dt.date.fromisoformat(on))


def person(chromium: Browser, address: str, account: str, size: dict[str, int]) -> Page:
    return web.log_in(chromium, address, account, own.PASSWORD, size)


def open_matter(page: Page, address: str, matter_id: int, title: str) -> None:
    page.goto(f"{address}/matter?id={matter_id}")
    web.at(page, title)


def step(page: Page, name: str) -> None:
    """Choose a step, confirm it, and read that it was done."""
    choose_step(page, name)
    web.press(page, f"确认{name}")
    web.says(page, f"已办理：{name}")


def choose_step(page: Page, name: str) -> None:
    page.locator(".st-key-moves").get_by_text(name, exact=True).first.click()
    expect(page.get_by_role("button", name=f"确认{name}", exact=True)).to_be_visible(timeout=web.PATIENCE)
    web.idle(page)


def confirm_checks(page: Page, desk: own.Desk) -> None:
    line = desk.office.lines[own.Line.CONTRACT]
    for check in (*line.procedure_checks, *line.substance_checks):
        page.get_by_test_id("stCheckbox").filter(has_text=check).locator("label").first.click()


@pytest.mark.parametrize("size", [web.DESKTOP, web.PHONE], ids=["desktop", "phone"])
def test_a_contract_goes_from_submission_to_the_archive_by_four_people(
    chromium: Browser, desk: own.Desk, address: str, tmp_path: Path, size: dict[str, int]
) -> None:
    title = f"办公设备采购合同{size['width']}"
    text = tmp_path / "合同草案.txt"
    text.write_bytes(own.CONTRACT)
    materials = []
    for material in desk.office.lines[own.Line.CONTRACT].materials:
        if material.required and not material.reviewed:
            materials.append(tmp_path / f"{material.name}.txt")
            materials[-1].write_text("见附页", encoding="utf-8")

    applicant = person(chromium, address, "apply", size)
    applicant.goto(f"{address}/submit")
    web.at(applicant, "送审")
    web.fill(applicant, "事项名称", title)
    applicant.locator('input[type="file"]').nth(0).set_input_files(text)
    expect(applicant.locator("ul.check .yes")).to_have_count(1, timeout=web.PATIENCE)
    applicant.locator('input[type="file"]').nth(1).set_input_files(materials)
    expect(applicant.locator("ul.check .no")).to_have_count(0, timeout=web.PATIENCE)
    web.press(applicant, "提交送审")
    web.at(applicant, title)
    web.says(applicant, "已提交送审")
    expect(applicant.locator(".tiles .tile").first).to_be_visible()  # the machine review is there at once
    found = re.search(r"id=(\d+)", applicant.url)
    assert found is not None
    matter_id = int(found[1])

    handler = person(chromium, address, "handle", size)
    approver = person(chromium, address, "approve", size)
    open_matter(handler, address, matter_id, title)
    step(handler, "受理")
    open_matter(approver, address, matter_id, title)
    web.choose(approver, "承办人", desk.handler.name)
    web.press(approver, "确认分办")
    web.says(approver, "已办理：分办")
    open_matter(handler, address, matter_id, title)
    step(handler, "开始审查")
    choose_step(handler, "出具意见")
    web.choose(handler, "审查结论", "合法")
    confirm_checks(handler, desk)
    web.press(handler, "确认出具意见")
    web.says(handler, "已办理：出具意见")
    open_matter(approver, address, matter_id, title)
    choose_step(approver, "签发")
    confirm_checks(approver, desk)
    web.press(approver, "确认签发")
    web.says(approver, "已办理：签发")
    open_matter(handler, address, matter_id, title)
    step(handler, "归档")
    expect(handler.locator(".badge.closed").first).to_have_text("已归档")

    done = matters.view(desk.office, desk.applicant, matter_id)
    assert [s.move for s in done.history] == ["submit", "accept", "assign", "begin", "conclude", "sign", "archive"]
    assert done.matter.conclusion == "合法" and done.matter.approver == desk.approver.name

    administrator = person(chromium, address, "root", size)
    administrator.goto(f"{address}/administration")
    web.at(administrator, "管理")
    administrator.get_by_role("tab", name="日志").click()
    web.press(administrator, "核对日志是否完整")
    web.says(administrator, "日志完整")
    expect(administrator.locator("table.rows").filter(has_text=done.matter.number).last).to_be_visible()
    assert administrator.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for page in (applicant, handler, approver, administrator):
        page.context.close()


def test_the_first_visitor_of_a_fresh_server_may_follow_a_link_into_it(
    chromium: Browser, desk: own.Desk, tmp_path: Path
) -> None:
    """Every page is reached through the navigation and its rights, whichever is asked for first."""
    fresh = own.copied(desk, tmp_path / "data")
    with web.server(fresh.office.folder) as (address, _):
        context = chromium.new_context(viewport=web.PHONE, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(web.PATIENCE)
        page = context.new_page()
        page.goto(f"{address}/administration")
        page.get_by_label("账号").fill("handle")
        page.get_by_label("密码").fill(own.PASSWORD)
        page.get_by_role("button", name="登录").click()
        web.at(page, "没有权限")
        expect(page.locator(".st-key-nav a")).to_have_count(8)
        context.close()


def test_the_second_officer_at_the_same_matter_is_told(chromium: Browser, desk: own.Desk, address: str) -> None:
    matter = own.go(desk, own.draft(desk, title="两人同时办理"), "submit")
    pages = [person(chromium, address, account, web.DESKTOP) for account in ("handle", "handle2")]
    for page in pages:
        open_matter(page, address, matter.id, matter.title)
    step(pages[0], "受理")
    web.press(pages[1], "确认受理")
    web.says(pages[1], "先办理了这件事项")
    assert len(matters.view(desk.office, desk.handler, matter.id).history) == 2
    for page in pages:
        page.context.close()


def test_the_deadline_page_around_the_national_holiday(chromium: Browser, desk: own.Desk, address: str) -> None:
    """Seen on 9 October: twenty days from 7 September end on the 10th, a Saturday that is worked."""
    page = person(chromium, address, "handle", web.DESKTOP)
    page.goto(f"{address}/deadlines?on=2026-10-09")
    web.at(page, "期限预警")
    near = page.locator('[class*="st-key-row-due"]').filter(has_text="国庆临期合同")
    expect(near.locator(".badge.near")).to_have_text("审查 10月10日 还有1个工作日")
    expect(page.locator("h2.section", has_text="2026年10月")).to_be_visible()
    tenth = page.locator("table.month td").filter(has=page.get_by_label("10月10日到期1件"))
    expect(tenth.locator(".work")).to_have_text("班")
    expect(page.locator("table.month td.off").filter(has_text=re.compile("^1国庆"))).to_have_count(1)
    page.get_by_label("10月26日到期1件").click()
    web.at(page, "期限预警")
    assert "day=2026-10-26" in page.url and "on=2026-10-09" in page.url  # a link that can be shared
    expect(page.locator('[class*="st-key-row-due"]')).to_have_count(1)
    expect(page.locator('[class*="st-key-row-due"]')).to_contain_text("国庆补正合同")
    page.context.close()


def test_the_deadline_page_around_the_spring_festival_on_a_phone(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    """Twenty days from 3 February, five of them lost to the experts: 16 March; seen on the 13th one day is left."""
    page = person(chromium, address, "approve", web.PHONE)
    page.goto(f"{address}/deadlines?on=2026-03-13")
    web.at(page, "期限预警")
    row = page.locator('[class*="st-key-row-due"]').filter(has_text="春节论证合同")
    expect(row.locator(".badge.near")).to_have_text("审查 3月16日 还有1个工作日")
    page.get_by_label("上个月").click()
    web.at(page, "期限预警")
    expect(page.locator("h2.section", has_text="2026年2月")).to_be_visible()
    expect(page.locator("table.month td").filter(has_text="班")).to_have_count(2)  # 14 and 28 February
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_markup_in_a_title_is_shown_as_text_everywhere(chromium: Browser, desk: own.Desk, address: str) -> None:
    page = person(chromium, address, "handle", web.DESKTOP)
    for path, title in (("", "工作台"), ("matters", "事项"), ("deadlines?level=normal", "期限预警")):
        page.goto(f"{address}/{path}")
        web.at(page, title)
        shown = page.locator("[data-testid=stPageLink]").filter(has_text="<b>合同</b>").first
        expect(shown).to_be_visible()
        assert shown.inner_text().replace("\u2060", "").strip() == SCRIPT
    page.locator("[data-testid=stPageLink]").filter(has_text="<b>合同</b>").first.click()
    expect(page.locator("h1.title")).to_have_text(SCRIPT, timeout=web.PATIENCE)
    assert page.title() != "1" and page.locator("h1.title img, h1.title b").count() == 0
    page.context.close()


def test_each_role_is_offered_its_own_pages_and_no_others(chromium: Browser, address: str) -> None:
    expected = {
        "apply": {"工作台", "送审", "事项", "期限预警", "规则手册", "法规库"},
        "handle": {"工作台", "送审", "事项", "期限预警", "批量评分", "规则手册", "法规库", "统计"},
        "approve": {"工作台", "事项", "期限预警", "批量评分", "规则手册", "法规库", "统计"},
        "root": {"工作台", "批量评分", "规则手册", "法规库", "管理"},
    }  # fmt: skip
    paths = {"送审": "submit", "事项": "matters", "期限预警": "deadlines", "批量评分": "batch",
             "统计": "statistics", "管理": "administration"}  # fmt: skip
    for account, pages in expected.items():
        page = person(chromium, address, account, web.PHONE)
        assert {x.split()[-1] for x in page.locator(".st-key-nav a").all_inner_texts()} == pages  # after the icon
        for title in set(paths) - pages:  # typed into the address, a page of others is not shown
            page.goto(f"{address}/{paths[title]}")
            expect(page.locator("h1.title")).to_have_text("没有权限", timeout=web.PATIENCE)
        page.context.close()


def test_an_applicant_of_another_unit_sees_no_matter_of_this_one(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    page = person(chromium, address, "other", web.DESKTOP)
    page.goto(f"{address}/matters?status=all")
    web.at(page, "事项")
    expect(page.locator(".empty")).to_contain_text("没有符合条件的事项")
    page.goto(f"{address}/matter?id=1")
    expect(page.locator(".empty")).to_contain_text("不属于您的单位", timeout=web.PATIENCE)
    page.context.close()


def test_a_person_with_a_first_password_changes_it_before_anything_else(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    new = accounts.NewUser("fresh", "新人", frozenset({Role.HANDLER}), "first-one-123")
    accounts.add_user(desk.office.store, desk.admin, new)
    context = chromium.new_context(viewport=web.PHONE)
    context.set_default_timeout(web.PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/matters")
    assert "/login" in page.url
    page.get_by_label("账号").fill("fresh")
    page.get_by_label("密码").fill("first-one-123")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/password")
    page.goto(f"{address}/matters")
    assert page.url.endswith("/password")
    page.get_by_label("原密码").fill("first-one-123")
    page.get_by_label("新密码", exact=True).fill("second-one-456")
    page.get_by_label("再输一次新密码").fill("second-one-456")
    page.get_by_role("button", name="保存新密码").click()
    web.at(page, "工作台")
    page.get_by_role("link", name="退出").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login")
    context.close()


def test_the_table_of_moves_is_what_the_page_offers(chromium: Browser, desk: own.Desk, address: str) -> None:
    matter = own.at(desk, "reviewing")
    page = person(chromium, address, "handle", web.DESKTOP)
    open_matter(page, address, matter.id, matter.title)
    keys = ("ask_supplement", "consult", "expert", "discuss", "pause", "feedback", "conclude")
    expected = {MOVES[key].name for key in keys}
    for name in {move.name for move in MOVES.values()}:
        offered = page.locator(".st-key-moves").get_by_text(name, exact=True)
        expect(offered).to_have_count(1 if name in expected else 0, timeout=web.PATIENCE)
    page.context.close()


def test_a_newcomer_reaches_the_first_finished_review_in_three_minutes(chromium: Browser, tmp_path: Path) -> None:
    """As the tutorial says: the printed address, the administrator, one file, the findings."""
    contract = tmp_path / "采购合同.txt"
    contract.write_text("采购合同\n甲方：某某局\n乙方：某某公司\n第一条 合同总价100000元。\n"
                        "第二条 乙方应于签约当日支付定金，定金为合同总价的30%。\n", encoding="utf-8")  # fmt: skip
    began = time.monotonic()
    with web.server(tmp_path / "data") as (_, said):
        found = re.search(r"http://\S+/setup\?code=\S+", said)
        assert found is not None
        context = chromium.new_context(viewport=web.DESKTOP, locale="zh-CN")  # type: ignore[arg-type]
        context.set_default_timeout(web.PATIENCE)
        page = context.new_page()
        page.goto(found[0])
        page.get_by_label("姓名").fill("张三")
        page.get_by_label("账号").fill("zhangsan")
        page.get_by_label("密码", exact=True).fill(own.PASSWORD)
        page.get_by_label("再输一次密码").fill(own.PASSWORD)
        page.get_by_label("第一个送审单位").fill("某某局")
        page.get_by_role("button", name="建立并登录").click()
        web.at(page, "工作台")
        expect(page.locator(".empty").first).to_contain_text("现在没有等您办理的事项")
        page.get_by_role("link", name="送审").first.click()
        web.at(page, "送审")
        web.fill(page, "事项名称", "采购合同")
        page.locator('input[type="file"]').nth(0).set_input_files(contract)
        expect(page.locator("ul.check .yes")).to_have_count(1, timeout=web.PATIENCE)
        web.press(page, "存为草稿并机审")
        web.at(page, "采购合同")
        illegal = page.locator("details.finding.illegal").filter(has_text="定金")
        illegal.locator("summary").click()
        expect(illegal).to_contain_text("《民法典》第五百八十六条")
        context.close()
    assert time.monotonic() - began < 180
