"""Statements of what was charged, for people: to print, and as a table."""
