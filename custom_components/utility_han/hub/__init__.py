"""The home's gateway as Home Assistant holds it: how it is reached, polled, shown, kept."""
