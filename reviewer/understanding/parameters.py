"""The file of a trained model, opened: whatever is wrong with it is said in one sentence."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.errors import ModelError


@contextmanager
def opened(path: Path, what: str, command: str) -> Iterator[zipfile.ZipFile]:
    """The archive of the parameters of `what`; within, ModelError for a file missing, broken or of another version.

    What does not fit is raised within as ValueError (or KeyError where a part is missing); `command` makes it anew.
    """
    again = f"请重新安装，或用 {command} 重新生成"
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError:
        raise ModelError(f"{path}：没有{what}的参数文件，{again}") from None
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path}：{what}的参数文件已损坏（{error}），{again}") from None
    except (KeyError, ValueError, SyntaxError, struct.error, IndexError) as error:
        problem = f"缺少 {error.args[0]}" if isinstance(error, KeyError) else str(error)
        raise ModelError(f"{path}：{what}的参数与本程序不匹配（{problem}），{again}") from None
