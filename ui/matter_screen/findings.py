"""审查意见: the machine reviews of a matter, the newest first, with their findings."""

from __future__ import annotations

import streamlit as st
import widgets

from matter_screen.opened import Opened
from reviewer.errors import UsageError
from reviewer.exports import minor_heading
from reviewer.office import reviewing
from reviewer.office.records import ReviewSummary, StoredFinding
from reviewer.office.roles import may_on

SEVERITIES = {"illegal": "违法", "risk": "风险", "advice": "建议"}


def review_tab(p: Opened) -> None:
    if not p.view.reviews:
        widgets.empty("还没有机审结果", "上传正文后自动机审。")
        return
    shown = chosen(p.view.reviews)
    if shown.status in ("queued", "running"):
        widgets.html('<div class="notice" role="status">正在机审，完成后请刷新页面。</div>')
        st.button("刷新", key="refresh")
        return
    if shown.status == "failed":
        widgets.html(f'<div class="notice bad" role="alert">没有完成机审：{widgets.text(shown.error)}</div>')
        if may_on(p.user, "review", p.matter):
            st.button("重新机审", key="again", on_click=again, args=(p, shown.file_id))
        return
    summary(shown)
    found = reviewing.findings_of(p.here, p.user, shown.id)
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
    listed = [f for f in found if not picked or f.severity in picked]
    widgets.html("".join(finding(f) for f in listed if not f.minor))
    if minor := [f for f in listed if f.minor]:
        with st.expander(minor_heading(len(minor))):
            widgets.html("".join(finding(f) for f in minor))
    if may_on(p.user, "review", p.matter):
        st.button("按现行规则重新机审", key="again", on_click=again, args=(p, shown.file_id))


def chosen(reviews: tuple[ReviewSummary, ...]) -> ReviewSummary:
    """The newest, or the one that was picked."""
    if len(reviews) == 1:
        return reviews[0]
    labels = {r.id: f"{r.file_name}　{r.reviewed_at[:16].replace('T', ' ')}" for r in reviews}
    picked = st.selectbox("机审记录", list(labels), format_func=lambda k: labels[k], key=f"review-{len(labels)}")
    return next(r for r in reviews if r.id == picked)


def summary(shown: ReviewSummary) -> None:
    """Score, counts, what was not checked, and the review as papers."""
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
    file, name = shown.file_id, shown.file_name.lower()
    kind = next((k for k in ("docx", "pdf") if name.endswith(f".{k}")), "")
    copy = f'<a href="/papers/annotated_{kind}/{file}">批注稿（.{kind}）</a>　' if kind else ""
    widgets.html(
        f'<p>{copy}<a href="/papers/html/{file}">审查报告（.html）</a>　<a href="/files/{file}">原文件</a></p>'
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


def again(p: Opened, file_id: int) -> None:
    def work() -> None:
        if reviewing.review_again(p.here, p.user, file_id).status == "failed":
            raise UsageError("重新机审没有完成，原因见下")

    widgets.attempt(work, "已重新机审")
