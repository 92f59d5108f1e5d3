"""Errors that a person can act on: what happened, where, what to do."""


class ReviewerError(Exception):
    """Base of every error whose text is a finished Chinese sentence for the user."""


class UnreadableFileError(ReviewerError):
    """A file cannot be read: empty, broken, encrypted, of an unknown or dangerous kind."""


class LexiconError(ReviewerError):
    """A rule, term, clause, line or law file says something the loader does not accept."""


class UsageError(ReviewerError):
    """An option or name that the user gave does not exist or does not fit."""


class ModelError(ReviewerError):
    """A file of trained parameters is missing, broken, or made for another version of the program."""
