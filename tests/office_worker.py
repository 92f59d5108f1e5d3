"""A process for the kill tests: works without end and acknowledges each piece on stdout. Not a test module."""

from __future__ import annotations

import sys
from pathlib import Path

import office_desk as own

from reviewer.office import accounts, matters, moving, reviewing
from reviewer.office.desk import Office, open_office


def uploads(office: Office) -> None:
    """Create, upload 3 MB, acknowledge: file id and hash."""
    user = accounts.find_user(office.store, "apply")
    matter = matters.create(office, user, matters.NewMatter("合同", own.Line.CONTRACT, user.unit_id or 0))
    n = 0
    while True:
        n += 1
        chunks = (f"{n:06d}".encode() * 2730 for _ in range(192))
        file_id = matters.upload(office, user, matter.id, "letter", f"送审函{n}.bin", chunks)
        print(file_id, flush=True)


def moves(office: Office) -> None:
    """Pause and resume one matter for ever; acknowledge the version reached."""
    user = accounts.find_user(office.store, "handle")
    (matter_id,) = _ids(office, "reviewing")
    while True:
        matter = matters.view(office, user, matter_id).matter
        key = "resume" if matter.state == "paused" else "pause"
        moved = moving.move(office, user, matter_id, key, matter.version, moving.MoveForm("理由"))
        print(moved.version, flush=True)


def reviews(office: Office) -> None:
    """Run whatever is queued, then the same again."""
    print("ready", flush=True)
    reviewing.run_queued(office)
    user = accounts.find_user(office.store, "handle")
    (matter_id,) = _ids(office, "reviewing")
    file_id = matters.view(office, user, matter_id).reviews[0].file_id
    while True:
        print(reviewing.review_again(office, user, file_id).id, flush=True)


def _ids(office: Office, state: str) -> list[int]:
    with office.store.reading() as db:
        return [r["id"] for r in db.rows("SELECT id FROM matters WHERE state IN (?, 'paused')", [state])]


if __name__ == "__main__":
    {"uploads": uploads, "moves": moves, "reviews": reviews}[sys.argv[1]](open_office(Path(sys.argv[2])))
