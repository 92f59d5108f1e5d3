"""Batch jobs asked for in the office: real uploads, a real process for each, cancelled, interrupted, gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import batch_folder
import office_desk as own
import pytest

from reviewer.batch import outputs
from reviewer.batch.run import ANNOTATED
from reviewer.batch_jobs import intake, outcome, requests, runner
from reviewer.batch_jobs.records import FOLDER, Job, JobStatus, NewJob, UnknownJobError, result_folder
from reviewer.domain import Line
from reviewer.errors import UsageError
from reviewer.office import audit, rule_decisions
from reviewer.office.desk import Office
from reviewer.office.records import ConflictError, ForbiddenError
from reviewer.office.settings import Settings
from reviewer.office_rules import Decision

MEASURE = "\n".join(batch_folder.MEASURE).encode()
PATIENCE = 180.0  # seconds; a job gives way to everything else on a busy machine
MANY = 160


def zipped(folder: Path) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return out.getvalue()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive of contracts that all differ: some seconds of work."""
    folder = tmp_path_factory.mktemp("many")
    for n in range(MANY):
        batch_folder.contract(folder / f"单位{n % 3}" / f"合同{n}.docx", f"平台{n}号", n % 28 + 1)
    return zipped(folder)


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path / "data")


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[own.Desk, Job]:
    """A finished job over an archive and a file, with annotated copies."""
    folder = tmp_path_factory.mktemp("done")
    desk = own.open_desk(folder / "data")
    batch_folder.contract(folder / "年度" / "水务局" / "运维合同.docx", "智慧水务", 3)
    batch_folder.contract(folder / "年度" / "教体局" / "课后服务合同.docx", "课后托管", 5)
    (folder / "年度" / "坏.zip").write_bytes(b"PK\x03\x04 cut off")
    files = [("年度.zip", [zipped(folder / "年度")]), ("养犬.txt", [MEASURE]), ("养犬.txt", [MEASURE + b"2"]),
             ("残缺.zip", [b"PK\x03\x04 cut off"])]  # fmt: skip
    job = requests.start(desk.office, desk.handler, NewJob("年度体检", annotate=True), files)
    assert runner.run_next(desk.office, threading.Event()) is not None
    return desk, requests.get_job(desk.office, desk.handler, job.id)


def at_work(office: Office) -> tuple[threading.Thread, threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=runner.work, args=(office, stop))
    thread.start()
    return thread, stop


@pytest.fixture
def working(desk: own.Desk) -> Iterator[own.Desk]:
    thread, stop = at_work(desk.office)
    yield desk
    stop.set()
    thread.join(PATIENCE)


def when(desk: own.Desk, job_id: int, what: Callable[[Job], bool]) -> Job:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        job = requests.get_job(desk.office, desk.handler, job_id)
        if what(job):
            return job
        assert job.active, job
        time.sleep(0.1)
    raise AssertionError(f"waited in vain: {job}")


def under_way(job: Job) -> bool:
    return job.stage == "审查" and job.done > 0


def log(desk: own.Desk) -> list[tuple[str, str, str]]:
    with desk.office.store.reading() as db:
        assert audit.verify(db).broken is None
        return [(e.actor, e.action, e.target) for e in reversed(audit.entries(db, words="批量评分"))]


# ---------------------------------------------------------------- 结果


def test_a_job_reviews_every_file_and_names_those_it_could_not_open(done: tuple[own.Desk, Job]) -> None:
    desk, job = done
    # 坏.zip inside the archive is a document that cannot be read, 残缺.zip not even that
    assert (job.status, job.files, job.unread, job.done, job.total) == (JobStatus.DONE, 6, 2, 5, 5)
    found = outcome.outcome(desk.office, desk.handler, job.id)
    assert {f.place for f in found.failures} == {"年度.zip!/坏.zip", "残缺.zip"}
    assert "压缩包无法打开" in next(f.reason for f in found.failures if f.place == "残缺.zip")
    places = [d.place for d in found.listed]
    assert set(places) == {"年度.zip!/水务局/运维合同.docx", "年度.zip!/教体局/课后服务合同.docx", "养犬.txt",
                           "养犬 (2).txt"}  # fmt: skip
    scores = [d.score for d in found.listed]
    assert None not in scores and scores == sorted(scores, key=lambda s: s or 0) and scores[0] != scores[-1]
    worst = found.listed[0]
    assert worst.top[0][0] == "illegal" and "罚款" in worst.top[0][1] and len(worst.top) <= 3
    assert log(desk) == [("handle", "开始批量评分", str(job.id)), ("系统", "批量评分结束", str(job.id))]


def test_the_reports_speak_of_the_job_by_its_name(done: tuple[own.Desk, Job]) -> None:
    desk, job = done
    found = outcome.outcome(desk.office, desk.handler, job.id)
    assert found.figures.about["文件夹"] == "年度体检"


def test_everything_that_a_batch_writes_can_be_fetched(done: tuple[own.Desk, Job]) -> None:
    desk, job = done
    names = {name: outcome.file_of(desk.office, desk.handler, job.id, name)[1].name
             for name in outcome.downloads(job) if name != outcome.COPIES}  # fmt: skip
    assert set(names.values()) == set(outputs.NAMES)
    called, pieces = outcome.copies_of(desk.office, desk.handler, job.id)
    assert called == "年度体检.批注稿.zip"
    with zipfile.ZipFile(BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        kept = {p.relative_to(result_folder(desk.office, job) / ANNOTATED).as_posix()
                for p in (result_folder(desk.office, job) / ANNOTATED).rglob("*.docx")}  # fmt: skip
        assert set(archive.namelist()) == kept and len(kept) == 2


@pytest.mark.parametrize("name", [
    "", ".work/state.sqlite", "../job.log", "../../../office.db", "reports/../results.sqlite", "/etc/passwd",
    "reports/ab/0123456789abcdef.html", "annotated/年度.zip/水务局/运维合同.docx", "体检报告.docx/..",
])  # fmt: skip
def test_nothing_but_results_can_be_fetched(done: tuple[own.Desk, Job], name: str) -> None:
    desk, job = done
    with pytest.raises(UnknownJobError, match="没有这个文件"):
        outcome.file_of(desk.office, desk.handler, job.id, name)


def test_results_survive_a_new_start_of_the_server(done: tuple[own.Desk, Job]) -> None:
    desk, job = done
    stray = desk.office.folder / FOLDER / "0123456789abcdef"
    (stray / "files").mkdir(parents=True)
    assert runner.recover(desk.office) == 0
    assert requests.get_job(desk.office, desk.handler, job.id).status == JobStatus.DONE
    assert outcome.outcome(desk.office, desk.handler, job.id).figures.files == 6
    assert not stray.exists()  # an upload that was cut off


# ---------------------------------------------------------------- 排队、取消、中断、继续


def test_two_jobs_queue_and_one_runs_at_a_time_at_low_priority(working: own.Desk, many: bytes) -> None:
    office = working.office
    first = requests.start(office, working.handler, NewJob(line=Line.CONTRACT), [("多份.zip", [many])])
    second = requests.start(office, working.approver, NewJob(), [("养犬.txt", [MEASURE])])
    when(working, first.id, lambda job: job.stage not in ("", "准备"))
    waiting = requests.get_job(office, working.handler, second.id)
    assert (waiting.status, waiting.ahead) == (JobStatus.QUEUED, 1)
    assert niceness() == {10}
    both = [when(working, job.id, lambda job: not job.active) for job in (second, first)]
    assert [job.status for job in both] == [JobStatus.DONE, JobStatus.DONE]
    assert both[0].started_at >= both[1].ended_at


def niceness() -> set[int]:
    """Of the processes that this one started for jobs, and those that they started."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if b"reviewer.batch_jobs" in command and parent == os.getpid():
            children = (folder / "task" / folder.name / "children").read_text().split()
            found |= {os.getpriority(os.PRIO_PROCESS, int(pid)) for pid in (folder.name, *children)}
    return found


def test_a_cancelled_job_keeps_what_is_done_and_goes_on_later(working: own.Desk, many: bytes) -> None:
    office = working.office
    job = requests.start(office, working.handler, NewJob(), [("多份.zip", [many])])
    when(working, job.id, under_way)
    assert requests.cancel(office, working.handler, job.id).status == JobStatus.CANCELLING
    stopped = when(working, job.id, lambda job: not job.active)
    output = result_folder(office, stopped)
    kept = batch_folder.stored(output)
    assert stopped.status == JobStatus.CANCELLED and 0 < kept < MANY
    with pytest.raises(UsageError, match="还没有完成"):
        outcome.outcome(office, working.handler, job.id)
    requests.go_on(office, working.approver, job.id)
    again = when(working, job.id, lambda job: not job.active)
    assert (again.status, again.files, again.unread) == (JobStatus.DONE, MANY, 0)
    with pytest.raises(ConflictError, match="已经结束"):
        requests.cancel(office, working.handler, job.id)
    requests.remove(office, working.handler, job.id)
    assert not output.exists()
    assert [action for _, action, _ in log(working)] == [
        "开始批量评分", "取消批量评分", "批量评分结束", "继续批量评分", "批量评分结束", "删除批量评分",
    ]  # fmt: skip


def test_a_job_that_still_waits_is_cancelled_at_once(desk: own.Desk) -> None:
    job = requests.start(desk.office, desk.handler, NewJob(), [("养犬.txt", [MEASURE])])
    assert requests.cancel(desk.office, desk.handler, job.id).status == JobStatus.CANCELLED
    assert runner.run_next(desk.office, threading.Event()) is None


SERVER = """
import sys, threading
from pathlib import Path
from reviewer.batch_jobs import runner
from reviewer.office.desk import open_office
runner.run_next(open_office(Path(sys.argv[1])), threading.Event())
"""


def test_a_server_that_is_killed_takes_the_job_with_it_and_the_next_goes_on(desk: own.Desk, many: bytes) -> None:
    job = requests.start(desk.office, desk.handler, NewJob(), [("多份.zip", [many])])
    with subprocess.Popen([sys.executable, "-c", SERVER, str(desk.office.folder)]) as server:
        try:
            when(desk, job.id, under_way)
        finally:
            server.send_signal(signal.SIGKILL)
    assert runner.recover(desk.office) == 1
    interrupted = requests.get_job(desk.office, desk.handler, job.id)
    assert interrupted.status == JobStatus.INTERRUPTED and 0 < interrupted.done < MANY
    output = result_folder(desk.office, interrupted)
    freed(output)
    kept = batch_folder.stored(output)
    assert 0 < kept < MANY
    requests.go_on(desk.office, desk.handler, job.id)
    runner.run_next(desk.office, threading.Event())
    again = requests.get_job(desk.office, desk.handler, job.id)
    assert (again.status, again.done, again.on) == (JobStatus.DONE, MANY, job.on)


def freed(output: Path) -> None:
    """The process of the job has noticed that its server is gone."""
    import sqlite3
    from contextlib import closing

    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        with closing(sqlite3.connect(output / ".work" / "lock", timeout=0.1)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
                return
            except sqlite3.OperationalError:
                time.sleep(0.1)
    raise AssertionError("the process goes on without its server")


def test_a_job_is_interrupted_when_the_server_stops(desk: own.Desk, many: bytes) -> None:
    job = requests.start(desk.office, desk.handler, NewJob(), [("多份.zip", [many])])
    thread, stop = at_work(desk.office)
    when(desk, job.id, lambda job: job.status == JobStatus.RUNNING)
    stop.set()
    thread.join(PATIENCE)
    assert requests.get_job(desk.office, desk.handler, job.id).status == JobStatus.INTERRUPTED


# ---------------------------------------------------------------- 什么能上传


@pytest.mark.parametrize("name", ["", ".", "..", "../合同.docx", "a/b.docx", "a\\b.docx", "/etc/passwd", ".隐藏.docx",
                                  "~$合同.docx", "合同.docx\x00.txt", "合同\n.docx", "合同.docx.", "长" * 100 + ".docx",
                                  "\u202efdp.exe"])  # fmt: skip
def test_a_name_that_is_not_simply_a_name_is_refused_and_nothing_is_kept(desk: own.Desk, name: str) -> None:
    with pytest.raises(UsageError, match="文件名"):
        requests.start(desk.office, desk.handler, NewJob(), [("好.txt", [MEASURE]), (name, [MEASURE])])
    assert list((desk.office.folder / FOLDER).glob("*")) == [] and requests.list_jobs(desk.office, desk.handler) == ()


def test_uploads_stay_within_the_limits_of_the_office(desk: own.Desk) -> None:
    office = replace(desk.office, settings=Settings(upload_megabytes=1, batch_megabytes=2))
    megabyte = b"x" * (1 << 20)
    with pytest.raises(UsageError, match=r"大\.txt：超过单个文件 1 MB 的上限"):
        requests.start(office, desk.handler, NewJob(), [("大.txt", iter([megabyte, b"x"]))])
    with pytest.raises(UsageError, match="合计超过 2 MB 的上限"):
        requests.start(office, desk.handler, NewJob(), [(f"{n}.txt", [megabyte]) for n in range(3)])
    with pytest.raises(UsageError, match="请选择"):
        requests.start(office, desk.handler, NewJob(), [])
    assert list((office.folder / FOLDER).glob("*")) == []


def test_an_archive_that_cannot_be_opened_is_named_at_once_when_there_is_nothing_else(desk: own.Desk) -> None:
    with pytest.raises(UsageError, match=r"年度\.zip：压缩包无法打开"):
        requests.start(desk.office, desk.handler, NewJob(), [("年度.zip", [b"PK\x03\x04 cut off"])])
    empty = BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(UsageError, match="里面没有文件"):
        requests.start(desk.office, desk.handler, NewJob(), [("空.zip", [empty.getvalue()])])


def test_a_job_follows_what_the_office_decided_on_a_rule(done: tuple[own.Desk, Job], tmp_path: Path) -> None:
    before = {f.rule for f in outcome.outcome(done[0].office, done[0].handler, done[1].id).figures.rules}
    (rule,) = [r for r in before if "deposit" in r]
    desk = own.open_desk(tmp_path / "data")
    rule_decisions.decide(desk.office, desk.admin, rule, Decision.OFF, "本地另有规定")
    contract = batch_folder.contract(tmp_path / "合同.docx", "智慧水务", 3).read_bytes()
    job = requests.start(desk.office, desk.handler, NewJob(), [("合同.docx", [contract])])
    runner.run_next(desk.office, threading.Event())
    found = outcome.outcome(desk.office, desk.handler, job.id)
    rules = {f.rule for f in found.figures.rules}
    assert rules and rule not in rules
    sha = found.listed[0].sha256
    _, report = outcome.file_of(desk.office, desk.handler, job.id, f"reports/{sha[:2]}/{sha[:16]}.html")
    assert "本单位停用了1条规则" in report.read_text("utf-8")


def test_only_types_that_there_are_can_be_chosen(desk: own.Desk) -> None:
    assert "货物采购" in requests.types(desk.office, Line.CONTRACT)
    assert "货物采购" not in requests.types(desk.office, Line.NORMATIVE)
    with pytest.raises(UsageError, match="没有“货物采购”这种文书类型"):
        requests.start(desk.office, desk.handler, NewJob(line=Line.NORMATIVE, type="货物采购"), [("a.txt", [MEASURE])])


def test_the_queue_has_an_end(desk: own.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MOST_WAITING", 2)
    for _ in range(2):
        requests.start(desk.office, desk.handler, NewJob(), [("养犬.txt", [MEASURE])])
    with pytest.raises(ConflictError, match="在排队"):
        requests.start(desk.office, desk.handler, NewJob(), [("养犬.txt", [MEASURE])])


# ---------------------------------------------------------------- 服务器文件夹


@pytest.fixture
def shared(desk: own.Desk, tmp_path: Path) -> own.Desk:
    """An office whose administrator may have the folders of `tmp_path/share` reviewed."""
    share = tmp_path / "share"
    batch_folder.measure(share / "2025年" / "办法.txt")
    (share / "出口").symlink_to(tmp_path)
    return replace(desk, office=replace(desk.office, settings=Settings(batch_folder=str(share))))


def test_an_administrator_has_a_folder_of_the_server_reviewed(shared: own.Desk) -> None:
    assert intake.server_folders(shared.office) == ("2025年",)
    job = requests.start(shared.office, shared.admin, NewJob(folder="2025年"))
    runner.run_next(shared.office, threading.Event())
    ended = requests.get_job(shared.office, shared.admin, job.id)
    assert (ended.name, ended.status, ended.files) == ("2025年", JobStatus.DONE, 1)
    assert [d.place for d in outcome.outcome(shared.office, shared.admin, job.id).listed] == ["办法.txt"]


@pytest.mark.parametrize("folder", ["..", "../share2", "2025年/../..", "/etc", "出口", "出口/data", "没有", "a\x00b",
                                    "..\\x"])  # fmt: skip
def test_a_folder_outside_of_the_configured_one_is_refused(shared: own.Desk, folder: str) -> None:
    with pytest.raises(UsageError, match="文件夹"):
        requests.start(shared.office, shared.admin, NewJob(folder=folder))
    assert requests.list_jobs(shared.office, shared.admin) == ()


def test_the_data_folder_itself_is_never_reviewed(shared: own.Desk) -> None:
    for root in (shared.office.folder.parent, shared.office.folder):
        office = replace(shared.office, settings=Settings(batch_folder=str(root)))
        with pytest.raises(UsageError, match="数据目录"):
            requests.start(office, shared.admin, NewJob(folder=""))
    with pytest.raises(UsageError, match="batch_folder"):
        requests.start(replace(shared.office, settings=Settings()), shared.admin, NewJob(folder="2025年"))


def test_a_link_that_leads_out_of_the_folder_stops_the_job_by_name(shared: own.Desk, tmp_path: Path) -> None:
    secret = tmp_path / "秘密.txt"
    secret.write_bytes(MEASURE)
    (tmp_path / "share" / "2025年" / "链接.txt").symlink_to(secret)
    job = requests.start(shared.office, shared.admin, NewJob(folder="2025年"))
    runner.run_next(shared.office, threading.Event())
    ended = requests.get_job(shared.office, shared.admin, job.id)
    assert ended.status == JobStatus.FAILED and ended.error.startswith("链接.txt：")
    assert str(tmp_path) not in ended.error


def test_members_of_an_archive_cannot_climb_out_of_the_results(desk: own.Desk, tmp_path: Path) -> None:
    inner = batch_folder.contract(tmp_path / "c.docx", "河道保洁", 7).read_bytes()
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../../../爬.docx", inner)
    job = requests.start(desk.office, desk.handler, NewJob(annotate=True), [("爬.zip", [out.getvalue()])])
    runner.run_next(desk.office, threading.Event())
    (listed,) = outcome.outcome(desk.office, desk.handler, job.id).listed
    assert listed.place == "爬.zip!/爬.docx"
    home = result_folder(desk.office, job).resolve()
    copies = [p.resolve() for p in desk.office.folder.parent.rglob("爬.docx")]
    assert len(copies) == 1 and copies[0].is_relative_to(home)


# ---------------------------------------------------------------- 谁可以


def test_each_person_may_do_what_the_role_allows(done: tuple[own.Desk, Job]) -> None:
    desk, job = done
    office = desk.office
    for work in (lambda: requests.list_jobs(office, desk.applicant),
                 lambda: requests.get_job(office, desk.applicant, job.id),
                 lambda: requests.start(office, desk.applicant, NewJob(), [("a.txt", [MEASURE])]),
                 lambda: requests.start(office, desk.handler, NewJob(folder="")),
                 lambda: outcome.outcome(office, desk.applicant, job.id),
                 lambda: outcome.outcome(office, desk.admin, job.id),
                 lambda: outcome.file_of(office, desk.admin, job.id, "summary.xlsx"),
                 lambda: outcome.copies_of(office, desk.admin, job.id),
                 lambda: requests.remove(office, desk.second_handler, job.id),
                 lambda: requests.cancel(office, desk.applicant, job.id)):  # fmt: skip
        with pytest.raises(ForbiddenError):
            work()
    assert outcome.outcome(office, desk.second_handler, job.id).figures.files == 6
    assert [j.id for j in requests.list_jobs(office, desk.admin)] == [job.id]
    with pytest.raises(ConflictError, match="不需要继续"):
        requests.go_on(office, desk.admin, job.id)
    with pytest.raises(UnknownJobError):
        requests.get_job(office, desk.handler, 999)
