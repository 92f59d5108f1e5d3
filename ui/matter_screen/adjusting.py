"""调整: procedure, handler, supervision, stage of a contract; what changes a matter without moving it."""

from __future__ import annotations

import streamlit as st
import widgets

from matter_screen.opened import Opened
from reviewer.office import moving, supervision
from reviewer.office.accounts import list_users
from reviewer.office.records import PROCEDURE_NAMES, Procedure, Role
from reviewer.office.roles import may_on
from reviewer.office.workflow import STATES


def adjust(p: Opened) -> None:
    """What the person may adjust now, folded."""
    parts = {
        "set_procedure": ("调整程序", procedure),
        "reassign": ("改派", reassign),
        "supervise": ("催办", supervise),
        "set_stage": ("合同阶段", stage),
    }
    able = [action for action in parts if action in possible(p)]
    if not able:
        return
    with st.expander("、".join(parts[action][0] for action in able), key="adjust"):
        for action in able:
            parts[action][1](p)


def possible(p: Opened) -> set[str]:
    """The adjustments that the person's roles and the state of the matter allow."""
    matter = p.matter
    if matter.state.value == "draft":
        return set()
    able = {a for a in ("set_procedure", "reassign", "supervise", "set_stage") if may_on(p.user, a, matter)}
    if STATES[matter.state].closed:
        able -= {"set_procedure", "reassign"}
    able -= set() if p.line.stages else {"set_stage"}
    able -= set() if matter.due.on else {"supervise"}
    return able - (set() if matter.handler_id else {"reassign"})


def procedure(p: Opened) -> None:
    matter, kinds = p.matter, list(Procedure)
    wanted = st.selectbox(
        "办理程序",
        kinds,
        index=kinds.index(matter.procedure),
        key="adjust-procedure",
        format_func=lambda kind: PROCEDURE_NAMES[kind],
    )
    hard = st.checkbox("疑难复杂事项（须集体讨论）", value=matter.hard, key="adjust-hard")
    why = st.text_input("调整理由", key="adjust-why")
    st.button(
        "调整程序",
        key="adjust-do",
        on_click=lambda: widgets.attempt(
            lambda: moving.set_procedure(p.here, p.user, matter.id, matter.version, wanted, why, hard=hard),
            "程序已调整，期限已重新计算",
        ),
    )


def reassign(p: Opened) -> None:
    matter = p.matter
    people = {u.id: u.name for u in list_users(p.here.store, Role.HANDLER) if u.id != matter.handler_id}
    to = st.selectbox(
        "改派给",
        list(people),
        format_func=lambda k: people[k],
        index=None,
        key="reassign-to",
        placeholder="请选择",
    )
    why = st.text_input("改派理由", key="reassign-why")
    st.button(
        "改派",
        key="reassign-do",
        disabled=to is None,
        on_click=lambda: widgets.attempt(
            lambda: moving.reassign(p.here, p.user, matter.id, matter.version, to, why), "已改派"
        ),
    )


def supervise(p: Opened) -> None:
    level = st.selectbox("催办、督办", supervision.LEVELS, index=1, key="supervise-level")
    note = st.text_input("附言（可不填）", key="supervise-note")
    st.button(
        "发出",
        key="supervise-do",
        on_click=lambda: widgets.attempt(
            lambda: supervision.supervise(p.here, p.user, p.matter.id, level, note, p.day), f"已发出{level}"
        ),
    )


def stage(p: Opened) -> None:
    matter, names = p.matter, [s.name for s in p.line.stages]
    to = st.selectbox(
        "合同阶段", names, index=names.index(matter.stage) if matter.stage in names else 0, key="stage-to"
    )
    widgets.html(f'<p class="soft">{widgets.text(next(s.hint for s in p.line.stages if s.name == to))}</p>')
    st.button(
        "登记阶段",
        key="stage-do",
        on_click=lambda: widgets.attempt(
            lambda: moving.set_stage(p.here, p.user, matter.id, matter.version, to), f"合同阶段：{to}"
        ),
    )
