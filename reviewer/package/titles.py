"""A draft and its 起草说明 → where they name different texts or different organs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reviewer.domain import Draft, Span, fold

_STAGE = re.compile(
    r"\((?:送审|审议|征求意见|报批|讨论|修订|修改|代拟|草拟)?(?:草案|稿|修订稿|修改稿)[^()]{0,8}\)|(?:草案|送审稿|代拟稿)$"
)
_QUOTED = re.compile(r"《([^《》]{4,80})》")
_EXPLAINED = re.compile(r"(?:关于|对)?(.{4,60}?)的?(?:起草|制定|修订|修改|编制)(?:情况)?的?(?:说明|报告)")
_REGION = re.compile(r"^([^省市县区州旗盟]{1,8}(?:省|市|自治区|自治州|自治县|县|区|州|旗|盟))")
_WHOLE = 6  # characters of a title that say enough to be part of a longer one
_HEAD = 3000  # characters of the draft in which the text it puts forward is named


class Difference(NamedTuple):
    """`own` stands in the draft, `other` in the explanation; {file} in the message is the explanation's name."""

    rule: str
    title: str
    own: Span
    other: Span
    message: str
    suggestion: str


def differences(draft: Draft, explanation: Draft) -> Iterator[Difference]:
    """What the explanation says of another text than this draft."""
    own, other = _title_span(draft), _title_span(explanation)
    said = explained(explanation)
    if said and draft.title and not _is_named(said, draft):
        yield Difference(
            "package.title", "送审稿与起草说明的名称不一致", own, other,
            f"送审稿名称为“{draft.title}”，起草说明（{{file}}）说明的是“{said}”",
            "核对起草说明是否对应本文件，统一名称",
        )  # fmt: skip
    regions = [_region(d.issuer) for d in (draft, explanation)]
    if all(regions) and regions[0] != regions[1] and draft.issuer not in explanation.text \
            and not any(r in d.issuer for r, d in zip(regions, (explanation, draft), strict=True)):  # fmt: skip
        yield Difference(
            "package.organ", "送审稿与起草说明的机关不一致", own, other,
            f"送审稿的制定机关是“{draft.issuer}”，起草说明（{{file}}）出自“{explanation.issuer}”",
            "核对制定机关和起草单位，起草说明应当由本文件的起草单位出具",
        )  # fmt: skip


def explained(explanation: Draft) -> str:
    """The name of the text that an explanation is of; empty where its title does not say."""
    title = fold(explanation.title)
    if quoted := _QUOTED.search(title):
        return quoted[1]
    found = _EXPLAINED.match(title)
    return found[1].strip() if found else ""


def _is_named(said: str, draft: Draft) -> bool:
    wanted, own = _key(said), _key(draft.title)
    return wanted in _key(draft.title + draft.text[:_HEAD]) or (len(own) >= _WHOLE and own in wanted)


def _key(name: str) -> str:
    """Letters and digits only, without the stage of a draft (送审稿 …)."""
    return re.sub(r"[\W_]", "", _STAGE.sub("", re.sub(r"\s", "", fold(name))))


def _region(issuer: str) -> str:
    found = _REGION.match(issuer)
    return found[1] if found else ""


def _title_span(draft: Draft) -> Span:
    return draft.parts.title or Span(0, 0)
