"""How a gateway is reached: its client, by which transport, at which port, and where it is found, moved or not."""
