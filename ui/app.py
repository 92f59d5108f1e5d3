"""The pages and who sees them. Streamlit runs this file for every action of every visitor.

The pages are in screens/: a folder named pages/ would be served by Streamlit on its own, around this file.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import streamlit as st

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

import widgets

from reviewer.office.journal import NAME
from reviewer.office.roles import may

began = time.perf_counter()
st.set_page_config(page_title=widgets.office().settings.name, layout="wide")
widgets.style()
user = widgets.current_user()

PAGES = (
    ("page:desk", "desk", "工作台", ":material/dashboard:"),
    ("page:submit", "submit", "送审", ":material/upload_file:"),
    ("page:matters", "matters", "事项", ":material/list_alt:"),
    ("page:deadlines", "deadlines", "期限预警", ":material/event:"),
    ("page:batch", "batch", "批量评分", ":material/folder_zip:"),
    ("page:handbook", "handbook", "规则手册", ":material/menu_book:"),
    ("page:laws", "laws", "法规库", ":material/gavel:"),
    ("page:statistics", "statistics", "统计", ":material/bar_chart:"),
    ("page:administration", "administration", "管理", ":material/settings:"),
)
LINKED = (  # reached from another page
    ("page:review", "review", "审阅", ""),
    ("page:opinion", "opinion", "意见书", ""),
    ("page:batch", "batch_job", "批量评分结果", ""),
)
own = [
    st.Page(f"screens/{name}.py", title=title, icon=icon, url_path=name, default=name == "desk")
    for action, name, title, icon in PAGES
    if may(user, action)
]
others = [
    st.Page(widgets.forbidden, title=title, url_path=name, visibility="hidden")
    for action, name, title, _ in (*PAGES, ("view", "matter", "事项详情", ""), *LINKED)
    if not may(user, action)
]
if may(user, "view"):
    others.append(st.Page("screens/matter.py", title="事项详情", url_path="matter", visibility="hidden"))
others += [
    st.Page(f"screens/{name}.py", title=title, url_path=name, visibility="hidden")
    for action, name, title, _ in LINKED
    if may(user, action)
]
shown = st.navigation([*own, *others], position="top")
widgets.who(user)
with st.container(key="nav", horizontal=True):  # shown on narrow screens instead of the hidden menu
    for page in own:
        st.page_link(page, label=page.title)
with st.container(key="said"):  # also when empty: tabs below would be drawn anew and lose their place
    widgets.messages()
shown.run()
spent = round((time.perf_counter() - began) * 1000)
logging.getLogger(NAME).info("page", extra={"page": shown.url_path or "desk", "user": user.id, "milliseconds": spent})
