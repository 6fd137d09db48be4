"""The home without its vehicles: what the meter counts less what the chargers did."""
