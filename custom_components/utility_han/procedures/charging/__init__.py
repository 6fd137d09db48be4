"""Charging: sessions cut, attributed and billed, what was charged elsewhere, and what the home used beside (UR-EV)."""
