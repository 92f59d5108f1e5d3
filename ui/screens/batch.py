"""批量评分: many files or a folder at once; who has what under way, with progress that moves by itself."""

from __future__ import annotations

import streamlit as st
import widgets
from batch_progress import SECONDS, asked_for, progress

from reviewer.batch_jobs import intake, requests
from reviewer.batch_jobs.records import Job, NewJob
from reviewer.domain import Line
from reviewer.errors import ReviewerError
from reviewer.office.roles import may, require

LISTED = 50
UPLOAD, FOLDER = "上传文件", "服务器文件夹"
BY_ITSELF = "逐份自动识别"

user, here = widgets.current_user(), widgets.office()
require(user, "page:batch")


# ---------------------------------------------------------------- 新的批量评分


def choose() -> None:
    """Files or a folder, and how they are to be read."""
    round_ = st.session_state.setdefault("batch-round", 0)  # a new number gives empty fields after a start
    source: str | None = UPLOAD
    if may(user, "batch:folder") and here.settings.batch_folder:
        source = st.segmented_control("来源", [UPLOAD, FOLDER], default=UPLOAD, required=True, key="batch-source")
    files, folder = [], None
    if source != FOLDER:
        limit = here.settings.upload_megabytes
        label = f"文件或 .zip（可以一次选多个，单个不超过 {limit} MB）"
        files = st.file_uploader(
            label, key=f"batch-files-{round_}", max_upload_size=limit, accept_multiple_files=True
        ) or []  # fmt: skip
    else:
        folder = choose_folder()
    columns = st.columns(3, gap="small")
    name = columns[0].text_input(
        "名称", key=f"batch-name-{round_}", max_chars=requests.LONGEST, placeholder="如：2025年合同；不填则用文件名"
    )
    line = columns[1].selectbox(
        "业务条线", ["", *Line], format_func=lambda k: here.lines[k].name if k else BY_ITSELF, key="batch-line"
    )
    kinds = ["", *requests.types(here, line or None)]
    kind = columns[2].selectbox("文书类型", kinds, format_func=lambda k: k or BY_ITSELF, key=f"batch-type-{line}")
    columns = st.columns(3, gap="small", vertical_alignment="bottom")
    day = columns[0].date_input("按哪一天的法律", widgets.today(), key="batch-on", format="YYYY-MM-DD")
    annotate = columns[1].checkbox("同时生成批注稿", key="batch-annotate", help="Word、PDF 文件各生成一份带批注的副本")
    ready = bool(files) or folder is not None
    if st.button("开始评分", type="primary", key="batch-start", disabled=not ready):
        new = NewJob(name, line or None, kind or None, day or widgets.today(), annotate, folder)
        with st.spinner("正在保存文件"):
            begin(new, [(file.name, pieces(file)) for file in files])
    elif not ready:
        widgets.html('<p class="soft">先选择文件，才能开始。评分在后台进行，可以离开这个页面。</p>')


def choose_folder() -> str | None:
    found = intake.server_folders(here)
    return st.selectbox(
        "服务器文件夹（可以写下级，如 2025年/合同）", found, index=None, accept_new_options=True, key="batch-folder",
        placeholder="请选择",
    )  # fmt: skip


def pieces(file: object) -> object:
    file.seek(0)  # type: ignore[attr-defined]
    return iter(lambda: file.read(1 << 20), b"")  # type: ignore[attr-defined]


def begin(new: NewJob, uploads: list[tuple[str, object]]) -> None:
    try:
        job = requests.start(here, user, new, uploads)  # type: ignore[arg-type]
    except ReviewerError as error:
        st.error(widgets.plain(error))
        return
    widgets.say("good", f"已开始：{job.name}")
    st.session_state["batch-round"] += 1
    st.switch_page("screens/batch_job.py", query_params={"id": str(job.id)})


# ---------------------------------------------------------------- 清单


@st.fragment(run_every=SECONDS)
def moving_list() -> None:
    found = requests.list_jobs(here, user)
    if not any(job.active for job in found):
        st.rerun()  # drawn anew, without looking again and again
    show_list(found)


def show_list(found: tuple[Job, ...]) -> None:
    for job in found[:LISTED]:
        with st.container(border=True, key=f"row-batch-{job.id}", gap=None):
            st.page_link("screens/batch_job.py", label=widgets.plain(job.name), query_params={"id": str(job.id)})
            progress(job)
            widgets.html(f'<p class="soft">{widgets.text(asked_for(job))}</p>')
    if len(found) > LISTED:
        widgets.html(f'<p class="soft">只列最近 {LISTED} 个，共 {len(found)} 个。</p>')


def overview() -> None:
    widgets.title("批量评分", "多个文件、压缩包一次评分，问题最多的排在前面。")
    with st.container(border=True, key="batch-new"):
        choose()
    widgets.html('<h2 class="section">已有的批量评分</h2>')
    found = requests.list_jobs(here, user)
    if not found:
        widgets.empty("还没有批量评分", "在上面选择文件，点“开始评分”。")
    elif any(job.active for job in found):
        moving_list()
    else:
        show_list(found)


overview()
