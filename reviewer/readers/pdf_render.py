"""Pages of a PDF → pictures for recognition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.readers.ocr import Picture

DPI = 120
MAX_PIXELS = 12_000_000  # an A4 page has 1.4 million at 120 dpi


def pictures(data: bytes, numbers: Iterable[int]) -> Iterator[Picture]:
    """The pages with these numbers (from 1), drawn one at a time; those that cannot be drawn are left out."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(data)
    try:
        if document.get_formtype():
            document.init_forms()
        for number in numbers:
            page = document[number - 1]
            try:
                width, height = page.get_size()
                scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1.0)) ** 0.5)
                bitmap = page.render(scale=scale)
                yield Picture(number, width, height, bitmap.to_numpy()[:, :, :3].copy())
                bitmap.close()
            finally:
                page.close()
    finally:
        document.close()
