"""What kind of paper a contract is: a form, an insurance policy, a supplement, or one paper of several.

Each is found out once for a draft, however many rules want to know.
"""

from __future__ import annotations

from reviewer.domain import Draft, fold
from reviewer.patterns import compiled

UNDER_ANOTHER = (
    r"(?:按|依|遵守|适用|执行)[^。；]{0,16}(?:总|主)(?:合同|协议)(?:的)?(?:规定|约定|条款)?[^。；]{0,4}(?:办理|执行|为准)"
    r"|其[他余它](?:条款|事项|内容|权利义务)[^。；]{0,8}(?:仍|均)?(?:按|依|执行|适用)[^。；]{0,8}原(?:合同|协议)"
)
_NO_CONTRACT = compiled(
    r"申请(?:表|书)|登记表|运单|提单|货票|(?:贷款|托运|出库)凭证|续订书|续签书|招股说明|内容与格式|准则|决议|保险(?:单|条款)|(?:用户|会员|网络)(?:服务)?(?:协议|条款)"
)

_POLICY = compiled(r"本保险单|本保单|除外责任[\s\S]{0,4000}被保险人义务")
"""An insurance policy: its terms are the insurer's, filed with the regulator."""
_SUPPLEMENT = compiled(r"补充(?:协议|合同|条款|协定)")
"""What a supplement does not repeat stands in the contract that it supplements."""
_CONDITIONS = compiled(
    r"(?:^|\n)\s*(?:（?[一二三四五六七八九十\d]{1,2}[）.、])\s*(?:本?合同)?通用(?:合同)?条款\s*(?:及其附件)?\s*[；，。、\n]"
)
"""The general conditions as one of the papers that make up the contract."""
_CONDITIONS_HERE = compiled(r"(?:^|\n)\s*(?:第[一二三四五]部分)?\s*[：]?\s*通用(?:合同)?条款\s*(?:\n|第)")


def no_contract(draft: Draft) -> bool:
    """Is it a form, a decision or an insurance policy rather than a contract?"""
    return draft.once("is no contract", lambda: bool(
        _NO_CONTRACT.search(fold(draft.title)) or ("保" in draft.folded and _POLICY.search(draft.folded))
    ))  # fmt: skip


def is_supplement(draft: Draft) -> bool:
    return draft.once("is a supplement", lambda: _SUPPLEMENT.search(fold(draft.title)) is not None)


def conditions_elsewhere(draft: Draft) -> bool:
    """Is the text only the agreement of a contract whose general conditions are a paper of their own?"""
    text = draft.folded
    return draft.once("has its conditions elsewhere", lambda: bool(
        "通用" in text and _CONDITIONS.search(text) and not _CONDITIONS_HERE.search(text)
    ))  # fmt: skip
