"""One batch job: its progress, then the figures, the worst documents first, and everything to download."""

from __future__ import annotations

import streamlit as st
import widgets
from batch_progress import SECONDS, asked_for, progress

from reviewer.batch.figures import LINES, SEVERITIES
from reviewer.batch.results_file import failure
from reviewer.batch_jobs import outcome, requests
from reviewer.batch_jobs.records import CONTINUABLE, Job, JobStatus
from reviewer.errors import ReviewerError
from reviewer.office.roles import require

user, here = widgets.current_user(), widgets.office()
require(user, "page:batch")


@st.fragment(run_every=SECONDS)
def moving_job(job_id: int) -> None:
    job = requests.get_job(here, user, job_id)
    if not job.active:
        st.rerun()
    progress(job)


def one(job_id: int) -> None:
    try:
        job = requests.get_job(here, user, job_id)
    except ReviewerError as error:
        widgets.title("批量评分")
        widgets.empty(str(error))
        back()
        return
    widgets.title(job.name, asked_for(job))
    back()
    if job.active:
        moving_job(job.id)
    else:
        progress(job)
    if job.status == JobStatus.DONE:
        result(job)
    buttons(job)


def back() -> None:
    st.page_link("screens/batch.py", label="返回批量评分", icon=":material/arrow_back:")


def result(job: Job) -> None:
    if not requests.may_read(user, job):
        widgets.empty("结果由开始的人和审查人员查看", "管理员可以查看自己开始的批量评分。")
        return
    try:
        found = outcome.outcome(here, user, job.id, page_number())
    except ReviewerError as error:
        widgets.empty(str(error))
        return
    figures = found.figures
    copies = f"文件，重复 {figures.copies} 个" if figures.copies else "文件"
    tiles = [(copies, figures.files, ""), ("平均评分", "—" if figures.mean_score is None else figures.mean_score, ""),
             ("有违法情形", figures.with_illegal, "overdue"), ("有意见", figures.with_findings, "near"),
             ("未能审查", figures.failures, "stopped"), ("未完整检查", figures.incomplete, "stopped")]  # fmt: skip
    widgets.html('<div class="tiles">' + "".join(
        f'<div class="tile {look if count else ""}"><b>{count}</b>{name}</div>' for name, count, look in tiles
    ) + "</div>")  # fmt: skip
    links = " ".join(
        f'<span><a href="{address(job, name)}"{opened(name)}>{outcome.DOWNLOADS[name][1]}</a>'
        f'<span class="soft">（.{name.rpartition(".")[2]}）</span></span>'
        for name in outcome.downloads(job)
    )
    widgets.html(f'<p class="downloads">{links}</p>')
    documents(job, found)
    if found.failures:
        widgets.html(f'<h2 class="section">未能审查（{figures.failures}）</h2>')
        widgets.table(
            ["文件", "情况", "原因与处理办法"],
            [[widgets.text(f.place), failure(f.status), widgets.text(f.reason)] for f in found.failures],
        )
        if figures.failures > len(found.failures):
            widgets.html(f'<p class="soft">只列前 {len(found.failures)} 个，其余见汇总表。</p>')


def address(job: Job, name: str) -> str:
    return f"/batches/{job.id}/{name}"


def opened(name: str) -> str:
    return ' target="_blank"' if name.endswith(".html") else ""


def documents(job: Job, found: outcome.Outcome) -> None:
    widgets.html(f'<h2 class="section">各份文件（{found.figures.documents}）</h2>')
    if not found.listed:
        widgets.empty("没有审查成功的文件", "原因见下面的“未能审查”。")
        return
    rows = []
    for d in found.listed:
        report = address(job, f"reports/{d.sha256[:2]}/{d.sha256[:16]}.html")
        counts = "".join(
            widgets.badge(f"{SEVERITIES[key]} {count}", key)
            for key, count in (("illegal", d.illegal), ("risk", d.risk), ("advice", d.advice)) if count
        )  # fmt: skip
        top = "".join(f"<li>{widgets.text(message)}</li>" for _, message in d.top)
        kind = " · ".join(dict.fromkeys(t for t in (LINES.get(d.line, ""), d.type) if t))
        name = d.title or d.place.rpartition("/")[2]
        notes = "" if d.complete else widgets.badge("未完整检查", "provisional")
        rows.append([
            f'<b>{"—" if d.score is None else d.score}</b>',
            f'<div class="document"><a href="{report}" target="_blank">{widgets.text(name)}</a>'
            f'<p class="soft">{widgets.text(d.place)}</p><p class="soft">{widgets.text(kind)}</p></div>',
            f"<div>{counts or '没有发现问题'}{notes}</div>", f'<ol class="top">{top}</ol>' if top else "",
        ])  # fmt: skip
    widgets.table(["评分", "文件", "意见", "最要紧的"], rows)
    if found.pages > 1:
        widgets.html(f'<p class="soft">第 {found.page}/{found.pages} 页</p>')
        with st.container(horizontal=True):
            st.button("上一页", disabled=found.page <= 1, on_click=turn, args=(found.page - 1,))
            st.button("下一页", disabled=found.page >= found.pages, on_click=turn, args=(found.page + 1,))


def page_number() -> int:
    number = st.query_params.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1


def turn(to: int) -> None:
    st.query_params["page"] = str(to)


def buttons(job: Job) -> None:
    if not requests.may_change(user, job):
        return
    with st.container(horizontal=True):
        if job.status in (JobStatus.QUEUED, JobStatus.RUNNING):
            st.button("取消", key=f"cancel-{job.id}", on_click=widgets.attempt,
                      args=(lambda: requests.cancel(here, user, job.id), f"正在取消：{job.name}"))  # fmt: skip
        if job.status in CONTINUABLE:
            st.button("继续", type="primary", key=f"continue-{job.id}", on_click=widgets.attempt,
                      args=(lambda: requests.go_on(here, user, job.id), f"已继续：{job.name}"))  # fmt: skip
        if not job.active:
            with st.popover("删除"):
                widgets.html('<p class="soft">上传的文件和结果一并删除，不能恢复。</p>')
                if st.button("确认删除", key=f"remove-{job.id}"):
                    widgets.attempt(lambda: requests.remove(here, user, job.id), f"已删除：{job.name}")
                    st.switch_page("screens/batch.py")


wanted = st.query_params.get("id", "")
one(int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 16 else 0)
