"""The pages of a hub: found, commissioned, changed."""
