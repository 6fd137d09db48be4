"""The resources a gateway serves, one module for each function set."""
