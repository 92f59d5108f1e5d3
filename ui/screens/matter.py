"""事项详情: how it stands, what to do next, findings, files, history, supervision."""

from __future__ import annotations

import json

import streamlit as st
import widgets

from reviewer.errors import ReviewerError
from reviewer.office import deadlines, matters, moving, reviewing, supervision
from reviewer.office.accounts import list_users
from reviewer.office.matters import MatterView
from reviewer.office.moving import MoveForm
from reviewer.office.records import PROCEDURE_NAMES, Procedure, Role, StoredFinding
from reviewer.office.roles import may, may_on
from reviewer.office.workflow import STATES, STEPS, Need

SEVERITIES = {"illegal": "违法", "risk": "风险", "advice": "建议"}

user, day, here = widgets.current_user(), widgets.today(), widgets.office()


def opened() -> MatterView:
    wanted = st.query_params.get("id", "")
    try:
        return matters.view(here, user, int(wanted) if wanted.isdigit() and len(wanted) < 16 else -1)
    except ReviewerError as error:
        widgets.empty(str(error), "请从“事项”列表进入。")
        st.page_link("screens/matters.py", label="返回事项列表")
        st.stop()


view = opened()
matter, line = view.matter, view.line
days = widgets.calendar()


def header() -> None:
    widgets.title(matter.title)
    widgets.html(
        f'<div class="meta">{widgets.state_badge(matter)}{widgets.procedure_badge(matter)}'
        f"{widgets.due_badge(matter, day, days)}</div>"
    )
    facts = [
        ("受理号", matter.display_number),
        ("条线", f"{line.name}（{line.review_name}）"),
        ("送审单位", matter.unit),
        ("送审人", matter.applicant),
        ("承办人", matter.handler or "尚未分办"),
        ("签发人", matter.approver),
        ("文书类型", matter.type),
        ("结论", matter.conclusion),
        ("送审 / 受理", " / ".join(str(d) for d in (matter.submitted_on, matter.accepted_on) if d)),
    ]
    shown = "".join(f"<div><dt>{k}</dt><dd>{widgets.text(v)}</dd></div>" for k, v in facts if v)
    widgets.html(f'<dl class="facts">{shown}</dl>')
    if matter.due.provisional:
        widgets.html(
            '<div class="notice warn">期限跨入国务院尚未公布放假安排的年份，按法定节假日暂算，公布后自动更正。</div>'
        )


def steps() -> None:
    """The twelve steps of the line, done and now."""
    own = [s for s in STEPS if s in line.route.steps]
    now = STATES[matter.state].step
    been = {STATES[s.target].step for s in view.history} | {STATES[s.source].step for s in view.history}
    closed = STATES[matter.state].closed
    items = []
    for step in own:
        kind = "done" if step in been and (step != now or closed) else ("now" if step == now else "")
        items.append(f'<li class="{kind}"{" aria-current=step" if kind == "now" else ""}>{step}</li>')
    widgets.html(f'<ol class="steps" aria-label="办理步骤">{"".join(items)}</ol>')
    if line.stages:
        names = [s.name for s in line.stages]
        at = names.index(matter.stage) if matter.stage in names else -1
        life = "".join(
            f'<li class="{"done" if i < at else "now" if i == at else ""}">{n}</li>' for i, n in enumerate(names)
        )
        widgets.html(f'<p class="soft">合同周期</p><ol class="steps" aria-label="合同周期">{life}</ol>')


def make(key: str, version: int) -> None:
    """The button's work, with what was typed and the version that was on the page."""
    values = st.session_state
    checked = frozenset(c for c in (*line.procedure_checks, *line.substance_checks) if values.get(f"check-{key}-{c}"))
    form = MoveForm(
        values.get(f"note-{key}") or "", values.get(f"handler-{key}"), values.get(f"conclusion-{key}") or "", checked
    )
    name = next(m.name for m in view.moves if m.key == key)
    if widgets.attempt(lambda: moving.move(here, user, matter.id, key, version, form), f"已办理：{name}"):
        for field in [k for k in values if str(k).startswith(("note-", "handler-", "conclusion-", "check-", "move-"))]:
            del values[field]


def actions() -> None:
    """The moves that are possible now, one form for the chosen one."""
    widgets.html('<h2 class="section">办理</h2>')
    advise()
    if not view.moves:
        closed = STATES[matter.state].closed
        said = "事项已办结" if closed else "现在没有要您办理的步骤"
        widgets.empty(said, "" if closed else f"事项{STATES[matter.state].name}，由{waiting_for()}办理。")
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
    if Need.NEW_FILE in move.needs:
        widgets.html('<div class="notice">请先在“材料”中上传新的文件，再提交。</div>')
    if Need.MATERIALS in move.needs and view.missing:
        lacking = widgets.text("、".join(m.name for m in view.missing))
        widgets.html(f'<div class="notice warn">还缺：{lacking}。请在“材料”中上传或填写暂缺说明。</div>')
    with st.form(f"form-{key}-{matter.version}", border=False):
        fields(key, move.needs)
        st.form_submit_button(f"确认{move.name}", type="primary", on_click=make, args=(key, matter.version))


def advise() -> None:
    """繁简分流: told where the proposed procedure is not the one in use."""
    if not may_on(user, "set_procedure", matter) or matter.issued_on or STATES[matter.state].closed:
        return
    advice = reviewing.proposal(here, user, matter.id)
    if advice and (advice.hard > matter.hard or advice.procedure == Procedure.SIMPLIFIED != matter.procedure):
        widgets.html(f'<div class="notice">繁简分流建议：{widgets.text(advice.reason)}。可在下面“调整程序”。</div>')


def fields(key: str, needs: frozenset[Need]) -> None:
    """What the move asks for; sent together with its button."""
    if Need.HANDLER in needs:
        people = {p.id: p.name for p in list_users(here.store, Role.HANDLER)}
        st.selectbox(
            "承办人",
            list(people),
            format_func=lambda k: people[k],
            key=f"handler-{key}",
            index=None,
            placeholder="请选择",
        )
    if Need.CONCLUSION in needs:
        st.selectbox("审查结论", line.conclusions, key=f"conclusion-{key}", index=None, placeholder="请选择")
    if Need.CHECKS in needs:
        for title, checks in (("程序核对", line.procedure_checks), ("实体核对", line.substance_checks)):
            st.markdown(f"**{title}**")
            for check in checks:
                st.checkbox(check, key=f"check-{key}-{check}")
    label = "理由或内容（必填）" if Need.REASON in needs else "说明（可不填）"
    if key == "ask_supplement" and f"note-{key}" not in st.session_state and view.declared:
        listed = "\n".join(f"{line.material(k).name}（暂缺说明：{v}）" for k, v in view.declared.items())
        st.session_state[f"note-{key}"] = f"请补交以下材料：\n{listed}"
    st.text_area(label, key=f"note-{key}", max_chars=moving.NOTE_LENGTH, height=90)


def waiting_for() -> str:
    if matter.due.party == deadlines.UNIT or matter.state.value in ("draft", "returned"):
        return matter.unit
    return matter.handler or "审查机构"


def adjust() -> None:
    """Procedure, handler, stage, supervision: what changes a matter without moving it."""
    able = {a for a in ("set_procedure", "reassign", "supervise", "set_stage") if may_on(user, a, matter)}
    if STATES[matter.state].closed:
        able -= {"set_procedure", "reassign"}
    able -= set() if line.stages else {"set_stage"}
    able -= set() if matter.due.on else {"supervise"}
    able -= set() if matter.handler_id else {"reassign"}
    if not able or matter.state.value == "draft":
        return
    said = {"set_procedure": "调整程序", "reassign": "改派", "supervise": "催办", "set_stage": "合同阶段"}
    with st.expander("、".join(name for action, name in said.items() if action in able)):
        if "set_procedure" in able:
            kinds = list(Procedure)
            procedure = st.selectbox(
                "办理程序",
                kinds,
                index=kinds.index(matter.procedure),
                key="adjust-procedure",
                format_func=lambda p: PROCEDURE_NAMES[p],
            )
            hard = st.checkbox("疑难复杂事项（须集体讨论）", value=matter.hard, key="adjust-hard")
            why = st.text_input("调整理由", key="adjust-why")
            st.button(
                "调整程序",
                key="adjust-do",
                on_click=lambda: widgets.attempt(
                    lambda: moving.set_procedure(here, user, matter.id, matter.version, procedure, why, hard=hard),
                    "程序已调整，期限已重新计算",
                ),
            )
        if "reassign" in able:
            people = {p.id: p.name for p in list_users(here.store, Role.HANDLER) if p.id != matter.handler_id}
            to = st.selectbox(
                "改派给",
                list(people),
                format_func=lambda k: people[k],
                index=None,
                key="reassign-to",
                placeholder="请选择",
            )
            why_not = st.text_input("改派理由", key="reassign-why")
            st.button(
                "改派",
                key="reassign-do",
                disabled=to is None,
                on_click=lambda: widgets.attempt(
                    lambda: moving.reassign(here, user, matter.id, matter.version, to, why_not), "已改派"
                ),
            )
        if "supervise" in able:
            level = st.selectbox("催办、督办", supervision.LEVELS, index=1, key="supervise-level")
            note = st.text_input("附言（可不填）", key="supervise-note")
            st.button(
                "发出",
                key="supervise-do",
                on_click=lambda: widgets.attempt(
                    lambda: supervision.supervise(here, user, matter.id, level, note, day), f"已发出{level}"
                ),
            )
        if "set_stage" in able:
            names = [s.name for s in line.stages]
            stage = st.selectbox(
                "合同阶段", names, index=names.index(matter.stage) if matter.stage in names else 0, key="stage-to"
            )
            widgets.html(f'<p class="soft">{widgets.text(next(s.hint for s in line.stages if s.name == stage))}</p>')
            st.button(
                "登记阶段",
                key="stage-do",
                on_click=lambda: widgets.attempt(
                    lambda: moving.set_stage(here, user, matter.id, matter.version, stage), f"合同阶段：{stage}"
                ),
            )


def finding(f: StoredFinding) -> str:
    t = widgets.text
    basis = f"<p>依据：{t('；'.join(f.basis))}</p>" if f.basis else ""
    because = f'<p class="soft">判断理由：{t(f.because)}</p>' if f.because else ""
    quote = f"<blockquote>{t(f.excerpt)}</blockquote>" if f.excerpt.strip() else ""
    severity = f.severity.value
    return (
        f'<details class="finding {severity}"><summary><span class="badge {severity}">{SEVERITIES[severity]}</span>'
        f"{t(f.title)}<span class='soft'>　{t(f.place)}　{t(f.category_name)}</span></summary>"
        f"{quote}<p>{t(f.message)}</p><p>建议：{t(f.suggestion)}</p>{basis}{because}</details>"
    )


def again(file_id: int) -> None:
    widgets.attempt(lambda: reviewing.review_again(here, user, file_id), "已重新机审")


def review_tab() -> None:
    if not view.reviews:
        widgets.empty("还没有机审结果", "上传正文后自动机审。")
        return
    shown = view.reviews[0]
    if len(view.reviews) > 1:
        labels = {r.id: f"{r.file_name}　{r.reviewed_at[:16].replace('T', ' ')}" for r in view.reviews}
        picked = st.selectbox("机审记录", list(labels), format_func=lambda k: labels[k], key=f"review-{len(labels)}")
        shown = next(r for r in view.reviews if r.id == picked)
    if shown.status in ("queued", "running"):
        widgets.html('<div class="notice" role="status">正在机审，完成后请刷新页面。</div>')
        st.button("刷新", key="refresh")
        return
    if shown.status == "failed":
        widgets.html(f'<div class="notice bad" role="alert">没有完成机审：{widgets.text(shown.error)}</div>')
        return
    score = "—" if shown.score is None else str(shown.score)
    widgets.html(
        f'<div class="tiles"><div class="tile"><b>{score}</b>{widgets.text(shown.grade or "未评分")}</div>'
        f'<div class="tile overdue"><b>{shown.illegal}</b>违法</div>'
        f'<div class="tile near"><b>{shown.risk}</b>风险</div>'
        f'<div class="tile"><b>{shown.advice}</b>建议</div></div>'
    )
    if shown.not_checked:
        left = "；".join(shown.not_checked)
        widgets.html(f'<div class="notice warn">未能检查，请人工审查：{widgets.text(left)}</div>')
    file = shown.file_id
    name = shown.file_name.lower()
    copy = f'<a href="/papers/annotated_docx/{file}">批注稿（.docx）</a>　' if name.endswith(".docx") else ""
    widgets.html(
        f'<p>{copy}<a href="/papers/html/{file}">审查报告（.html）</a>　<a href="/files/{file}">原文件</a></p>'
    )
    found = reviewing.findings_of(here, user, shown.id)
    if not found:
        widgets.empty("机审没有发现问题", "这不等于没有问题：请对照上面的“未能检查”和覆盖回执人工审查。")
        return
    counts = {key: sum(f.severity == key for f in found) for key in SEVERITIES}
    options = [key for key in SEVERITIES if counts[key]]
    picked = st.pills(
        "按程度筛选",
        options,
        format_func=lambda k: f"{SEVERITIES[k]} {counts[k]}",
        selection_mode="multi",
        key="severity",
    )
    widgets.html("".join(finding(f) for f in found if not picked or f.severity in picked))
    if may_on(user, "review", matter):
        st.button("按现行规则重新机审", key="again", on_click=again, args=(file,))


def keep_files() -> None:
    """The upload button's work."""
    values = st.session_state
    files, key = values.get(f"up-{matter.id}-{values.get('up-round', 0)}") or [], values["up-kind"]
    for file in files:
        file.seek(0)
        pieces = iter(lambda file=file: file.read(1 << 20), b"")
        if not widgets.attempt(
            lambda file=file, pieces=pieces: matters.upload(here, user, matter.id, key, file.name, pieces)
        ):
            return
    reviewing.run_queued(here, matter.id)
    widgets.say("good", f"已上传 {len(files)} 个文件")
    values["up-round"] = values.get("up-round", 0) + 1


def files_tab() -> None:
    names = {m.key: m.name for m in line.materials}
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
    if not may_on(user, "upload", matter) or STATES[matter.state].closed:
        return
    widgets.html('<h2 class="section">上传材料</h2>')
    st.selectbox("材料种类", list(names), format_func=lambda k: names[k], key="up-kind")
    st.file_uploader(
        "文件",
        key=f"up-{matter.id}-{st.session_state.get('up-round', 0)}",
        accept_multiple_files=True,
        max_upload_size=here.settings.upload_megabytes,
    )
    st.button("上传", key="up-do", on_click=keep_files)
    if view.missing:
        kinds = {m.key: m.name for m in view.missing}
        with st.expander("暂缺的材料，说明理由"):
            which = st.selectbox("哪一项", list(kinds), format_func=lambda k: kinds[k], key="declare-kind")
            why = st.text_input("暂缺说明", key="declare-why", max_chars=500)
            st.button(
                "保存说明",
                key="declare-do",
                disabled=not why,
                on_click=lambda: widgets.attempt(
                    lambda: matters.declare_missing(here, user, matter.id, which, why), "已保存暂缺说明"
                ),
            )


def history_tab() -> None:
    if not view.history:
        widgets.empty("还没有办理记录")
    items = []
    for step in reversed(view.history):
        note = f"<br>{widgets.text(step.note)}" if step.note else ""
        checks = json.loads(step.details) if step.details else {}
        told = "".join(
            f"<br><span class='soft'>{kind}核对：{widgets.text('；'.join(v))}</span>" for kind, v in checks.items()
        )
        items.append(
            f"<li><strong>{widgets.text(step.name)}</strong>　{widgets.text(step.user)}　{step.on}"
            f'<span class="soft">　{widgets.text(STATES[step.source].name)} → '
            f"{widgets.text(STATES[step.target].name)}</span>{note}{told}</li>"
        )
    widgets.html(f'<ul class="timeline">{"".join(items)}</ul>')
    if view.stops:
        widgets.html('<h2 class="section">停止计时</h2>')
        widgets.table(
            ["停止", "恢复", "原因"],
            [[str(s.stopped), str(s.resumed or "仍在停止"), widgets.text(s.reason)] for s in view.stops],
        )


def supervision_tab() -> None:
    papers = supervision.list_supervisions(here, user, matter_id=matter.id)
    if not papers:
        widgets.empty("没有提示、催办、督办")
        return
    widgets.table(
        ["文号", "日期", "发给", "内容"],
        [
            [
                f'<a href="/supervision/{p.id}" target="_blank">{widgets.text(p.number)}</a>',
                str(p.on),
                widgets.text(p.to_name),
                widgets.text(p.text),
            ]
            for p in papers
        ],
    )


header()
steps()
with st.container(key="review-bar", horizontal=True):
    st.page_link("screens/review.py", label="审阅：正文与意见", query_params={"id": str(matter.id)})
    if may(user, "page:opinion"):
        st.page_link("screens/opinion.py", label="意见书和文书", query_params={"id": str(matter.id)})
with st.container(key="body"):
    left, right = st.columns([3, 2], gap="large")
with right:
    actions()
    adjust()
with left:
    tabs = st.tabs(
        [
            f"审查意见（{view.reviews[0].illegal + view.reviews[0].risk + view.reviews[0].advice}）"
            if view.reviews
            else "审查意见",
            f"材料（{len(view.files)}）",
            f"办理留痕（{len(view.history)}）",
            "督办",
        ],
        key="matter-tabs",
    )
    for tab, content in zip(tabs, (review_tab, files_tab, history_tab, supervision_tab), strict=True):
        with tab:
            content()
