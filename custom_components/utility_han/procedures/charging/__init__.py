"""Charging sessions: cut from what a home measures, attributed to vehicles, made into billable records (UR-EV)."""
