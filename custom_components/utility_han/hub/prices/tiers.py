"""What people call the tiers of a tariff, as its prices tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ...esi import Price


def tier_names(prices: Iterable[Price], known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names of tiers by their numbers, those that were ``known`` among them.

    None where a tier has several names: then they name something else.
    """
    told: dict[int, set[str]] = defaultdict(set)
    for each in prices:
        if each.tier and each.tier_name and (name := _shown(each.tier_name)):
            told[each.tier].add(name)
    sure = {str(tier): names for tier, names in told.items()}
    found = {tier: name for tier, name in known.items() if tier not in sure}
    found |= {tier: next(iter(names)) for tier, names in sure.items() if len(names) == 1}
    return dict(sorted(found.items()))


def telling_apart(names: Mapping[str, str]) -> Mapping[str, str]:
    """Return those of ``names`` that tell tiers apart: what several have names something else.

    The others stay known. Some gateways tell of the tier only that holds now, and would have it named, and not, by
    turns.
    """
    times = Counter(name.casefold() for name in names.values())
    return {tier: name for tier, name in names.items() if times[name.casefold()] == 1}


def _shown(name: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in name).split())
