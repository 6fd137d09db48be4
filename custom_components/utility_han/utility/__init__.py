"""How we speak to the utility's API (docs/utility-api.yaml)."""
