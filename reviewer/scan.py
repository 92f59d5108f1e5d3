"""One pass over a text for every literal of the lexicon: text → literal → starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Places(Mapping[str, tuple[int, ...]]):
    """Literals found in a text → their starts, in order; one that is not there has none.

    Single characters are everywhere and nearly never asked for, so their places are looked for only then.
    """

    text: str
    longer: Mapping[str, list[int]]
    single: frozenset[str]

    def __getitem__(self, literal: str) -> tuple[int, ...]:
        starts = self.longer.get(literal)
        if starts is not None:
            return tuple(starts)
        return tuple(_places_of(literal, self.text)) if literal in self.single else ()

    def __contains__(self, literal: object) -> bool:
        return literal in self.longer or literal in self.single

    def __iter__(self) -> Iterator[str]:
        yield from self.longer
        yield from self.single

    def __len__(self) -> int:
        return len(self.longer) + len(self.single)


def literal_scanner(literals: Iterable[str]) -> Callable[[str], Places]:
    """A function from folded text to the starts of each literal found in it (overlapping, in order)."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    words = sorted(set(literals))
    single = frozenset(word for word in words if len(word) == 1)
    words = [word for word in words if word not in single]
    automaton = AhoCorasick(words, matchkind=MatchKind.Standard)

    def scan(text: str) -> Places:
        starts: defaultdict[int, list[int]] = defaultdict(list)
        for index, start, _ in automaton.find_matches_as_indexes(text, overlapping=True):
            starts[index].append(start)
        return Places(text, {words[index]: at for index, at in starts.items()}, single.intersection(text))

    return scan


def _places_of(character: str, text: str) -> Iterator[int]:
    start = text.find(character)
    while start >= 0:
        yield start
        start = text.find(character, start + 1)
