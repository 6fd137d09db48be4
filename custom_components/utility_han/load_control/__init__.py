"""Load control on Home Assistant's side: carries out what :mod:`..procedures.load_control` decides."""

from .manager import LoadControlManager

__all__ = ["LoadControlManager"]
