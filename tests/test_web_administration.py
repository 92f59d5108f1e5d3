"""Templates, tokens, receivers and rule decisions in a real browser; a mention from one desk to another."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import office_desk as own
import pytest
import web_office as web
from playwright.sync_api import Browser, Page, expect
from test_comments import deposit, target, under_review
from test_deliveries import Other, other_system
from test_web_review import open_screen, unfold

from reviewer.office import comments, deliveries, learning, templates, tokens

SIZES = pytest.mark.parametrize("size", [web.DESKTOP, web.PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    return own.open_desk(tmp_path_factory.mktemp("administration") / "data")


@pytest.fixture(scope="module")
def other() -> Iterator[Other]:
    with other_system() as found:
        yield found


def administration(chromium: Browser, address: str, tab: str, size: dict[str, int]) -> Page:
    page = web.log_in(chromium, address, "root", own.PASSWORD, size)
    page.goto(f"{address}/administration")
    web.at(page, "管理")
    page.get_by_role("tab", name=tab).click()
    return page


def unfold_form(page: Page, name: str) -> None:
    """Open an expander unless it is open."""
    found = page.locator("details").filter(has=page.locator("summary", has_text=re.compile(f"^.*{name}$"))).first
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    web.idle(page)


def fits(page: Page, size: dict[str, int]) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def template(text: str) -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("本局样式")
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


@SIZES
def test_a_template_is_refused_with_its_place_then_used_looked_at_and_taken_back(
    chromium: Browser, desk: own.Desk, address: str, tmp_path: Path, size: dict[str, int]
) -> None:
    page = administration(chromium, address, "文书模板", size)
    broken, good = tmp_path / "坏模板.docx", tmp_path / "好模板.docx"
    broken.write_bytes(template("送审单位：{{ untit }}"))
    good.write_bytes(template("送审单位：{{ unit }}"))
    page.locator('input[type="file"]').first.set_input_files(broken)
    web.press(page, "检查并使用")
    web.says(page, "模板用了没有的内容“untit”，在第2段")
    assert not templates.is_own(desk.office, "opinion")
    page.locator('input[type="file"]').first.set_input_files(good)
    expect(page.get_by_role("button", name="Remove 好模板")).to_be_visible(timeout=web.PATIENCE)
    web.idle(page)
    web.press(page, "检查并使用")
    web.says(page, "检查没有错误")
    assert templates.is_own(desk.office, "opinion")
    with page.expect_download() as given:
        page.get_by_role("link", name="样例").first.click()
    sample = docx.Document(given.value.path())
    assert [p.text for p in sample.paragraphs] == ["本局样式", "送审单位：某某局"]
    fits(page, size)
    web.press(page, "恢复随软件提供的模板")
    web.says(page, "已恢复")
    assert not templates.is_own(desk.office, "opinion")
    page.context.close()


@SIZES
def test_a_token_is_shown_once_listed_and_stopped(
    chromium: Browser, desk: own.Desk, address: str, size: dict[str, int]
) -> None:
    name = f"办公系统{size['width']}"
    page = administration(chromium, address, "接口令牌", size)
    unfold_form(page, "发放令牌")
    web.fill(page, "系统名称", name)
    web.choose(page, "以哪个账号办理", f"{desk.applicant.name}（apply）")
    web.choose(page, "权限范围", "查询办理情况")
    page.keyboard.press("Escape")
    web.press(page, "发放")
    web.says(page, "已发放令牌")
    secret = page.locator(".st-key-secret-box-token code").inner_text().strip()
    found = tokens.bearer(desk.office, secret)
    assert found is not None and found[1].id == desk.applicant.id and found[0].scopes == {"status"}
    assert found[0].expires_on is not None
    fits(page, size)
    web.press(page, "我已保存，不再显示")
    page.reload()
    web.at(page, "管理")
    page.get_by_role("tab", name="接口令牌").click()
    expect(page.locator("table.rows").filter(has_text=name).first).to_be_visible(timeout=web.PATIENCE)
    assert secret not in page.content()
    unfold_form(page, "停用令牌")
    web.choose(page, "令牌", f"{name}（apply）")
    web.press(page, "停用")
    web.says(page, "已停用令牌")
    assert tokens.bearer(desk.office, secret) is None
    page.context.close()


@SIZES
def test_a_receiver_is_registered_tried_and_hears_of_a_move(
    chromium: Browser, desk: own.Desk, address: str, other: Other, size: dict[str, int]
) -> None:
    name = f"接收{size['width']}"
    page = administration(chromium, address, "事件推送", size)
    unfold_form(page, "登记接收方")
    web.fill(page, "接收方名称", name)
    web.fill(page, "接收地址", other.url)
    web.press(page, "登记")
    web.says(page, "请同时勾选“允许内网地址”")
    page.get_by_test_id("stCheckbox").filter(has_text="允许内网地址").locator("label").first.click()
    web.press(page, "登记")
    web.says(page, f"已登记 {name}")
    assert len(page.locator(".st-key-secret-box-receiver code").inner_text().strip()) >= 32
    web.press(page, "我已保存，不再显示")
    matter = own.go(desk, own.draft(desk, title=f"推送{size['width']}"), "submit")
    unfold_form(page, "试推送、停用")
    web.choose(page, "接收方", name)
    web.press(page, "试推送")
    web.says(page, "已排队")

    def all_sent() -> bool:
        found = [d for d in deliveries.list_deliveries(desk.office, desk.admin) if d.receiver == name]
        return len(found) == 2 and all(d.status == "sent" for d in found)

    for _ in range(60):
        if all_sent():
            break
        page.wait_for_timeout(250)
    web.press(page, "刷新")
    shown = page.locator("table.rows").filter(has_text="试推送")
    expect(shown.get_by_role("link", name=f"事项 {matter.id}", exact=True).first).to_be_visible(timeout=web.PATIENCE)
    assert all_sent()
    fits(page, size)
    page.context.close()


@SIZES
def test_the_administrator_stops_a_doubtful_rule_and_everybody_sees_it(
    chromium: Browser, desk: own.Desk, address: str, size: dict[str, int]
) -> None:
    if not any(r.doubtful for r in learning.rule_records(desk.office, desk.admin).values()):
        for n in range(learning.LEAST_DECIDED):
            found = deposit(desk, under_review(desk, f"误报{n}"))
            comments.dismiss(desk.office, desk.handler, target(found), "不是定金")
    rule = next(r for r in learning.rule_records(desk.office, desk.admin).values() if r.doubtful).rule
    title = desk.office.engine().lexicon.rule(rule).title  # type: ignore[union-attr]
    page = web.log_in(chromium, address, "root", own.PASSWORD, size)
    page.goto(f"{address}/handbook")
    web.at(page, "规则手册")
    page.get_by_role("tab", name="降级与停用").click()
    web.choose(page, "规则", f"［建议复核］{title}（{rule}）")
    page.get_by_test_id("stRadio").get_by_text("停用", exact=True).click()
    web.idle(page)
    web.press(page, "确认决定")
    web.says(page, "请填写理由")
    web.fill(page, "理由（必填，写进审查结果）", "合同范本另有安排")
    web.press(page, "确认决定")
    web.says(page, "已停用，从下一次机审起生效")
    page.get_by_role("tab", name="降级与停用").click()
    expect(page.locator("table.rows").filter(has_text="合同范本另有安排").last).to_be_visible(timeout=web.PATIENCE)
    fits(page, size)
    assert desk.office.engine().decided[rule].off
    page.context.close()
    reader = web.log_in(chromium, address, "handle", own.PASSWORD, size)
    reader.goto(f"{address}/handbook")
    web.at(reader, "规则手册")
    web.fill(reader, "查找", title)
    expect(reader.locator("details.finding").filter(has_text=rule).locator(".badge.closed")).to_have_text("本单位停用")
    reader.get_by_role("tab", name="降级与停用").click()
    expect(reader.get_by_role("button", name="确认决定")).to_have_count(0)
    reader.context.close()
    from reviewer.office import rule_decisions
    from reviewer.office_rules import Decision

    rule_decisions.decide(desk.office, desk.admin, rule, Decision.RESTORED, "试用结束")


@SIZES
def test_a_mention_is_written_from_the_list_marked_and_read_by_who_is_meant(
    chromium: Browser, desk: own.Desk, address: str, size: dict[str, int]
) -> None:
    matter = under_review(desk, f"提及{size['width']}")
    writer = web.log_in(chromium, address, "handle", own.PASSWORD, size)
    frame = open_screen(writer, address, matter)
    card = unfold(frame, "定金")
    card.get_by_label("提及").last.select_option(label=desk.approver.name)
    field = card.get_by_label("回复", exact=True)
    assert field.input_value() == f"@{desk.approver.name} "
    field.press_sequentially("请定夺 @nobody")
    card.get_by_role("button", name="回复", exact=True).click()
    marked = frame.locator("article.on .thread .mention")
    expect(marked).to_have_text(f"@{desk.approver.name}", timeout=web.PATIENCE)
    assert "me" not in (marked.get_attribute("class") or "").split()
    reader = web.log_in(chromium, address, "approve", own.PASSWORD, size)
    link = reader.get_by_role("link", name=re.compile("在意见中提到您")).first
    expect(link).to_be_visible(timeout=web.PATIENCE)
    fits(reader, size)
    link.click()
    web.at(reader, f"审阅：{matter.title}")
    own_frame = reader.frame_locator('iframe[title^="sheet_screen"]')
    unfold(own_frame, "定金")
    expect(own_frame.locator(".mention.me")).to_have_text(f"@{desk.approver.name}", timeout=web.PATIENCE)
    reader.goto(address)
    web.at(reader, "工作台")
    expect(reader.get_by_role("link", name=re.compile("在意见中提到您"))).to_have_count(0)
    for page in (writer, reader):
        page.context.close()


def test_the_fair_competition_form_is_offered_with_the_papers_and_templates_only_to_the_administrator(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    matter = under_review(desk, "设备采购合同（公平竞争）")
    page = web.log_in(chromium, address, "handle", own.PASSWORD)
    page.goto(f"{address}/opinion?id={matter.id}")
    web.at(page, f"意见书：{matter.title}")
    with page.expect_download() as given:
        page.get_by_role("link", name="公平竞争审查表", exact=True).click()
    assert given.value.suggested_filename == f"{matter.title}公平竞争审查表.docx"
    assert docx.Document(given.value.path()).paragraphs[0].text == "公平竞争审查表"
    for path in ("paper-templates/opinion.docx", "paper-samples/opinion.docx"):
        answer = page.request.get(f"{address}/{path}")
        assert answer.status == 400 and "没有这项权限" in answer.text()
    page.context.close()
