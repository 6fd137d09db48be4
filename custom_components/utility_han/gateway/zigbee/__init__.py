"""A gateway over Zigbee Smart Energy: an EZSP radio that joins by itself, or a certified stick."""
