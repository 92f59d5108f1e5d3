"""reviewer: 合法性审查 of contracts, normative documents, decisions, enforcement papers and minutes, offline.

`read(path)` gives a `Document`; `Engine.load().review(document)` gives a `Review`.
"""

__version__ = "0.1.0"
