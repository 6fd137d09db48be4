"""The smallest unit of a currency, to which amounts are rounded (CLDR, ``currencyData/fractions``)."""

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = {
    **dict.fromkeys(
        (
            "AFN", "ALL", "BIF", "CLP", "DJF", "GNF", "IQD", "IRR", "ISK", "JPY", "KMF", "KPW", "KRW", "LAK", "LBP",
            "MGA", "MMK", "PYG", "RSD", "RWF", "SLL", "SOS", "SYP", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "YER",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip
_USUAL = 2


def in_coins(exact: Decimal, currency: str) -> Decimal:
    """Return an amount as it can be paid; halves go away from zero."""
    return exact.quantize(Decimal(1).scaleb(-_DIGITS.get(currency, _USUAL)), ROUND_HALF_UP)
