"""What automations are told of prices, and may ask about them, whoever tells the prices."""

from collections.abc import Mapping

from homeassistant.helpers.condition import Condition
from homeassistant.helpers.trigger import Trigger

from ..automation import crossed, is_within

_IMPORT, _EXPORT = frozenset({"price"}), frozenset({"export_price"})

TRIGGERS: Mapping[str, type[Trigger]] = {
    "price_crossed_threshold": crossed(_IMPORT),
    "export_price_crossed_threshold": crossed(_EXPORT),
}

CONDITIONS: Mapping[str, type[Condition]] = {
    "is_price": is_within(_IMPORT),
    "is_export_price": is_within(_EXPORT),
}
