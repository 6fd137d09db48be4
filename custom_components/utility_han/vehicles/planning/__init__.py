"""Charging that is planned with the gateway: reserved, held back until then, and told of (UR-EV)."""
