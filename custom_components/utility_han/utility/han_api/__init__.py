"""The utility's HAN API of docs/utility-api.yaml."""
