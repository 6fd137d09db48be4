"""Our ven and its resources, one for each device: taken up by name where they are there, else made.

``venName`` is unique within a VTN and ``resourceName`` within a ven (Definition, "Object names"), and a POST has no
idempotency key, so whatever is made is looked for first. The kind of a device is part of its resource's name, since
no attribute is enumerated for it (``ven-resource-attributes.schema.yaml``).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from openadr3_client.oadr310.models.resource.resource import NewResourceVenRequest
from openadr3_client.oadr310.models.ven.ven import NewVenVenRequest

from ..errors import UtilityError, UtilityReason
from .connection import VtnConnection
from .model import Version, VtnObject
from .reading import CONSENTS, Notes, read_each, read_resource, read_ven

_NAME = re.compile(r"(?P<kind>[a-z_]{1,64})-(?P<lfdi>[0-9A-F]{40})")


def resource_name(kind: str, lfdi: str) -> str:
    """Return the name of a device's resource."""
    return f"{kind}-{lfdi}"


def device_of(resource: VtnObject) -> tuple[str, str] | None:
    """Return kind and LFDI of the device that a resource is of, None where it is not one of ours."""
    named = _NAME.fullmatch(resource.name)
    return (named["kind"], named["lfdi"]) if named else None


def identity_of(ven: VtnObject) -> str:
    """Return what no other VTN has of a ven, wherever it moves with what it knows.

    ``venName`` is "user generated" and "expected to be unique within the scope of a VTN" only. ``id`` and
    ``createdDateTime`` are "VTN provisioned on object creation" (``openadr3.yaml``, objectMetadata); an id alone may
    be a number.

    So a VTN that was made anew, with other ids, is another one. Nothing else of the document identifies: ``eventName``
    is "for use in debugging or User Interface", ``resourceName`` and ``clientName`` are "user generated", ``clientID``
    is that of the authentication service. An event with another id is an event that nobody answered; an enrolment is a
    resource that is there, or is not, and what was agreed to of a program is not agreed to of one that has its
    ``programName`` ("to uniquely identify program") and perhaps other terms.
    """
    return f"{ven.id} {ven.created.isoformat()}"


def consents_of(resource: VtnObject) -> dict[str, str] | None:
    """Return the programs that were agreed to, with the version of their terms; None where nothing is decided yet."""
    if (kept := resource.attributes.get(CONSENTS)) is None:
        return None
    agreed = (str(value).split(" ") for value in kept)
    return {each[0]: each[1] for each in agreed if len(each) == 3}


class Enrolment:
    """Our objects at the VTN."""

    def __init__(self, connection: VtnConnection, ven_name: str, notes: Notes) -> None:
        self._connection = connection
        self._ven_name = ven_name
        self._notes = notes

    async def find_ven(self) -> VtnObject | None:
        """Return our ven, None where there is none."""
        found = await self._vens({"venName": self._ven_name})
        return next((ven for ven in found if ven.name == self._ven_name), None)

    async def vens(self) -> dict[str, str]:
        """Return all vens that are shown to us: which each is (:func:`identity_of`), by its name."""
        return {ven.name: identity_of(ven) for ven in await self._vens({})}

    async def _vens(self, asked: Mapping[str, str]) -> list[VtnObject]:
        entries, _ = await self._connection.pages("vens", asked)
        return read_each(entries, read_ven, await self._connection.version(), self._notes)

    async def ven(self) -> VtnObject:
        """Return our ven, which is made where there is none (UR-6)."""
        if (found := await self.find_ven()) is not None:
            return found
        request = NewVenVenRequest(ven_name=self._ven_name)
        await self._make("vens", request.model_dump(mode="json", by_alias=True, exclude_none=True))
        if (found := await self.find_ven()) is None:
            raise UtilityError(UtilityReason.NAME_TAKEN, f"the ven {self._ven_name} is somebody else's")
        return found

    async def resources(self, ven: VtnObject) -> list[VtnObject]:
        """Return the resources of our ven that are of our devices."""
        return [resource for resource in await self._of(ven) if device_of(resource)]

    async def resource(self, kind: str, lfdi: str) -> VtnObject:
        """Return the resource of a device, which is made where there is none (UR-8)."""
        ven, name = await self.ven(), resource_name(kind, lfdi)
        if (found := await self._named(ven, name)) is not None:
            return found
        request = NewResourceVenRequest.model_validate({"resourceName": name, "venID": ven.id})
        path, _ = await self._listed(ven)
        await self._make(path, request.model_dump(mode="json", by_alias=True, exclude_none=True))
        if (found := await self._named(ven, name)) is None:
            raise UtilityError(UtilityReason.NAME_TAKEN, f"the resource {name} is somebody else's")
        return found

    async def by_id(self, resource_id: str) -> VtnObject:
        """Return a resource of ours; ``UNKNOWN_TO_UTILITY`` where there is no such."""
        return self._read(
            await self._connection.call("GET", await self._path(resource_id)), await self._connection.version()
        )

    async def agree(self, resource_id: str, consents: Sequence[Mapping[str, str]]) -> VtnObject:
        """Keep with a resource what a person agreed to; what others put there stays."""
        path, version = await self._path(resource_id), await self._connection.version()
        data = await self._connection.call("GET", path)
        self._read(data, version)
        kept = [
            each for each in data.get("attributes") or [] if not isinstance(each, dict) or each.get("type") != CONSENTS
        ]
        agreed = [f"{each['program_id']} {each['terms_version']} {each['consented_at']}" for each in consents]
        body: dict[str, Any] = {
            "objectType": "VEN_RESOURCE_REQUEST" if version is Version.V3_1 else "RESOURCE",
            "resourceName": data["resourceName"],
            "venID": data["venID"],
            "attributes": [*kept, {"type": CONSENTS, "values": agreed}],
        }
        if version is Version.V3_0_1 and data.get("targets") is not None:
            body["targets"] = data["targets"]  # in 3.1 they are no part of what a VEN writes
        return self._read(await self._connection.call("PUT", path, body), version)

    async def remove(self, resource_id: str) -> None:
        """Delete a resource; ``UNKNOWN_TO_UTILITY`` where there is none any more."""
        await self._connection.call("DELETE", await self._path(resource_id))

    async def withdraw(self) -> None:
        """Delete our ven with all that belongs to it, where it is there."""
        if (ven := await self.find_ven()) is None:
            return
        for path in [*[await self._path(each.id) for each in await self.resources(ven)], f"vens/{ven.id}"]:
            try:
                await self._connection.call("DELETE", path)
            except UtilityError as err:  # somebody else may be at it as well
                if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
                    raise

    async def _named(self, ven: VtnObject, name: str) -> VtnObject | None:
        return next((each for each in await self._of(ven, resourceName=name) if each.name == name), None)

    async def _of(self, ven: VtnObject, **asked: str) -> list[VtnObject]:
        path, query = await self._listed(ven)
        entries, _ = await self._connection.pages(path, query | asked)
        found = read_each(entries, read_resource, await self._connection.version(), self._notes)
        return [resource for resource in found if resource.of == ven.id]

    async def _make(self, path: str, body: dict[str, Any]) -> None:
        """Make an object that is looked for afterwards; one that somebody made meanwhile will be found as well."""
        if await self._connection.version() is Version.V3_0_1:
            body["objectType"] = "VEN" if path == "vens" else "RESOURCE"
        try:
            await self._connection.call("POST", path, body)
        except UtilityError as err:
            if err.reason is not UtilityReason.NAME_TAKEN:
                raise

    async def _listed(self, ven: VtnObject) -> tuple[str, dict[str, str]]:
        """Return where the resources of a ven are; in 3.0.1 they are below it."""
        if await self._connection.version() is Version.V3_0_1:
            return f"vens/{ven.id}/resources", {}
        return "resources", {"venID": ven.id}

    async def _path(self, resource_id: str) -> str:
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", resource_id):  # objectID
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "no id of an object")
        if await self._connection.version() is Version.V3_1:
            return f"resources/{resource_id}"
        if (ven := await self.find_ven()) is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "our ven is not there")
        return f"vens/{ven.id}/resources/{resource_id}"

    def _read(self, data: Any, version: Version) -> VtnObject:
        if found := read_each([data], read_resource, version, self._notes):
            return found[0]
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "the resource cannot be read")
