"""The simulator's key establishment against the vectors of Zigbee Smart Energy, annex C.5 (crypto suite 1)."""

import pytest

from simulator.zigbee import ecc

ISSUER = bytes.fromhex("0200FDE8A7F3D1084224962A4E7C54E69AC3F04DA6B8")
CERTIFICATE_1 = bytes.fromhex(
    "03045FDFC8D85FFB8B3993CB72DDCAA55F00B3E87D6D0000000000000001544553545345434101090006000000000000"
)
CERTIFICATE_2 = bytes.fromhex(
    "020615E07D30ECA2DAD58002E667D94BC1B4223983070000000000000002544553545345434101090006000000000000"
)
PRIVATE_1 = 0x00B8A900FCADEBABBFA383B540FCE9ED438395EAA7
PRIVATE_2 = 0x01E9DDB5580CF72ECE7F215F0AE594E48DF3E7FEE8
EPHEMERAL_1 = ecc.KeyPair.of(0x03D48C7210DDBCC4FB2E5E7A0AA16A0DB89540820B)
EPHEMERAL_2 = ecc.KeyPair.of(0x0013D36DE4B1EA8E22739C381370823F404BFF8862)


@pytest.mark.parametrize(
    ("certificate", "private"), [(CERTIFICATE_1, PRIVATE_1), (CERTIFICATE_2, PRIVATE_2)], ids=["first", "second"]
)
def test_implicit_certificate_yields_the_key_of_its_device(certificate: bytes, private: int) -> None:
    implied = ecc.public_key(certificate, ISSUER)
    assert ecc.compress(implied) == ecc.KeyPair.of(private).public


def test_ephemeral_keys_are_those_of_the_specification() -> None:
    assert EPHEMERAL_1.public.hex().upper() == "0306AB52062201D995B8B8591F3F086A3A2E214D845E"
    assert EPHEMERAL_2.public.hex().upper() == "0300E117C86D0E7CD128B2F34E9076CFF24AF46D7288"


def test_both_sides_come_to_the_link_key_and_codes_of_the_specification() -> None:
    first = ecc.Credentials(CERTIFICATE_1, PRIVATE_1, ISSUER)
    second = ecc.Credentials(CERTIFICATE_2, PRIVATE_2, ISSUER)

    responder = ecc.agree(first, EPHEMERAL_1, CERTIFICATE_2, EPHEMERAL_2.public, initiator=False)
    initiator = ecc.agree(second, EPHEMERAL_2, CERTIFICATE_1, EPHEMERAL_1.public, initiator=True)

    assert initiator == responder
    assert initiator.link_key.hex().upper() == "86D58AAA998E2FAEFAF9FEF49606543A"
    assert initiator.initiator_code.hex().upper() == "B82F1F9774740C32F80FCFC3921B6420"
    assert initiator.responder_code.hex().upper() == "79D5F2AD1C31D4D1EE7CB719AC683C3C"


def test_issued_certificate_yields_the_key_of_its_device() -> None:
    issuer = ecc.KeyPair.generate()
    issued = ecc.issue(issuer, bytes(7) + b"\x05", ecc.KeyPair.generate())
    assert ecc.compress(ecc.public_key(issued.certificate, issuer.public)) == ecc.KeyPair.of(issued.private).public


@pytest.mark.parametrize("data", [b"", bytes(22), b"\x04" + bytes(20) + b"\x01", b"\x02" + b"\xff" * 21])
def test_what_is_no_point_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no point"):
        ecc.decompress(data)


@pytest.mark.parametrize("begun", [0, ecc._ORDER], ids=["from nothing", "once around"])
@pytest.mark.parametrize("point", [ecc.GENERATOR, ecc.multiply(0xC0FFEE, ecc.GENERATOR)], ids=["base", "another"])
def test_multiple_is_what_adding_comes_to(begun: int, point: ecc.Point) -> None:
    total: ecc.Point = None
    for times in range(20):
        assert ecc.multiply(begun + times, point) == total
        total = ecc.add(total, point)
    x, y = point or (0, 0)
    assert ecc.multiply(ecc._ORDER - 1, point) == (x, x ^ y)


def test_point_that_is_its_own_opposite_doubles_to_nothing() -> None:
    assert [ecc.multiply(times, (0, 1)) for times in range(4)] == [None, (0, 1), None, (0, 1)]
    assert ecc.multiply(3, None) is None
