"""`reviewer batch` from a shell: exit codes, sentences, Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from batch_folder import contract, measure, stored
from click.testing import CliRunner, Result

from reviewer.cli import main

ON = ("--on", "2026-11-21", "--workers", "1")


def batch(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["batch", *map(str, arguments), *ON])


def test_exit_codes_tell_findings_failures_and_user_errors(tmp_path: Path) -> None:
    folder, output = tmp_path / "甲", tmp_path / "结果"
    measure(folder / "办法.txt")
    found = batch(folder, "-o", output)
    assert (found.exit_code, "共 1 个文件" in found.output) == (1, True)
    (folder / "坏.docx").write_bytes(b"")
    assert batch(folder, "-o", output).exit_code == 3
    (folder / "办法.txt").write_text("会议室预订情况一览，供内部使用，不对外公布。", "utf-8")
    (folder / "坏.docx").unlink()
    assert batch(folder, "-o", output, "--line", "minutes").exit_code in (0, 1)
    wrong = batch(tmp_path / "没有", "-o", output)
    assert (wrong.exit_code, "找不到这个文件夹" in wrong.output) == (2, True)
    unknown = batch(folder, "-o", output, "--type", "没有这种")
    assert (unknown.exit_code, "没有“没有这种”这种文书类型" in unknown.output) == (2, True)
    scanned = CliRunner().invoke(main, ["batch", str(folder), "-o", str(output), "--changed-law", "《民法典》"])
    assert (scanned.exit_code, "涉及 0 个文件、0 处" in scanned.output) == (0, True)


def test_ctrl_c_stops_with_a_sentence_and_the_next_run_goes_on(tmp_path: Path) -> None:
    for n in range(300):  # some seconds of work, so that the interruption comes in the middle
        contract(tmp_path / "合同" / f"{n}.docx", f"平台{n}", n + 2)
    command = [sys.executable, "-m", "reviewer", "batch", str(tmp_path / "合同"), "-o", str(tmp_path / "结果"), *ON]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells let background jobs ignore it
    )  # fmt: skip
    end = time.monotonic() + 60
    while stored(tmp_path / "结果") < 1 and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert process.returncode == 3
    assert "已停止" in err
    assert batch(tmp_path / "合同", "-o", tmp_path / "结果").exit_code == 1
