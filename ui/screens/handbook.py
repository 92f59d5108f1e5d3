"""规则手册: what the machine looks for, why, under which law, with examples; try a rule; how each rule does."""

from __future__ import annotations

import re

import streamlit as st
import widgets

from reviewer.domain import Line, Rule
from reviewer.handbook import example_document
from reviewer.office import learning, rule_decisions
from reviewer.office.comment_records import SEVERITY_NAMES
from reviewer.office.roles import may
from reviewer.office_rules import DECISION_NAMES, Decision
from reviewer.pipeline import Engine

SHOWN = 40
user, here = widgets.current_user(), widgets.office()
engine: Engine = here.engine()
lexicon = engine.lexicon
records = learning.rule_records(here, user)
widgets.title("规则手册", f"共 {len(lexicon.rules)} 条规则。机审只说它看得见的问题，没有命中不等于没有问题。")
LINES = {"": "全部条线", "common": "通用"} | {line.value: own.name for line, own in here.lines.items()}
CATEGORIES = {"": "全部类别"} | {key: c.name for key, c in lexicon.categories.items()}


def share(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"


def plainly(text: str) -> str:
    """A message with names where the machine puts what it found."""
    return re.sub(r"\{(\w+)\}", r"（\1）", text)


def example(text: str) -> str:
    return widgets.text(text).replace("⟦", "<mark>").replace("⟧", "</mark>").replace("\n", "<br>")


def decided_badge(rule_id: str) -> str:
    """How the office has it, where that is not as it was delivered."""
    found = engine.decided.get(rule_id)
    return widgets.badge(f"本单位{DECISION_NAMES[found.decision]}", "closed" if found.off else "near") if found else ""


def shown(rule: Rule) -> str:
    """One rule, folded."""
    record, decided = records.get(rule.id), engine.decided.get(rule.id)
    name, line = lexicon.categories[rule.category].name, LINES.get(rule.line, rule.line)
    doubt = "（依据待核）" if rule.unverified_basis else ""
    told = (
        ("说明", plainly(rule.message)),
        ("建议", plainly(rule.suggestion)),
        ("依据", "；".join(rule.basis) + doubt),
    )
    parts = [f"<p><b>{widgets.text(decided.told)}</b></p>"] if decided else []
    parts += [f"<p><b>{k}　</b>{widgets.text(v)}</p>" for k, v in told if v]
    parts += [f"<p><b>命中例　</b>{example(e)}</p>" for e in rule.hit[:2]]
    parts += [f"<p><b>放行例　</b>{example(e)}</p>" for e in rule.clean[:2]]
    if record and record.decided:
        used = f"采用 {record.accepted}，误报 {record.dismissed}（误报率 {share(record.false_share)}）"
        parts.append(f"<p><b>使用情况　</b>{used}，送审单位采纳率 {share(record.taken_share)}</p>")
    parts.append(f'<p class="soft">{widgets.text(rule.id)}　{widgets.text(line)}　{widgets.text(name)}</p>')
    trial = widgets.badge("试行", "provisional") if rule.status == "trial" else ""
    badges = widgets.badge(SEVERITY_NAMES[rule.severity], rule.severity.value) + trial + decided_badge(rule.id)
    return (f'<details class="finding {rule.severity.value}"><summary>'
            f"{badges}{widgets.text(rule.title)}"
            f"</summary>{''.join(parts)}</details>")  # fmt: skip


def browse() -> None:
    words = st.text_input("查找", placeholder="标题、说明或依据中的字词，空格分开", key="rule-words")
    with st.container(key="filters"):
        columns = st.columns(2, gap="small")
        line = columns[0].selectbox("条线", list(LINES), format_func=lambda k: LINES[k], key="rule-line")
        category = columns[1].selectbox("类别", list(CATEGORIES), format_func=CATEGORIES.get, key="rule-category")
    wanted = [w.lower() for w in words.split()]
    found = [
        r
        for r in lexicon.rules
        if (not line or r.line == line)
        and (not category or r.category == category)
        and all(w in f"{r.id} {r.title} {r.message} {r.suggestion} {' '.join(r.basis)}".lower() for w in wanted)
    ]
    more = f"，只显示前 {SHOWN} 条，请增加条件" if len(found) > SHOWN else ""
    widgets.html(f'<p class="soft count">{len(found)} 条{more}</p>' + "".join(shown(r) for r in found[:SHOWN]))
    if not found:
        widgets.empty("没有符合条件的规则", "请减少条件。")


def trial() -> None:
    """The rules of a line on pasted text."""
    line = st.selectbox("按哪一条线检查", list(Line), format_func=lambda k: here.lines[k].name, key="try-line")
    pasted = st.text_area("粘贴一段文字", key="try-text", height=160, max_chars=20_000)
    if not pasted.strip():
        widgets.html('<p class="soft">粘贴后按 Ctrl+Enter 检查。文字不保存。</p>')
        return
    found = engine.review(example_document(pasted), line=line).findings
    if not found:
        widgets.empty("没有命中任何规则", "成篇的文件请从“送审”上传：缺少条款一类的规则要看全文。")
    for f in found:
        basis = f"<p><b>依据　</b>{widgets.text('；'.join(f.basis))}</p>" if f.basis else ""
        badge = widgets.badge(SEVERITY_NAMES[f.severity], f.severity.value)
        widgets.html(
            f'<details class="finding {f.severity.value}" open><summary>{badge}{widgets.text(f.title)}</summary>'
            f"<blockquote>{widgets.text(f.excerpt)}</blockquote><p>{widgets.text(f.message)}</p>{basis}"
            f"<p><b>建议　</b>{widgets.text(f.suggestion)}</p>"
            f'<p class="soft">{widgets.text(f.rule)}</p></details>'
        )


def record_table() -> None:
    used = sorted((r for r in records.values() if r.decided), key=lambda r: (-(r.false_share or 0), -r.decided))
    if not used:
        widgets.empty("还没有处理记录", "在“审阅”里采用或标为误报后，这里会统计每条规则的采纳率和误报率。")
        return
    doubtful = [r for r in used if r.doubtful and r.rule not in engine.decided]
    if doubtful:
        limits = f"处理 {learning.LEAST_DECIDED} 次以上、误报率不低于 {learning.TOO_MANY_FALSE:.0%}"
        who = "请在“降级与停用”里作出决定" if may(user, "manage:rules") else "由管理员决定是否降级或停用"
        said = f"有 {len(doubtful)} 条规则误报较多（{limits}），建议研究是否降级或修改，{who}。"
        widgets.html(f'<div class="notice warn">{said}</div>')
    rows = []
    for r in used[:100]:
        rule = lexicon.rule(r.rule)
        flag = " " + widgets.badge("建议复核", "near") if r.doubtful and r.rule not in engine.decided else ""
        flag += decided_badge(r.rule)
        rows.append([widgets.text(rule.title if rule else r.rule) + flag, str(r.decided), share(r.false_share),
                     share(r.taken_share)])  # fmt: skip
    widgets.table(["规则", "处理次数", "误报率", "采纳率"], rows)


def decisions() -> None:
    """What the office decided on rules; the administrator decides here."""
    if may(user, "manage:rules"):
        decide_form()
    found = rule_decisions.history(here, user)
    if not found:
        widgets.empty("没有降级或停用的规则", "全部规则按随软件提供的程度检查。")
        return
    widgets.html('<h2 class="section">决定记录</h2>')
    rows = []
    for d in found:
        rule = lexicon.rule(d.rule)
        now = " " + widgets.badge("现行", "state") if engine.decided.get(d.rule) == d else ""
        title = widgets.text(rule.title if rule else d.rule)
        name = f'<div>{title}<br><span class="soft">{widgets.text(d.rule)}</span></div>'
        rows.append([name, DECISION_NAMES[d.decision] + now, widgets.text(d.reason), widgets.text(d.by), str(d.on)])
    widgets.table(["规则", "决定", "理由", "决定人", "日期"], rows)


def decide_form() -> None:
    """Doubtful rules first, then the others; a reason is always asked for."""
    widgets.html(
        '<p class="soft">降为提示：仍然检查，一律按“建议”列出。停用：不再检查，每份审查结果的覆盖回执都会写明。'
        "决定从下一次机审起生效，以前的结果不变；每次决定都记入操作日志。</p>"
    )
    doubtful = {r.rule for r in records.values() if r.doubtful and r.rule not in engine.decided}
    known = sorted(lexicon.rules, key=lambda r: (r.id not in doubtful, r.id not in engine.decided, r.id))
    names = {r.id: f"{'［建议复核］' if r.id in doubtful else ''}{r.title}（{r.id}）" for r in known}
    chosen = st.selectbox(
        "规则", list(names), format_func=lambda k: names[k], key="decide-rule", index=None, placeholder="输入字词查找"
    )
    if chosen is None:
        return
    record, decided = records.get(chosen), engine.decided.get(chosen)
    if record and record.decided:
        used = f"处理 {record.decided} 次，误报率 {share(record.false_share)}，采纳率 {share(record.taken_share)}"
        widgets.html(f'<p class="soft">{used}</p>')
    if decided:
        widgets.html(f'<div class="notice">{widgets.text(decided.told)}</div>')
    now = decided.decision if decided else Decision.RESTORED
    kind = st.radio("决定", [d for d in Decision if d is not now], format_func=DECISION_NAMES.get, key="decide-kind",
                    horizontal=True)  # fmt: skip
    st.text_input("理由（必填，写进审查结果）", key="decide-reason", max_chars=rule_decisions.REASON_LENGTH)
    st.button("确认决定", type="primary", key="decide-do", on_click=decide, args=(chosen, kind))


def decide(rule: str, kind: Decision) -> None:
    reason = st.session_state.get("decide-reason") or ""
    done = f"已{DECISION_NAMES[kind]}，从下一次机审起生效"
    if widgets.attempt(lambda: rule_decisions.decide(here, user, rule, kind, reason), done):
        for field in ("decide-rule", "decide-kind", "decide-reason"):
            st.session_state.pop(field, None)


tabs = st.tabs(["浏览", "试一试", "使用情况", "降级与停用"], key="handbook-tabs")
for tab, content in zip(tabs, (browse, trial, record_table, decisions), strict=True):
    with tab:
        content()
