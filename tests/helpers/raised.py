"""Has the report of a test that failed end with the errors that were logged meanwhile.

An error in the server that a test speaks with is no error of the test: it shows in the log alone, of which a long
report is cut in the middle.
"""

import logging
from collections.abc import Generator

import pytest
from _pytest.logging import caplog_records_key


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the tracebacks of its log as the last section."""
    report = yield
    if report.failed:
        records = [record for each in item.stash.get(caplog_records_key, {}).values() for record in each]
        formatter = logging.Formatter()
        told = [
            f"{record.getMessage()}\n{formatter.formatException(record.exc_info)}"
            for record in records
            if record.exc_info and record.exc_info[0] is not None
        ]
        if told:
            report.sections.append(("Errors in the log", "\n\n".join(told)))
    return report
