"""What a person chooses from: options by their values, with the labels that are shown."""

from collections.abc import Mapping

from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode


def _labelled(options: Mapping[str, str]) -> list[SelectOptionDict]:
    return [SelectOptionDict(value=value, label=label) for value, label in options.items()]


def choice(options: Mapping[str, str], *, mode: SelectSelectorMode = SelectSelectorMode.LIST) -> SelectSelector:
    """One of the options."""
    return SelectSelector(SelectSelectorConfig(options=_labelled(options), mode=mode))


def choices(options: Mapping[str, str]) -> SelectSelector:
    """Any of the options."""
    return SelectSelector(
        SelectSelectorConfig(options=_labelled(options), multiple=True, mode=SelectSelectorMode.LIST)
    )


def choice_or_other(
    options: Mapping[str, str],
    other: str,
    translation_key: str,
    *,
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
) -> SelectSelector:
    """One of the options, or none of them; what ``other`` is called is in the translations."""
    return SelectSelector(
        SelectSelectorConfig(
            options=_labelled({**options, other: other}),
            mode=mode,
            translation_key=translation_key,
        )
    )
