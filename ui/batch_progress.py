"""How a batch job stands, as its list and its own page show it."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.batch.figures import LINES
from reviewer.batch_jobs.records import STATUS_NAMES, Job, JobStatus

SECONDS = 2.0  # between two looks at a job that is under way
LOOKS = {
    JobStatus.QUEUED: "state", JobStatus.RUNNING: "near", JobStatus.CANCELLING: "near", JobStatus.DONE: "normal",
    JobStatus.CANCELLED: "closed", JobStatus.INTERRUPTED: "urgent", JobStatus.FAILED: "overdue",
}  # fmt: skip


def in_words(seconds: float) -> str:
    if seconds < 60:
        return "不到 1 分钟"
    minutes = round(seconds / 60)
    return f"约 {minutes} 分钟" if minutes < 90 else f"约 {minutes / 60:.1f} 小时"


def standing(job: Job) -> str:
    """One line of how a job stands."""
    if job.status == JobStatus.QUEUED:
        return f"前面还有 {job.ahead} 个" if job.ahead else "即将开始"
    if job.status == JobStatus.RUNNING:
        if not job.total:
            return f"{job.stage}{f' {job.done} 个' if job.done else ''}"
        parts = [f"{job.stage} {job.done}/{job.total} 份", f"未能审查 {job.failed} 份" if job.failed else "",
                 f"每秒 {job.rate:.1f} 份" if job.rate else "",
                 f"还需{in_words(job.remaining)}" if job.remaining and job.stage == "审查" else ""]  # fmt: skip
        return "，".join(p for p in parts if p)
    if job.status == JobStatus.DONE:
        unread = f"，未能审查 {job.unread} 个" if job.unread else ""
        return f"{job.files} 个文件，有意见的 {job.with_findings} 个{unread}"
    return f"已完成 {job.done}/{job.total} 份" if job.total else ""


def moment(at: str) -> str:
    return f"{int(at[5:7])}月{int(at[8:10])}日 {at[11:16]}" if at else ""


def asked_for(job: Job) -> str:
    """Who, when, and what was chosen."""
    chosen = [
        LINES[job.line] if job.line else "", job.type, f"按 {job.on} 的法律", "含批注稿" if job.annotate else "",
        f"服务器文件夹 {job.folder}" if job.folder else "",
    ]  # fmt: skip
    return " · ".join([job.user, moment(job.created_at), *(c for c in chosen if c)])


def progress(job: Job) -> None:
    widgets.html(f'<div class="meta">{widgets.badge(STATUS_NAMES[job.status], LOOKS[job.status])}'
                 f'<span class="soft">{widgets.text(standing(job))}</span></div>')  # fmt: skip
    if job.status in (JobStatus.RUNNING, JobStatus.CANCELLING):
        st.progress(min(1.0, job.done / job.total) if job.total else 0.0)
    if job.error:
        widgets.html(f'<div class="notice bad">{widgets.text(job.error)}</div>')
    if job.status == JobStatus.INTERRUPTED:
        widgets.html('<div class="notice warn">服务停止时没有做完，已完成的部分都在。点“继续”接着做。</div>')
