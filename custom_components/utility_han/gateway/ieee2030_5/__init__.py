"""The gateway over IP: IEEE 2030.5 over TLS 1.2 with mutual certificates."""
