"""A file of another program → .docx, through LibreOffice: one file a call, its own profile, limits, a second try.

The profile forbids macros, links to other files and the network.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from html import escape  # xml.sax would bring urllib and http with it
from pathlib import Path

from reviewer.errors import UnreadableFileError
from reviewer.readers.heartbeat import beat

SECONDS = 50.0  # of one try
TRIES = 2
MEGABYTES = 4096  # address space; a usual file takes some 300 MB of memory
MAX_OUTPUT = 300 << 20
PLACES = (
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
)
INSTALL = "读取这种格式需要 LibreOffice，本机没有找到。请安装（Debian、Ubuntu：apt install libreoffice-writer），" \
    "或用 Word、WPS 打开后另存为 .docx 再试。"  # fmt: skip
FILTER = "docx:MS Word 2007 XML"

_SETTINGS = {
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("/org.openoffice.Office.Writer/Content/Update", "Link"): "0",
    ("/org.openoffice.Inet/Settings", "ooInetProxyType"): "1",
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName"): "127.0.0.1",
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort"): "9",
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName"): "127.0.0.1",
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort"): "9",
}


def program() -> str:
    """The path of LibreOffice, empty where there is none. REVIEWER_SOFFICE names one that stands elsewhere."""
    named = os.environ.get("REVIEWER_SOFFICE")
    if named is not None:
        return named if Path(named).is_file() else ""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return found or next((place for place in PLACES if Path(place).is_file()), "")


def as_docx(data: bytes, suffix: str, name: str) -> bytes:
    """The bytes of a .docx of the same content. `suffix` (.doc, .rtf …) tells LibreOffice how to begin.

    Raises UnreadableFileError without LibreOffice, and where it gives nothing twice.
    """
    office = program()
    if not office:
        raise UnreadableFileError(f"{name}：{INSTALL}")
    why = ""
    for _ in range(TRIES):
        beat()
        with tempfile.TemporaryDirectory(prefix="reviewer-office-", ignore_cleanup_errors=True) as folder:
            output, why = _converted(office, data, suffix, Path(folder))
            if output:
                return output
    raise UnreadableFileError(f"{name}：LibreOffice {why}。文件可能已损坏，请用 Word、WPS 打开后另存为 .docx 再试。")


def _converted(office: str, data: bytes, suffix: str, folder: Path) -> tuple[bytes, str]:
    """The output of one try, or why there is none."""
    source, out = folder / f"input{suffix}", folder / "out"
    source.write_bytes(data)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
    command = [
        office, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo", "--nodefault",
        "--nolockcheck", "--convert-to", FILTER, "--outdir", str(out), str(source),
    ]  # fmt: skip
    if not _run(command, folder):
        return b"", f"转换超过 {SECONDS:.0f} 秒没有完成"
    made = next(iter(out.glob("*.docx")), None) if out.is_dir() else None
    if made is None or made.stat().st_size == 0:
        return b"", "没有能够打开这个文件"
    if made.stat().st_size > MAX_OUTPUT:
        return b"", f"转换的结果超过 {MAX_OUTPUT >> 20} MB"
    return made.read_bytes(), ""


def _run(command: list[str], folder: Path) -> bool:
    """Whether it ended in time; all its processes end with it."""
    if sys.platform != "win32":  # the shell sets the limits before the program begins, whatever those of this process
        limits = f"ulimit -S -v {MEGABYTES * 1024}; ulimit -S -t {SECONDS * 4:.0f}; exec \"$0\" \"$@\""
        command = ["/bin/sh", "-c", limits, *command]
    environment = {**os.environ, "HOME": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd=folder, env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        return False
    else:
        return True
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and what it started (its group outlives the first process)."""
    try:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _registry() -> str:
    items = "".join(
        f'<item oor:path="{escape(path)}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )
