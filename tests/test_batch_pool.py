"""The pool: a task that dies, hangs or hoards costs that task only; workers end with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import batch_tasks
import pytest

from reviewer.batch import pool
from reviewer.batch.pool import Crew, Ended, Task
from reviewer.batch.records import BatchError


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(pool.local_lanes(2), Task(batch_tasks.ready, ()), give_up_after=2.0)
    yield made
    made.close()


def by_subject(ended: list[Ended]) -> dict[object, Ended]:
    assert len({e.task.subject for e in ended}) == len(ended)
    return {e.task.subject: e for e in ended}


def test_each_task_ends_as_it_should_whatever_the_others_do(crew: Crew, tmp_path: Path) -> None:
    tasks = [Task(batch_tasks.double, (n,), n) for n in range(12)]
    tasks.insert(2, Task(batch_tasks.die, (0,), "dies"))
    tasks.insert(5, Task(batch_tasks.die_once, (0, tmp_path / "mark"), "dies once"))
    tasks.insert(7, Task(batch_tasks.fail, (1,), "fails"))
    tasks.insert(9, Task(batch_tasks.hoard, (0, 200), "hoards"))
    ended = by_subject(list(crew.complete(tasks)))
    assert len(ended) == len(tasks)
    assert [ended[n].value for n in range(12)] == [2 * n for n in range(12)]
    assert ended["dies"].lost
    assert ended["dies once"].value == 1
    assert isinstance(ended["fails"].error, ValueError)
    assert ended["hoards"].value == "MemoryError"


def test_work_that_never_lets_go_of_the_interpreter_is_ended_and_not_tried_again(crew: Crew) -> None:
    start = time.monotonic()
    tasks = [Task(batch_tasks.hang_in_c, (0, 2.0), "hangs"), *(Task(batch_tasks.double, (n,), n) for n in range(5))]
    ended = by_subject(list(crew.complete(tasks)))
    assert ended["hangs"].lost
    assert ended["hangs"].seconds >= 2.0
    assert [ended[n].value for n in range(5)] == [0, 2, 4, 6, 8]
    assert time.monotonic() - start < 12


def test_work_that_shows_signs_of_life_has_its_time(crew: Crew) -> None:
    [ended] = crew.complete([Task(batch_tasks.long_but_alive, (0, 0.4), 0)])
    assert ended.value == 1


def test_a_worker_that_cannot_start_is_not_blamed_on_the_documents() -> None:
    crew = Crew(pool.local_lanes(1), Task(batch_tasks.never_ready, ()))
    with pytest.raises(BatchError, match="工作进程无法启动"):
        list(crew.complete([Task(batch_tasks.double, (1,), 1)]))
    crew.close()


def test_processes_are_replaced_after_a_number_of_tasks(crew: Crew) -> None:
    for lane in crew.lanes:
        lane.renewed_after = 3
    pids = [e.value for e in crew.complete([Task(batch_tasks.process, (n,), n) for n in range(12)])]
    assert len(pids) == 12
    assert max(pids.count(pid) for pid in pids) <= 3


def test_processes_stay_for_what_comes_later(crew: Crew) -> None:
    assert not crew.begun
    first = {e.value for e in crew.complete(Task(batch_tasks.process, (n,), n) for n in range(8))}
    assert crew.begun
    later = {e.value for e in crew.complete(Task(batch_tasks.process, (n,), n) for n in range(8))}
    assert later and len(first | later) <= 2


def test_stopping_leaves_what_has_not_begun(crew: Crew) -> None:
    done: list[object] = []
    for ended in crew.complete((Task(batch_tasks.slowly, (n,), n) for n in range(100)), lambda: len(done) >= 3):
        done.append(ended.task.subject)
    assert 3 <= len(done) <= 8


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_workers_end_when_their_parent_is_killed() -> None:
    script = (
        "import batch_tasks\n"
        "from reviewer.batch.pool import *\n"
        "if __name__ == '__main__':\n"
        "    crew = Crew(local_lanes(1), Task(batch_tasks.ready, ()))\n"
        "    [ended] = crew.complete([Task(batch_tasks.process, (0,), 0)])\n"
        "    print(ended.value, flush=True)\n"
        "    time.sleep(60)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    worker = Path(f"/proc/{int(parent.stdout.readline())}")
    assert worker.exists()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(50):
        if not worker.exists() or "Z" in (worker / "stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    pytest.fail("the worker is still there")
