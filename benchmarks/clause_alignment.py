"""How well `reviewer compare` pairs clauses when the draft has no headings, with and without the trained kinds.

`python benchmarks/clause_alignment.py [PARAMETERS]` aligns each of our model contracts with each other one whose
headings were taken away; two clauses belong together when their (hidden) headings name the same kind. The shipped
parameters have seen these contracts: give those of `train_clause_kinds.py --without-own` for a fair figure.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path

from models.clause_data import Headings
from reviewer.comparing import HEAD, Clause, aligned, clauses_of, template_names, template_path
from reviewer.domain import Line
from reviewer.pipeline import Engine
from reviewer.readers import read
from reviewer.understanding.clause_kinds import load


def main() -> None:
    engine, headings = Engine.load(), Headings.load()
    model = load(Path(sys.argv[1])) if len(sys.argv) > 1 else engine.clause_model
    every: dict[str, list[Clause]] = {}
    for name in template_names():
        draft = engine.understand(read(template_path(name)), Line.CONTRACT)
        every[name] = [c for c in clauses_of(draft, model) if c.where != HEAD]
    for by_kind in (False, True):
        right = wrong = possible = 0
        for one, other in permutations(every, 2):
            hidden = [replace(c, heading="") for c in every[other]]
            partner = aligned(every[one], hidden, by_kind=by_kind)
            for i, clause in enumerate(every[one]):
                kinds = headings.kinds(clause.heading) or frozenset()
                same = [j for j, c in enumerate(every[other]) if kinds & (headings.kinds(c.heading) or frozenset())]
                if not kinds:
                    continue
                possible += bool(same)
                if i in partner:
                    right += partner[i][0] in same
                    wrong += partner[i][0] not in same
        print(f"{'with' if by_kind else 'without'} kinds: paired rightly {right} of {possible}, wrongly {wrong}")


if __name__ == "__main__":
    main()
