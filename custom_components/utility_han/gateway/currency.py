"""Currencies in which electricity is priced where such meters are: ISO 4217 numbers and codes."""

CURRENCIES = {36: "AUD", 124: "CAD", 484: "MXN", 554: "NZD", 826: "GBP", 840: "USD", 978: "EUR"}
