"""The home's chargers: what their entities say and sign, in which sessions, what they can give, and whose they are."""
