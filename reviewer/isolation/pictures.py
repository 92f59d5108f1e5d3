"""A page of a file → a picture, drawn in a process of its own with the limits of reading.

`python -m reviewer.isolation.pictures FILE PAGE` writes the PNG to standard output, or a sentence to standard error.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from reviewer.errors import UnreadableFileError
from reviewer.isolation.server import Limits, set_limits

SECONDS = 30.0
MEGABYTES = 2048
AT_ONCE = 2  # processes of this kind; who turns pages quickly waits for the page before

_places = threading.BoundedSemaphore(AT_ONCE)


def page_picture(path: Path, number: int) -> bytes:
    """The PNG of a page (from 1) of a PDF. Raises UnreadableFileError with a sentence for the user."""
    command = [sys.executable, "-m", "reviewer.isolation.pictures", str(path), str(number)]
    with _places:
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            raise UnreadableFileError(f"{path.name}：第{number}页在{SECONDS:.0f}秒内没有画完，请改看文字。") from None
    if done.returncode == 0 and done.stdout.startswith(b"\x89PNG"):
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    expected = said.startswith(path.name)
    raise UnreadableFileError(
        said if expected else f"{path.name}：第{number}页不能画成图像，请下载文件查看，或改看文字。"
    )


def _main() -> int:
    path, number = Path(sys.argv[1]), int(sys.argv[2])
    set_limits(Limits(SECONDS, MEGABYTES))
    from reviewer.readers.pdf_pictures import png

    try:
        sys.stdout.buffer.write(png(path, number))
    except UnreadableFileError as error:
        sys.stderr.buffer.write(str(error).encode())
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(_main())
