"""事项详情: how it stands, what to do next, findings, files, history, supervision."""

from __future__ import annotations

import streamlit as st
from matter_screen.adjusting import adjust
from matter_screen.findings import review_tab
from matter_screen.heading import header, steps
from matter_screen.materials import files_tab
from matter_screen.moves import actions
from matter_screen.opened import opened
from matter_screen.past import history_tab, supervision_tab

from reviewer.office.roles import may

shown = opened()
view, matter_id = shown.view, str(shown.matter.id)
header(shown)
steps(shown)
with st.container(key="matter-bar", horizontal=True):
    st.page_link("screens/review.py", label="审阅：正文与意见", query_params={"id": matter_id})
    if may(shown.user, "page:opinion"):
        st.page_link("screens/opinion.py", label="意见书和文书", query_params={"id": matter_id})
with st.container(key="body"):
    left, right = st.columns([3, 2], gap="large")
with right:
    actions(shown)
    adjust(shown)
with left:
    newest = view.reviews[0] if view.reviews else None
    found = f"（{newest.illegal + newest.risk + newest.advice}）" if newest else ""
    names = [f"审查意见{found}", f"材料（{len(view.files)}）", f"办理留痕（{len(view.history)}）", "督办"]
    tabs = st.tabs(names, key="matter-tabs")
    for tab, content in zip(tabs, (review_tab, files_tab, history_tab, supervision_tab), strict=True):
        with tab:
            content(shown)
