"""The head of the page: title, badges, facts, and the steps that are done and now."""

from __future__ import annotations

import widgets

from matter_screen.opened import Opened
from reviewer.office.workflow import MOVES, STATES, STEPS


def header(p: Opened) -> None:
    matter, line = p.matter, p.line
    widgets.title(matter.title)
    widgets.html(
        f'<div class="meta">{widgets.state_badge(matter)}{widgets.procedure_badge(matter)}'
        f"{widgets.due_badge(matter, p.day, widgets.calendar())}</div>"
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


def steps(p: Opened) -> None:
    """The twelve steps of the line, done and now; for a contract its life besides."""
    own = [s for s in STEPS if s in p.line.route.steps]
    now = STATES[p.matter.state].step
    been = {STATES[s.target].step for s in p.view.history} | {STATES[s.source].step for s in p.view.history}
    been |= {MOVES[s.move].step for s in p.view.history if s.move in MOVES}
    closed = STATES[p.matter.state].closed
    items = []
    for step in own:
        kind = "done" if step in been and (step != now or closed) else ("now" if step == now else "")
        items.append(f'<li class="{kind}"{" aria-current=step" if kind == "now" else ""}>{step}</li>')
    widgets.html(f'<ol class="steps" aria-label="办理步骤">{"".join(items)}</ol>')
    if p.line.stages:
        names = [s.name for s in p.line.stages]
        at = names.index(p.matter.stage) if p.matter.stage in names else -1
        life = "".join(
            f'<li class="{"done" if i < at else "now" if i == at else ""}">{n}</li>' for i, n in enumerate(names)
        )
        widgets.html(f'<p class="soft">合同周期</p><ol class="steps" aria-label="合同周期">{life}</ol>')
