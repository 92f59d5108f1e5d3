"""Texts → groups of nearly the same text (同一文件的不同版本): min-hash signatures, banded, in time linear in texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHINGLE = 5  # characters, spaces left out
SLOTS = 128  # numbers of a signature, 16 bits each
BANDS, ROWS = 25, 5  # two texts of which 80 % is shared meet in some band with a probability of 0.9999
LEAST_SHINGLES = 60  # shorter texts have no signature
ALIKE = 0.8  # share of common shingles from which texts count as versions of each other
_EMPTY = 0xFFFF


def signature(text: str) -> bytes:
    """256 bytes that tell how much of two texts is the same; empty for a text that is too short."""
    import numpy as np

    codes = np.frombuffer("".join(text.split()).encode("utf-32-le", "replace"), dtype="<u4").astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    if count < LEAST_SHINGLES:
        return b""
    hashed = np.zeros(count, dtype=np.uint64)
    for i in range(SHINGLE):
        hashed = hashed * np.uint64(0x100000001B3) + codes[i : i + count]
    hashed ^= hashed >> np.uint64(30)
    hashed *= np.uint64(0xBF58476D1CE4E5B9)
    hashed ^= hashed >> np.uint64(27)
    hashed *= np.uint64(0x94D049BB133111EB)
    hashed ^= hashed >> np.uint64(31)
    lowest = np.full(SLOTS, _EMPTY, dtype=np.uint16)
    values = np.minimum(hashed >> np.uint64(48), np.uint64(_EMPTY - 1)).astype(np.uint16)
    np.minimum.at(lowest, (hashed & np.uint64(SLOTS - 1)).astype(np.intp), values)
    return lowest.astype("<u2").tobytes()


def groups(signatures: Sequence[bytes]) -> list[list[tuple[int, float]]]:
    """Groups of two and more texts by index, each with how much it shares with the first of its group.

    Texts that share a band are compared with the first of them only, so the work grows with the number of texts.
    """
    import numpy as np

    index = np.array([i for i, s in enumerate(signatures) if s], dtype=np.intp)
    if len(index) < 2:
        return []
    table = np.frombuffer(b"".join(s for s in signatures if s), dtype="<u2").reshape(-1, SLOTS)
    leader = np.arange(len(index))
    for band in range(BANDS):
        _join(table, band * ROWS, leader)
    members: dict[int, list[int]] = {}
    for i in range(len(index)):
        members.setdefault(_root(leader, i), []).append(i)
    found = []
    for same in members.values():
        if len(same) > 1:
            shares = likeness(table[same[0]], table[same])
            found.append([(int(index[i]), round(float(s), 2)) for i, s in zip(same, shares, strict=True)])
    return found


def likeness(one: NDArray[np.uint16], many: NDArray[np.uint16]) -> NDArray[np.float64]:
    """The share of common shingles of a text and each of several, as their signatures estimate it."""
    import numpy as np

    filled = (one != _EMPTY) | (many != _EMPTY)
    equal: NDArray[np.float64] = ((one == many) & filled).sum(axis=1) / np.maximum(filled.sum(axis=1), 1)
    return equal


def _join(table: NDArray[np.uint16], start: int, leader: NDArray[np.intp]) -> None:
    """Put texts that agree in one band under the first of them, where enough of the whole is the same."""
    import numpy as np

    keys = np.zeros(len(table), dtype=np.uint64)
    for column in range(start, start + ROWS):
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + table[:, column] + np.uint64(1)
    order = np.argsort(keys, kind="stable")
    new = np.concatenate(([True], keys[order][1:] != keys[order][:-1]))
    first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    others = order[~new], first[~new]
    for at in range(0, len(others[0]), 100_000):  # compare in slices: memory stays small
        mine, theirs = others[0][at : at + 100_000], others[1][at : at + 100_000]
        filled = (table[mine] != _EMPTY) | (table[theirs] != _EMPTY)
        shared = ((table[mine] == table[theirs]) & filled).sum(axis=1)
        alike = shared >= ALIKE * np.maximum(filled.sum(axis=1), 1)
        for a, b in zip(mine[alike].tolist(), theirs[alike].tolist(), strict=True):
            low, high = sorted((_root(leader, a), _root(leader, b)))
            leader[high] = low


def _root(leader: NDArray[np.intp], i: int) -> int:
    while leader[i] != i:
        leader[i] = leader[leader[i]]
        i = int(leader[i])
    return i
