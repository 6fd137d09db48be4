"""The home's chargers: what their entities say, what they can give, and whose they are."""
