"""The office from a shell: every command through the real entry point, its sentences and exit codes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import office_desk as own
import pytest

from reviewer.office import matters


@pytest.fixture
def desk(tmp_path: Path) -> own.Desk:
    return own.open_desk(tmp_path / "data")


def run(desk: own.Desk, *arguments: object, code: int = 0) -> str:
    """What `reviewer …` printed, with the exit code it must have."""
    done = subprocess.run([sys.executable, "-m", "reviewer", *map(str, arguments)], capture_output=True, text=True,
                          env={**os.environ, "REVIEWER_DATA": str(desk.office.folder)}, check=False)  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_a_matter_goes_its_way_from_the_shell(desk: own.Desk, tmp_path: Path) -> None:
    files = [tmp_path / f"{m.name}.txt" for m in desk.office.lines[own.Line.CONTRACT].materials if m.required]
    for path in files:
        path.write_bytes(own.CONTRACT)
    said = run(desk, "matter", "submit", *files, "--as", "apply", "--line", "contract", "--title", "设备采购合同")
    matter_id = int(re.findall(r"\d+", said)[-1])
    run(desk, "matter", "move", matter_id, "accept", "--as", "handle")
    run(desk, "matter", "move", matter_id, "assign", "--as", "approve", "--handler", "handle")
    shown = run(desk, "matter", "show", matter_id, "--as", "handle")
    assert "已分办" in shown and "开始审查（begin）" in shown and "机审：合同草案.txt" in shown
    listed = run(desk, "matter", "list", "--as", "approve", "--words", "设备")
    assert "HS-HT-" in listed and "共 1 件" in listed
    assert matters.view(desk.office, desk.handler, matter_id).matter.handler == desk.handler.name


def test_the_shell_has_no_more_rights_than_the_page(desk: own.Desk) -> None:
    matter = own.at(desk, "submitted")
    assert "没有办理这一步的权限" in run(desk, "matter", "move", matter.id, "accept", "--as", "apply", code=2)
    assert "不属于您的单位" in run(desk, "matter", "show", matter.id, "--as", "other", code=2)
    assert "没有账号 nobody" in run(desk, "matter", "list", "--as", "nobody", code=2)
    assert "没有“fly”这个办理动作" in run(desk, "matter", "move", matter.id, "fly", "--as", "handle", code=2)


def test_remind_raises_supervision_once(desk: own.Desk) -> None:
    matter = own.draft(desk)
    for key in ("submit", "accept", "assign", "begin"):
        matter = own.go(desk, matter, key, own.dt.date(2026, 3, 2))
    assert "催办〔2026〕1号" in run(desk, "remind", "--on", "2026-03-31")
    assert "新发 0 份" in run(desk, "remind", "--on", "2026-03-31")


def test_backup_check_restore_and_verify_from_the_shell(desk: own.Desk, tmp_path: Path) -> None:
    own.at(desk, "submitted")
    said = run(desk, "backup", "-o", tmp_path / "copies")
    (copy,) = (tmp_path / "copies").glob("*.zip")
    assert "事项 1 件" in said and "备份完整" in run(desk, "restore", copy, "--check")
    assert "已有数据" in run(desk, "restore", copy, code=2)
    run(desk, "restore", copy, "--data", tmp_path / "elsewhere")
    verified = run(desk, "audit", "verify", "--data", tmp_path / "elsewhere")
    assert "日志完整" in verified and "登记事项" in run(desk, "audit", "list")


def test_a_changed_log_is_exit_code_one(desk: own.Desk) -> None:
    import sqlite3

    raw = sqlite3.connect(desk.office.store.path)
    raw.executescript("DROP TRIGGER audit_is_not_changed; UPDATE audit SET actor = 'x' WHERE seq = 3")
    raw.close()
    assert "第3条记录的内容被改动过" in run(desk, "audit", "verify", code=1)


def test_a_data_folder_without_a_database_is_told_with_what_to_do(desk: own.Desk, tmp_path: Path) -> None:
    said = run(desk, "matter", "list", "--as", "x", "--data", tmp_path / "nothing", code=2)
    assert "reviewer serve" in said and not (tmp_path / "nothing").exists()


COMMANDS = (
    "serve", "matter", "remind", "backup", "restore", "audit", "matter list", "matter show", "matter submit",
    "matter move", "audit verify", "audit list",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    from click.testing import CliRunner

    from reviewer.cli import main

    said = CliRunner().invoke(main, [*command.split(), "--help"]).output
    assert f"例：reviewer {command}" in said
