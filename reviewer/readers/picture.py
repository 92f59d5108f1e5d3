"""Pictures of pages (.png .jpg .tif .bmp, scans and photographs) → Document, through recognition."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.domain import Contents, Document
from reviewer.errors import UnreadableFileError
from reviewer.readers.building import assemble
from reviewer.readers.layout import pieces_of, ranges
from reviewer.readers.ocr import Picture
from reviewer.readers.scanned import MOST_PAGES, doubts, scanned

if TYPE_CHECKING:
    import numpy as np

SUFFIXES: tuple[str, ...] = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp", ".gif")
FORMAT = "image"
MAX_PIXELS = 100_000_000
WIDTH = 595.0  # points: a picture does not know how large its page was, so it is an A4 page
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
KINDS = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")  # other decoders stay closed


def recognises(head: bytes, name: str) -> bool:
    """Whether it begins as one of the picture formats does."""
    del name
    if head.startswith(b"BM"):
        return head[6:10] == b"\0\0\0\0" and head[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    return head.startswith(_SIGNATURES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def read(path: Path) -> Document:
    """Each frame of the picture is a page; pages without words are listed as unread."""
    data = path.read_bytes()
    count = _frames(data, path.name)
    numbers = list(range(1, min(count, MOST_PAGES) + 1))
    recognised = scanned(_pages(data, path.name, len(numbers)), numbers)
    pieces, tables = pieces_of([recognised.pages[number] for number in sorted(recognised.pages)])
    unread = [number for number in range(1, count + 1) if number not in recognised.pages]
    said = [*recognised.said, *doubts(pieces)]
    if unread:
        said.append(f"第{ranges(unread)}页没有识别出文字，未能检查；请提交更清晰的扫描件或可编辑的原文件")
    contents = Contents(
        pages=count, unreadable_pages=tuple(unread), recognised_pages=tuple(sorted(recognised.pages)), tables=tables
    )
    return assemble(path, FORMAT, pieces, contents=contents, warnings=said, data=data)


def _frames(data: bytes, name: str) -> int:
    with _opened(data, name) as image:
        return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def _pages(data: bytes, name: str, count: int) -> Iterator[Picture]:
    for number, pixels in enumerate(decoded(data, name, count), 1):
        height, width = pixels.shape[:2]
        yield Picture(number, WIDTH, WIDTH * height / width, pixels)


def decoded(data: bytes, name: str, count: int = 1) -> Iterator[np.ndarray[Any, Any]]:
    """The first frames as arrays of height × width × (blue, green, red), turned as the camera says."""
    import numpy as np
    from PIL import ImageOps

    with _opened(data, name) as image:
        for frame in range(count):
            try:
                image.seek(frame)
                if image.width * image.height > MAX_PIXELS:
                    raise _too_large(image, name)
                upright = ImageOps.exif_transpose(image)
                if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                    from PIL import Image

                    upright = upright.convert("RGBA")
                    upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright)
                pixels = np.asarray(upright.convert("RGB"))
            except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, TypeError) as error:
                raise _damaged(name) from error
            yield np.ascontiguousarray(pixels[:, :, ::-1])


def _opened(data: bytes, name: str) -> Any:
    """The picture with its size known and nothing decoded yet."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a size that only Pillow finds suspicious: ours is the limit
            image = Image.open(io.BytesIO(data), formats=KINDS)
    except Image.DecompressionBombError as error:
        raise UnreadableFileError(
            f"{name}：图片超过 {MAX_PIXELS // 1_000_000} 百万像素的上限，可能是恶意文件，已拒绝读取。请缩小后再试。"
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, OverflowError) as error:
        raise _damaged(name) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large(image, name)
    return image


def _too_large(image: Any, name: str) -> UnreadableFileError:
    limit = f"{MAX_PIXELS // 1_000_000} 百万像素"
    return UnreadableFileError(f"{name}：图片有 {image.width}×{image.height} 像素，超过 {limit}的上限。请缩小后再试。")


def _damaged(name: str) -> UnreadableFileError:
    return UnreadableFileError(f"{name}：图片已损坏或没有传完整，无法打开。请重新获取原文件。")
