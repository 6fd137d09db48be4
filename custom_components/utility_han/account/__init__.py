"""The customer's account at the utility: signing in, the way to the utility, what it tells."""
