"""送审: title, line, files, checklist; the machine review runs while the page looks on."""

from __future__ import annotations

import time
from pathlib import Path

import streamlit as st
import widgets

from reviewer.domain import Line
from reviewer.errors import ReviewerError
from reviewer.office import matters, moving, reviewing
from reviewer.office.accounts import list_units
from reviewer.office.lines import Material
from reviewer.office.records import PROCEDURE_NAMES, Matter, Procedure, Role

user = widgets.current_user()
here = widgets.office()
widgets.title("送审", "选择条线，上传文件，系统随即机审；材料齐备后提交。")

units = {u.id: u.name for u in list_units(here.store, active=True)}
if not units:
    widgets.empty("还没有送审单位", "请管理员先在“管理 → 单位”里建立送审单位。")
    st.stop()

line = (
    st.segmented_control(
        "业务条线",
        list(Line),
        default=Line.CONTRACT,
        required=True,
        key="submit-line",
        format_func=lambda k: here.lines[k].name,
    )
    or Line.CONTRACT
)
own = here.lines[line]
round_ = st.session_state.setdefault("submit-round", 0)  # a new number gives empty fields after a submission
left, right = st.columns(2, gap="large")
with left:
    name = st.text_input(
        "事项名称",
        key=f"title-{round_}",
        max_chars=matters.TITLE_LENGTH,
        placeholder="如：办公设备采购合同；不填则用正文的文件名",
    )
    if user.has(Role.HANDLER) or user.unit_id is None:
        unit_id = st.selectbox("送审单位", list(units), format_func=lambda k: units[k], key=f"unit-{round_}")
    else:
        unit_id = user.unit_id
    procedure = st.selectbox(
        "办理程序", list(Procedure), format_func=lambda p: PROCEDURE_NAMES[p], key=f"procedure-{round_}"
    )
    profile = own.profiles[procedure]
    widgets.html(
        f'<p class="soft">受理 {profile.accept}，审查 {profile.review}'
        + (f"，法定不少于{profile.review_at_least}个工作日" if profile.review_at_least else "")
        + "。由审查机构决定是否适用。</p>"
    )
    stage = ""
    if own.stages:
        stages = [s.name for s in own.stages]
        stage = st.selectbox("合同所处阶段", stages, index=stages.index("审查"), key=f"stage-{round_}")
with right:
    text_of = next(m for m in own.materials if m.reviewed)
    limit = here.settings.upload_megabytes
    main = st.file_uploader(
        f"{text_of.name}（正文，提交后机审）",
        key=f"main-{line}-{round_}",
        max_upload_size=limit,
        help=f"支持 .docx、.doc、.wps、.pdf、.ofd、.rtf、.txt、.md、.html，单个文件不超过 {limit} MB",
    )
    others = (
        st.file_uploader(
            "其他材料（可以一次选多个）",
            key=f"others-{line}-{round_}",
            max_upload_size=limit,
            accept_multiple_files=True,
        )
        or []
    )

chosen: list[tuple[Material, object]] = [(text_of, main)] if main else []
if others:
    widgets.html('<h2 class="section">每个文件是哪种材料</h2>')
    keys = [m.key for m in own.materials]
    for file in others:
        guess = matters.guess_material(own.materials, file.name)
        key = st.selectbox(
            widgets.plain(file.name),
            keys,
            index=keys.index(guess),
            key=f"kind-{line}-{round_}-{file.file_id}",
            format_func=lambda k: own.material(k).name,
        )
        chosen.append((own.material(key), file))

given = {m.key for m, _ in chosen}
widgets.html('<h2 class="section">材料清单</h2>')
items = []
for material in own.materials:
    there = material.key in given
    kind, mark = ("yes", "✓") if there else (("no", "✗") if material.required else ("maybe", "·"))
    hint = f"（{material.hint}）" if material.hint else ""
    need = "已选" if there else ("必备，尚缺" if material.required else "按情形")
    items.append(
        f'<li><span class="{kind}">{mark}</span> {widgets.text(material.name)}{widgets.text(hint)} '
        f'<span class="soft">{need}</span></li>'
    )
widgets.html(f'<ul class="check">{"".join(items)}</ul>')
lacking = [m for m in own.materials if m.required and m.key not in given]
reasons: dict[str, str] = {}
if lacking and chosen:
    with st.expander(f"缺少 {len(lacking)} 项必备材料：暂时没有的，可以说明理由后提交"):
        for material in lacking:
            reasons[material.key] = st.text_input(
                f"{material.name}：暂缺说明",
                key=f"why-{line}-{round_}-{material.key}",
                placeholder="如：正在办理，三日内补交",
                max_chars=500,
            )


def enter() -> Matter:
    """The draft with its files and explanations."""
    called = name.strip() or (Path(main.name).stem[: matters.TITLE_LENGTH] if main else "")
    matter = matters.create(here, user, matters.NewMatter(called, line, unit_id, procedure, stage))
    bar = st.progress(0.0, "正在保存文件")
    for i, (material, file) in enumerate(chosen):
        pieces = iter(lambda file=file: file.read(1 << 20), b"")  # type: ignore[attr-defined]
        file.seek(0)  # type: ignore[attr-defined]
        matters.upload(here, user, matter.id, material.key, file.name, pieces)  # type: ignore[attr-defined]
        bar.progress((i + 1) / (len(chosen) + 1), f"已保存 {i + 1} / {len(chosen)} 个文件")
    for key, reason in reasons.items():
        if reason.strip():
            matters.declare_missing(here, user, matter.id, key, reason)
    bar.progress(0.95, "正在机审")
    reviewed(matter.id)
    bar.empty()
    return matter


def reviewed(matter_id: int) -> None:
    """Until the review is done, here or by the worker."""
    for _ in range(600):
        reviewing.run_queued(here, matter_id)
        if all(r.status in ("done", "failed") for r in matters.view(here, user, matter_id).reviews):
            return
        time.sleep(0.2)


with st.container(horizontal=True):
    submit = st.button("提交送审", type="primary", key="submit", disabled=not chosen)
    draft = st.button("存为草稿并机审", key="draft", disabled=not chosen)
if not chosen:
    widgets.html('<p class="soft">先选择文件，才能提交。</p>')
if submit or draft:
    matter = None
    try:
        matter = enter()
        if submit:
            moving.move(here, user, matter.id, "submit", matter.version)
            widgets.say("good", "已提交送审，等待受理。机审结果见下。")
        else:
            widgets.say("good", "已存为草稿，机审结果见下。材料齐备后请提交送审。")
    except ReviewerError as error:
        if matter is None:
            st.error(widgets.plain(error))
            st.stop()
        widgets.say("bad", f"已存为草稿，还没有提交：{error}")
    st.session_state["submit-round"] = round_ + 1
    st.switch_page("screens/matter.py", query_params={"id": str(matter.id)})
