"""The pages of an .ofd → a PDF with the same words, ruling lines and images at the same places.

The Chinese font is one of those that every PDF reader has or replaces (STSong); nothing of the machine is embedded.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reviewer.errors import UnreadableFileError, UsageError
from reviewer.readers import ofd
from reviewer.readers.picture import decoded

if TYPE_CHECKING:
    from pypdf import PdfWriter

    from reviewer.readers.ofd import Sheet
    from reviewer.readers.pdf_drawing import Matrix
    from reviewer.readers.pdf_page import PageContent

ASCENT = 0.85  # of the height of a character's box, above its base line
RULE = 0.5  # points
LARGEST = 14_400.0  # points: PDF knows no larger page
A4 = (595.0, 842.0)
QUALITY = 85  # of images that are not JPEG already


def drawn(data: bytes, name: str) -> PdfWriter:
    """All pages. Raises UsageError where the file cannot be read again."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    font = _font(writer)
    try:
        for sheet in ofd.sheets(data, name):
            _page(writer, sheet, font, name)
    except UnreadableFileError as error:
        raise UsageError(str(error)) from error
    writer.add_metadata({"/Title": name, "/Subject": "由 OFD 转换的批注稿，版式以原件为准"})
    return writer


def _page(writer: PdfWriter, sheet: Sheet, font: Any, name: str) -> None:
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    content = sheet.content
    width, height = (content.width, content.height) if content.width and content.height else A4
    page = writer.add_blank_page(min(width, LARGEST), min(height, LARGEST))
    operators: list[str] = []
    images = DictionaryObject()
    for bytes_, matrix in sheet.images:
        image = _image(bytes_, name)
        if image is not None:
            key = f"/I{len(images)}"
            images[NameObject(key)] = writer._add_object(image)
            operators.append(f"q {_placing(matrix, height)} cm {key} Do Q")
    operators += _lines(content, height)
    operators += _words(content, height)
    stream = DecodedStreamObject()
    stream.set_data("\n".join(operators).encode())
    fonts = DictionaryObject({NameObject("/F1"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts, NameObject("/XObject"): images})
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())


def _placing(matrix: Matrix, height: float) -> str:
    """The unit square of an image, which in OFD begins at the upper left, as PDF places it from the lower left."""
    a, b, c, d, e, f = matrix
    return _numbers(a, -b, -c, d, e + c, height - f - d)


def _numbers(*values: float) -> str:
    return " ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in values)


def _lines(content: PageContent, height: float) -> Iterator[str]:
    if content.drawing.rules:
        yield f"{RULE} w"
    for rule in content.drawing.rules:
        start, end = (
            ((rule.start, rule.at), (rule.end, rule.at)) if rule.horizontal
            else ((rule.at, rule.start), (rule.at, rule.end))
        )  # fmt: skip
        yield f"{_numbers(start[0], height - start[1])} m {_numbers(end[0], height - end[1])} l S"


def _words(content: PageContent, height: float) -> Iterator[str]:
    """Every character in its box: as high as it, and stretched to its width."""
    glyphs = content.glyphs
    yield "BT"
    font = ""
    for i in (i for run in content.runs for i in run):
        character = glyphs.texts[i]
        size, width = glyphs.bottoms[i] - glyphs.tops[i], glyphs.rights[i] - glyphs.lefts[i]
        if character.isspace() or size <= 0 or width <= 0:
            continue
        natural = size / 2 if " " < character <= "~" else size
        wanted = f"/F1 {_numbers(size)} Tf {_numbers(min(max(100 * width / natural, 20), 400))} Tz"
        if wanted != font:
            yield wanted
            font = wanted
        place = _numbers(glyphs.lefts[i], height - glyphs.tops[i] - ASCENT * size)
        yield f"1 0 0 1 {place} Tm <{character.encode('utf-16-be', 'replace').hex()}> Tj"
    yield "ET"


def _image(data: bytes, name: str) -> Any:
    """The image as a PDF object; None where nothing can decode it."""
    from PIL import Image
    from pypdf.generic import NameObject, NumberObject, StreamObject

    try:
        pixels = next(decoded(data, name))
    except (UnreadableFileError, StopIteration):
        return None
    height, width = pixels.shape[:2]
    raw = pixels[:, :, ::-1].tobytes()
    packed, method = zlib.compress(raw), "/FlateDecode"
    if len(packed) > 200_000:  # a scan or photograph
        out = io.BytesIO()
        Image.frombytes("RGB", (width, height), raw).save(out, "JPEG", quality=QUALITY)
        packed, method = out.getvalue(), "/DCTDecode"
    image = StreamObject()
    image._data = packed
    for key, value in {
        "/Type": NameObject("/XObject"), "/Subtype": NameObject("/Image"), "/Width": NumberObject(width),
        "/Height": NumberObject(height), "/ColorSpace": NameObject("/DeviceRGB"),
        "/BitsPerComponent": NumberObject(8), "/Filter": NameObject(method),
    }.items():  # fmt: skip
        image[NameObject(key)] = value
    return image


def _font(writer: PdfWriter) -> Any:
    """Characters by their UTF-16 code; Latin letters half as wide as Chinese ones."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

    name = NameObject
    descriptor = DictionaryObject({
        name("/Type"): name("/FontDescriptor"), name("/FontName"): name("/STSong-Light"),
        name("/Flags"): NumberObject(6), name("/ItalicAngle"): NumberObject(0), name("/Ascent"): NumberObject(880),
        name("/Descent"): NumberObject(-120), name("/CapHeight"): NumberObject(880), name("/StemV"): NumberObject(93),
        name("/FontBBox"): ArrayObject(map(NumberObject, (-25, -254, 1000, 880))),
    })  # fmt: skip
    collection = DictionaryObject({
        name("/Registry"): TextStringObject("Adobe"), name("/Ordering"): TextStringObject("GB1"),
        name("/Supplement"): NumberObject(5),
    })  # fmt: skip
    characters = DictionaryObject({
        name("/Type"): name("/Font"), name("/Subtype"): name("/CIDFontType0"), name("/BaseFont"): name("/STSong-Light"),
        name("/CIDSystemInfo"): collection, name("/DW"): NumberObject(1000),
        name("/W"): ArrayObject(map(NumberObject, (1, 95, 500))),
        name("/FontDescriptor"): writer._add_object(descriptor),
    })  # fmt: skip
    return writer._add_object(DictionaryObject({
        name("/Type"): name("/Font"), name("/Subtype"): name("/Type0"),
        name("/BaseFont"): name("/STSong-Light-UniGB-UTF16-H"), name("/Encoding"): name("/UniGB-UTF16-H"),
        name("/DescendantFonts"): ArrayObject([writer._add_object(characters)]),
    }))  # fmt: skip
