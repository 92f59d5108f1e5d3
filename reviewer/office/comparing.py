"""Two versions of a matter's text, clause by clause, with the changed words: what moved, came, went or was reworded."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.errors import UsageError
from reviewer.office import roles, rows
from reviewer.office.alignment import Version, align
from reviewer.office.carrying import pieces
from reviewer.office.desk import Office
from reviewer.office.records import User
from reviewer.office.sheet import text_versions
from reviewer.office.texts import text_of

Runs = tuple[tuple[bool, str], ...]  # changed?, words


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph that is not the same: `kind` is changed, added, removed or moved."""

    kind: str
    before: Runs
    after: Runs


@dataclass(frozen=True)
class Comparison:
    rows: tuple[Difference, ...]

    def _count(self, kind: str) -> int:
        return sum(r.kind == kind for r in self.rows)

    @property
    def changed(self) -> int:
        return self._count("changed")

    @property
    def added(self) -> int:
        return self._count("added")

    @property
    def removed(self) -> int:
        return self._count("removed")

    @property
    def moved(self) -> int:
        return self._count("moved")


def compare(office: Office, actor: User, matter_id: int, old_file: int, new_file: int) -> Comparison:
    """The differences of two versions of the reviewed text."""
    with office.store.reading() as db:
        matter = rows.get_matter(db, matter_id)
        roles.require_on(actor, "view", matter)
        versions = {v.id: v for v in text_versions(office, db, matter)}
    if old_file not in versions or new_file not in versions:
        raise UsageError("没有这个版本，请刷新页面")
    old, new = (text_of(office, versions[i], matter.line).version for i in (old_file, new_file))
    return differences(old, new)


def differences(old: Version, new: Version) -> Comparison:
    """In the order of the new text; what was removed stands where it was."""
    pairs = align(old, new).pairs
    back = {j: i for i, j in pairs.items()}
    in_order = _longest_rising([pairs[i] for i in sorted(pairs)])
    found: list[Difference] = []
    next_old = 0
    for j, unit in enumerate(new.units):
        i = back.get(j)
        if i is not None and j in in_order:
            found += [_removed(old, k) for k in range(next_old, i) if k not in pairs]
            next_old = i + 1
        words = unit.span.of(new.text)
        if i is None:
            found.append(Difference("added", (), ((True, words),)))
        elif old.keys[i] != new.keys[j]:
            found.append(_changed(old.units[i].span.of(old.text), words))
        elif j not in in_order:
            found.append(Difference("moved", ((False, old.units[i].span.of(old.text)),), ((False, words),)))
    found += [_removed(old, k) for k in range(next_old, len(old.units)) if k not in pairs]
    return Comparison(tuple(found))


def _removed(old: Version, i: int) -> Difference:
    return Difference("removed", ((True, old.units[i].span.of(old.text)),), ())


def _changed(before: str, after: str) -> Difference:
    runs = pieces(before, after)
    return Difference(
        "changed", tuple((not p.equal, p.old.of(before)) for p in runs if len(p.old)),
        tuple((not p.equal, p.new.of(after)) for p in runs if len(p.new)),
    )  # fmt: skip


def _longest_rising(values: list[int]) -> set[int]:
    """The most paragraphs that are still in their old order; the others were moved."""
    from bisect import bisect_left

    tails: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for n, value in enumerate(values):
        k = bisect_left(tails, value)
        before.append(at[k - 1] if k else -1)
        if k == len(tails):
            tails.append(value)
            at.append(n)
        else:
            tails[k], at[k] = value, n
    chosen, n = set(), at[-1] if at else -1
    while n >= 0:
        chosen.add(values[n])
        n = before[n]
    return chosen
