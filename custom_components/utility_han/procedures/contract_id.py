"""Contract identifiers of e-mobility (EMAID): ISO 15118-2 Annex H.1, the check digit as eMI3 publishes it.

Country, provider and nine characters of the contract, which some providers begin with "C"; then, where it is written
out, the check digit over these fourteen. Hyphens between the parts are optional.
"""

import re

_FORM = re.compile(r"([A-Z]{2})(-?)([A-Z0-9]{3})\2([A-Z0-9]{9})(?:\2([A-Z0-9]))?")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class ContractIdError(ValueError):
    """It is none; ``reason`` is the key of its words: ``invalid_contract_id_form`` or ``invalid_contract_id``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_contract_id(text: str) -> str:
    """Return the EMAID in what was typed as ``DE-8AA-001234567-0``; ``ContractIdError`` where there is none."""
    found = _FORM.fullmatch(re.sub(r"\s", "", text).upper())
    if found is None:
        raise ContractIdError("invalid_contract_id_form")
    country, _, provider, instance, typed = found.groups()
    digit = check_digit(f"{country}{provider}{instance}")
    if typed not in (None, digit):
        raise ContractIdError("invalid_contract_id")
    return f"{country}-{provider}-{instance}-{digit}"


def check_digit(fourteen: str) -> str:
    """Return the check digit of an EMAID: the only character with which nothing is left over."""
    return next(each for each in _ALPHABET if not any(_left_over(fourteen + each)))


def _left_over(text: str) -> tuple[int, int, int, int]:
    """Return the sum of all characters, each times a power of its place; (0, 0, 0, 0) where the text is whole.

    A character is a vector over the integers modulo 2 and one modulo 3 (36 is 4 by 9). The matrices are
    ((0, 1), (1, 1)) and ((0, 1), (1, 2)); the power is the place, counted from 1.
    """
    a = b = c = d = 0
    for character in reversed(text):
        of_two, of_three = divmod(_ALPHABET.index(character), 9)
        a, b = a + of_two // 2, b + of_two % 2
        a, b = b % 2, (a + b) % 2
        c, d = c + of_three // 3, d + of_three % 3
        c, d = d % 3, (c + 2 * d) % 3
    return a, b, c, d
