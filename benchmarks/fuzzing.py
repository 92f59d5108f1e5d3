"""Fuzzing of the readers: sound files of every format, damaged at random, are read until the time is over.

    python benchmarks/fuzzing.py --minutes 10 [--seed 1] [--keep FOLDER] [FILE …]

Files of formats that are archives of XML (.docx, .ofd) are damaged inside: elements repeated, removed, moved, put into
each other, numbers made absurd; then packed again. All others are damaged by bytes. A reading is right when it ends in
a document whose blocks lie in its text, or in a Chinese sentence that names the file; a crash, a hang, the memory
limit or anything else is printed, and the file kept in FOLDER.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import re
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from reviewer import isolation
from reviewer.domain import Document
from reviewer.errors import UnreadableFileError
from reviewer.readers import ocr

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from hostile_files import seeds

SECONDS = 20.0
ABSURD = (
    b"0",
    b"-1",
    b"2147483648",
    b"99999999999999999999",
    b"1e308",
    b"NaN",
    b"",
    b"\xf0\x9f\x92\xa3",
    b"&#x0;",
    b"../..",
)
ELEMENT = re.compile(rb"<[^<>]{1,400}>")
NUMBER = re.compile(rb'(?<=")[-\d. ]{1,30}(?=")')
OUR_FAULT = ("意外中止", "没有进展", "所需内存")


def damaged(data: bytes, rng: random.Random) -> bytes:
    """One to four damages."""
    if data[:2] == b"PK" and rng.random() < 0.85:
        try:
            return _inside(data, rng)
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            pass
    for _ in range(rng.randint(1, 4)):
        data = _bytes(data, rng)
    return data


def _inside(data: bytes, rng: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in members if name.lower().endswith((".xml", ".rels"))] or list(members)
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(names)
        members[name] = rng.choice((_xml, _xml, _xml, _bytes))(members[name], rng)
    if rng.random() < 0.1:
        members.pop(rng.choice(names), None)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _xml(data: bytes, rng: random.Random) -> bytes:
    tags, numbers = list(ELEMENT.finditer(data)), list(NUMBER.finditer(data))
    if numbers and rng.random() < 0.4:
        at = rng.choice(numbers)
        return data[: at.start()] + rng.choice(ABSURD) + data[at.end() :]
    if len(tags) < 2:
        return _bytes(data, rng)
    one, other = sorted(rng.sample(tags, 2), key=lambda tag: tag.start())
    piece = data[one.start() : other.end()]
    kind = rng.randrange(4)
    if kind == 0:  # repeated
        return data[: other.end()] + piece * rng.choice((1, 2, 50)) + data[other.end() :]
    if kind == 1:  # removed
        return data[: one.start()] + data[other.end() :]
    if kind == 2:  # a tag elsewhere
        return data[: other.start()] + one.group() + data[other.start() :]
    return data[: one.start()] + one.group() * rng.choice((2, 200, 3000)) + data[one.end() :]  # into each other


def _bytes(data: bytes, rng: random.Random) -> bytes:
    at, kind = rng.randrange(len(data) + 1), rng.randrange(5)
    length = min(len(data) - at, rng.choice((1, 2, 16, 400)))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[at + length :]
    if kind == 2:
        return data[:at] + rng.randbytes(length) + data[at + length :]
    if kind == 3:
        return data[:at] + data[at : at + length] * rng.choice((2, 300)) + data[at + length :]
    return data[:at] + rng.choice(ABSURD) + data[at:]


def complaint(reader: isolation.Reader, path: Path) -> str:
    """What is wrong with how a file is read; empty when nothing is."""
    try:
        document = reader.read(path)
    except UnreadableFileError as error:
        said = str(error)
        if any(word in said for word in OUR_FAULT):
            return said
        return "" if said.startswith(path.name) and re.search("[一-鿿]{4}", said) else f"no reason to act on: {said}"
    return _outside(document)


def _outside(document: Document) -> str:
    end = 0
    for block in document.blocks:
        if not (end <= block.span.start <= block.span.end <= len(document.text)):
            return f"block {block.span} after {end} in a text of {len(document.text)}"
        end = block.span.end
    return ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="further sound files")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzzing-found"))
    args = parser.parse_args()
    os.environ[ocr.SWITCH] = "off"
    sound = {
        **{f"稿.{suffix}": data for suffix, data in seeds().items()},
        **{path.name: path.read_bytes() for path in args.files},
    }
    rng, until, done, found = random.Random(args.seed), time.monotonic() + 60 * args.minutes, Counter[str](), 0
    with TemporaryDirectory() as folder, isolation.start(isolation.Limits(seconds=SECONDS)) as reader:
        while time.monotonic() < until:
            name = rng.choice(list(sound))
            path = Path(folder) / name
            path.write_bytes(damaged(sound[name], rng))
            done[path.suffix] += 1
            if wrong := complaint(reader, path):
                found += 1
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"{found}-{name}").write_bytes(path.read_bytes())
                print(f"{found}-{name}: {wrong}", flush=True)
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in done.most_common())
    print(f"{done.total()} damaged files ({kinds}), {found} wrong")


if __name__ == "__main__":
    main()
