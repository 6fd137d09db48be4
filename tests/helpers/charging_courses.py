"""What happened to chargers of which too much or too little was known, found by random courses."""

from typing import Any

type Course = list[tuple[str, dict[str, Any]]]
COURSES: list[tuple[int, int, bool, Course]] = [
    (
        # By a clock that was put back another vehicle had no time to be charged while nobody looked.
        *(1, 0, True),
        [
            ("come_by", {"car": "family", "minutes": 150, "after": 1}),
            ("charge", {"car": "family", "minutes": 12, "power": 2942}),
            ("kill", {}),
            ("wait", {"minutes": 200}),
            ("set_clock", {"seconds": -22286}),
            ("come_by", {"car": "family", "minutes": 176, "after": 1}),
        ],
    ),
    (
        # It begins anew while nobody looks, and by then says what it had said before.
        *(279, 729, False),
        [
            ("charge", {"car": "family", "minutes": 69, "power": 2200}),
            ("wait", {"minutes": 270}),
            ("reset_counter", {}),
            ("come_by", {"car": "family", "minutes": 99, "after": 1323}),
            ("wait", {"minutes": 178}),
            ("reset_counter", {}),
            ("kill", {}),
            ("wait", {"minutes": 213}),
            ("charge", {"car": "family", "minutes": 138, "power": 8905}),
        ],
    ),
    (
        # It says another unit, and has begun anew in the right one when somebody looks again.
        *(60, 0, True),
        [
            ("come_by", {"car": "family", "minutes": 187, "after": 270}),
            ("charge", {"car": "family", "minutes": 27, "power": 2201}),
            ("flip_unit", {"minutes": 2, "factor": 0.001}),
            ("kill", {}),
            ("come_by", {"car": "second", "minutes": 100, "after": 1455}),
            ("charge", {"car": "family", "minutes": 10, "power": 2200}),
        ],
    ),
    (
        # It tells of a vehicle when that has left, and more than of the one before.
        *(500, 323, True),
        [
            ("come_by", {"car": "family", "minutes": 12, "after": 1}),
            ("come_by", {"car": "family", "minutes": 10, "after": 9}),
            ("come_by", {"car": "family", "minutes": 10, "after": 1}),
        ],
    ),
    (
        # Another unit, and it begins anew before it says the right one again.
        *(22, 12, False),
        [
            ("reset_counter", {}),
            ("charge", {"car": "second", "minutes": 5, "power": 4231}),
            ("flip_unit", {"factor": 1000.0, "minutes": 1}),
            ("reset_counter", {}),
        ],
    ),
    (
        # The same of a counter that had just begun.
        *(300, 0, False),
        [
            ("reset_counter", {}),
            ("charge", {"car": "second", "minutes": 11, "power": 4231}),
            ("flip_unit", {"factor": 1000.0, "minutes": 1}),
            ("unplug", {}),
            ("plug", {"car": "family"}),
        ],
    ),
    (
        # The first that is told of a vehicle is told in another unit.
        *(3600, 0, True),
        [
            ("charge", {"car": "family", "minutes": 20, "power": 7000}),
            ("unplug", {}),
            *[("wait", {"minutes": 300})] * 4,
            ("charge", {"car": "family", "minutes": 10, "power": 2237}),
            ("flip_unit", {"factor": 1000.0, "minutes": 200}),
        ],
    ),
    (
        *(44772, 750, True),
        [
            ("come_by", {"car": "second", "minutes": 79, "after": 1783}),
            ("charge", {"car": "second", "minutes": 166, "power": 10715}),
            ("flip_unit", {"minutes": 238, "factor": 1000.0}),
        ],
    ),
    (
        # It says the other unit when it tells more than a minute's charging.
        *(1449, 492, False),
        [
            ("wait", {"minutes": 230}),
            ("charge", {"car": "second", "minutes": 88, "power": 8525}),
            ("rebound", {"minutes": 15}),
            ("flip_unit", {"minutes": 145, "factor": 0.001}),
        ],
    ),
    (
        *(46007, 688, False),
        [
            ("charge", {"car": "second", "minutes": 189, "power": 4688}),
            ("wait", {"minutes": 202}),
            ("charge", {"car": "second", "minutes": 43, "power": 9839}),
            ("rebound", {"minutes": 227}),
            ("rebound", {"minutes": 56}),
            ("charge", {"car": "second", "minutes": 154, "power": 6997}),
            ("flip_unit", {"minutes": 19, "factor": 0.001}),
        ],
    ),
    (
        # In another unit it would be where it was before it began lower.
        *(955, 630, False),
        [
            ("charge", {"car": "second", "minutes": 12, "power": 5088}),
            ("go_away", {"minutes": 91}),
            ("reset_counter", {}),
            ("charge", {"car": "second", "minutes": 83, "power": 5376}),
            ("flip_unit", {"minutes": 170, "factor": 1000.0}),
        ],
    ),
    (
        # By a clock that was put forward by weeks any unit fits.
        *(3366, 427, True),
        [
            ("charge", {"car": "family", "minutes": 88, "power": 5076}),
            ("restart", {"seconds": 1_159_425}),
            ("flip_unit", {"minutes": 117, "factor": 1000.0}),
        ],
    ),
    (
        *(109, 53, True),
        [
            ("come_by", {"car": "second", "minutes": 65, "after": 1165}),
            ("kill", {}),
            ("charge", {"car": "second", "minutes": 50, "power": 4719}),
            ("set_clock", {"seconds": 1_154_848}),
        ],
    ),
    (
        *(2557, 177, True),
        [
            ("charge", {"car": "family", "minutes": 11, "power": 10297}),
            ("flip_unit", {"minutes": 213, "factor": 0.001}),
            ("unplug", {}),
            ("kill", {}),
            ("go_away", {"minutes": 15}),
            ("wait", {"minutes": 190}),
            ("charge", {"car": "second", "minutes": 24, "power": 2465}),
        ],
    ),
    (
        # A vehicle that nobody saw, and the clock was put back.
        *(1, 0, False),
        [
            ("kill", {}),
            ("set_clock", {"seconds": -2737}),
            ("come_by", {"car": "family", "minutes": 65, "after": 1}),
        ],
    ),
    (
        *(105, 303, True),
        [
            ("set_clock", {"seconds": -1_015_097}),
            ("kill", {}),
            ("come_by", {"car": "second", "minutes": 181, "after": 685}),
            ("start", {}),
            ("plug", {"car": "second"}),
        ],
    ),
    (
        *(63, 356, True),
        [
            ("come_by", {"car": "second", "minutes": 121, "after": 1185}),
            ("set_clock", {"seconds": -1_788_842}),
            ("plug", {"car": "second"}),
            ("kill", {}),
            ("come_by", {"car": "second", "minutes": 141, "after": 124}),
        ],
    ),
    (
        *(19862, 88, True),
        [
            ("charge", {"car": "family", "minutes": 118, "power": 8865}),
            ("flip_unit", {"minutes": 234, "factor": 1000.0}),
            ("kill", {}),
            ("start", {}),
        ],
    ),
    (
        *(21286, 796, True),
        [
            ("charge", {"car": "second", "minutes": 90, "power": 7421}),
            ("wait", {"minutes": 287}),
            ("come_by", {"car": "second", "minutes": 146, "after": 79}),
            ("flip_unit", {"minutes": 85, "factor": 0.001}),
            ("flip_unit", {"minutes": 50, "factor": 0.001}),
        ],
    ),
    (
        *(2407, 737, False),
        [
            ("reset_counter", {}),
            ("come_by", {"car": "second", "minutes": 24, "after": 80}),
            ("rebound", {"minutes": 40}),
            ("kill", {}),
            ("come_by", {"car": "family", "minutes": 149, "after": 183}),
        ],
    ),
    (
        *(2410, 895, False),
        [
            ("kill", {}),
            ("charge", {"car": "family", "minutes": 144, "power": 9721}),
            ("charge", {"car": "second", "minutes": 106, "power": 7679}),
            ("set_clock", {"seconds": -1640268}),
            ("start", {}),
            ("reset_counter", {}),
        ],
    ),
    (
        *(56537, 471, False),
        [
            ("reset_counter", {}),
            ("flip_unit", {"minutes": 196, "factor": 1000.0}),
            ("come_by", {"car": "second", "minutes": 129, "after": 117}),
            ("charge", {"car": "family", "minutes": 167, "power": 8423}),
            ("flip_unit", {"minutes": 224, "factor": 0.001}),
            ("reset_counter", {}),
        ],
    ),
    (
        *(67612, 231, True),
        [
            ("flip_unit", {"minutes": 189, "factor": 0.001}),
            ("charge", {"car": "second", "minutes": 160, "power": 10852}),
            ("charge", {"car": "family", "minutes": 159, "power": 8606}),
            ("go_away", {"minutes": 44}),
            ("flip_unit", {"minutes": 159, "factor": 1000.0}),
            ("unplug", {}),
            ("go_away", {"minutes": 112}),
            ("wait", {"minutes": 183}),
            ("flip_unit", {"minutes": 115, "factor": 1000.0}),
            ("charge", {"car": "second", "minutes": 130, "power": 2599}),
            ("flip_unit", {"minutes": 189, "factor": 0.001}),
        ],
    ),
    (
        *(32, 639, False),
        [
            ("reset_counter", {}),
            ("plug", {"car": "second"}),
            ("restart", {"seconds": 505380}),
            ("charge", {"car": "second", "minutes": 75, "power": 4250}),
            ("flip_unit", {"minutes": 150, "factor": 1000.0}),
        ],
    ),
    (
        *(10520, 69, True),
        [
            ("kill", {}),
            ("charge", {"car": "family", "minutes": 165, "power": 9891}),
            ("start", {}),
            ("wait", {"minutes": 195}),
            ("flip_unit", {"minutes": 9, "factor": 0.001}),
            ("reset_counter", {}),
        ],
    ),
    (
        *(81, 627, False),
        [
            ("reset_counter", {}),
            ("restart", {"seconds": -1146118}),
            ("kill", {}),
            ("come_by", {"car": "second", "minutes": 167, "after": 930}),
            ("start", {}),
            ("charge", {"car": "second", "minutes": 195, "power": 5597}),
            ("rebound", {"minutes": 196}),
        ],
    ),
    (
        *(73576, 605, True),
        [
            ("wait", {"minutes": 300}),
            ("come_by", {"car": "second", "minutes": 85, "after": 987}),
            ("reset_counter", {}),
            ("kill", {}),
            ("charge", {"car": "family", "minutes": 124, "power": 8212}),
        ],
    ),
    (
        # What it tells of a vehicle comes when that has left, and one that took nothing after it.
        *(36, 504, False),
        [("come_by", {"car": "family", "minutes": 10, "after": 3}), ("plug", {"car": "family"})],
    ),
    (
        # It begins anew, and another vehicle is charged unseen in no time by a clock that was put back.
        *(65537, 234, False),
        [
            ("come_by", {"car": "family", "minutes": 151, "after": 444}),
            ("reset_counter", {}),
            ("come_by", {"car": "family", "minutes": 13, "after": 133}),
            ("wait", {"minutes": 264}),
            ("wait", {"minutes": 77}),
            ("flip_unit", {"minutes": 40, "factor": 0.001}),
            ("reset_counter", {}),
            ("restart", {"seconds": -460783}),
            ("kill", {}),
            ("come_by", {"car": "family", "minutes": 121, "after": 1}),
        ],
    ),
    (
        # What the next vehicle charges unseen comes to what the one before it had charged.
        *(2581, 0, True),
        [
            ("come_by", {"car": "family", "minutes": 24, "after": 1360}),
            ("reset_counter", {}),
            ("kill", {}),
            ("come_by", {"car": "family", "minutes": 49, "after": 1}),
        ],
    ),
    (
        # It shows 0 for a minute, and then in one go what it counted in hours before.
        *(18361, 0, False),
        [
            ("come_by", {"car": "family", "minutes": 164, "after": 141}),
            ("rebound", {"minutes": 1}),
            ("charge", {"car": "family", "minutes": 10, "power": 2200}),
            ("reset_counter", {}),
        ],
    ),
    (
        # The vehicle that comes at once has charged as much, to the third of a watt-hour, when it is told.
        *(280, 324, True),
        [
            ("come_by", {"car": "family", "minutes": 10, "after": 1}),
            ("charge", {"car": "family", "minutes": 10, "power": 10959}),
            ("come_by", {"car": "family", "minutes": 10, "after": 1}),
        ],
    ),
    (
        # Nobody looks, and by the clock it took no time; a moment later it says the smaller unit.
        *(1, 0, False),
        [
            ("kill", {}),
            ("charge", {"car": "family", "minutes": 178, "power": 2200}),
            ("set_clock", {"seconds": -11515}),
            ("charge", {"car": "second", "minutes": 13, "power": 2200}),
            ("start", {}),
            ("flip_unit", {"minutes": 1, "factor": 0.001}),
        ],
    ),
    (
        # The vehicle that was there all the time took more than the one before it can have.
        *(1, 0, False),
        [
            ("charge", {"car": "family", "minutes": 10, "power": 2200}),
            ("set_clock", {"seconds": -1866}),
            ("come_by", {"car": "family", "minutes": 10, "after": 1}),
            ("plug", {"car": "second"}),
            ("kill", {}),
            ("charge", {"car": "family", "minutes": 30, "power": 6217}),
        ],
    ),
]
"""How often it tells, how late, whether its counter is of each session; what happens. Each was wrong once."""
