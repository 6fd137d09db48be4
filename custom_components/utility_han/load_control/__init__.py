"""Load control on Home Assistant's side: carries out what :mod:`..procedures.load_control` decides."""

from .manager import LoadControlManager, async_forget_controls

__all__ = ["LoadControlManager", "async_forget_controls"]
