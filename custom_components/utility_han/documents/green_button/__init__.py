"""Green Button: energy usage as Atom with ESPI (NAESB REQ.21)."""
