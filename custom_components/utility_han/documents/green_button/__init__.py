"""Green Button: energy usage as Atom with ESPI (NAESB REQ.21). Free of Home Assistant.

This is the public face; who is outside imports from here.
"""

from .codes import Quality
from .remainder import Premise, Remainder, Rest, without_vehicles
from .write import write_feed

__all__ = ["Premise", "Quality", "Remainder", "Rest", "without_vehicles", "write_feed"]
