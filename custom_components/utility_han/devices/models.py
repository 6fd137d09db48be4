"""What models of devices are called, as a person reads it."""

_OURS = "home assistant"
"""The manufacturer under which a utility lists what takes part through Home Assistant (``docs/utility-api.yaml``)."""


def is_ours(manufacturer: str | None) -> bool:
    """Whether that is the manufacturer of what takes part through Home Assistant."""
    return (manufacturer or "").casefold() == _OURS


def model_name(manufacturer: str | None, name: str | None) -> str | None:
    """Return what a model is called: a kind of device where it takes part through Home Assistant, with its capital."""
    return f"{name[:1].upper()}{name[1:]}" if name and is_ours(manufacturer) else name


def with_maker(manufacturer: str | None, name: str | None) -> str:
    """Return a model with its maker, who is told once where the model's name has them already."""
    named = manufacturer is None or manufacturer.casefold() in (name or "").casefold()
    return " ".join(filter(None, (None if named else manufacturer, name)))
