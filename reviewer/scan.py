"""One pass over a text for every literal of the lexicon: text → literal → starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping


def literal_scanner(literals: Iterable[str]) -> Callable[[str], Mapping[str, tuple[int, ...]]]:
    """A function from folded text to the starts of each literal found in it (overlapping, in order)."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    words = sorted(set(literals))
    automaton = AhoCorasick(words, matchkind=MatchKind.Standard)

    def scan(text: str) -> Mapping[str, tuple[int, ...]]:
        starts: defaultdict[int, list[int]] = defaultdict(list)
        for index, start, _ in automaton.find_matches_as_indexes(text, overlapping=True):
            starts[index].append(start)
        return {words[index]: tuple(at) for index, at in starts.items()}

    return scan
