"""The reviewing screen in a real browser: findings and text side by side, answers, a second version, the opinion."""

from __future__ import annotations

from pathlib import Path

import office_desk as own
import pytest
import web_office as web
from playwright.sync_api import Browser, FrameLocator, Page, expect
from test_comments import OWN_WORDS, SECOND, deposit, passage, target, under_review, upload

from reviewer.office import comments, matters, papers
from reviewer.office.adoption import adoption
from reviewer.office.comment_records import Status
from reviewer.office.records import Matter
from reviewer.office.sheet import open_sheet

NASTY = '<img src=x onerror="document.title=1"> **粗** =1+1 {{ 7*7 }}'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> own.Desk:
    return own.open_desk(tmp_path_factory.mktemp("review") / "data")


def open_screen(page: Page, address: str, matter: Matter) -> FrameLocator:
    page.goto(f"{address}/review?id={matter.id}")
    web.at(page, f"审阅：{matter.title}")
    frame = page.frame_locator('iframe[title^="sheet_screen"]')
    expect(frame.locator("#cards article").first).to_be_visible(timeout=web.PATIENCE)
    return frame


def card(frame: FrameLocator, words: str):  # type: ignore[no-untyped-def]
    return frame.locator("#cards article").filter(has_text=words).first


def unfold(frame: FrameLocator, words: str):  # type: ignore[no-untyped-def]
    """The card, opened unless it is."""
    found = card(frame, words)
    expect(found).to_be_visible(timeout=web.PATIENCE)
    if "on" not in (found.get_attribute("class") or "").split():
        found.locator(".head").click()
    return frame.locator("article.on")


def select(frame: FrameLocator, words: str) -> None:
    """Select words of the text as a person does with the mouse."""
    frame.locator("#text").evaluate(
        """(pane, words) => {
            const runs = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
            while (runs.nextNode()) {
                const at = runs.currentNode.data.indexOf(words);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(runs.currentNode, at);
                range.setEnd(runs.currentNode, at + words.length);
                document.getSelection().removeAllRanges();
                document.getSelection().addRange(range);
                return;
            }
            throw new Error("not in one run: " + words);
        }""",
        words,
    )


@pytest.mark.parametrize("size", [web.DESKTOP, web.PHONE], ids=["desktop", "phone"])
def test_findings_are_decided_answered_and_met_and_the_opinion_is_issued(
    chromium: Browser, desk: own.Desk, address: str, size: dict[str, int]
) -> None:
    matter = under_review(desk, f"审阅合同{size['width']}")
    page = web.log_in(chromium, address, "handle", own.PASSWORD, size)
    frame = open_screen(page, address, matter)

    frame.locator("mark", has_text="定金为合同总价的30%").click()  # the place leads to the finding …
    found = frame.locator("article.on")
    expect(found).to_contain_text("定金比例为30%")
    found.get_by_role("button", name="采用", exact=True).click()
    expect(card(frame, "定金超过").locator(".badge.status")).to_have_text("已采用", timeout=web.PATIENCE)

    unfold(frame, "只约定一方")  # … and the finding to the place
    expect(frame.locator("mark.on").first).to_contain_text("三十日内")
    frame.locator("article.on").get_by_role("button", name="修改后采用").click()
    frame.locator("article.on [name=text]").first.fill("违约责任不对等")
    frame.locator("article.on").get_by_role("button", name="修改并采用").click()
    expect(card(frame, "违约责任不对等").locator(".badge.status")).to_have_text("已采用", timeout=web.PATIENCE)

    unfold(frame, "发票")
    frame.locator("article.on").get_by_role("button", name="误报").click()
    frame.locator("article.on [name=reason]").fill("补充协议另有约定")
    frame.locator("article.on").get_by_role("button", name="标为误报").click()
    expect(card(frame, "发票").locator(".badge.status")).to_have_text("误报", timeout=web.PATIENCE)

    select(frame, "争议由双方协商解决")
    frame.get_by_role("button", name="对选中的文字提意见").click()
    frame.locator("#new [name=text]").fill(NASTY)
    frame.get_by_role("button", name="提出意见").click()
    expect(frame.locator("article.on")).to_contain_text(NASTY, timeout=web.PATIENCE)
    expect(frame.locator("mark", has_text="争议由双方协商解决")).to_be_visible()
    assert page.title() != "1" and frame.locator("#cards img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    given = {c.wording.text: c for c in open_sheet(desk.office, desk.handler, matter.id).comments if c.id}
    assert given[NASTY].place.where == "第四条" and given["违约责任不对等"].edited

    matter = own.go(desk, matters.view(desk.office, desk.handler, matter.id).matter, "feedback")
    applicant = web.log_in(chromium, address, "apply", own.PASSWORD, size)
    theirs = open_screen(applicant, address, matter)
    for words, answer, reason in (("定金超过", "采纳", ""), ("img src=x", "不采纳", "本地惯例")):
        unfold(theirs, words)
        theirs.locator("article.on").get_by_label(answer, exact=True).check()
        theirs.locator("article.on [name=reason]").fill(reason)
        theirs.locator("article.on").get_by_role("button", name="提交答复").click()
        expect(card(theirs, words).locator(".badge.answer")).to_have_text(answer, timeout=web.PATIENCE)
    upload(desk, matter, SECOND, "合同第二稿.txt")
    matter = own.go(desk, matter, "revised")
    upload(desk, matter, SECOND, "合同第三稿.txt")

    frame = open_screen(page, address, matter)
    unfold(frame, "定金超过")
    expect(frame.locator("article.on .standing")).to_contain_text("系统判断：已按意见修改")
    frame.locator("article.on").get_by_role("button", name="已按意见修改").click()
    expect(frame.locator("article.on .standing")).to_contain_text("核对结果：已按意见修改", timeout=web.PATIENCE)
    rows = {r.opinion: (r.answer, r.verdict) for r in adoption(desk.office, desk.handler, matter.id).rows}
    assert rows[NASTY] == ("不采纳", "未修改（待确认）") and ("采纳", "已按意见修改") in rows.values()

    for key in ("conclude", "sign"):
        matter = own.go(desk, matter, key)
    approver = web.log_in(chromium, address, "approve", own.PASSWORD, size)
    approver.goto(f"{address}/opinion?id={matter.id}")
    web.at(approver, f"意见书：{matter.title}")
    web.press(approver, "印发意见书")
    web.says(approver, "已印发意见书")
    number = papers.issued(desk.office, desk.approver, matter.id)[0].number
    expect(approver.locator("table.rows").filter(has_text=number).first).to_be_visible()
    web.press(approver, "印发意见书")
    web.says(approver, "没有变化")
    with approver.expect_download() as download:
        approver.get_by_role("link", name="Word", exact=True).click()
    issued = papers.issued(desk.office, desk.approver, matter.id)[0]
    assert Path(download.value.path()).read_bytes() == papers.content(desk.office, desk.approver, issued.id)[1]
    for each in (page, applicant, approver):
        each.context.close()


def test_the_keyboard_goes_through_the_findings(chromium: Browser, desk: own.Desk, address: str) -> None:
    matter = under_review(desk, "键盘审阅")
    page = web.log_in(chromium, address, "handle", own.PASSWORD)
    frame = open_screen(page, address, matter)
    frame.locator("#cards").focus()
    page.keyboard.press("j")
    first = frame.locator("article.on").get_attribute("data-key")
    page.keyboard.press("j")
    second = frame.locator("article.on").get_attribute("data-key")
    page.keyboard.press("k")
    assert frame.locator("article.on").get_attribute("data-key") == first != second
    page.keyboard.press("a")
    expect(frame.locator(".status.accepted")).to_have_count(1, timeout=web.PATIENCE)
    expect(frame.locator("article.on")).to_have_attribute("data-key", str(second))  # on to the next
    page.keyboard.press("d")
    expect(frame.locator("article.on [name=reason]")).to_be_focused()
    page.keyboard.type("adj 误报")  # letters in a field are letters
    page.keyboard.press("Enter")
    frame.locator("article.on").get_by_role("button", name="标为误报").click()
    expect(frame.locator(".status.dismissed")).to_have_count(1, timeout=web.PATIENCE)
    page.context.close()


def test_the_filters_show_what_was_asked_for(chromium: Browser, desk: own.Desk, address: str) -> None:
    matter = under_review(desk, "筛选审阅")
    page = web.log_in(chromium, address, "handle", own.PASSWORD)
    frame = open_screen(page, address, matter)
    everything = frame.locator("#cards article").count()
    frame.locator(".chip.illegal").click()
    expect(frame.locator("#cards article")).to_have_count(frame.locator("#cards article.illegal").count())
    assert 0 < frame.locator("#cards article").count() < everything
    frame.locator(".chip.illegal").click()
    frame.get_by_label("按状态筛选").select_option("pending")
    expect(frame.locator("#cards article")).to_have_count(everything)
    page.context.close()


def test_the_second_officer_is_told_and_the_typed_words_are_kept(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    matter = under_review(desk, "两人同改一条")
    page = web.log_in(chromium, address, "handle", own.PASSWORD)
    frame = open_screen(page, address, matter)
    unfold(frame, "定金超过")
    frame.locator("article.on").get_by_role("button", name="修改后采用").click()
    frame.locator("article.on [name=text]").first.fill("写了一半的意见")
    comments.accept(desk.office, desk.handler, target(deposit(desk, matter)))  # the same officer at another desk
    frame.locator("article.on").get_by_role("button", name="修改并采用").click()
    expect(frame.locator("[role=alert]")).to_contain_text("先处理了这条意见", timeout=web.PATIENCE)
    expect(frame.locator("article.on [name=text]").first).to_have_value("写了一半的意见")
    assert deposit(desk, matter).status is Status.ACCEPTED
    page.reload()  # not even a closed window loses it
    web.at(page, f"审阅：{matter.title}")
    frame = page.frame_locator('iframe[title^="sheet_screen"]')
    unfold(frame, "定金超过").get_by_role("button", name="修改", exact=True).click()
    expect(frame.locator("article.on [name=text]").first).to_have_value("写了一半的意见")
    frame.locator("article.on").get_by_role("button", name="保存修改").click()
    expect(card(frame, "定金超过").locator("form")).to_have_count(1, timeout=web.PATIENCE)
    assert deposit(desk, matter).wording.text == "写了一半的意见"
    page.context.close()


def test_an_applicant_sees_findings_but_not_what_the_office_has_not_given(
    chromium: Browser, desk: own.Desk, address: str
) -> None:
    matter = under_review(desk, "未反馈的意见")
    file_id, span = passage(desk, matter, "三十日内")
    comments.add(desk.office, desk.handler, file_id, span, OWN_WORDS)
    page = web.log_in(chromium, address, "apply", own.PASSWORD)
    frame = open_screen(page, address, matter)
    expect(card(frame, "定金超过")).to_be_visible()
    expect(frame.locator("#cards")).not_to_contain_text("三十日与采购文件不一致")
    assert frame.get_by_role("button", name="采用", exact=True).count() == 0
    page.goto(f"{address}/opinion?id={matter.id}")
    web.idle(page)
    expect(page.locator("h1.title")).not_to_have_text(f"意见书：{matter.title}")
    page.context.close()
