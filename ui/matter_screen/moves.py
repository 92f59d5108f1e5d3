"""办理: the moves that are possible now, and one form for the chosen one."""

from __future__ import annotations

import streamlit as st
import widgets

from matter_screen.opened import Opened
from reviewer.errors import ReviewerError
from reviewer.office import deadlines, moving, reviewing
from reviewer.office.accounts import list_users
from reviewer.office.comment_records import Answer, Status
from reviewer.office.moving import MoveForm
from reviewer.office.records import Procedure, Role, State
from reviewer.office.roles import may_on
from reviewer.office.sheet import open_sheet
from reviewer.office.workflow import STATES, Need

FIELDS = ("note-", "handler-", "conclusion-", "check-", "move-")


def actions(p: Opened) -> None:
    """The choice of a move, and its form."""
    view, matter = p.view, p.matter
    widgets.html('<h2 class="section">办理</h2>')
    advise(p)
    if not view.moves:
        closed = STATES[matter.state].closed
        said = "事项已办结" if closed else "现在没有要您办理的步骤"
        widgets.empty(said, "" if closed else f"事项{STATES[matter.state].name}，由{waiting_for(p)}办理。")
        return
    names = {m.key: m.name for m in sorted(view.moves, key=lambda m: not m.forward)}
    ahead = next((m.key for m in view.moves if m.forward), None)
    with st.container(key="moves"):
        key = st.pills(
            "选择要办理的步骤",
            list(names),
            format_func=lambda k: names[k],
            key=f"move-{matter.id}-{matter.version}",
            default=ahead,
            required=ahead is not None,
            wrap=True,
        )
    if key is None:
        return
    move = next(m for m in view.moves if m.key == key)
    widgets.html(f'<p class="soft">{widgets.text(move.says)}</p>')
    if Need.NEW_FILE in move.needs and not any(f.uploaded_at > view.history[-1].at for f in view.files):
        widgets.html('<div class="notice">请先在“材料”中上传新的文件，再提交。</div>')
    if Need.MATERIALS in move.needs and view.missing:
        lacking = widgets.text("、".join(m.name for m in view.missing))
        widgets.html(f'<div class="notice warn">还缺：{lacking}。请在“材料”中上传或填写暂缺说明。</div>')
    if said := left_over(p, key):
        widgets.html(f'<div class="notice warn">{said}</div>')
    with st.form(f"form-{key}-{matter.version}", border=False):
        fields(p, key, move.needs)
        st.form_submit_button(f"确认{move.name}", type="primary", on_click=make, args=(p, key))


def left_over(p: Opened, key: str) -> str:
    """What is better done in the reviewing screen before this move."""
    if key not in ("feedback", "conclude", "revised"):
        return ""
    try:
        found = open_sheet(p.here, p.user, p.matter.id).comments
    except ReviewerError:  # no text, or one that cannot be read: nothing was found in it
        return ""
    if key == "revised":
        given = [c for c in found if c.status is Status.ACCEPTED]
        left = sum(c.answer is Answer.NONE for c in given)
        return f"审查意见 {len(given)} 条，还有 {left} 条没有答复。请先到“审阅”里逐条答复采纳情况。" if left else ""
    left = sum(c.status is Status.PENDING for c in found)
    told = "没有采用的不要求送审单位答复，也不写进意见书。请先到“审阅”里采用或标为误报。"
    return f"还有 {left} 条机审意见没有处理。{told}" if left else ""


def make(p: Opened, key: str) -> None:
    """The button's work, with what was typed and the version that was on the page."""
    values, line = st.session_state, p.line
    checked = frozenset(c for c in (*line.procedure_checks, *line.substance_checks) if values.get(f"check-{key}-{c}"))
    form = MoveForm(
        values.get(f"note-{key}") or "", values.get(f"handler-{key}"), values.get(f"conclusion-{key}") or "", checked
    )
    name = next(m.name for m in p.view.moves if m.key == key)
    done = widgets.attempt(
        lambda: moving.move(p.here, p.user, p.matter.id, key, p.matter.version, form), f"已办理：{name}"
    )
    if done:
        for field in [k for k in values if str(k).startswith(FIELDS)]:
            del values[field]


def advise(p: Opened) -> None:
    """繁简分流: told where the proposed procedure is not the one in use."""
    matter = p.matter
    if not may_on(p.user, "set_procedure", matter) or matter.issued_on or STATES[matter.state].closed:
        return
    advice = reviewing.proposal(p.here, p.user, matter.id)
    if advice and (advice.hard > matter.hard or advice.procedure == Procedure.SIMPLIFIED != matter.procedure):
        widgets.html(f'<div class="notice">繁简分流建议：{widgets.text(advice.reason)}。可在下面“调整程序”。</div>')


def fields(p: Opened, key: str, needs: frozenset[Need]) -> None:
    """What the move asks for; sent together with its button."""
    if Need.HANDLER in needs:
        people = {u.id: u.name for u in list_users(p.here.store, Role.HANDLER)}
        st.selectbox(
            "承办人",
            list(people),
            format_func=lambda k: people[k],
            key=f"handler-{key}",
            index=None,
            placeholder="请选择",
        )
    if Need.CONCLUSION in needs:
        st.selectbox("审查结论", p.line.conclusions, key=f"conclusion-{key}", index=None, placeholder="请选择")
    if Need.CHECKS in needs:
        for title, checks in (("程序核对", p.line.procedure_checks), ("实体核对", p.line.substance_checks)):
            st.markdown(f"**{title}**")
            for check in checks:
                st.checkbox(check, key=f"check-{key}-{check}")
    label = "理由或内容（必填）" if Need.REASON in needs else "说明（可不填）"
    if key == "ask_supplement" and f"note-{key}" not in st.session_state and p.view.declared:
        listed = "\n".join(f"{p.line.material(k).name}（暂缺说明：{v}）" for k, v in p.view.declared.items())
        st.session_state[f"note-{key}"] = f"请补交以下材料：\n{listed}"
    st.text_area(label, key=f"note-{key}", max_chars=moving.NOTE_LENGTH, height=90)


def waiting_for(p: Opened) -> str:
    if p.matter.due.party == deadlines.UNIT or p.matter.state.value in ("draft", "returned"):
        return p.matter.unit
    if p.matter.state in (State.ACCEPTED, State.AWAITING):
        return "签发人"
    return p.matter.handler or "审查机构"
