"""A secret that is shown once: kept in the visitor's session until the visitor says that it was noted."""

from __future__ import annotations

import streamlit as st
import widgets


def keep(name: str, told: str, secret: str) -> None:
    st.session_state[f"secret-{name}"] = (told, secret)


def show(name: str) -> None:
    """The secret, if one was just made."""
    found = st.session_state.get(f"secret-{name}")
    if found is None:
        return
    told, secret = found
    with st.container(border=True, key=f"secret-box-{name}"):
        widgets.html(f'<div class="notice warn" role="status">{widgets.text(told)}，只显示这一次，请立即保存：</div>')
        st.code(secret, language=None, wrap_lines=True)
        st.button("我已保存，不再显示", key=f"secret-done-{name}", on_click=_drop, args=(name,))


def _drop(name: str) -> None:
    st.session_state.pop(f"secret-{name}", None)
