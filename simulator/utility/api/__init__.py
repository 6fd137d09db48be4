"""The API of docs/utility-api.yaml."""
