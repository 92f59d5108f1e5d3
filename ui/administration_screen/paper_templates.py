"""文书模板: what is in use, a changed one uploaded and checked, a sample to look at, the way back."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.errors import ReviewerError
from reviewer.office import paper_samples, papers, pdf, templates
from reviewer.office.desk import Office
from reviewer.office.records import User
from reviewer.readers.pdf_render import pictures


def tab(here: Office, user: User) -> None:
    widgets.html(
        '<p class="soft">下载现用模板，用 Word、WPS 修改版式和文字，{{ … }}、{% … %} 标记处会填入内容；上传时先检查，'
        "有错误的不会使用。已印发的文书不变。</p>"
    )
    widgets.table(
        ["文书", "现用", "下载"],
        [
            [
                widgets.text(name),
                widgets.badge("本单位的模板", "state") if templates.is_own(here, kind) else "随软件提供",
                f'<a href="/paper-templates/{kind}.docx">模板</a>　<a href="/paper-samples/{kind}.docx">样例</a>',
            ]
            for kind, name in templates.KINDS.items()
        ],
    )
    kind = st.selectbox("文书", list(templates.KINDS), format_func=templates.KINDS.get, key="template-kind")
    upload = f"template-{kind}-{st.session_state.get('template-round', 0)}"
    st.file_uploader("修改后的模板（.docx）", type="docx", key=upload,
                     max_upload_size=templates.LARGEST >> 20)  # fmt: skip
    with st.container(horizontal=True):
        st.button("检查并使用", type="primary", key="template-do", disabled=not st.session_state.get(upload),
                  on_click=change, args=(here, user, kind, upload))  # fmt: skip
        if pdf.available():
            st.button("预览样例", key="template-preview", on_click=ask, args=(kind,))
        if templates.is_own(here, kind):
            st.button("恢复随软件提供的模板", key="template-reset", on_click=reset, args=(here, user, kind))
    if st.session_state.get("template-shown") == kind:
        preview(here, user, kind)


def change(here: Office, user: User, kind: str, upload: str) -> None:
    values = st.session_state
    given = values[upload].getvalue()
    done = f"检查没有错误，{templates.KINDS[kind]}从现在起使用上传的模板"
    if widgets.attempt(lambda: templates.change(here, user, kind, given, papers.sample_values(kind)), done):
        values["template-round"] = values.get("template-round", 0) + 1
        values["template-shown"] = kind if pdf.available() else ""


def reset(here: Office, user: User, kind: str) -> None:
    done = f"{templates.KINDS[kind]}已恢复为随软件提供的模板"
    widgets.attempt(lambda: templates.reset(here, user, kind), done)


def ask(kind: str) -> None:
    st.session_state["template-shown"] = kind


def preview(here: Office, user: User, kind: str) -> None:
    """The first page of the sample as a picture."""
    try:
        name, made = paper_samples.sample(here, user, kind)
        picture = first_page(made, name)
    except ReviewerError as error:
        st.error(widgets.plain(error))
        return
    widgets.html(f'<p class="soft">{widgets.text(name)}，第一页</p>')
    with st.container(border=True, key="template-page"):
        st.image(picture, channels="BGR", width="stretch")


@st.cache_data(max_entries=8, show_spinner="正在生成预览")
def first_page(docx: bytes, name: str) -> object:
    return next(pictures(pdf.as_pdf(docx, name), [1])).pixels
