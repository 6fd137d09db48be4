"""An IEEE 2030.5 gateway: what it knows, what it serves, and how it is reached."""
