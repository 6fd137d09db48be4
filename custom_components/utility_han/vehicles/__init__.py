"""Vehicles: bound to an account, their charging measured, billed by the utility, planned with the gateway."""
