"""事项: the list with filters and search; every filter is in the address."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.office import listing
from reviewer.office.accounts import list_units, list_users
from reviewer.office.records import Role
from reviewer.office.roles import is_staff, may
from reviewer.office.workflow import STATES

user, day = widgets.current_user(), widgets.today()
here = widgets.office()
widgets.title("事项")

STATUS = {"open": "在办", "closed": "已结", "all": "全部"} | {s.value: f"　{info.name}" for s, info in STATES.items()}
LEVELS = {
    "": "全部期限",
    "warning": "临期及超期",
    "overdue": "超期",
    "due_today": "今日到期",
    "near": "临期",
    "normal": "正常",
    "stopped": "停止计时",
}
LINES = {"": "全部条线"} | {line.value: own.name for line, own in here.lines.items()}
UNITS = {"": "全部单位"} | ({str(u.id): u.name for u in list_units(here.store)} if is_staff(user) else {})
PEOPLE = {"": "全部承办人"} | {str(p.id): p.name for p in list_users(here.store) if Role.HANDLER in p.roles}


def chosen(name: str, options: dict[str, str], label: str, default: str = "") -> str:
    """A selection whose value is kept in the address."""
    current = st.query_params.get(name, default)
    keys = list(options)
    value = st.selectbox(
        label,
        keys,
        index=keys.index(current) if current in keys else keys.index(default),
        format_func=lambda k: options[k],
        key=f"filter-{name}",
    )
    keep(name, value, default)
    return str(value)


def keep(name: str, value: str, default: str = "") -> None:
    if value == default:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def first_page() -> None:
    st.query_params.pop("page", None)


words = st.text_input(
    "查找",
    st.query_params.get("words", ""),
    placeholder="名称、受理号或单位中的字词，空格分开",
    key="filter-words",
    on_change=first_page,
)
keep("words", words)
with st.container(key="filters"):
    columns = st.columns(5 if is_staff(user) else 3, gap="small")
    with columns[0]:
        status = chosen("status", STATUS, "状态", "open")
    with columns[1]:
        line = chosen("line", LINES, "条线")
    with columns[2]:
        level = chosen("level", LEVELS, "期限")
    unit = handler = ""
    if is_staff(user):
        with columns[3]:
            unit = chosen("unit", UNITS, "送审单位")
        with columns[4]:
            handler = chosen("handler", PEOPLE, "承办人")

wanted = listing.Filter(words, line, status, int(unit) if unit else None, int(handler) if handler else None, level)
order = st.segmented_control(
    "排序",
    ["updated", "due"],
    default=st.query_params.get("order", "updated"),
    required=True,
    format_func={"updated": "最近更新", "due": "期限先后"}.get,
    key="filter-order",
    label_visibility="collapsed",
)
keep("order", order or "updated", "updated")
number = st.query_params.get("page", "1")
found = listing.search(here, user, wanted, day, page=int(number) if number.isdigit() else 1, order=order or "updated")
widgets.html(
    f'<p class="soft">共 {found.total} 件' + (f"，第 {found.page}/{found.pages} 页" if found.pages > 1 else "") + "</p>"
)
if found.matters:
    widgets.matter_rows(found.matters, day, key="list")
elif wanted == listing.Filter():
    widgets.empty(
        "还没有在办的事项", "点上方的“送审”提交第一件。" if may(user, "create") else "送审单位提交后会出现在这里。"
    )
else:
    widgets.empty("没有符合条件的事项", "请减少筛选条件，或把状态改为“全部”。")

widgets.turning(found.page, found.pages)
