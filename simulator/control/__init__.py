"""The control endpoint: what people and tests do to everything that is simulated."""
