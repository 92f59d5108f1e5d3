"""Count what stands beside what: `python models/train_word_slips.py FOLDER…` writes models/word_slips.zip and its card.

The folders hold texts (.txt) of contracts and official documents; of these only counts are kept: which pairs of
characters stand side by side, and in how many texts a word of jieba's dictionary stands. Characters are taken for each
other where they have one sound (pypinyin, without the tone) or nearly one shape (their pictures in a font compared).
With --held-out N the texts are parted into N: the slips found in the part that was not counted are printed, to be read
one by one, and how many words of it, spoilt by one character, are found. The same folders give the same bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import random
import re
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw, ImageFont
from pypinyin import Style, pinyin

from reviewer.domain import fold
from reviewer.understanding.slips import FORMAT, LONGEST, NO_SIGN, Slips, load

HERE = Path(__file__).parent
FONT = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SEED = 20261121
CHARACTERS = 3500  # the most frequent ones
TEXTS_OF_PAIR = 2  # a pair that stands in so many texts is no slip
TEXTS_OF_WORD = 20  # a word that slips are mended to
FREQUENCY = 3  # of a dictionary word whose pairs are known
SHAPE = 0.80  # likeness of two pictures, from 0 to 1
NEAREST = 8
_RUN = re.compile(r"[\u4e00-\u9fa5]+")


def runs(text: str) -> list[str]:
    return _RUN.findall(re.sub(r"[ \u3000]", "", fold(text)))


class Counted:
    """How many texts hold each pair of characters and each run of two to four; how often each character stands."""

    def __init__(self, texts: Iterable[str], ours: Iterable[str]) -> None:
        self.grams: Counter[str] = Counter()
        self.characters: Counter[str] = Counter()
        for text in texts:
            found = runs(text)
            self.characters.update("".join(found))
            for n in range(2, LONGEST + 1):
                self.grams.update({r[i : i + n] for r in found for i in range(len(r) - n + 1)})
        self.ours = {r[i : i + 2] for text in ours for r in runs(text) for i in range(len(r) - 1)}


def dictionary() -> dict[str, int]:
    """jieba's words with their frequencies."""
    (folder,) = find_spec("jieba").submodule_search_locations  # not imported: it would load what is not needed
    lines = (line.split(" ") for line in Path(folder, "dict.txt").read_text("utf-8").splitlines())
    return {line[0]: int(line[1]) for line in lines if _RUN.fullmatch(line[0])}


def alike(characters: Sequence[str]) -> dict[str, str]:
    """Of one sound, or of nearly one shape."""
    sounds = {c: set(pinyin(c, style=Style.NORMAL, heteronym=True)[0]) for c in characters}
    by_sound: defaultdict[str, list[str]] = defaultdict(list)
    for c in characters:
        for sound in sorted(sounds[c]):
            by_sound[sound].append(c)
    others: dict[str, set[str]] = {c: {o for s in sounds[c] for o in by_sound[s]} - {c} for c in characters}
    font = ImageFont.truetype(FONT, 40, index=2)
    pictures = np.stack([_picture(c, font) for c in characters])
    likeness = pictures @ pictures.T
    for row, c in enumerate(characters):
        for near in np.argsort(-likeness[row], kind="stable")[1 : NEAREST + 1]:
            if likeness[row, near] > SHAPE:
                others[c].add(characters[near])
                others[characters[near]].add(c)
    return {c: "".join(sorted(found)) for c, found in others.items() if found}


def _picture(character: str, font: ImageFont.FreeTypeFont) -> np.ndarray:
    image = Image.new("L", (44, 48))
    ImageDraw.Draw(image).text((2, -6), character, fill=255, font=font)
    ink = np.asarray(image.resize((22, 24)), float).ravel()
    return ink / np.linalg.norm(ink)


def write(path: Path, counted: Counted) -> str:
    """The parameters as a .zip of plain members; its sha256."""
    characters = [c for c, _ in sorted(counted.characters.items(), key=lambda item: (-item[1], item[0]))][:CHARACTERS]
    index = {c: i for i, c in enumerate(characters)}
    known = np.zeros(len(characters) ** 2, np.uint8)
    entries = dictionary()
    pairs = {g for g, n in counted.grams.items() if len(g) == 2 and n >= TEXTS_OF_PAIR} | counted.ours
    pairs |= {w[i : i + 2] for w, n in entries.items() if n >= FREQUENCY for i in range(len(w) - 1)}
    for a, b in pairs:
        if a in index and b in index:
            known[index[a] * len(characters) + index[b]] = 1
    words = sorted(w for w in entries if 2 <= len(w) <= LONGEST and counted.grams[w] >= TEXTS_OF_WORD)
    taken_for = alike(characters)
    mendable = set()
    for a, b in {w[i : i + 2] for w in words for i in range(len(w) - 1)}:
        mendable.update((o, b) for o in taken_for.get(a, ""))
        mendable.update((a, o) for o in taken_for.get(b, ""))
    strange = [ord(a) | ord(b) << 16 for a, b in mendable
               if not known[index[a] * len(characters) + index[b]] and NO_SIGN.isdisjoint((a, b))]  # fmt: skip
    members = {
        "format.txt": FORMAT.encode(),
        "characters.txt": "".join(characters).encode(),
        "mendable.bin": np.array(sorted(strange), "<u4").tobytes(),
        "pairs.bin": np.packbits(known, bitorder="little").tobytes(),
        "words.txt": "".join(f"{w}\t{counted.grams[w]}\n" for w in words).encode(),
        "alike.txt": "".join(f"{c}\t{others}\n" for c, others in sorted(taken_for.items())).encode(),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def own_texts() -> Iterator[str]:
    """The words of our own rules, terms, laws, clauses and samples are right."""
    root = HERE.parent
    for folder in (root / "lexicons", root / "corpus_samples", HERE / "data"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".yaml", ".tsv", ".txt", ".md") and not re.search("slips|wording", path.name):
                yield path.read_text("utf-8")


def measure(slips: Slips, texts: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Print the slips of texts that were not counted; spoil one word in each paragraph and count those found."""
    characters = reported = spoilt = caught = 0
    choose = random.Random(SEED)
    for name, text in texts:
        folded = fold(re.sub(r"[ \u3000]", "", text))
        characters += len(folded)
        for slip in slips.found(folded):
            reported += 1
            around = folded[max(slip.span.start - 10, 0) : slip.span.end + 10].replace("\n", "|")
            print(f"{name}\t{slip.written}\t{slip.word}\t{around}")
        words = [m for w in slips.words if len(w) == 2 for m in re.finditer(w, folded)]
        for match in choose.sample(words, min(5, len(words))):
            at = match.start() + choose.randrange(2)
            wrong = choose.choice(slips.alike.get(folded[at]) or folded[at])
            changed = folded[:at] + wrong + folded[at + 1 :]
            if wrong == folded[at] or changed[match.start() : match.end()] in slips.words:
                continue
            spoilt += 1
            caught += any(s.span.start <= at < s.span.end and s.word[at - s.span.start] == folded[at]
                          for s in slips.found(changed))  # fmt: skip
    told = {"characters": characters, "reported": reported, "spoilt": spoilt, "caught": caught}
    print(told)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--held-out", type=int, default=0, help="the texts in so many parts, one of them only measured")
    parser.add_argument("-o", "--output", type=Path, default=HERE / "word_slips.zip")
    args = parser.parse_args()
    files = sorted(p for folder in args.folders for p in folder.rglob("*.txt"))
    texts = [(p.name, p.read_text("utf-8", errors="replace")) for p in files]
    if args.held_out:
        random.Random(SEED).shuffle(texts)
        part = len(texts) // args.held_out
        write(args.output, Counted((t for _, t in texts[part:]), own_texts()))
        measure(load(args.output), texts[:part])
        return
    digest = write(args.output, Counted((t for _, t in texts), own_texts()))
    card = {
        "what": "错别字：哪些字相邻、哪些词常用、哪些字易混（同音或形近）；只有计数，没有原文",
        "date": dt.date.today().isoformat(),
        "texts": len(texts), "characters": sum(len(t) for _, t in texts), "words": len(load(args.output).words),
        "sha256": digest, "command": "make word-slips CORPUS=文本目录",
    }  # fmt: skip
    args.output.with_suffix(".yaml").write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), "utf-8")
    print(card, file=sys.stderr)


if __name__ == "__main__":
    main()
