"""接口令牌: give one to another system, see when it was last used, take it back."""

from __future__ import annotations

import datetime as dt

import streamlit as st
import widgets

from administration_screen import secret
from reviewer.office import tokens
from reviewer.office.accounts import list_users
from reviewer.office.desk import Office
from reviewer.office.records import User
from reviewer.office.tokens import SCOPES, Token


def tab(here: Office, user: User, day: dt.date) -> None:
    secret.show("token")
    found = tokens.list_tokens(here, user)
    if found:
        widgets.table(
            ["系统", "账号", "权限范围", "有效期", "最近使用", "状态"],
            [
                [
                    widgets.text(t.name),
                    f"<code>{widgets.text(t.account)}</code>",
                    widgets.text("、".join(SCOPES[s] for s in SCOPES if s in t.scopes)),
                    f"至 {t.expires_on}" if t.expires_on else "到停用为止",
                    t.used_at or "没有用过",
                    state(t),
                ]
                for t in found
            ],
        )
    else:
        widgets.empty("还没有接口令牌", "办公系统用令牌送审、查询办理情况，说明见 docs/interface.md。")
    with st.expander("发放令牌", expanded=not found, key="token-new"):
        create_form(here, user, day)
    working = {t.id: f"{t.name}（{t.account}）" for t in found if t.active}
    if working:
        with st.expander("停用令牌", key="token-old"):
            which = st.selectbox("令牌", list(working), format_func=lambda k: working[k], key="token-which", index=None,
                                 placeholder="请选择")  # fmt: skip
            st.button("停用", key="token-stop", disabled=which is None, on_click=stop, args=(here, user, which))


def state(token: Token) -> str:
    if not token.active:
        return widgets.badge("已停用", "closed")
    return widgets.badge("已过期", "near") if token.expired else widgets.badge("在用", "normal")


def create_form(here: Office, user: User, day: dt.date) -> None:
    people = {u.id: f"{u.name}（{u.account}）" for u in list_users(here.store) if u.active and not u.must_change}
    st.text_input("系统名称", key="token-name", max_chars=50, placeholder="如：办公系统")
    st.selectbox("以哪个账号办理", list(people), format_func=lambda k: people[k], key="token-user", index=None,
                 placeholder="请选择", help="令牌能看到、能办理的与这个账号相同；请为系统单独建一个账号")  # fmt: skip
    st.multiselect("权限范围", list(SCOPES), format_func=SCOPES.get, key="token-scopes", placeholder="请选择")
    st.date_input("有效期至（可清空，到停用为止）", day + dt.timedelta(days=365), min_value=day, key="token-until",
                  format="YYYY-MM-DD")  # fmt: skip
    st.button("发放", type="primary", key="token-do", on_click=create, args=(here, user))


def create(here: Office, user: User) -> None:
    values = st.session_state
    made: list[tuple[Token, str]] = []
    if widgets.attempt(lambda: made.append(tokens.create(
        here, user, values["token-name"], values["token-user"] or 0, values["token-scopes"], values["token-until"]
    )), "已发放令牌"):  # fmt: skip
        token, shown = made[0]
        secret.keep("token", f"“{token.name}”的令牌", shown)
        for field in ("token-name", "token-user", "token-scopes", "token-until"):
            values.pop(field, None)


def stop(here: Office, user: User, token_id: int) -> None:
    if widgets.attempt(lambda: tokens.revoke(here, user, token_id), "已停用令牌，立即生效"):
        st.session_state.pop("token-which", None)
