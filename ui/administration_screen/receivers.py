"""事件推送: other systems that hear of state changes, what they were sent, and what did not arrive."""

from __future__ import annotations

import datetime as dt

import streamlit as st
import widgets

from administration_screen import secret
from reviewer.office import deliveries, receivers
from reviewer.office.accounts import list_units
from reviewer.office.deliveries import ATTEMPTS, Delivery
from reviewer.office.desk import Office
from reviewer.office.receivers import NewReceiver, Receiver
from reviewer.office.records import User

SHOWN = 20
STATUSES = {"waiting": ("待推送", "near"), "sent": ("已送达", "normal"), "dead": ("已放弃", "overdue")}


def tab(here: Office, user: User) -> None:
    secret.show("receiver")
    found = receivers.list_receivers(here, user)
    if found:
        widgets.table(["接收方", "地址", "范围", "推送", "状态"], [row(r) for r in found])
    else:
        widgets.empty("还没有接收方", "登记后，事项每办理一步都会以签名的 HTTP 请求通知它，不含题名和文件内容。")
    with st.expander("登记接收方", expanded=not found, key="receiver-new"):
        form(here, user)
    working = {r.id: r.name for r in found if r.active}
    if working:
        with st.expander("试推送、停用", key="receiver-old"):
            which = st.selectbox("接收方", list(working), format_func=lambda k: working[k], key="receiver-which")
            with st.container(horizontal=True):
                st.button("试推送", key="receiver-try", on_click=try_out, args=(here, user, which))
                st.button("停用", key="receiver-stop", on_click=stop, args=(here, user, which))
    if found:
        events(here, user)


def row(r: Receiver) -> list[str]:
    state = widgets.badge("在用", "normal") if r.active else widgets.badge("已停用", "closed")
    inside = f" {widgets.badge('内网')}" if r.inside else ""
    dead = f"，<b>已放弃 {r.dead}</b>" if r.dead else ""
    counts = f"已送达 {r.sent}，待推送 {r.waiting}{dead}"
    return [widgets.text(r.name), widgets.text(r.url) + inside, widgets.text(r.unit or "全部单位"), counts, state]


def form(here: Office, user: User) -> None:
    units = {u.id: u.name for u in list_units(here.store, active=True)}
    st.text_input("接收方名称", key="receiver-name", max_chars=50, placeholder="如：办公系统")
    st.text_input("接收地址", key="receiver-url", max_chars=500, placeholder="https://oa.example.gov.cn/receive")
    st.checkbox("允许内网地址", key="receiver-inside",
                help="政务内网、本机的地址需要勾选；不勾选时解析到内网的地址一律不推送")  # fmt: skip
    st.selectbox("只通知哪个单位的事项（不选为全部）", list(units), format_func=lambda k: units[k], key="receiver-unit",
                 index=None, placeholder="全部单位")  # fmt: skip
    st.text_input("签名密钥（不填由系统生成）", key="receiver-secret", max_chars=200, type="password")
    st.button("登记", type="primary", key="receiver-do", on_click=register, args=(here, user))


def register(here: Office, user: User) -> None:
    values = st.session_state
    new = NewReceiver(values["receiver-name"], values["receiver-url"], values["receiver-secret"],
                      values["receiver-inside"], values["receiver-unit"])  # fmt: skip
    made: list[tuple[Receiver, str]] = []
    if widgets.attempt(lambda: made.append(receivers.register(here, user, new)), f"已登记 {new.name}"):
        secret.keep("receiver", f"“{made[0][0].name}”的签名密钥", made[0][1])
        for field in ("name", "url", "secret", "inside", "unit"):
            values.pop(f"receiver-{field}", None)


def try_out(here: Office, user: User, receiver_id: int) -> None:
    done = "已排队，几秒后刷新页面查看结果"
    widgets.attempt(lambda: deliveries.try_out(here, user, receiver_id), done)


def stop(here: Office, user: User, receiver_id: int) -> None:
    widgets.attempt(lambda: receivers.stop(here, user, receiver_id), "已停用，待推送的一并放弃")


def events(here: Office, user: User) -> None:
    """What was sent lately; what was given up can be sent again."""
    widgets.html('<h2 class="section">最近的推送</h2>')
    names = {"": "全部", **{key: name for key, (name, _) in STATUSES.items()}}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        status = st.selectbox("状态", list(names), format_func=names.get, key="delivery-status")
        st.button("刷新", key="delivery-refresh")
    found = deliveries.list_deliveries(here, user, status=status, limit=SHOWN)
    if not found:
        widgets.empty("没有推送")
        return
    widgets.table(["序号", "时间", "接收方", "内容", "状态", "说明"], [event_row(d) for d in found])
    given_up = [d.id for d in found if d.status == "dead"]
    if given_up:
        which = st.selectbox("重新推送已放弃的", given_up, format_func=lambda k: f"序号 {k}", key="delivery-which")
        st.button("重新推送", key="delivery-again", on_click=again, args=(here, user, which))


def event_row(d: Delivery) -> list[str]:
    name, kind = STATUSES[d.status]
    about = f'<a href="/matter?id={d.matter_id}" target="_self">事项 {d.matter_id}</a>' if d.matter_id else "试推送"
    told = widgets.text(d.error)
    if d.status == "waiting" and d.attempts:
        moment = dt.datetime.fromtimestamp(d.due_at)
        told += f"；第 {d.attempts} 次（共 {ATTEMPTS} 次）没有送达，{moment:%m-%d %H:%M} 再试"
    return [str(d.id), d.created_at[5:19].replace("T", " "), widgets.text(d.receiver), about, widgets.badge(name, kind),
            told]  # fmt: skip


def again(here: Office, user: User, delivery_id: int) -> None:
    widgets.attempt(lambda: deliveries.again(here, user, delivery_id), "已重新排队")
