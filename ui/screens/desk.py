"""工作台: what waits for me, what is due, what moved."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.office import listing, telling
from reviewer.office.accounts import list_units, list_users
from reviewer.office.records import Role
from reviewer.office.roles import may
from reviewer.office.workflow import STATES

user, day = widgets.current_user(), widgets.today()
widgets.title("工作台", f"{day.year}年{day.month}月{day.day}日　星期{'一二三四五六日'[day.weekday()]}")

if user.has(Role.ADMINISTRATOR):
    units, people = list_units(widgets.office().store), list_users(widgets.office().store)
    if not units:
        there = '<a href="/administration" target="_self">管理</a>'
        widgets.html(f'<div class="notice">还没有送审单位。请先到“{there}”里建单位和人员。</div>')
    elif len(people) == 1:
        widgets.html(
            '<div class="notice">还没有其他人员，请到“管理”里新增；也可以先到“送审”登记一件事项，看看机审的结果。</div>'
        )

if not may(user, "view"):
    widgets.empty("您的角色是管理员，没有要办理的事项", "人员、单位、工作日历、备份和日志都在“管理”里。")
    st.stop()



def messages() -> None:
    """Mentions and assignments that were not read yet."""
    found = telling.unread(widgets.office(), user)
    if not found:
        return
    widgets.html(f'<h2 class="section">消息（{len(found)}）</h2>')
    for one in found:
        with st.container(key=f"row-message-{one.id}", border=True, gap=None):
            label = widgets.plain(f"{one.subject}：{one.title}")
            st.page_link(f"screens/{one.page}.py", label=label, query_params={"id": str(one.matter_id)})
            when = one.at[5:16].replace("T", " ")
            widgets.html(f'<div class="meta"><span class="soft">{when}　{widgets.text(one.body)}</span></div>')
    st.button("全部标为已读", key="messages-read", on_click=telling.mark_read, args=(widgets.office(), user))


messages()
desk = listing.desk(widgets.office(), user, day)
left, right = st.columns([3, 2], gap="large")
with left:
    widgets.html(f'<h2 class="section">等我办理（{desk.mine_total}）</h2>')
    if desk.mine:
        widgets.matter_rows(desk.mine, day, key="mine")
        if desk.mine_total > len(desk.mine):
            st.page_link("screens/matters.py", label=f"查看全部 {desk.mine_total} 件")
    elif may(user, "create"):
        widgets.empty("现在没有等您办理的事项", "要送审新的文件，请点上方的“送审”。")
    else:
        widgets.empty("现在没有等您办理的事项", "分办、审签的事项会出现在这里。")
with right:
    widgets.html(f'<h2 class="section">期限预警（{desk.warnings_total}）</h2>')
    if desk.warnings:
        widgets.matter_rows(desk.warnings[:5], day, key="due")
        st.page_link("screens/deadlines.py", label="打开期限预警")
    else:
        widgets.empty("没有临期或超期的事项")
    widgets.html('<h2 class="section">最近动态</h2>')
    items = "".join(
        f"<li><strong>{widgets.text(step.name)}</strong>　{widgets.text(matter.title)}<br>"
        f'<span class="soft">{widgets.text(step.at[5:16].replace("T", " "))}　{widgets.text(step.user)}　'
        f"{widgets.text(STATES[step.target].name)}</span></li>"
        for matter, step in desk.moved
    )
    if items:
        widgets.html(f'<ul class="timeline">{items}</ul>')
    else:
        widgets.empty("还没有办理记录", "送审、受理、签发等每一步都会记在这里。")
