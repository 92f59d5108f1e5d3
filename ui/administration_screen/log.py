"""日志: look for entries of the audit log, told in the words of the pages; is the chain whole?"""

from __future__ import annotations

import json
from typing import Any

import streamlit as st
import widgets

from reviewer.batch_jobs.records import STATUS_NAMES
from reviewer.office import audit
from reviewer.office.desk import Office
from reviewer.office.records import PROCEDURE_NAMES, ROLE_NAMES, User
from reviewer.office.roles import require
from reviewer.office.tokens import SCOPES
from reviewer.office.workflow import STATES
from reviewer.office_rules import DECISION_NAMES

SHOWN = 100
NAMES = {
    "account": "账号", "active": "在用", "address": "来自", "after": "办理后", "before": "此前", "comment": "意见编号",
    "days": "日期", "file": "文件编号", "files": "文件数", "folder": "文件夹", "given": "写明理由", "handler": "承办人",
    "hard": "疑难复杂", "head": "链尾", "host": "地址", "inside": "允许内网", "line": "条线", "material": "材料",
    "name": "名称", "number": "文号", "procedure": "程序", "published": "已公布", "reason": "理由", "roles": "角色",
    "scopes": "权限范围", "section": "部分", "sha256": "校验和", "size": "大小", "stage": "阶段", "status": "结果",
    "unit": "单位", "until": "有效期至", "version": "版本", "work": "上班", "rest": "放假", "remove": "取消",
}  # fmt: skip


def tab(here: Office, user: User) -> None:
    require(user, "manage:log")
    words = st.text_input("查找", key="log-words", placeholder="账号、动作或受理号")
    with here.store.reading() as db:
        found = audit.entries(db, words=words, limit=SHOWN)
    if st.button("核对日志是否完整", key="log-verify"):
        with here.store.reading() as db:
            verdict = audit.verify(db)
        if verdict.broken is None:
            st.success(f"日志完整，共 {verdict.entries} 条。链尾 {verdict.head[:16]}…")
        else:
            st.error(verdict.reason)
    if not found:
        widgets.empty("没有这样的记录", "请换一个字词，或清空查找。")
        return
    words_of = _words(here)
    widgets.table(
        ["序号", "时间", "账号", "动作", "对象", "细节"],
        [
            [
                str(e.seq),
                widgets.text(e.at[:19].replace("T", " ")),
                widgets.text(e.actor),
                widgets.text(e.action),
                widgets.text(e.target),
                f'<span class="soft">{widgets.text(_told(e.detail, words_of))}</span>',
            ]
            for e in found
        ],
    )
    if len(found) == SHOWN:
        widgets.html(f'<p class="soft">只显示最近 {SHOWN} 条，更早的请查找。</p>')


def _words(here: Office) -> dict[str, dict[str, str]]:
    """What the values of a detail are called, by the detail's name."""
    states = {state.value: one.name for state, one in STATES.items()}
    materials = {m.key: m.name for one in here.lines.values() for m in one.materials}
    return {
        "before": states | {d.value: n for d, n in DECISION_NAMES.items()}, "after": states, "material": materials,
        "line": {line.value: one.name for line, one in here.lines.items()}, "scopes": dict(SCOPES),
        "roles": {r.value: n for r, n in ROLE_NAMES.items()}, "status": {s.value: n for s, n in STATUS_NAMES.items()},
        "procedure": {p.value: n for p, n in PROCEDURE_NAMES.items()},
    }  # fmt: skip


def _told(detail: str, words_of: dict[str, dict[str, str]]) -> str:
    """The details of a log entry as a line of Chinese; what is empty is left out."""
    items = json.loads(detail).items() if detail else ()
    said = ((NAMES.get(key, key), _value(value, words_of.get(key, {}))) for key, value in items)
    return "，".join(f"{name} {value}" for name, value in said if value)


def _value(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_value(v, words) for v in value)
    if isinstance(value, dict):
        return "、".join(f"{k} {NAMES.get(str(v), v)}" for k, v in value.items())
    if value is None or value == "None":
        return ""
    known = words.get(str(value), str(value))
    return known if len(known) <= 40 else f"{known[:16]}…"
