"""HAN devices that answer for themselves: each runs a client of its own, and meets its gateway on the wire only."""
