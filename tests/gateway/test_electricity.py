"""Lists of meters as they come: in pages, with links of every form, without what the schema demands, without end."""

from collections.abc import Mapping
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from aio2030dot5 import MeterConnectionError, MeterNotFound

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.connection import ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.electricity import Selection, select_electricity

POINT = '<UsagePoint href="/upt/1"><MeterReadingListLink href="/upt/1/mr"/></UsagePoint>'
READING = '<MeterReading href="/upt/1/mr/{0}"><ReadingTypeLink href="/rt/{0}"/></MeterReading>'
TYPE = "<ReadingType><uom>72</uom></ReadingType>"


class Gateway:
    """Answers what it is given, by path with or without the page that is asked for."""

    def __init__(self, bodies: Mapping[str, str]) -> None:
        self._bodies = bodies
        self.asked: list[str] = []

    async def get(self, path: str) -> bytes:
        """Return what is there."""
        self.asked.append(path)
        plain = path.partition("?")[0]
        for found in (path, plain):
            if found in self._bodies:
                return self._bodies[found].encode()
        raise MeterNotFound(path, 404)


async def select(gateway: Gateway, href: str = "/upt") -> Selection:
    """Select what is electricity."""
    return await select_electricity(cast("ConnectionSession", gateway), href)


def hrefs(selection: Selection, path: str) -> list[str | None]:
    """Return what a list that was selected has."""
    return [each.get("href") for each in ET.fromstring(selection.bodies[path])]  # noqa: S314


def listed(name: str, entries: str, count: int = 1) -> str:
    """Return a list as agents in the field have it: no mRIDs, a namespace of its own."""
    return f'<{name} xmlns="http://ieee.org/2030.5" all="{count}" results="1">{entries}</{name}>'


async def test_what_the_schema_demands_may_be_missing() -> None:
    gateway = Gateway(
        {
            "/upt": listed("UsagePointList", POINT),
            "/upt/1/mr": listed("MeterReadingList", READING.format(1) + "<unknown/><MeterReading href='/x'/>"),
            "/rt/1": TYPE,
        }
    )
    found = await select(gateway)
    assert hrefs(found, "/upt") == ["/upt/1"]
    assert hrefs(found, "/upt/1/mr") == ["/upt/1/mr/1"]
    assert found.bodies["/rt/1"] == TYPE.encode()
    assert found.left_out == []


@pytest.mark.parametrize(
    ("point", "readings", "reading", "reading_type"),
    [
        ("1", "1/mr", "mr/7", "7/rt"),
        ("https://elsewhere.example:8081/a/1", "https://10.0.0.9:8081/a/1/mr", "/a/1/mr/7", "/a/1/mr/7/rt"),
        ("/a/1", "/a/1/mr", " /a/1/mr/7 ", "../mr/7/rt"),
    ],
)
async def test_links_may_be_relative_or_name_another_host(
    point: str, readings: str, reading: str, reading_type: str
) -> None:
    upt = f'<UsagePoint href="{point}"><MeterReadingListLink href="{readings}"/></UsagePoint>'
    links = f'<ReadingLink href="/r"/><ReadingTypeLink href="{reading_type}"/>'
    mr = f'<MeterReading href="{reading}">{links}</MeterReading>'
    gateway = Gateway(
        {
            "/a/upt": listed("UsagePointList", upt),
            "/a/1/mr": listed("MeterReadingList", mr),
            "/a/1/mr/7/rt": TYPE,
            "/a/mr/7/rt": TYPE,
            "/a/1/7/rt": TYPE,
        }
    )
    found = await select(gateway, "/a/upt")
    assert all(href is not None and href.startswith("/a/") for href in hrefs(found, "/a/1/mr"))
    served = [each.get("href") for each in ET.fromstring(found.bodies["/a/1/mr"])[0]]  # noqa: S314
    assert served[0] == "/r"
    assert served[1] in found.bodies


async def test_all_pages_are_read_and_served_as_one() -> None:
    pages = {
        f"/upt/1/mr?s={start}&l=25": listed(
            "MeterReadingList", "".join(READING.format(start + each) for each in range(25)), 50
        )
        for start in (0, 25)
    }
    gateway = Gateway({"/upt": listed("UsagePointList", POINT), **pages, **{f"/rt/{n}": TYPE for n in range(50)}})
    found = await select(gateway)
    assert len(hrefs(found, "/upt/1/mr")) == 50
    assert ET.fromstring(found.bodies["/upt/1/mr"]).get("all") == "50"  # noqa: S314


async def test_a_page_that_comes_again_and_again_is_read_once() -> None:
    gateway = Gateway(
        {
            "/upt": listed("UsagePointList", POINT, 10**6),
            "/upt/1/mr": listed("MeterReadingList", READING.format(1), 10**6),
            "/rt/1": TYPE,
        }
    )
    assert hrefs(await select(gateway), "/upt/1/mr") == ["/upt/1/mr/1"]
    assert len(gateway.asked) == 5


async def test_a_list_without_end_is_refused() -> None:
    entries = "".join(READING.format(number) for number in range(300))
    gateway = Gateway({"/upt": listed("UsagePointList", POINT), "/upt/1/mr": listed("MeterReadingList", entries, 300)})
    with pytest.raises(GatewayError) as caught:
        await select(gateway)
    assert caught.value.reason is Reason.TOO_LARGE
    assert len(gateway.asked) == 2


@pytest.mark.parametrize("body", ["<UsagePointList", "<UsagePoint/>", "<Error/>"])
async def test_what_is_no_list_is_malformed(body: str) -> None:
    with pytest.raises(GatewayError) as caught:
        await select(Gateway({"/upt": body}))
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "reading_type",
    [
        None,
        "<ReadingType",
        "<Reading/>",
        "<ReadingType><uom>many</uom></ReadingType>",
        "<ReadingType><powerOfTenMultiplier>999</powerOfTenMultiplier></ReadingType>",
    ],
)
async def test_a_reading_type_that_cannot_be_read_loses_no_other(reading_type: str | None) -> None:
    bodies = {
        "/upt": listed("UsagePointList", POINT),
        "/upt/1/mr": listed("MeterReadingList", READING.format(1) + READING.format(2)),
        "/rt/2": TYPE,
    }
    found = await select(Gateway(bodies | ({"/rt/1": reading_type} if reading_type else {})))
    assert hrefs(found, "/upt/1/mr") == ["/upt/1/mr/2"]
    assert [(each.href, each.why) for each in found.left_out] == [("/upt/1/mr/1", "unreadable")]


async def test_a_connection_that_breaks_is_no_unreadable_type() -> None:
    class Breaking(Gateway):
        async def get(self, path: str) -> bytes:
            if path.startswith("/rt"):
                raise MeterConnectionError("closed by the peer")
            return await super().get(path)

    with pytest.raises(MeterConnectionError):
        await select(
            Breaking(
                {"/upt": listed("UsagePointList", POINT), "/upt/1/mr": listed("MeterReadingList", READING.format(1))}
            )
        )


@pytest.mark.parametrize("kind", ["1", "2", "7", "-1", "electricity", "9" * 30])
async def test_what_is_said_to_be_another_service_is_left_out(kind: str) -> None:
    service = f"<serviceCategoryKind>{kind}</serviceCategoryKind>"
    gas = f'<UsagePoint href="/upt/2">{service}<MeterReadingListLink href="/upt/2/mr"/></UsagePoint>'
    found = await select(Gateway({"/upt": listed("UsagePointList", gas)}))
    assert found.bodies == {}
    assert [(each.href, each.why) for each in found.left_out] == [("/upt/2", "not_electricity")]


async def test_what_lies_deep_in_an_entry_is_not_taken_along() -> None:
    deep = "<a>" * 20_000 + "</a>" * 20_000
    gateway = Gateway(
        {
            "/upt": listed("UsagePointList", POINT.replace("</UsagePoint>", f"{deep}</UsagePoint>")),
            "/upt/1/mr": listed("MeterReadingList", READING.format(1)),
            "/rt/1": TYPE,
        }
    )
    assert len((await select(gateway)).bodies["/upt"]) < 1_000
