"""管理: people, units, working calendar, templates, tokens, receivers, backup, log."""

from __future__ import annotations

import datetime as dt
import secrets

import streamlit as st
import widgets
from administration_screen import log, paper_templates, receivers, tokens

from reviewer.api.downloads import BACKUPS
from reviewer.office import accounts, backup, calendars
from reviewer.office.accounts import NewUser
from reviewer.office.records import ROLE_NAMES, Role
from reviewer.office.roles import require

user, day, here = widgets.current_user(), widgets.today(), widgets.office()
require(user, "page:administration")
widgets.title("管理")
ROLES = list(Role)


def add_person() -> None:
    values = st.session_state
    new = NewUser(
        values["new-account"].strip(),
        values["new-name"],
        frozenset(values["new-roles"]),
        values["new-password"],
        values["new-unit"],
        values["new-email"],
    )
    told = f"已新增 {new.name}，请把账号 {new.account} 和初始密码告诉本人，首次登录须改密码"
    if widgets.attempt(lambda: accounts.add_user(here.store, user, new), told):
        for field in ("new-account", "new-name", "new-email", "new-password", "new-roles"):
            values.pop(field, None)


def people() -> None:
    found = accounts.list_users(here.store)
    widgets.table(
        ["姓名", "账号", "角色", "单位", "邮箱", "状态"],
        [
            [
                widgets.text(p.name),
                f"<code>{widgets.text(p.account)}</code>",
                "、".join(ROLE_NAMES[r] for r in ROLES if r in p.roles),
                widgets.text(p.unit),
                widgets.text(p.email),
                "在用" if p.active else widgets.badge("停用", "closed"),
            ]
            for p in found
        ],
    )
    units = {u.id: u.name for u in accounts.list_units(here.store, active=True)}
    with st.expander("新增人员", expanded=len(found) == 1):
        left, right = st.columns(2)
        with left:
            st.text_input("姓名", key="new-name", max_chars=64)
            st.text_input("账号", key="new-account", max_chars=64, help="字母、数字和 . _ - @")
            st.session_state.setdefault("new-password", f"{secrets.token_hex(3)}-{secrets.token_hex(3)}")
            st.text_input("初始密码（首次登录须修改）", key="new-password", max_chars=200)
        with right:
            st.multiselect("角色", ROLES, format_func=lambda r: ROLE_NAMES[r], key="new-roles", placeholder="请选择")
            st.selectbox(
                "所属单位（送审单位必填）",
                list(units),
                format_func=lambda k: units[k],
                key="new-unit",
                index=None,
                placeholder="请选择",
            )
            st.text_input("邮箱（用于提醒）", key="new-email", max_chars=200)
        st.button("新增", type="primary", key="new-do", on_click=add_person)
    with st.expander("修改人员、重设密码"):
        names = {p.id: f"{p.name}（{p.account}）" for p in found}
        chosen = st.selectbox(
            "人员", list(names), format_func=lambda k: names[k], key="edit-who", index=None, placeholder="请选择"
        )
        if chosen is not None:
            edit_person(next(p for p in found if p.id == chosen), units)


def edit_person(person: object, units: dict[int, str]) -> None:
    name = st.text_input("姓名", person.name, key=f"edit-name-{person.id}")
    roles = st.multiselect(
        "角色",
        ROLES,
        [r for r in ROLES if r in person.roles],
        format_func=lambda r: ROLE_NAMES[r],
        key=f"edit-roles-{person.id}",
        placeholder="请选择",
    )
    keys = list(units)
    unit = st.selectbox(
        "所属单位",
        keys,
        format_func=lambda k: units[k],
        placeholder="请选择",
        key=f"edit-unit-{person.id}",
        index=keys.index(person.unit_id) if person.unit_id in keys else None,
    )
    email = st.text_input("邮箱", person.email, key=f"edit-email-{person.id}")
    active = st.checkbox("在用", person.active, key=f"edit-active-{person.id}")
    st.button(
        "保存",
        key="edit-do",
        on_click=lambda: widgets.attempt(
            lambda: accounts.change_user(
                here.store, user, person.id, name=name, roles=frozenset(roles), unit_id=unit, email=email, active=active
            ),
            f"已保存 {name}",
        ),
    )
    fresh = st.text_input("新的初始密码", f"{secrets.token_hex(3)}-{secrets.token_hex(3)}", key=f"reset-{person.id}")
    with st.container(horizontal=True):
        st.button(
            "重设密码",
            key="reset-do",
            on_click=lambda: widgets.attempt(
                lambda: accounts.reset_password(here.store, user, person.id, fresh), f"已重设密码，请告诉本人：{fresh}"
            ),
        )
        st.button(
            "解除登录锁定",
            key="unlock-do",
            on_click=lambda: widgets.attempt(lambda: accounts.unlock(here.store, user, person.account), "已解除锁定"),
        )


def units_tab() -> None:
    found = accounts.list_units(here.store)
    if found:
        widgets.table(
            ["单位", "状态"],
            [[widgets.text(u.name), "在用" if u.active else widgets.badge("停用", "closed")] for u in found],
        )
    else:
        widgets.empty("还没有送审单位", "建立后才能为单位开设账号、登记送审。")

    def add() -> None:
        if widgets.attempt(lambda: accounts.add_unit(here.store, user, st.session_state["unit-name"]), "已新增单位"):
            st.session_state["unit-name"] = ""

    st.text_input("单位名称", key="unit-name", max_chars=100)
    st.button("新增单位", key="unit-do", on_click=add, type="primary")
    if found:
        with st.expander("改名、停用"):
            names = {u.id: u.name for u in found}
            chosen = st.selectbox("单位", list(names), format_func=lambda k: names[k], key="unit-which")
            unit = next(u for u in found if u.id == chosen)
            name = st.text_input("新名称", unit.name, key=f"unit-rename-{unit.id}")
            active = st.checkbox("在用", unit.active, key=f"unit-active-{unit.id}")
            st.button(
                "保存",
                key="unit-save",
                on_click=lambda: widgets.attempt(
                    lambda: accounts.change_unit(here.store, user, unit.id, name=name, active=active), "已保存"
                ),
            )


def calendar_tab() -> None:
    year = st.selectbox("年份", list(range(day.year - 1, day.year + 3)), index=1, key="cal-year")
    days = widgets.calendar()
    if year in days.published:
        widgets.html('<div class="notice">本年放假安排已公布，期限按它计算。</div>')
    else:
        widgets.html(
            '<div class="notice warn">本年放假安排尚未公布：只按法定节假日暂算，跨入本年的期限都标为“暂定”。'
            "国务院办公厅公布后，请在下面录入放假和调休上班的日期，再确认公布。</div>"
        )
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    span = st.date_input(
        "日期（可选一段）", (), min_value=first, max_value=last, key=f"cal-span-{year}", format="YYYY-MM-DD"
    )
    kind = st.selectbox(
        "改为",
        ["rest", "work", "remove"],
        key="cal-kind",
        format_func={"rest": "放假", "work": "调休上班", "remove": "取消以前的录入"}.get,
    )
    name = st.text_input("名称", placeholder="如：春节", key="cal-name", max_chars=30)

    def save() -> None:
        chosen = span if isinstance(span, tuple) else (span,)
        picked = [chosen[0] + dt.timedelta(days=i) for i in range((chosen[-1] - chosen[0]).days + 1)]
        moved: list[int] = []
        if widgets.attempt(
            lambda: moved.append(calendars.enter_days(here, user, dict.fromkeys(picked, (kind, name)), day))
        ):
            widgets.say("good", f"已录入 {len(picked)} 天，{moved[0]} 件在办事项的期限随之调整")

    def publish(published: bool) -> None:
        widgets.attempt(lambda: calendars.publish_year(here, user, year, published, day), "已保存")

    with st.container(horizontal=True):
        st.button("录入", key="cal-do", on_click=save, disabled=not span, type="primary")
        if year not in days.published:
            st.button("确认本年安排已公布并录全", key="cal-publish", on_click=publish, args=(True,))
    widgets.html(f'<h2 class="section">{year}年放假和调休上班</h2>')
    widgets.table(
        ["日期", "类型", "名称"],
        [[spoken(first, last), kind, widgets.text(name)] for first, last, kind, name in spans(year)],
    )


def spans(year: int) -> list[tuple[dt.date, dt.date, str, str]]:
    """Days off and days worked of a year, those in a row together."""
    days, found = widgets.calendar(), []
    for one, name in sorted((d, n) for d, n in days.names.items() if d.year == year):
        kind = "上班" if days.is_workday(one) else "放假"
        if found and found[-1][2] == kind and (one - found[-1][1]).days == 1:
            names = dict.fromkeys((*found[-1][3].split("、"), name))
            found[-1] = (found[-1][0], one, kind, "、".join(names))
        else:
            found.append((one, one, kind, name))
    return found


def spoken(first: dt.date, last: dt.date) -> str:
    """10月1日（四）—7日（三），7天."""

    def one(day: dt.date) -> str:
        return f"{day.month}月{day.day}日（{'一二三四五六日'[day.weekday()]}）"

    return one(first) if first == last else f"{one(first)}—{one(last)}，{(last - first).days + 1}天"


def backup_tab() -> None:
    folder = here.folder / BACKUPS
    found = sorted(folder.glob("*.zip"), reverse=True) if folder.is_dir() else []
    if st.button("现在备份", type="primary", key="backup-do"):
        require(user, "manage:backup")
        with st.spinner("正在备份并核对"):
            if widgets.attempt(lambda: backup.back_up(here, folder, actor=user.account), "备份完成，已核对"):
                st.rerun()
            widgets.messages()
    if found:
        widgets.table(
            ["备份", "大小"],
            [
                [
                    f'<a href="/backups/{widgets.text(p.name)}">{widgets.text(p.name)}</a>',
                    widgets.size_in_words(p.stat().st_size),
                ]
                for p in found[:20]
            ],
        )
    else:
        widgets.empty("还没有备份", "点“现在备份”，或用定时任务运行 reviewer backup。")
    widgets.html('<p class="soft">备份含全部文件，请另存到其他磁盘。恢复请停止服务后运行 reviewer restore。</p>')


TABS = {
    "人员": people,
    "单位": units_tab,
    "工作日历": calendar_tab,
    "文书模板": lambda: paper_templates.tab(here, user),
    "接口令牌": lambda: tokens.tab(here, user, day),
    "事件推送": lambda: receivers.tab(here, user),
    "备份": backup_tab,
    "日志": lambda: log.tab(here, user),
}
tabs = st.tabs(list(TABS), key="administration-tabs")
for tab, content in zip(tabs, TABS.values(), strict=True):
    with tab:
        content()
