"""A small PDF writer for tests: text at coordinates, ruling lines and images, byte by byte.

Text is set in STSong-Light, which is not embedded; characters are read back through the predefined CMap UniGB-UCS2-H.
Every Chinese character is as wide as the font size, every ASCII character half of that.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842
LEFT, SIZE, LEADING, COLUMNS = 90.0, 16.0, 28.0, 26  # a page of 26 characters a line: right margin at 506


@dataclass
class PdfPage:
    """What a page shows; y is the baseline in points from the top of the page before any rotation."""

    rotate: int = 0
    box: tuple[float, float, float, float] = (0, 0, WIDTH, HEIGHT)
    content: list[str] = field(default_factory=list)

    def text(self, x: float, y: float, text: str, *, size: float = SIZE, angle: float = 0, font: str = "F1") -> PdfPage:
        """`angle` in degrees counter-clockwise."""
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        codes = text.encode("utf-16-be").hex()
        matrix = f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x} {HEIGHT - y}"
        self.content.append(f"BT /{font} {size} Tf {matrix} Tm <{codes}> Tj ET")
        return self

    def lines(self, texts: Sequence[str], *, x: float = LEFT, y: float = 120, size: float = SIZE) -> PdfPage:
        """One line under the other; leading 　 become indentation by position."""
        for i, text in enumerate(texts):
            bare = text.lstrip("　")
            self.text(x + size * (len(text) - len(bare)), y + i * LEADING, bare, size=size)
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float) -> PdfPage:
        self.content.append(f"0.5 w {x0} {HEIGHT - y0} m {x1} {HEIGHT - y1} l S")
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> PdfPage:
        for y in ys:
            self.line(xs[0], y, xs[-1], y)
        for x in xs:
            self.line(x, ys[0], x, ys[-1])
        return self

    def image(self, x: float, y: float, width: float, height: float) -> PdfPage:
        self.content.append(f"q {width} 0 0 {height} {x} {HEIGHT - y - height} cm /Im1 Do Q")
        return self


_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    "/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4"
    "/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120/ItalicAngle 0/CapHeight 700/StemV 80>>>>]>>"
)
# The codes are glyph numbers of a font nobody has: there is no way back to characters.
_MUTE_FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/Mute/Encoding/Identity-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Mute/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    "/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/Mute/Flags 4"
    "/FontBBox[0 -120 1000 880]/Ascent 880/Descent -120/ItalicAngle 0/CapHeight 700/StemV 80>>>>]>>"
)


def stream(data: bytes, entries: str = "", *, compress: bool = True) -> bytes:
    packed = zlib.compress(data) if compress else data
    filters = "/Filter/FlateDecode" if compress else ""
    return f"<<{entries}{filters}/Length {len(packed)}>>\nstream\n".encode() + packed + b"\nendstream"


def make_pdf(pages: Sequence[PdfPage], *, contents: dict[int, bytes] | None = None, field: str = "") -> bytes:
    """A PDF of the pages; `contents` replaces the finished stream object of a page (index from 0).

    `field` is what a form field on the first page, at (150, 87), is filled in with.
    """
    objects: list[str | bytes] = ["", "", _FONT.encode(), _MUTE_FONT.encode()]
    objects.append(
        stream(b"\x80", "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray")
    )
    kids = []
    for i, page in enumerate(pages):
        kids.append(len(objects) + 1)
        box = " ".join(map(str, page.box))
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Rotate {page.rotate}/Contents {len(objects) + 2} 0 R"
            "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>/XObject<</Im1 5 0 R>>>>>>"
        )
        objects.append((contents or {}).get(i) or stream("\n".join(page.content).encode()))
    form = ""
    if field:
        words = f"BT /F1 12 Tf 2 5 Td <{field.encode('utf-16-be').hex()}> Tj ET".encode()
        look = "/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<</Font<</F1 3 0 R>>>>"
        number = len(objects) + 1
        objects.append(
            "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/F 4/Rect[150 735 350 755]"
            f"/P {kids[0]} 0 R/AP<</N {number + 1} 0 R>>>>"
        )
        objects.append(stream(words, look))
        first = objects[kids[0] - 1]
        assert isinstance(first, str)
        objects[kids[0] - 1] = first.replace("/Type/Page", f"/Type/Page/Annots[{number} 0 R]", 1)
        form = f"/AcroForm<</Fields[{number} 0 R]>>"
    objects[0] = f"<</Type/Catalog/Pages 2 0 R{form}>>"
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
    return _written([body.encode() if isinstance(body, str) else body for body in objects])


def _written(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
