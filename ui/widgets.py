"""What the pages share: the office and the visitor, text that stays text, badges, rows, messages, the look."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

import streamlit as st

from reviewer.api.guard import COOKIE
from reviewer.errors import ReviewerError
from reviewer.office import accounts, deadlines
from reviewer.office.desk import Office, open_office
from reviewer.office.records import LEVEL_NAMES, PROCEDURE_NAMES, ConflictError, Level, Matter, Procedure, User
from reviewer.office.workdays import Calendar
from reviewer.office.workflow import STATES
from reviewer.web import DATA_VARIABLE

STYLE = Path(__file__).with_name("style.css")


@st.cache_resource(show_spinner=False)
def office() -> Office:
    """The one office of this server."""
    return open_office(Path(os.environ[DATA_VARIABLE]))


def current_user() -> User:
    """Who is at the page; nothing is shown to a visitor whose session has ended."""
    user = accounts.user_of(office().store, office().settings, st.context.cookies.get(COOKIE, ""))
    if user is None or user.must_change:
        html('<div class="notice">登录已过期。<a href="/login" target="_self">重新登录</a></div>')
        st.stop()
    return user


def today() -> dt.date:
    return dt.date.today()


def calendar() -> Calendar:
    return office().calendar(today())


def text(value: object) -> str:
    """Any text for an HTML block, shown as it is."""
    return escape(str(value))


def plain(value: object) -> str:
    """Any text for a Markdown label, shown as it is: no links, formulas, colours or icons."""
    quiet = re.sub(r"\s+", " ", str(value)).replace(":", ":\u2060")
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$&^=])", r"\\\1", quiet)


def html(body: str) -> None:
    st.html(body)


def style() -> None:
    st.html(STYLE)


def title(name: str, note: str = "") -> None:
    html(f'<h1 class="title">{text(name)}</h1>' + (f'<p class="soft">{text(note)}</p>' if note else ""))


def who(user: User) -> None:
    """Name, roles and the way out, above every page."""
    unit = f'<span class="unit">（{text(user.unit)}）</span>' if user.unit else ""
    html(
        f'<div class="who"><b>{text(office().settings.name)}</b><span>{text(user.name)}{unit}</span>'
        '<a href="/password" target="_self">修改密码</a><a href="/logout" target="_self">退出</a></div>'
    )


def messages() -> None:
    """What the last action had to say, once."""
    for kind, said in st.session_state.pop("messages", ()):
        {"good": st.success, "bad": st.error, "note": st.warning}[kind](plain(said))


def say(kind: str, said: str) -> None:
    st.session_state.setdefault("messages", []).append((kind, said))


def attempt(work: Callable[[], object], done: str = "") -> bool:
    """Do it; tell what went wrong as a sentence on the next run of the page."""
    try:
        work()
    except ConflictError as error:
        say("note", str(error))
        return False
    except ReviewerError as error:
        say("bad", str(error))
        return False
    if done:
        say("good", done)
    return True


def level_of(matter: Matter, on: dt.date, days: Calendar) -> Level:
    if matter.due.on is None:
        return Level.STOPPED if matter.due.stopped else Level.NONE
    return deadlines.level(matter.due.on, on, days, office().settings.near_days)


def badge(name: str, kind: str = "") -> str:
    return f'<span class="badge {kind}">{text(name)}</span>'


def state_badge(matter: Matter) -> str:
    return badge(STATES[matter.state].name, "closed" if STATES[matter.state].closed else "state")


def due_badge(matter: Matter, on: dt.date, days: Calendar) -> str:
    """审查 11月30日 还有3个工作日, coloured by level; a stopped clock and a provisional year are said."""
    level = level_of(matter, on, days)
    if level == Level.NONE:
        return ""
    if matter.due.on is None:
        return badge("停止计时", "stopped")
    words = deadlines.in_words(matter.due.on, on, days)
    said = f"{matter.due.what} {matter.due.on.month}月{matter.due.on.day}日 {words}"
    more = badge("暂定", "provisional") if matter.due.provisional else ""
    stopped = badge("审查停止计时", "stopped") if matter.due.stopped else ""
    return badge(said, level.value) + stopped + more


def procedure_badge(matter: Matter) -> str:
    kinds = {Procedure.URGENT: "urgent", Procedure.SIMPLIFIED: "simple"}
    shown = badge(PROCEDURE_NAMES[matter.procedure], kinds[matter.procedure]) if matter.procedure in kinds else ""
    return shown + (badge("疑难复杂", "urgent") if matter.hard else "")


def matter_rows(found: Iterable[Matter], on: dt.date, *, key: str) -> None:
    """One row a matter: the title leads to its page, badges say how it stands."""
    days = office().calendar(on)
    for matter in found:
        with st.container(border=True, key=f"row-{key}-{matter.id}", gap=None):
            st.page_link("screens/matter.py", label=plain(matter.title), query_params={"id": str(matter.id)})
            line = office().lines[matter.line].name
            people = f" · 承办 {text(matter.handler)}" if matter.handler else ""
            html(
                f'<div class="meta">{state_badge(matter)}{procedure_badge(matter)}{due_badge(matter, on, days)}'
                f'<span class="soft">{text(matter.display_number)} · {text(line)} · {text(matter.unit)}{people}</span>'
                "</div>"
            )


def empty(said: str, what_next: str = "") -> None:
    html(f'<div class="empty"><p>{text(said)}</p>' + (f"<p>{text(what_next)}</p>" if what_next else "") + "</div>")


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A plain table; the cells are HTML and must have gone through `text`. Narrow screens stack the cells."""
    names = list(heads)
    head = "".join(f"<th>{text(n)}</th>" for n in names)
    body = "".join(
        "<tr>" + "".join(f'<td data-name="{text(n)}">{cell}</td>' for n, cell in zip(names, row, strict=True)) + "</tr>"
        for row in rows
    )
    html(f'<table class="rows"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def level_name(level: str) -> str:
    return {"warning": "临期及超期"}.get(level) or LEVEL_NAMES[Level(level)]


def size_in_words(size: int) -> str:
    return f"{size / 1048576:.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"


def forbidden() -> None:
    """The page of somebody else's role."""
    title("没有权限")
    empty("您的角色不能使用这个页面", "如确需使用，请联系管理员调整角色。")


def turning(page: int, pages: int) -> None:
    """The buttons to the pages before and after, where a list has several; the page is in the address."""

    def turn(to: int) -> None:
        st.query_params["page"] = str(to)

    if pages > 1:
        with st.container(horizontal=True):
            st.button("上一页", disabled=page <= 1, on_click=turn, args=(page - 1,))
            st.button("下一页", disabled=page >= pages, on_click=turn, args=(page + 1,))
