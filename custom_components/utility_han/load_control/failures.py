"""What people are told when they cannot opt out or in."""

from collections.abc import Generator
from contextlib import contextmanager

from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..procedures import OptError
from .subject import ControlledSubject


@contextmanager
def opt_errors(subject: ControlledSubject) -> Generator[None]:
    """Say why in words; ``ServiceValidationError``."""
    try:
        yield
    except OptError as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=err.reason.value,
            translation_placeholders={"device": subject.title},
        ) from err
