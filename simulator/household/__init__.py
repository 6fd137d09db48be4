"""A household: what it uses, what its meter shows, and the charger in its garage."""
