"""@提及: a name (or account) after an @ in a comment or reply → who is meant, told on their desk.

Only people who may see the comment are meant; any other @ stays plain text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from reviewer.office import accounts, roles, telling
from reviewer.office.desk import Office
from reviewer.office.records import Matter, User
from reviewer.office.store import Reading, Writing

_SIGNS = "@＠"
_INSIDE_AN_ADDRESS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
EXCERPT = 200


def any_sign(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def found(text: str, people: Iterable[User]) -> tuple[tuple[str, User], ...]:
    """What is written after each @ and who is meant by it, in the order of the text; a longer name goes first."""
    known: dict[str, list[User]] = {}
    for person in people:
        for written in {person.name, person.account}:
            known.setdefault(written, []).append(person)
    names = sorted(known, key=lambda n: (-len(n), n))
    seen: dict[tuple[str, int], tuple[str, User]] = {}
    for at, sign in enumerate(text):
        if sign not in _SIGNS or (at and text[at - 1] in _INSIDE_AN_ADDRESS):
            continue
        written = next((n for n in names if _stands(text, at + 1, n)), "")
        seen |= {(written, person.id): (written, person) for person in known.get(written, ())}
    return tuple(seen.values())


def _stands(text: str, at: int, name: str) -> bool:
    """Is the name written there, and is it not the beginning of a longer word in Latin letters?"""
    end = at + len(name)
    cut = end < len(text) and name[-1] in _INSIDE_AN_ADDRESS and text[end] in _INSIDE_AN_ADDRESS - frozenset(".-")
    return text.startswith(name, at) and not cut


def note(
    office: Office, db: Writing, actor: User, comment_id: int, matter: Matter, text: str, everybody: Sequence[User],
    shown: frozenset[int], before: str = "",
) -> None:  # fmt: skip
    """Keep who is mentioned in `text` and tell them; `shown` are the ids of those who may see the comment.

    Names are looked for among everybody, so that 张三 is not told where 张三丰 is written. Who was mentioned in the
    words before an edit is not told again.
    """
    already = {person.id for _, person in found(before, everybody)}
    meant = [(written, person) for written, person in found(text, everybody) if person.id in shown]
    for written, person in meant:
        db.run("INSERT OR IGNORE INTO mentions VALUES (?, ?, ?)", [comment_id, person.id, written])
    fresh = {p.id: p for _, p in meant if p.id != actor.id and p.id not in already}
    serial = db.value("SELECT coalesce(max(id), 0) FROM remarks WHERE comment_id = ?", [comment_id])
    telling.message(office, db, fresh.values(), f"mention/{comment_id}/{serial}", matter,
                    f"{actor.name}在意见中提到您", text[:EXCERPT])  # fmt: skip


def of_matter(db: Reading, matter_id: int) -> Mapping[int, tuple[tuple[str, int], ...]]:
    """Comment → what is written after an @ in it, and the id of who is meant."""
    rows = db.rows("SELECT m.* FROM mentions m JOIN comments c ON c.id = m.comment_id WHERE c.matter_id = ?"
                   " ORDER BY m.comment_id, m.written, m.user_id", [matter_id])  # fmt: skip
    together: dict[int, list[tuple[str, int]]] = {}
    for r in rows:
        together.setdefault(r["comment_id"], []).append((r["written"], r["user_id"]))
    return {k: tuple(v) for k, v in together.items()}


def mentionable(db: Reading, viewer: User, matter: Matter) -> tuple[User, ...]:
    """Whom a list offers: to officers everybody who may see the matter, to a unit its own people and the officers.

    Whether they may see a comment is asked again when it is written.
    """
    seeing = [u for u in accounts.users(db) if u.id != viewer.id and roles.may_see(u, matter)]
    if roles.is_staff(viewer):
        return tuple(seeing)
    ours = (matter.handler_id, matter.approver_id)
    return tuple(u for u in seeing if u.id in ours or u.unit_id == matter.unit_id)


def choices(people: Sequence[User]) -> tuple[tuple[str, str], ...]:
    """What to write for each person and how to show it: the name, or the account where two have one name."""
    often = Counter(p.name for p in people)
    return tuple(
        (p.name, p.name) if often[p.name] == 1 else (p.account, f"{p.name}（{p.account}）") for p in people
    )  # fmt: skip
