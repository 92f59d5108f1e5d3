"""法规库: is a law in force, what took its place, and where an old article is now."""

from __future__ import annotations

import streamlit as st
import widgets

from reviewer.laws import Law
from reviewer.understanding.numerals import to_chinese

SHOWN = 30
user, day, here = widgets.current_user(), widgets.today(), widgets.office()
catalogue = here.engine().catalogue
widgets.title("法规库", f"收录 {len(catalogue.laws)} 部法律、法规、规章和规范性文件的名称、效力和条文对应关系。")


def shown(law: Law) -> str:
    """One law, folded: number, dates, successors."""
    status = law.status(day)
    facts = [("效力位阶", law.rank), ("制定机关", law.issuer), ("文号", law.number),
             ("公布", str(law.promulgated or "")), ("最近修改", str(law.amended or "")),
             ("施行", str(law.effective or "")), ("条数", str(catalogue.articles_on(law, day) or "")),
             ("简称", "、".join(law.aliases)), ("废止依据", law.repealed_under), ("说明", law.note)]  # fmt: skip
    body = "".join(f"<p><b>{k}　</b>{widgets.text(v)}</p>" for k, v in facts if v)
    if status == "已废止":
        now = catalogue.in_force(law, day)
        body += f"<p><b>现行　</b>{widgets.text('、'.join(f'《{t}》' for t in now) or '没有替代文件')}</p>"
    badge = widgets.badge(status, {"已废止": "overdue", "尚未施行": "near"}.get(status, "normal"))
    return f'<details class="finding"><summary>{badge}{widgets.text(law.title)}</summary>{body}</details>'


def moves(law: Law) -> list[list[str]]:
    """Old article → new article, from a repealed law or from the versions before an amendment."""
    pairs = [("", m) for m in catalogue.moves.get(law.title, ())]
    for version, own in catalogue.renumbered(law, day):
        pairs += [(f"{version.year}年文本", m) for m in own]
    return [
        [f"第{to_chinese(m.old)}条" + (f"（{v}）" if v else ""), f"《{widgets.text(m.law)}》第{to_chinese(m.new)}条",
         "" if m.checked else "按文字相近推定，引用前请核对"] for v, m in pairs
    ]  # fmt: skip


words = st.text_input("查找", st.query_params.get("words", ""), key="law-words",
                      placeholder="法规名称、简称或文号，如：政府采购法、国办发〔2018〕37号")  # fmt: skip
if not words.strip():
    widgets.empty("请输入要查的法规", "可以查效力、施行日期、替代文件和新旧条文对应。")
    st.stop()
found = catalogue.search(words, limit=SHOWN + 1)
if not found:
    widgets.empty("没有找到", "可能不在目录内。目录之外的文件，机审不会判断其效力。")
    st.stop()
more = f"，只显示前 {SHOWN} 部" if len(found) > SHOWN else ""
widgets.html(
    f'<p class="soft">找到 {min(len(found), SHOWN)} 部{more}</p>' + "".join(shown(law) for law in found[:SHOWN])
)
with_moves = [law for law in found[:SHOWN] if moves(law)]
if with_moves:
    titles = [law.title for law in with_moves]
    title = st.selectbox("新旧条文对应", titles, key="law-moves")
    table = moves(next(law for law in with_moves if law.title == title))
    widgets.html(f'<p class="soft">{len(table)} 条对应关系</p>')
    widgets.table(["原条文", "现条文", "说明"], table[:400])
