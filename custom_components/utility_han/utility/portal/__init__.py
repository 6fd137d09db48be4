"""A utility with no API: a person gives it what it needs in its portal, and the gateway is the witness."""
