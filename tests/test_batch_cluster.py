"""The same batch on a real Dask cluster: same bytes, a killed worker costs nothing, every trouble is a sentence."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from batch_folder import contents, mixed

from reviewer.batch.records import BatchError, Progress, Settings
from reviewer.batch.run import run

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore")  # the cluster's own

CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(w.pid for w in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[int]]]:
    """A scheduler's address and the process ids of its workers, in processes of their own."""
    script = tmp_path_factory.mktemp("cluster") / "cluster.py"
    script.write_text(CLUSTER)
    process = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    address, *pids = process.stdout.readline().split()
    yield address, [int(pid) for pid in pids]
    process.stdin.close()
    process.wait(30)
    process.stdout.close()


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(
    cluster: tuple[str, list[int]], tmp_path: Path
) -> None:
    address, pids = cluster
    folder = mixed(tmp_path / "历年文件")
    settings = Settings(str(folder), str(tmp_path / "本机"), on=dt.date(2026, 11, 21), workers=1)
    run(settings)
    killed: list[int] = []

    def report(progress: Progress) -> None:
        if progress.stage == "审查" and progress.done == 1 and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    on_cluster = Settings(
        f"file://{folder}", str(tmp_path / "集群"), on=dt.date(2026, 11, 21), scheduler=address
    )  # read through fsspec
    summary = run(on_cluster, report=report)
    assert killed
    assert (summary.files, summary.fresh, summary.failed) == (7, 6, 2)
    assert contents(tmp_path / "集群") == contents(tmp_path / "本机")


def test_results_are_written_to_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = mixed(tmp_path / "历年文件")
    asked = Settings(f"file://{folder}", f"file://{tmp_path}/远处", on=dt.date(2026, 11, 21), workers=1)
    run(asked)
    assert {"report.html", "summary.xlsx", "results.sqlite", "体检报告.docx"} <= contents(tmp_path / "远处").keys()
    assert run(asked).fresh == 0


def test_a_scheduler_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "a.txt").write_text("合同")
    with pytest.raises(BatchError, match="连接不上 Dask 调度器"):
        run(Settings(str(tmp_path / "甲"), str(tmp_path / "乙"), scheduler="tcp://127.0.0.1:9"))
