"""Where the shipped lexicons, models, pages and samples are, from a checkout and from an installed wheel alike."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent

LEXICONS = _ROOT / "lexicons"
MODELS = _ROOT / "models"
UI = _ROOT / "ui"
SAMPLES = _ROOT / "corpus_samples"


def cache_folder() -> Path:
    """Where compiled lexicons are kept between runs; never anything of a user's documents."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reviewer"
