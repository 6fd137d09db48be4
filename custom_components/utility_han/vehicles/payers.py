"""Who pays for charging, as a person names them: by name, by what they are to the home, or by their account.

A name is the whole name, so that Ann is not Joanna; of an account its end is kept alone (``masked``).
"""

from collections.abc import Iterable

from ..procedures import masked
from ..utility import Binding, Payer


class PayerError(ValueError):
    """Nobody, or more than one, whom a text could mean; ``reason`` is the key of its words."""

    def __init__(self, reason: str, asked: str, known: Iterable[Payer]) -> None:
        """``known`` are those who could be meant."""
        super().__init__(f"{reason}: {asked}")
        self.reason = reason
        self.asked = asked
        self.known = ", ".join(sorted({shown(payer) for payer in known})) or "–"


def shown(payer: Payer) -> str:
    """Return a payer as a person tells them from others; of the account its end."""
    return " ".join(filter(None, (payer.holder, masked(payer.number))))


def find_payers(asked: str, bindings: Iterable[Binding], others: Iterable[Binding]) -> frozenset[Payer]:
    """Return the payers whom a text means, among those of ``bindings``, else of ``others``.

    ``PayerError`` where it means nobody, or by the end of an account people of several names.
    """
    asked = _plain(asked)
    there = [list(bindings), list(others)]
    for among in there:
        for means in (_by_name, _by_role, _by_account):
            found = frozenset(each.payer for each in among if means(asked, each))
            if means is _by_account and len({_plain(payer.holder) for payer in found}) > 1:
                raise PayerError("payer_ambiguous", asked, found)
            if found:
                return found
    raise PayerError("payer_unknown", asked, (each.payer for among in there for each in among))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _by_name(asked: str, binding: Binding) -> bool:
    return asked == _plain(binding.payer.holder)


def _by_role(asked: str, binding: Binding) -> bool:
    return asked == binding.bill_to.casefold()


def _by_account(asked: str, binding: Binding) -> bool:
    """Whether it is the number of the account, or the end of it that is shown."""
    number, end = (_number(each) for each in (binding.payer.number, masked(binding.payer.number)))
    typed = _number(asked)
    if not end or not any(each.isdecimal() for each in typed):
        return False
    return typed in (number, end) if number != end else typed.endswith(end)


def _number(text: str) -> str:
    return "".join(text.removeprefix("…").split()).casefold()
