"""Charging of vehicles: measured from the home's entities, billed by the utility, planned with the gateway."""
