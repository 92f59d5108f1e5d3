"""Names of the parties, read as one: what is learnt of a seller then holds for a lessor.

normalised text → the same with every 甲方, 出租人, 供应商 as one letter; and its letters, of which a name is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIDES = (
    "被转让 甲乙双 买卖双 供需双 合同双 当事人双 甲、乙双 被许可 委托 受托 发包 承包 出租 "
    "承租 出让 受让 转让 定作 承揽 借款 贷款 托运 承运 存货 保管 供电 用电 供水 用水 "
    "供气 用气 许可 建设 施工 承建 监理 勘察 设计 加工 受聘 采购 供应 服务 咨询 研究开发 "
    "开发 顾问 供货 订货 代理 发货 收货 送货 承修 托修 著作权 出版 广告 物业 运营 使用 "
    "分包 总包 养殖 种植 收购 预约 承约 赠与 受赠 出借 借用 承办 主办 演出 培训 合作 "
    "投标 招标 中标 发起 买受 买 卖 供 需 甲 乙 丙 丁 聘 雇 购 销"
)
_PERSONS = (
    "出卖 买受 委托 受托 定作 承揽 发包 承包 出租 承租 出让 受让 转让 借款 贷款 托运 "
    "承运 存货 保管 寄存 被许可 许可 供用电 供电 用电 租船 供应 采购 雇佣 受雇 分包 总包 "
    "销售 购买 购货 供货 招标 投标 中标 建设 勘察 设计 施工 监理 发货"
)
_OTHERS = (
    "双方当事人 船东 船舶所有人 业主 承包商 分包商 合营公司 合营企业 本公司 雇主 雇员 "
    "采购单位 供应商 承包单位 发包单位 施工单位 建设单位 监理单位 设计单位 订户 用户 用地者 "
    "建造方"
)
_NAMES = frozenset([*(f"{w}方" for w in _SIDES.split()), *(f"{w}人" for w in _PERSONS.split()), *_OTHERS.split()])
_LAST = re.compile(f"[{''.join(sorted({name[-1] for name in _NAMES}))}]")
_LONGEST_NAME = max(map(len, _NAMES))
_OTHER_WORD = {"方": "式法案面便针", "人": "员"}  # 使用方式, 设计人员 are no parties
ANYONE = "甲"


def _parties(text: str) -> Iterator[tuple[int, int]]:
    """Where a normalised text names a party. (One pattern of all names would take longer to compile than to load.)"""
    done = 0
    for last in _LAST.finditer(text):
        end = last.end()
        if end < len(text) and text[end] in _OTHER_WORD.get(last[0], ""):
            continue
        for start in range(max(done, end - _LONGEST_NAME), end - 1):
            if text[start:end] in _NAMES:
                yield start, end
                done = end
                break


def as_read(text: str) -> str:
    """A normalised text with every name of a party read as the same one."""
    pieces, at = "", 0
    for start, end in _parties(text):
        pieces += text[at:start] + ANYONE
        at = end
    return pieces + text[at:]


def letters_of(text: str) -> list[str]:
    """The characters of a normalised text, the name of a party as one of them."""
    found: list[str] = []
    at = 0
    for start, end in _parties(text):
        found += [*text[at:start], text[start:end]]
        at = end
    return [*found, *text[at:]]
