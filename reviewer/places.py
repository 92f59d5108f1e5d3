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


def law_texts_folder(data: Path | None = None) -> Path:
    """Where an office keeps the law texts it imported: in its data folder, else with the user's own data."""
    own = data or (Path(value) if (value := os.environ.get("REVIEWER_DATA")) else None)
    if own is None:
        own = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "reviewer"
    return own / "laws"


def cache_folder() -> Path:
    """Where compiled lexicons are kept between runs; never anything of a user's documents."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reviewer"
