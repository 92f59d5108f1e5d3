"""The matter that the page is about, with who looks at it and when; what every part of the page is drawn from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import streamlit as st
import widgets

from reviewer.errors import ReviewerError
from reviewer.office import matters
from reviewer.office.desk import Office
from reviewer.office.lines import OfficeLine
from reviewer.office.matters import MatterView
from reviewer.office.records import Matter, User


@dataclass(frozen=True)
class Opened:
    view: MatterView
    user: User
    day: dt.date
    here: Office

    @property
    def matter(self) -> Matter:
        return self.view.matter

    @property
    def line(self) -> OfficeLine:
        return self.view.line


def opened() -> Opened:
    """The matter of the address; the page ends with a sentence where there is none for this person."""
    wanted, user, here = st.query_params.get("id", ""), widgets.current_user(), widgets.office()
    try:
        view = matters.view(here, user, int(wanted) if wanted.isdigit() and len(wanted) < 16 else -1)
    except ReviewerError as error:
        widgets.empty(str(error), "请从“事项”列表进入。")
        st.page_link("screens/matters.py", label="返回事项列表")
        st.stop()
    return Opened(view, user, widgets.today(), here)
