"""意见书和文书: the sections of the opinion, its issue, and the other papers of a matter."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.errors import ReviewerError
from reviewer.office import fair_competition, matters, papers, pdf
from reviewer.office.adoption import adoption
from reviewer.office.papers import ISSUING, Paper, Part
from reviewer.office.records import Matter
from reviewer.office.roles import may_on

user, day, here = widgets.current_user(), widgets.today(), widgets.office()


def opened() -> Matter:
    given = st.query_params.get("id", "")
    try:
        return matters.view(here, user, int(given) if given.isdigit() and len(given) < 16 else -1).matter
    except ReviewerError as error:
        widgets.empty(str(error), "请从“事项”列表进入。")
        st.page_link("screens/matters.py", label="返回事项列表")
        st.stop()


matter = opened()
widgets.title(f"意见书：{matter.title}")
with st.container(key="review-bar", horizontal=True):
    widgets.html(widgets.state_badge(matter))
    st.page_link("screens/matter.py", label="返回事项", query_params={"id": str(matter.id)})
    st.page_link("screens/review.py", label="审阅", query_params={"id": str(matter.id)})


def issue() -> None:
    widgets.attempt(lambda: papers.issue(here, user, matter.id, day), "已印发意见书，文号见下")


def links(paper: Paper) -> str:
    as_pdf = f' <a href="/opinions/{paper.id}.pdf">PDF</a>' if pdf.available() else ""
    return f'<a href="/opinions/{paper.id}.docx">Word</a>{as_pdf}'


def issued() -> None:
    """What left the office, and the button for the next."""
    widgets.html('<h2 class="section">已印发</h2>')
    found = papers.issued(here, user, matter.id)
    if found:
        old = " " + widgets.badge("已被替代", "closed")
        widgets.table(
            ["文号", "日期", "结论", "印发人", "下载"],
            [
                [
                    widgets.text(p.number) + ("" if p.id == found[0].id else old),
                    str(p.on),
                    widgets.text(p.conclusion),
                    widgets.text(p.issued_by),
                    links(p),
                ]
                for p in found
            ],
        )
    else:
        widgets.empty("还没有印发意见书", "事项签发后由签发人印发；印发后不能改动，需要更正的另编新文号。")
    if may_on(user, "issue_opinion", matter) and matter.state in ISSUING:
        told = "另编新文号，代替已印发的意见书" if found else "编文号，并把内容固定下来"
        st.button("印发意见书", type="secondary" if found else "primary", key="issue", on_click=issue, help=told)
        if found:
            widgets.html('<p class="soft">已经印发。需要更正的，改好后再印发一次，另编新文号代替原来的。</p>')


def downloads() -> None:
    kinds = [("draft", "意见书草稿"), ("adoption", "意见采纳情况表"), ("dossier", "案卷目录")]
    kinds += [("fair-competition", "公平竞争审查表")] if matter.line in fair_competition.LINES else []
    shown = "　".join(f'<a href="/matter-papers/{matter.id}/{kind}.docx">{name}</a>' for kind, name in kinds)
    widgets.html(f'<h2 class="section">文书（Word）</h2><p class="links">{shown}</p>')


def keep(part: Part) -> None:
    text = st.session_state[f"part-{part.name}-{part.version}"]
    text = "" if text.strip() == part.proposed.strip() else text
    widgets.attempt(
        lambda: papers.write_part(here, user, matter.id, part.name, text, part.version), f"已保存：{part.name}"
    )


def section(part: Part, able: bool) -> None:
    """As it will stand in the opinion, to be written anew by who may."""
    if not able:
        widgets.html("".join(f"<p>{widgets.text(t)}</p>" for t in (part.text or part.proposed).split("\n")))
        return
    st.text_area(
        part.name,
        part.text or part.proposed,
        key=f"part-{part.name}-{part.version}",
        height=180,
        label_visibility="collapsed",
        max_chars=papers.PART_LENGTH,
    )
    st.button("保存", key=f"keep-{part.name}", on_click=keep, args=(part,))


def adopted() -> None:
    table = adoption(here, user, matter.id)
    widgets.html('<h2 class="section">意见采纳情况</h2>')
    if not table.rows:
        widgets.empty("还没有采用的意见", "在“审阅”里采用或提出的意见会列在这里。")
        return
    widgets.html(f'<p class="soft">{widgets.text(table.in_words())}</p>')
    cells = []
    for row in table.rows:
        why = f'<br><span class="soft">{widgets.text(row.reason)}</span>' if row.reason else ""
        cells.append([widgets.text(row.where), widgets.text(row.opinion), row.answer + why, row.verdict])
    widgets.table(["条款", "意见", "采纳情况", "核对"], cells)


left, right = st.columns([3, 2], gap="large")
with left:
    widgets.html(
        '<h2 class="section">意见书各部分</h2><p class="soft">没有改写的部分随意见和办理情况自动更新；'
        "改写后以改写的文字为准，清空即恢复自动。</p>"
    )
    may_write = may_on(user, "draft_opinion", matter)
    for each in papers.parts(here, user, matter.id):
        with st.expander(each.name + ("（已改写）" if each.text else "")):
            section(each, may_write)
with right:
    issued()
    downloads()
    adopted()
