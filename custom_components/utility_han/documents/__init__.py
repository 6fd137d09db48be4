"""What was charged, in formats that others read: a package for each. Free of Home Assistant.

This is the public face; who is outside imports from here.
"""

from .style import Style

__all__ = ["Style"]
