"""The file that was reviewed, for the exports that write into a copy of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from reviewer.domain import Document
from reviewer.errors import UsageError


def original_bytes(document: Document, source: Path) -> bytes:
    """The bytes of the file. Raises UsageError where it is not the very file that was reviewed."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise UsageError(f"{source.name}：无法打开原文件，请确认文件仍在原处且有读取权限") from error
    if hashlib.sha256(data).hexdigest() != document.sha256:
        raise UsageError(f"{source.name}：文件与审查时的内容不一致，批注会错位；请重新审查后再生成批注稿")
    return data
