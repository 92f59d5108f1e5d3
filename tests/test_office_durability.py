"""What was acknowledged stays: kill -9, full disk, locked or broken database, two at once, backup, the log."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import office_desk as own
import pytest

from reviewer.errors import ReviewerError, UsageError
from reviewer.office import audit, backup, matters, moving, reviewing
from reviewer.office import store as stores
from reviewer.office.desk import Office, open_office
from reviewer.office.files import Files
from reviewer.office.records import ConflictError, StoreError

HERE = Path(__file__).parent


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path / "data")


# ------------------------------------------------------------------ kill -9

def killed_after(work: str, folder: Path, acknowledgements: int, delay: float = 0.0) -> list[str]:
    """Run a worker, kill it -9 some time after so many acknowledgements; every acknowledgement it gave."""
    worker = subprocess.Popen([sys.executable, str(HERE / "office_worker.py"), work, str(folder)], text=True,
                              stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(HERE.parent)})  # fmt: skip
    assert worker.stdout is not None
    said = [worker.stdout.readline().strip() for _ in range(acknowledgements)]
    time.sleep(delay)
    worker.send_signal(signal.SIGKILL)
    rest, _ = worker.communicate(timeout=30)
    return [*said, *rest.split()]


def assert_whole(office: Office) -> None:
    """No half-done move, no entry without its file, no act without its log entry."""
    with office.store.reading() as db:
        for row in db.rows("SELECT * FROM matters"):
            steps = db.rows("SELECT * FROM history WHERE matter_id = ? ORDER BY id", [row["id"]])
            assert row["version"] == 1 + len(steps)
            assert row["state"] == (steps[-1]["target"] if steps else "draft")
            standing = db.value("SELECT count(*) FROM stops WHERE matter_id = ? AND resumed IS NULL", [row["id"]])
            assert standing == (1 if row["state"] in ("paused", "expert", "supplementing") else 0)
        for file in db.rows("SELECT DISTINCT sha256 FROM files"):
            assert office.files.intact(file["sha256"])
        verdict = audit.verify(db)
        assert verdict.broken is None
        moves = db.value("SELECT count(*) FROM audit WHERE action IN ('暂停', '恢复办理')")
        assert moves == db.value("SELECT count(*) FROM history WHERE move IN ('pause', 'resume')")


@pytest.mark.parametrize("delay", [0.0, 0.007])
def test_a_killed_upload_loses_nothing_acknowledged_and_leaves_no_torn_file(desk: own.Desk, delay: float) -> None:
    acknowledged = killed_after("uploads", desk.office.folder, 4, delay)
    office = open_office(desk.office.folder)
    with office.store.reading() as db:
        kept = {str(r["id"]) for r in db.rows("SELECT id FROM files")}
    assert len(acknowledged) >= 4 and set(acknowledged) <= kept
    assert_whole(office)
    office.files.sweep()
    assert list(office.files.folder.glob(".part-*")) == []


@pytest.mark.parametrize("delay", [0.0, 0.011])
def test_a_killed_move_is_made_as_a_whole_or_not_at_all(desk: own.Desk, delay: float) -> None:
    matter = own.at(desk, "reviewing")
    acknowledged = killed_after("moves", desk.office.folder, 6, delay)
    office = open_office(desk.office.folder)
    now = matters.view(office, desk.handler, matter.id).matter
    assert now.version >= int(acknowledged[-1]) >= matter.version + 6
    assert_whole(office)


def test_an_interrupted_review_is_run_again_at_the_next_start(desk: own.Desk) -> None:
    matter = own.at(desk, "reviewing")
    with desk.office.store.writing() as db:
        db.run("UPDATE reviews SET status = 'running'")  # as a killed server leaves it
    assert reviewing.run_queued(desk.office) == 0
    assert reviewing.requeue_interrupted(desk.office) == 1
    assert reviewing.run_queued(desk.office) == 1
    (done,) = matters.view(desk.office, desk.handler, matter.id).reviews
    assert done.status == "done" and done.score is not None


def test_a_killed_review_leaves_whole_results_only(desk: own.Desk) -> None:
    own.at(desk, "reviewing")
    acknowledged = killed_after("reviews", desk.office.folder, 3, 0.02)[1:]
    office = open_office(desk.office.folder)
    reviewing.requeue_interrupted(office)
    reviewing.run_queued(office)
    with office.store.reading() as db:
        rows = db.rows("SELECT * FROM reviews")
        counts = {db.value("SELECT count(*) FROM findings WHERE review_id = ?", [r["id"]]) for r in rows}
    assert {r["status"] for r in rows} == {"done"} and len(counts) == 1
    assert set(acknowledged) <= {str(r["id"]) for r in rows}


# ------------------------------------------------------------------ 两人同时

def test_of_many_officers_moving_the_same_matter_at_once_one_wins_and_the_others_are_told(desk: own.Desk) -> None:
    matter = own.at(desk, "submitted")
    results: list[str] = []
    start = threading.Barrier(6)

    def try_it() -> None:
        start.wait()
        try:
            moving.move(desk.office, desk.handler, matter.id, "accept", matter.version)
            results.append("moved")
        except ConflictError as error:
            results.append(str(error))

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("moved") == 1
    assert all("已受理" in said for said in results if said != "moved")
    assert_whole(desk.office)


def test_a_database_that_stays_locked_is_said_and_nothing_is_half_kept(
    desk: own.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = own.at(desk, "submitted")
    monkeypatch.setattr(stores, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(desk.office.store.path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="正被其他操作占用"):
            own.go(desk, matter, "accept")
    finally:
        other.close()
    assert own.go(desk, matter, "accept").state == "accepted"


# ------------------------------------------------------------------ 磁盘满、文件坏

def test_a_full_disk_is_said_and_the_upload_leaves_nothing(desk: own.Desk) -> None:
    matter = own.draft(desk)
    before = matters.view(desk.office, desk.applicant, matter.id).files
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(StoreError, match="磁盘空间不足"):
            matters.upload(desk.office, desk.applicant, matter.id, "letter", "大.bin", [b"x" * (1 << 19)] * 4)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert matters.view(desk.office, desk.applicant, matter.id).files == before
    assert list(desk.office.files.folder.glob(".part-*")) == []


def test_a_full_database_is_said_and_the_move_is_rolled_back(desk: own.Desk) -> None:
    with pytest.raises(StoreError, match="磁盘空间不足"), desk.office.store.writing() as db:
        db.run("PRAGMA max_page_count = 10")
        db.insert_all("units", [{"name": f"{i}" + "x" * 4000} for i in range(100)])
    with desk.office.store.reading() as reading:
        assert reading.value("SELECT count(*) FROM units") == 2


def test_a_broken_database_is_said_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "office.db").write_bytes(b"this is not a database at all" * 200)
    with pytest.raises(StoreError, match="reviewer restore"):
        open_office(tmp_path)


def test_a_file_that_cannot_be_read_is_a_sentence_with_the_matter_and_not_an_error(desk: own.Desk) -> None:
    matter = own.draft(desk)
    matters.upload(desk.office, desk.applicant, matter.id, "text", "坏.docx", [b"PK\x03\x04 broken"])
    reviewing.run_queued(desk.office)
    last = matters.view(desk.office, desk.applicant, matter.id).reviews[0]
    assert last.status == "failed" and last.error.startswith("坏.docx")


@pytest.mark.parametrize(("size", "said"), [(0, "空的"), ((1 << 20) + 1, "上限")])
def test_empty_and_oversized_files_are_refused_while_they_stream(tmp_path: Path, size: int, said: str) -> None:
    files = Files(tmp_path / "files")
    with pytest.raises(UsageError, match=said):
        files.keep([b"x" * size] if size else [], limit=1 << 20, name="合同.docx")
    assert [p for p in files.folder.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(("given", "kept"), [
    ("../../etc/passwd", "passwd"), ("C:\\合同\\a.docx", "a.docx"), ("<b>x</b>.txt", "b.txt"), ("\x00\n", "未命名"),
    (".hidden.txt", "hidden.txt"), ("长" * 300 + ".docx", "长" * 66 + ".docx"),
])  # fmt: skip
def test_file_names_lose_what_could_do_harm(given: str, kept: str) -> None:
    assert matters.file_name(given) == kept


# ------------------------------------------------------------------ 日志

def test_one_changed_byte_in_the_log_is_found(desk: own.Desk) -> None:
    own.at(desk, "issued")
    with desk.office.store.reading() as db:
        verdict = audit.verify(db)
        assert verdict.broken is None
        row = db.one("SELECT * FROM audit WHERE action = '签发'")
    assert row is not None
    raw = sqlite3.connect(desk.office.store.path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    content = bytearray(desk.office.store.path.read_bytes())
    place = content.find(row["detail"].encode())
    assert place > 0
    content[place + 5] ^= 1
    desk.office.store.path.write_bytes(content)
    with desk.office.store.reading() as db:
        broken = audit.verify(db)
    assert (broken.broken, broken.entries) == (row["seq"], row["seq"] - 1)


@pytest.mark.parametrize("sql", ["UPDATE audit SET actor = 'x' WHERE seq = 2", "DELETE FROM audit WHERE seq = 2"])
def test_the_log_refuses_to_be_changed_and_notices_when_it_was_forced(desk: own.Desk, sql: str) -> None:
    raw = sqlite3.connect(desk.office.store.path)
    with pytest.raises(sqlite3.IntegrityError, match="only appended"):
        raw.execute(sql)
    raw.executescript("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_deleted")
    raw.execute(sql)
    raw.commit()
    raw.close()
    with desk.office.store.reading() as db:
        assert audit.verify(db).broken == 2


def test_a_cut_off_end_is_found_by_a_head_that_was_noted(desk: own.Desk) -> None:
    with desk.office.store.reading() as db:
        head = audit.verify(db).head
    raw = sqlite3.connect(desk.office.store.path)
    raw.execute("DROP TRIGGER audit_is_not_deleted")
    raw.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    raw.commit()
    raw.close()
    with desk.office.store.reading() as db:
        assert audit.verify(db).broken is None
        assert audit.verify(db, head).broken is not None


# ------------------------------------------------------------------ 备份

def test_a_backup_restores_everything_and_the_office_goes_on(desk: own.Desk, tmp_path: Path) -> None:
    matter = own.at(desk, "issued")
    reviewing.run_queued(desk.office)
    whole = matters.view(desk.office, desk.handler, matter.id)
    report = backup.back_up(desk.office, tmp_path / "copies")
    assert report.matters == 1 and report.files == len({f.sha256 for f in whole.files}) + 1  # and the review's report
    restored, aside = backup.restore(report.path, tmp_path / "elsewhere")
    office = open_office(tmp_path / "elsewhere")
    assert aside is None and restored.log_head == report.log_head
    assert matters.view(office, desk.handler, matter.id) == whole
    for file in whole.files:
        assert office.files.path(file.sha256).read_bytes() == desk.office.files.path(file.sha256).read_bytes()
    archived = moving.move(office, desk.handler, matter.id, "archive", whole.matter.version)
    assert archived.state == "archived"
    assert_whole(office)


def test_a_backup_taken_during_work_is_consistent(desk: own.Desk, tmp_path: Path) -> None:
    worker = subprocess.Popen([sys.executable, str(HERE / "office_worker.py"), "uploads", str(desk.office.folder)],
                              stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(HERE.parent)})  # fmt: skip
    assert worker.stdout is not None
    worker.stdout.readline()
    try:
        report = backup.back_up(desk.office, tmp_path / "copies")
    finally:
        worker.kill()
        worker.communicate()
    backup.restore(report.path, tmp_path / "elsewhere")
    assert_whole(open_office(tmp_path / "elsewhere"))


def test_a_backup_with_one_changed_byte_is_refused(desk: own.Desk, tmp_path: Path) -> None:
    own.at(desk, "submitted")
    report = backup.back_up(desk.office, tmp_path / "copies")
    content = bytearray(report.path.read_bytes())
    content[content.find("见附页".encode())] ^= 1
    report.path.write_bytes(content)
    with pytest.raises(StoreError, match="使用其他备份"):
        backup.restore(report.path, tmp_path / "elsewhere")
    assert not (tmp_path / "elsewhere").exists()


def test_a_restore_never_overwrites_silently_and_keeps_what_was_there(desk: own.Desk, tmp_path: Path) -> None:
    report = backup.back_up(desk.office, tmp_path / "copies")
    own.at(desk, "submitted")
    with pytest.raises(UsageError, match="--replace"):
        backup.restore(report.path, desk.office.folder)
    _, aside = backup.restore(report.path, desk.office.folder, replace=True)
    assert aside is not None
    with open_office(desk.office.folder).store.reading() as db:
        assert db.value("SELECT count(*) FROM matters") == 0
    with open_office(aside).store.reading() as db:
        assert db.value("SELECT count(*) FROM matters") == 1


def test_a_backup_cannot_write_outside_of_the_data_folder(desk: own.Desk, tmp_path: Path) -> None:
    report = backup.back_up(desk.office, tmp_path / "copies")
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(report.path) as old, zipfile.ZipFile(evil, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in manifest["files"]:
            new.writestr(name, old.read(name))
        new.writestr("../outside.txt", b"x")
        manifest["files"]["../outside.txt"] = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        new.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(StoreError, match="越出"):
        backup.restore(evil, tmp_path / "elsewhere")
    assert not (tmp_path / "outside.txt").exists()


def test_what_is_not_a_backup_is_told(tmp_path: Path) -> None:
    wrong = tmp_path / "合同.zip"
    wrong.write_bytes(b"PK nothing")
    with pytest.raises(ReviewerError, match="不是完整的备份"):
        backup.check(wrong)
    with pytest.raises(ReviewerError, match="找不到"):
        backup.check(tmp_path / "none.zip")
