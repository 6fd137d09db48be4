"""Whether a device is in the programs that its utility promised, by the word of whoever sends the controls."""

from collections.abc import Collection, Set

from ..esi import DemandResponseProgram


def not_assigned(promised: Set[str], programs: Collection[DemandResponseProgram]) -> Set[str]:
    """Return the programs that the utility promised and the gateway does not assign.

    Over Zigbee a gateway assigns a group, which has no name: any will do for what was promised.
    """
    if any(program.description is None for program in programs):
        return set()
    return promised - {program.description for program in programs}
