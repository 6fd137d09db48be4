"""The use cases as step machines: written once, shown in flows, returned by actions, kept in diagnostics."""
