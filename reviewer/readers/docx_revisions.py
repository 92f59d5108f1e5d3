"""A part of a .docx ⇄ the same part with its tracked changes the other way round: what was inserted becomes deleted.

The text before the changes is then read as any other, as if those of the inverted tree were accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewer.readers.docx_text import W

if TYPE_CHECKING:
    from lxml import etree

_PAIRS = (("ins", "del"), ("moveTo", "moveFrom"), ("cellIns", "cellDel"))
_OTHER_WAY = {W + a: W + b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_CHANGE, _FORMATTING = W + "pPrChange", W + "pPr"
_STAYS = frozenset((W + "rPr", W + "sectPr", _CHANGE))  # no part of the recorded formatting


def invert(root: etree._Element) -> None:
    """Turn round, in place, insertions, deletions, moves and the formatting of paragraphs; twice is as before."""
    for element in list(root.iter(*_OTHER_WAY)):
        element.tag = _OTHER_WAY[element.tag]
    for change in list(root.iter(_CHANGE)):
        now, before = change.getparent(), change.find(_FORMATTING)
        if now is None or before is None:
            continue
        older = list(before)
        before.extend([item for item in now if item.tag not in _STAYS])
        for place, item in enumerate(older):
            now.insert(place, item)


def mark_is_deleted(properties: etree._Element | None) -> bool:
    """Whether a w:pPr says that its paragraph mark is a tracked deletion: the next paragraph goes on with this one."""
    if properties is None:
        return False
    return properties.find(f"{W}rPr/{W}del") is not None or properties.find(f"{W}rPr/{W}moveFrom") is not None
