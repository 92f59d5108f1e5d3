"""A .docx of ours → PDF through LibreOffice, where it is installed."""

from __future__ import annotations

import io
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from reviewer.errors import UsageError
from reviewer.readers.soffice import program

SECONDS = 60
STAND_INS = {  # official fonts, and what stands in for them in a PDF where they are not installed
    "方正小标宋简体": ("方正小标宋_GBK", "华文中宋", "Noto Serif CJK SC"),
    "仿宋_GB2312": ("仿宋", "FangSong", "Noto Serif CJK SC"),
    "楷体_GB2312": ("楷体", "KaiTi", "Noto Serif CJK SC"), "宋体": ("SimSun", "Noto Serif CJK SC"),
    "黑体": ("SimHei", "Noto Sans CJK SC"), "Times New Roman": ("Liberation Serif", "Noto Serif CJK SC"),
}  # fmt: skip


def available() -> bool:
    return bool(program())


def as_pdf(docx: bytes, name: str) -> bytes:
    """Raises UsageError without LibreOffice, or when it gives nothing."""
    office = program()
    if not office:
        raise UsageError("生成 PDF 需要 LibreOffice，本机没有安装。请下载 .docx，或请管理员安装 libreoffice-writer")
    with tempfile.TemporaryDirectory(prefix="reviewer-pdf-", ignore_cleanup_errors=True) as folder:
        source = Path(folder) / "paper.docx"
        source.write_bytes(_with_stand_ins(docx))
        command = [office, f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless", "--norestore",
                   "--nolockcheck", "--convert-to", "pdf", "--outdir", folder, str(source)]  # fmt: skip
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise UsageError(f"{name}：转换为 PDF 超过 {SECONDS} 秒没有完成，请下载 .docx") from None
        made = source.with_suffix(".pdf")
        if not made.is_file():
            raise UsageError(f"{name}：没有能够转换为 PDF，请下载 .docx")
        return made.read_bytes()


def _with_stand_ins(docx: bytes) -> bytes:
    """The same paper with installed fonts named instead of missing ones; only for the PDF."""
    there = _installed()
    chosen = {
        wanted: next((o for o in others if o in there), wanted)
        for wanted, others in STAND_INS.items() if there and wanted not in there
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename.startswith("word/") and item.filename.endswith(".xml"):
                for wanted, other in chosen.items():
                    content = content.replace(f'"{wanted}"'.encode(), f'"{other}"'.encode())
            target.writestr(item, content)
    return out.getvalue()


@cache
def _installed() -> frozenset[str]:
    """The families of the fonts of this machine; none where it cannot be asked."""
    try:
        listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(name.strip() for line in listed.stdout.splitlines() for name in line.split(","))
