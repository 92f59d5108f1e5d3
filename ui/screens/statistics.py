"""统计: matters of a period by month, unit, line and officer; time taken; adoption; common problems."""

from __future__ import annotations

import datetime as dt

import streamlit as st
import widgets

from reviewer.office import statistics
from reviewer.office.statistics import Group

user, day, here = widgets.current_user(), widgets.today(), widgets.office()
widgets.title("统计")


def date_of(name: str, default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return default


with st.container(key="filters"):
    columns = st.columns(2, gap="small")
    since = columns[0].date_input(
        "送审日期从", date_of("since", dt.date(day.year, 1, 1)), key="s-since", format="YYYY-MM-DD"
    )
    until = columns[1].date_input("到", date_of("until", day), key="s-until", format="YYYY-MM-DD")
since, until = since or dt.date(day.year, 1, 1), until or day
st.query_params["since"], st.query_params["until"] = since.isoformat(), until.isoformat()
found = statistics.statistics(here, user, since, until)
if not found.received:
    widgets.empty("这段时间没有送审的事项", "请调整日期。")
    st.stop()
issued = sum(g.issued for g in found.by_month)
in_time = sum(g.in_time for g in found.by_month)
told = [("送审", found.received), ("已签发", issued), ("按期签发", f"{in_time / issued:.0%}" if issued else "—"),
        ("采用的意见", sum(sum(c[1:]) for c in found.categories))]  # fmt: skip
widgets.html(
    '<div class="tiles">' + "".join(f'<div class="tile"><b>{n}</b>{name}</div>' for name, n in told) + "</div>"
)
widgets.html(
    f'<p><a href="/statistics.xlsx?since={since}&amp;until={until}">下载统计表</a>　'
    '<a href="/ledger.xlsx">下载台账</a>（.xlsx）</p>'
)


def bars(title: str, groups: tuple[Group, ...]) -> None:
    """Received and issued in time, one bar a name; the figures beside it."""
    widgets.html(f'<h2 class="section">{title}</h2>')
    most = max(g.received for g in groups)
    rows = []
    for g in groups[:15]:
        parts = (("normal", g.in_time), ("overdue", g.issued - g.in_time), ("near", g.received - g.issued))
        bar = "".join(f'<i class="{k}" style="width:{100 * n / most:.2f}%"></i>' for k, n in parts if n)
        days = "" if g.days is None else f"　{g.days:.1f}日"
        late, left_over = g.issued - g.in_time, g.received - g.issued
        said = f"{g.name}：送审{g.received}，按期签发{g.in_time}，超期签发{late}，在办{left_over}"
        rows.append(f'<span class="name" title="{widgets.text(g.name)}">{widgets.text(g.name)}</span>'
                    f'<span class="bar" role="img" aria-label="{widgets.text(said)}">{bar}</span>'
                    f'<span class="count">{g.received}{days}</span>')  # fmt: skip
    more = f'<p class="soft">另有 {len(groups) - 15} 个，见 .xlsx</p>' if len(groups) > 15 else ""
    widgets.html(f'<div class="bars">{"".join(rows)}</div>{more}')


widgets.html('<p class="legend"><span><i class="normal"></i>按期签发</span>'
             '<span><i class="overdue"></i>超期签发</span>'
             '<span><i class="near"></i>在办及其他</span><span>数字：送审件数　平均工作日</span></p>')  # fmt: skip
left, right = st.columns(2, gap="large")
with left:
    bars("按月", found.by_month)
    bars("按条线", found.by_line)
    bars("按承办人", found.by_handler)
with right:
    bars("按送审单位", found.by_unit)
    widgets.html('<h2 class="section">意见类别</h2>')
    if found.categories:
        widgets.table(
            ["类别", "违法", "风险", "建议"], [[widgets.text(c[0]), *map(str, c[1:])] for c in found.categories[:15]]
        )
        answers = "，".join(f"{name} {n} 条" for name, n in found.answers if n)
        widgets.html(f'<h2 class="section">采纳情况</h2><p>{answers}</p><h2 class="section">各单位常见问题</h2>')
        widgets.table(
            ["单位", "问题", "次数"], [[widgets.text(u), widgets.text(t), str(n)] for u, t, n in found.problems[:30]]
        )
    else:
        widgets.empty("还没有采用的意见", "在“审阅”里采用或提出意见后统计。")
