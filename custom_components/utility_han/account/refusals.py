"""When a refused permission is believed: one refusal may be a utility in trouble."""

from collections.abc import Collection

from ..utility import UtilityReason

_BELIEVED_FROM = 2
"""Refusals in a row. Also what is believed is tried again: a permission may be given back."""


class Refusals:
    """Counts refusals in a row."""

    def __init__(self, reasons: Collection[UtilityReason]) -> None:
        """``reasons`` are those that are refusals."""
        self._reasons = reasons
        self.count = 0

    def believe(self, reason: UtilityReason | None) -> bool:
        """Take note of how the utility was found the last time; return whether that is to be believed."""
        self.count = self.count + 1 if reason in self._reasons else 0
        return self.count == 0 or self.count >= _BELIEVED_FROM
