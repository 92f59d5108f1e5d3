"""期限预警: what is due, by officer, unit and line, with a month calendar; every filter is in the address."""

from __future__ import annotations

import calendar as months
import datetime as dt
from urllib.parse import urlencode, urlsplit

import streamlit as st
import widgets

from reviewer.office import listing, supervision
from reviewer.office.accounts import list_units, list_users
from reviewer.office.listing import Count, Filter
from reviewer.office.records import Role
from reviewer.office.roles import is_staff

user, here = widgets.current_user(), widgets.office()
widgets.title("期限预警")


def address(**changes: str) -> str:
    """This page with some filters changed."""
    query = {k: v for k, v in {**st.query_params.to_dict(), **changes}.items() if v}
    return "/deadlines" + (f"?{urlencode(query)}" if query else "")


def day_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def pick(name: str, label: str, options: dict[str, str]) -> str:
    current = st.query_params.get(name, "")
    keys = list(options)
    value = st.selectbox(
        label,
        keys,
        index=keys.index(current) if current in keys else 0,
        format_func=lambda k: options[k],
        key=f"due-{name}",
    )
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
    return str(value)


on = day_of(st.query_params.get("on", "")) or widgets.today()
if not 2015 <= on.year <= widgets.today().year + 2:
    on = widgets.today()
month = st.query_params.get("month", "") if day_of(st.query_params.get("month", "") + "-01") else f"{on:%Y-%m}"
due_day = day_of(st.query_params.get("day", ""))
level = st.query_params.get("level", "")

with st.container(key="due-filters"):
    columns = st.columns(4 if is_staff(user) else 2, gap="small")
    with columns[0]:
        line = pick("line", "条线", {"": "全部条线"} | {k.value: v.name for k, v in here.lines.items()})
    with columns[1]:

        def move_day() -> None:
            chosen = st.session_state["due-on"]
            if chosen and chosen != widgets.today():
                st.query_params["on"] = chosen.isoformat()
            else:
                st.query_params.pop("on", None)
            st.query_params.pop("month", None)

        st.date_input("按哪一天看", on, key="due-on", format="YYYY-MM-DD", on_change=move_day)
    unit = handler = ""
    if is_staff(user):
        with columns[2]:
            unit = pick("unit", "送审单位", {"": "全部单位"} | {str(u.id): u.name for u in list_units(here.store)})
        with columns[3]:
            people = {str(p.id): p.name for p in list_users(here.store) if Role.HANDLER in p.roles}
            handler = pick("handler", "承办人", {"": "全部承办人"} | people)

wanted = Filter(line=line, unit_id=int(unit) if unit else None, handler_id=int(handler) if handler else None)
board = listing.board(here, user, wanted, on, month)
days = here.calendar(on)

total = board.total
tiles = (
    ("overdue", "超期", total.overdue),
    ("due_today", "今日到期", total.due_today),
    ("near", "临期", total.near),
    ("normal", "正常", total.normal),
    ("stopped", "停止计时", board.stopped),
)
widgets.html(
    '<div class="tiles">'
    + "".join(
        f'<a class="tile {key}" href="{address(level="" if level == key else key, day="")}" target="_self">'
        f"<b>{n}</b>{name}</a>"
        for key, name, n in tiles
    )
    + "</div>"
)
if board.provisional:
    widgets.html(
        f'<div class="notice warn">有 {board.provisional} 件的期限跨入尚未公布放假安排的年份，按法定节假日暂算。</div>'
    )


def cell(day: dt.date, first: dt.date) -> str:
    """One day: 休 or 班, and how many matters are due."""
    if day.month != first.month:
        return '<td class="out"></td>'
    name = days.names.get(day, "")
    open_day = days.is_workday(day)
    unusual = (
        f"<small>{widgets.text(name.split('（')[0][:4])}</small>"
        if name and not open_day
        else '<small class="work">班</small>'
        if open_day and day.weekday() > 4
        else ""
    )
    count = board.by_day.get(day)
    kind = (
        ""
        if count is None
        else next(
            k
            for k, n in (
                ("overdue", count.overdue),
                ("due_today", count.due_today),
                ("near", count.near),
                ("normal", count.normal),
            )
            if n
        )
    )
    link = (
        (
            f'<a href="{address(day=day.isoformat())}" target="_self"'
            f' aria-label="{day.month}月{day.day}日到期{count.total}件">'
            f'<span class="badge {kind}">{count.total} 件</span></a>'
        )
        if count
        else ""
    )
    classes = " ".join(c for c in ("" if open_day else "off", "on" if day == on else "") if c)
    return f'<td class="{classes}" title="{widgets.text(name)}"><span class="n">{day.day}{unusual}</span>{link}</td>'


def month_calendar() -> None:
    first = dt.date.fromisoformat(f"{month}-01")
    before, after = first - dt.timedelta(days=1), (first + dt.timedelta(days=32)).replace(day=1)
    weeks = months.Calendar(0).monthdatescalendar(first.year, first.month)
    body = "".join("<tr>" + "".join(cell(d, first) for d in week) + "</tr>" for week in weeks)
    provisional = "（放假安排尚未公布，暂定）" if first.year not in days.published else ""
    widgets.html(
        f'<h2 class="section">{first.year}年{first.month}月{provisional}　'
        f'<a href="{address(month=f"{before:%Y-%m}")}" target="_self" aria-label="上个月">‹ 上月</a>　'
        f'<a href="{address(month=f"{after:%Y-%m}")}" target="_self" aria-label="下个月">下月 ›</a></h2>'
    )
    widgets.html(
        '<table class="month"><thead><tr>'
        + "".join(f"<th>{d}</th>" for d in "一二三四五六日")
        + f"</tr></thead><tbody>{body}</tbody></table>"
    )


def bars(title: str, counts: tuple[Count, ...]) -> None:
    widgets.html(f'<h2 class="section">{title}</h2>')
    if not counts:
        widgets.empty("没有在办的期限")
        return
    most = max(c.total for c in counts)
    rows = []
    for count in counts[:12]:
        parts = "".join(
            f'<i class="{k}" style="width:{100 * n / most:.2f}%"></i>'
            for k, n in (
                ("overdue", count.overdue),
                ("due_today", count.due_today),
                ("near", count.near),
                ("normal", count.normal),
            )
        )
        said = f"{count.name}：超期{count.overdue}，今日到期{count.due_today}，临期{count.near}，正常{count.normal}"
        rows.append(
            f'<span class="name" title="{widgets.text(count.name)}">{widgets.text(count.name)}</span>'
            f'<span class="bar" role="img" aria-label="{widgets.text(said)}">{parts}</span>'
            f'<span class="count">{count.total}</span>'
        )
    more = f'<p class="soft">另有 {len(counts) - 12} 个未列出</p>' if len(counts) > 12 else ""
    widgets.html(f'<div class="bars">{"".join(rows)}</div>{more}')


left, right = st.columns([3, 2], gap="large")
with left:
    month_calendar()
with right:
    widgets.html(
        '<p class="legend"><span><i class="overdue"></i>超期</span><span><i class="due_today"></i>今日到期</span>'
        '<span><i class="near"></i>临期</span><span><i class="normal"></i>正常</span></p>'
    )
    bars("按承办人", board.by_handler)
    bars("按条线", board.by_line)
    if is_staff(user):
        bars("按送审单位", board.by_unit)

listed = Filter(
    line=line,
    unit_id=wanted.unit_id,
    handler_id=wanted.handler_id,
    level=level if due_day or level else "warning",
    due_on=due_day,
)
shown = f"{due_day.month}月{due_day.day}日到期" if due_day else widgets.level_name(listed.level)
number = st.query_params.get("page", "1")
found = listing.search(here, user, listed, on, page=int(number) if number.isdigit() else 1, order="due")
back = f'　<a href="{address(day="", level="")}" target="_self">取消筛选</a>' if due_day or level else ""
widgets.html(f'<h2 class="section">{shown}（{found.total}）<small>{back}</small></h2>')
if found.matters:
    widgets.matter_rows(found.matters, on, key="due")
else:
    widgets.empty("没有这样的事项", "期限都在掌握之中。" if not back else "")

widgets.turning(found.page, found.pages)

widgets.html('<h2 class="section">提示、催办、督办</h2>')
papers = supervision.list_supervisions(here, user, limit=15)
if papers:
    widgets.table(
        ["文号", "日期", "事项", "发给", "超期"],
        [
            [
                f'<a href="/supervision/{p.id}" target="_blank">{widgets.text(p.number)}</a>',
                str(p.on),
                widgets.text(p.matter_title),
                widgets.text(p.to_name),
                f"{p.days_over} 个工作日" if p.days_over else "—",
            ]
            for p in papers
        ],
    )
else:
    widgets.empty("没有发出过提示、催办、督办", "临期提示、超期催办、严重超期督办会自动生成。")
own = urlsplit(st.context.url or "")
base = here.settings.address.rstrip("/") or f"{own.scheme}://{own.netloc}"
widgets.html(
    '<p class="soft">日历订阅（手机、电脑日历可用，请勿外传）：'
    f"<code>{widgets.text(base)}/calendar/{user.feed_token}.ics</code></p>"
)
