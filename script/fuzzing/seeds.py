"""Documents, codes and fragments that are right: what is spoilt to see what becomes of it."""

_NS = 'xmlns="urn:ieee:std:2030.5:ns"'
_STATUS = (
    "<EventStatus><currentStatus>1</currentStatus><dateTime>1</dateTime>"
    "<potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
)
_INTERVAL = "<interval><duration>3600</duration><start>1790000000</start></interval>"

DOCUMENTS = tuple(
    text.encode()
    for text in (
        f"<Time {_NS}><currentTime>1790000000</currentTime><dstEndTime>1</dstEndTime><dstOffset>0</dstOffset>"
        "<dstStartTime>1</dstStartTime><quality>4</quality><tzOffset>-25200</tzOffset></Time>",
        f'<DeviceCapability {_NS} href="/dcap" pollRate="900"><TimeLink href="/tm"/>'
        '<EndDeviceListLink href="/edev" all="2"/><MessagingProgramListLink href="/msg" all="1"/></DeviceCapability>',
        f'<TextMessageList {_NS} all="1" results="1"><TextMessage href="/m" responseRequired="03" replyTo="/rsp">'
        f"<mRID>0A</mRID><description>d</description><creationTime>1</creationTime>{_STATUS}{_INTERVAL}"
        "<originator>o</originator><priority>1</priority><textMessage>Hello</textMessage></TextMessage>"
        "</TextMessageList>",
        f'<EndDeviceControlList {_NS} all="1" results="1"><EndDeviceControl href="/c" responseRequired="03" '
        f'replyTo="/rsp"><mRID>0B</mRID><description>d</description><creationTime>1</creationTime>{_STATUS}{_INTERVAL}'
        "<randomizeDuration>0</randomizeDuration><randomizeStart>60</randomizeStart><ApplianceLoadReduction>"
        "<type>0</type></ApplianceLoadReduction><deviceCategory>00010000</deviceCategory>"
        "<drProgramMandatory>false</drProgramMandatory><DutyCycle><normalValue>50</normalValue></DutyCycle>"
        "<loadShiftForward>false</loadShiftForward><Offset><coolingOffset>10</coolingOffset></Offset>"
        "<overrideDuration>600</overrideDuration><SetPoint><coolingSetpoint>2500</coolingSetpoint></SetPoint>"
        "<TargetReduction><type>2</type><value>5</value></TargetReduction></EndDeviceControl></EndDeviceControlList>",
        f'<EndDeviceList {_NS} href="/edev" all="1" results="1"><EndDevice href="/edev/1"><lFDI>{"AB" * 20}</lFDI>'
        "<sFDI>461236542113</sFDI><changedTime>1</changedTime><enabled>true</enabled></EndDevice></EndDeviceList>",
        f"<Notification {_NS}><subscribedResource>/c</subscribedResource><status>1</status>"
        "<subscriptionURI>/sub/1</subscriptionURI></Notification>",
    )
)
DOCUMENT_TOKENS = (
    b"</", b"<a>", b' xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"', b' xmlns=""', b"\xff",
    b"&#0;", b' x:type="EndDevice"', b"999999999999999999999", b"-1", b"NaN", b"<![CDATA[", b"\xef\xbb\xbf", b"true",
    b"0x", b"<!--", b"<?", b"&amp;", b"//[",
)  # fmt: skip

_ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
_ESPI = 'xmlns="http://naesb.org/espi"'
GREEN_BUTTON = tuple(
    f"<feed {_ATOM}>{''.join(f'<entry>{entry}</entry>' for entry in entries)}</feed>".encode()
    for entries in (
        (
            '<link rel="self" href="/U/1"/><link rel="related" href="/U/1/M"/><link rel="related" href="/L/1"/>'
            f"<title>t</title><content><UsagePoint {_ESPI}><ServiceCategory><kind>0</kind></ServiceCategory>"
            "</UsagePoint></content>",
            '<link rel="self" href="/U/1/M/1"/><link rel="up" href="/U/1/M"/><link rel="related" href="/U/1/M/1/B"/>'
            f'<link rel="related" href="/R/1"/><content><MeterReading {_ESPI}/></content>',
            f'<link rel="self" href="/R/1"/><content><ReadingType {_ESPI}>'
            "<accumulationBehaviour>4</accumulationBehaviour><currency>840</currency><flowDirection>1</flowDirection><intervalLength>900</intervalLength>"
            "<powerOfTenMultiplier>-3</powerOfTenMultiplier><uom>72</uom></ReadingType></content>",
            f'<link rel="up" href="/U/1/M/1/B"/><content><IntervalBlock {_ESPI}><interval><duration>1800</duration>'
            "<start>1790000000</start></interval><IntervalReading><cost>5</cost><ReadingQuality><quality>8</quality>"
            "</ReadingQuality><timePeriod><duration>900</duration><start>1790000000</start></timePeriod><value>250</value>"
            "<tou>1</tou></IntervalReading><IntervalReading><value>7</value></IntervalReading></IntervalBlock></content>"
            "<updated>2026-10-01T00:00:00Z</updated>",
            f'<link rel="up" href="/U/1/S"/><content><UsageSummary {_ESPI}><billingPeriod><duration>9</duration>'
            "<start>1790000000</start></billingPeriod><billLastPeriod>1</billLastPeriod><overallConsumptionLastPeriod>"
            "<powerOfTenMultiplier>3</powerOfTenMultiplier><uom>72</uom><value>1</value></overallConsumptionLastPeriod>"
            "</UsageSummary></content>",
            f'<link rel="self" href="/L/1"/><content><LocalTimeParameters {_ESPI}><tzOffset>-25200</tzOffset>'
            "</LocalTimeParameters></content>",
        ),
    )
)
"""A Green Button file with one of each."""

_OF_STICK = "<DeviceMacId>0xd8d5b90000000001</DeviceMacId><MeterMacId>0x0013500300000001</MeterMacId>"
FRAGMENTS = tuple(
    f"<{name}>{_OF_STICK}<TimeStamp>0x2a1b3c4d</TimeStamp>{fields}</{name}>".encode()
    for name, fields in {
        "NetworkInfo": "<CoordMacId>0x0013500300000001</CoordMacId><Status>Connected</Status>"
        "<LinkStrength>0x64</LinkStrength>",
        "MeterList": "",
        "TimeCluster": "<UTCTime>0x2a1b3c4d</UTCTime><LocalTime>0x2a1b3c4d</LocalTime>",
        "InstantaneousDemand": "<Demand>0x001738</Demand><Multiplier>0x00000001</Multiplier>"
        "<Divisor>0x000003e8</Divisor><DigitsRight>0x03</DigitsRight><DigitsLeft>0x0f</DigitsLeft>",
        "CurrentSummationDelivered": "<SummationDelivered>0x0000000001321a5f</SummationDelivered>"
        "<SummationReceived>0x00</SummationReceived><Multiplier>0x01</Multiplier><Divisor>0x03e8</Divisor>",
        "PriceCluster": "<Price>0x0e</Price><Currency>0x0348</Currency><TrailingDigits>0x02</TrailingDigits>"
        "<Tier>0x01</Tier><RateLabel>Set by User</RateLabel>",
        "MessageCluster": "<Id>0x00000017</Id><Text>Hello</Text><ConfirmationRequired>Y</ConfirmationRequired>"
        "<Confirmed>N</Confirmed><Queue>Active</Queue>",
    }.items()
)
FRAGMENT_TOKENS = (
    b"0x",
    b"0x00",
    b"0xffffffffffffffff",
    b"0xffffff",
    b"-",
    b"</",
    b"<Divisor>0x00</Divisor>",
    b"\xff",
)

CODES = (
    "Z:0123456789ABCDEF$I:83FED3407A939723A5C639B26916D505C3B5%", "EUI64:0123456789ABCDEF IC:83FED3407A93",
    "0123456789ABCDEF,83FED3407A939738", "83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5",
    "192.0.2.1", "192.0.2.1:443", "https://gateway.local:8443/dcap", "[2001:db8::1]:443", "2001:db8::1",
    "123455", "461236542113", "AB" * 20, "01:23:45:67:89:AB:CD:EF", "1M8GDM9AXKP042788", "https://utility.example",
)  # fmt: skip
CODE_TOKENS = ("Z:", "I:", "$", "%", "://", "[", "]", ":", "@", "²", "\x00", "xn--", " " * 40, "0" * 40, "..")
PATTERNS = ("^AT[0-9]{8}$", "(A|B)+$", "[A-Z]*[0-9]?", r"\d{4,}", "(?:A|AA)+")
PATTERN_TOKENS = ("(", ")", ")+", "*", "|A", "[", "]", "{2,}", "\\", "?")

RECORDS = {
    "health": {
        "state": "failing", "reason": "clock_off", "since": "2026-01-01T00:00:00+00:00",
        "seen": {"clock_off": ["failing", "2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"]},
    },
    "registration": {
        "lfdi": "AB" * 20, "kind": "thermostat", "model_id": "m", "premise_id": "p", "gateway_lfdi": "CD" * 20,
        "serial": "AT1", "consents": [], "results": {}, "version": 1, "dr_programs": [],
    },
    "commissioning": {"method": "in_band", "device_category": 1, "accepted": True, "results": {}},
    "vehicle": {"id": "v", "vin": "1M8GDM9AXKP042788", "make": "V", "model": "One", "premise_id": "p", "bindings": {}},
    "ledger": {"session": {}, "point": "sensor.x", "meter": {}, "records": []},
    "control": {"control": {}, "lfdi": "AB" * 20, "changed": "2026-01-01T00:00:00+00:00"},
    "point": {"meter": {}, "plugged": True, "session": None, "idle_total": 0.0},
}  # fmt: skip
"""Records that were stored, each near enough to what its class keeps."""

_MQTT = {
    "URIS": ["mqtts://vtn.example", "mqtts://broker.example:8884"],
    "serialization": "JSON",
    "authentication": {
        "method": "OAUTH2_BEARER_TOKEN", "username": "{clientID}", "caCert": "x", "clientCert": "y", "clientKey": "z",
    },
}  # fmt: skip
OF_VTN = {
    "notifiers": {"WEBHOOK": True, "MQTT": _MQTT},
    "topics": {"topics": {"CREATE": "events/create", "UPDATE": "events/update", "DELETE": "events/delete"}},
}
"""What a VTN says of how it tells of news, as the examples of OpenADR 3.1 have it."""
