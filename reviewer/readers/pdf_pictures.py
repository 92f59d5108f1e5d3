"""A page of a PDF → a picture for the screen."""

from __future__ import annotations

import io
from pathlib import Path

from reviewer.errors import UnreadableFileError

DPI = 110  # the screen places boxes (in points) by it
MAX_PIXELS = 12_000_000  # A1; a larger page would have to be drawn in another size
_OTHERWISE = "请下载文件查看，或改看文字"


def png(path: Path, number: int) -> bytes:
    """The page (from 1) at 110 dpi, as it is displayed. Raises UnreadableFileError where it cannot be drawn."""
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        if not 1 <= number <= len(document):
            raise UnreadableFileError(f"{path.name}：没有第{number}页。")
        if document.get_formtype():
            document.init_forms()
        page = document[number - 1]
        width, height = page.get_size()
        if width * height * (DPI / 72) ** 2 > MAX_PIXELS:
            raise UnreadableFileError(f"{path.name}：第{number}页的幅面太大，不能显示页面图像，{_OTHERWISE}。")
        out = io.BytesIO()
        page.render(scale=DPI / 72).to_pil().convert("RGB").save(out, "PNG", optimize=False, compress_level=3)
    except (pdfium.PdfiumError, ValueError, OSError, MemoryError) as error:
        raise UnreadableFileError(f"{path.name}：第{number}页不能画成图像（{error}），{_OTHERWISE}。") from error
    return out.getvalue()
