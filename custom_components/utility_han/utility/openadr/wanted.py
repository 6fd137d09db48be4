"""What a report that is due is to be about."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..report_model import ReportInterval, WantedReport
from .enrolment import consents_of, device_of
from .model import VtnEvent, VtnObject
from .schedule import DueReport


@dataclass(frozen=True, slots=True)
class Asked:
    """Our ven, which is asked for reports: its name, what it was granted, and its resources."""

    name: str
    targets: frozenset[str]
    resources: Sequence[VtnObject]


def wanted_report(report: DueReport, event: VtnEvent, asked: Asked) -> WantedReport:
    """Return a report that is due with the resources that it is to be about.

    A ven that the descriptor names itself is asked for what it is as a whole as well.
    """
    descriptor, wanted = report.descriptor, report.descriptor.targets or event.targets
    everyone = not wanted or bool(wanted & (asked.targets | {asked.name}))
    devices = {
        each.name: named[1]
        for each in asked.resources
        if report.program in (consents_of(each) or ())
        and (everyone or each.targets & wanted or each.name in wanted)
        and (named := device_of(each)) is not None
    }
    return WantedReport(
        report.name,
        report.event,
        report.program,
        descriptor.payload_type,
        descriptor.reading_type,
        report.unit,
        descriptor.aggregate,
        report.at,
        tuple(ReportInterval(each.interval.id, each.start, each.end) for each in report.intervals),
        devices,
        asked.name if asked.name in descriptor.targets else None,
    )
