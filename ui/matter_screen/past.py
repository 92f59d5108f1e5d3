"""办理留痕、督办: what was done to a matter, when its clock stood, and the papers that urged it."""

from __future__ import annotations

import json

import widgets

from matter_screen.opened import Opened
from reviewer.office import supervision
from reviewer.office.workflow import STATES


def history_tab(p: Opened) -> None:
    if not p.view.history:
        widgets.empty("还没有办理记录")
    items = []
    for step in reversed(p.view.history):
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
    if p.view.stops:
        widgets.html('<h2 class="section">停止计时</h2>')
        widgets.table(
            ["停止", "恢复", "原因"],
            [[str(s.stopped), str(s.resumed or "仍在停止"), widgets.text(s.reason)] for s in p.view.stops],
        )


def supervision_tab(p: Opened) -> None:
    papers = supervision.list_supervisions(p.here, p.user, matter_id=p.matter.id)
    if not papers:
        widgets.empty("没有提示、催办、督办")
        return
    widgets.table(
        ["文号", "日期", "发给", "内容"],
        [
            [
                f'<a href="/supervision/{one.id}" target="_blank">{widgets.text(one.number)}</a>',
                str(one.on),
                widgets.text(one.to_name),
                widgets.text(one.text),
            ]
            for one in papers
        ],
    )
