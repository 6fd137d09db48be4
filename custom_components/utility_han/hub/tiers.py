"""What people call the tiers of a tariff, as its prices tell."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from ..esi import Price


def tier_names(prices: Iterable[Price], known: Mapping[str, str]) -> Mapping[str, str]:
    """Return the names of tiers by their numbers, those that were ``known`` among them.

    None where a tier has several names, or several tiers have one: then it names something else.
    """
    told: dict[int, set[str]] = defaultdict(set)
    for each in prices:
        if each.tier and each.tier_name and (name := _shown(each.tier_name)):
            told[each.tier].add(name)
    sure = {str(tier): names for tier, names in told.items()}
    found = {tier: name for tier, name in known.items() if tier not in sure}
    found |= {tier: next(iter(names)) for tier, names in sure.items() if len(names) == 1}
    times = Counter(name.casefold() for name in found.values())
    return {tier: name for tier, name in sorted(found.items()) if times[name.casefold()] == 1}


def _shown(name: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in name).split())
