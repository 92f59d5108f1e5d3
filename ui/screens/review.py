"""审阅: the text of a matter with its findings and comments beside it, and the versions compared."""

from __future__ import annotations

import sheet_screen
import streamlit as st
import widgets

from reviewer.errors import ReviewerError
from reviewer.office import comparing, telling
from reviewer.office.roles import may
from reviewer.office.sheet import Sheet, open_sheet

user, here = widgets.current_user(), widgets.office()


def number(name: str) -> int:
    given = st.query_params.get(name, "")
    return int(given) if given.isdigit() and len(given) < 16 else -1


def opened() -> Sheet:
    try:
        return open_sheet(here, user, number("id"), number("file"))
    except ReviewerError as error:
        widgets.empty(str(error), "请从“事项”列表进入。")
        st.page_link("screens/matters.py", label="返回事项列表")
        st.stop()


@st.fragment
def screen(sheet: Sheet) -> None:
    """Only this part runs again when something is done on the screen."""
    key = f"sheet-{sheet.matter.id}-{sheet.file.id}"
    values = st.session_state
    asked = values.get(key)
    if asked and asked.get("seq") != values.get(f"{key}-done"):
        values[f"{key}-done"] = asked.get("seq")
        who = widgets.current_user()
        values[f"{key}-told"] = sheet_screen.answer(here, who, sheet.matter.id, sheet.file.id, asked)
        sheet = open_sheet(here, who, sheet.matter.id, sheet.file.id)
    told = values.get(f"{key}-told")
    sheet_screen.screen(**sheet_screen.shown(here, user, sheet), answer=told, key=key, default=None)


def marked(runs: tuple[tuple[bool, str], ...], tag: str) -> str:
    words = "".join(f"<{tag}>{widgets.text(t)}</{tag}>" if changed else widgets.text(t) for changed, t in runs)
    return f"<span>{words}</span>" if words else ""


def compare(sheet: Sheet) -> None:
    """Two versions, clause by clause, the changed words marked."""
    names = {v.id: f"第{v.version}版　{v.name}" for v in sheet.versions}
    others = [v.id for v in sheet.versions if v.id != sheet.file.id]
    other = st.selectbox("与哪一版对照", others, format_func=lambda k: names[k], key="compare-with")
    old, new = sorted((sheet.file.id, other))
    try:
        found = comparing.compare(here, user, sheet.matter.id, old, new)
    except ReviewerError as error:
        widgets.empty(str(error))
        return
    if not found.rows:
        widgets.empty("两个版本的文字相同")
        return
    counts = f"改动 {found.changed} 段，新增 {found.added} 段，删除 {found.removed} 段，移动 {found.moved} 段"
    widgets.html(f'<p class="soft">{widgets.text(names[old])} → {widgets.text(names[new])}：{counts}</p>')
    kinds = {"changed": "改动", "added": "新增", "removed": "删除", "moved": "移动"}
    widgets.table(
        ["变化", "原文", "新文"],
        [[kinds[row.kind], marked(row.before, "del"), marked(row.after, "ins")] for row in found.rows],
    )


current = opened()
telling.mark_read(here, user, current.matter.id)
matter_id = str(current.matter.id)
widgets.title(f"审阅：{current.matter.title}")
with st.container(key="review-bar", horizontal=True):
    widgets.html(widgets.state_badge(current.matter))
    st.page_link("screens/matter.py", label="返回事项", query_params={"id": matter_id})
    if may(user, "page:opinion"):
        st.page_link("screens/opinion.py", label="意见书和文书", query_params={"id": matter_id})
    for version in current.versions if len(current.versions) > 1 else ():
        label = f"第{version.version}版" + ("（当前）" if version.id == current.file.id else "")
        st.page_link("screens/review.py", label=label, query_params={"id": matter_id, "file": str(version.id)})
if not current.newest:
    widgets.html('<div class="notice warn">这是较早的版本，只供查看和对照。意见在最新版本上处理。</div>')
screen(current)
if len(current.versions) > 1:
    with st.expander("版本对照：逐段比较两个版本"):
        compare(current)
