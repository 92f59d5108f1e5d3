"""材料: the files of a matter, uploading more, and saying why one is missing."""

from __future__ import annotations

import streamlit as st
import widgets

from matter_screen.opened import Opened
from reviewer.office import matters, reviewing
from reviewer.office.roles import may_on
from reviewer.office.workflow import STATES


def files_tab(p: Opened) -> None:
    names = {m.key: m.name for m in p.line.materials}
    listed(p, names)
    if not may_on(p.user, "upload", p.matter) or STATES[p.matter.state].closed:
        return
    widgets.html('<h2 class="section">上传材料</h2>')
    st.selectbox("材料种类", list(names), format_func=lambda k: names[k], key="up-kind")
    st.file_uploader(
        "文件",
        key=f"up-{p.matter.id}-{st.session_state.get('up-round', 0)}",
        accept_multiple_files=True,
        max_upload_size=p.here.settings.upload_megabytes,
    )
    st.button("上传", key="up-do", on_click=keep, args=(p,))
    if p.view.missing:
        declare(p)


def listed(p: Opened, names: dict[str, str]) -> None:
    """What is there, what was said to be missing, and what is missing without a word."""
    view = p.view
    if view.files:
        widgets.table(
            ["材料", "文件", "版本", "大小", "上传"],
            [
                [
                    widgets.text(names.get(f.material, f.material)),
                    f'<a href="/files/{f.id}">{widgets.text(f.name)}</a>',
                    f"第{f.version}版",
                    widgets.size_in_words(f.size),
                    f"{widgets.text(f.uploaded_by)}<br>{widgets.text(f.uploaded_at[5:16].replace('T', ' '))}",
                ]
                for f in view.files
            ],
        )
    else:
        widgets.empty("还没有材料")
    for key, why in view.declared.items():
        widgets.html(f'<p class="soft">{widgets.text(names[key])}：暂缺，{widgets.text(why)}</p>')
    if view.missing:
        lacking = "、".join(m.name for m in view.missing)
        widgets.html(f'<div class="notice warn">尚缺必备材料：{widgets.text(lacking)}</div>')


def keep(p: Opened) -> None:
    """The upload button's work."""
    values = st.session_state
    files, key = values.get(f"up-{p.matter.id}-{values.get('up-round', 0)}") or [], values["up-kind"]
    for file in files:
        file.seek(0)
        pieces = iter(lambda file=file: file.read(1 << 20), b"")
        if not widgets.attempt(
            lambda file=file, pieces=pieces: matters.upload(p.here, p.user, p.matter.id, key, file.name, pieces)
        ):
            return
    reviewing.run_queued(p.here, p.matter.id)
    widgets.say("good", f"已上传 {len(files)} 个文件")
    values["up-round"] = values.get("up-round", 0) + 1


def declare(p: Opened) -> None:
    kinds = {m.key: m.name for m in p.view.missing}
    with st.expander("暂缺的材料，说明理由"):
        which = st.selectbox("哪一项", list(kinds), format_func=lambda k: kinds[k], key="declare-kind")
        why = st.text_input("暂缺说明", key="declare-why", max_chars=500)
        st.button(
            "保存说明",
            key="declare-do",
            disabled=not why,
            on_click=lambda: widgets.attempt(
                lambda: matters.declare_missing(p.here, p.user, p.matter.id, which, why), "已保存暂缺说明"
            ),
        )
