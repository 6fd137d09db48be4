"""What was charged, in formats that others read, and what was installed: a package for each. Free of Home Assistant.

This is the public face; who is outside imports from here.
"""

from .report import Fact, Handover, Mark, Part
from .style import Style

__all__ = ["Fact", "Handover", "Mark", "Part", "Style"]
