"""What happens in Port Merrin: kinds of incident, what is said about them, where, and how bad they are."""

from typing import NamedTuple

STREETS = (
    "Mill Lane",
    "High Street",
    "Harbour Road",
    "Castle Street",
    "Union Terrace",
    "Kirk Wynd",
    "Shore Road",
    "Bridge Street",
    "Station Road",
    "Victoria Road",
    "Market Street",
    "Queen's Drive",
    "Ropewalk",
    "Commercial Street",
    "Elm Row",
    "Barclay Street",
    "Seagate",
    "Links Road",
    "School Brae",
    "Viewforth",
    "Fishermen's Row",
    "Albert Place",
    "Burnside",
)

DISTRICTS = (
    "Old Town",
    "Quayside",
    "Westgate",
    "Castle Hill",
    "Southfield",
    "Braehead",
    "Millbank",
    "Northshore",
    "Kirkton",
    "Garden Village",
    "Highmuir",
    "University Park",
)
SEA = ("Harbour Approaches", "South Anchorage", "Harbour Approaches", "Inner Harbour")
ROADS = ("Bypass A92", "Highmuir Junction")
SCHOOLS = ("Harbour Primary School", "Braehead Primary School", "Kirkton Primary School", "Northshore Academy")


class Story(NamedTuple):
    """One kind of incident. *severities*: codes to draw from, the likely ones more than once."""

    name: str
    descriptions: tuple[str, ...]
    where: tuple[str, ...]  # areas of the town
    severities: tuple[str, ...]
    hours: float  # how long it is usually open


STORIES = (
    Story(
        "Collision",
        (
            "Two cars, nobody trapped. One lane blocked.",
            "Car against a cyclist, ambulance on its way.",
            "Van into a parked car, fluid on the road.",
        ),
        DISTRICTS + ROADS * 3,
        ("ME", "ME", "LO", "HI"),
        1.5,
    ),
    Story("Lorry on its side", ("Both lanes blocked, diesel leaking. Driver is out.",), ROADS, ("HI", "UR"), 5),
    Story(
        "House fire",
        (
            "Smoke from the first floor, everybody is said to be out.",
            "Kitchen fire, the neighbours are outside.",
            "Flames from the roof, one person not accounted for.",
        ),
        DISTRICTS,
        ("HI", "HI", "UR"),
        3,
    ),
    Story(
        "Bin fire",
        ("Two wheelie bins against a wall.", "Out on arrival, no spread."),
        DISTRICTS,
        ("LO", "LO", "IN"),
        0.7,
    ),
    Story(
        "Smell of gas",
        (
            "Strong in the stairwell, the network operator has been called.",
            "Noticed by several passers-by near the roadworks.",
        ),
        (*DISTRICTS, "Old Town Market"),
        ("HI", "ME", "UR"),
        2.5,
    ),
    Story(
        "Burst water main",
        ("Water down the street, pressure low in the whole block.", "Road surface lifting, closed to traffic."),
        DISTRICTS,
        ("ME", "ME", "HI"),
        9,
    ),
    Story(
        "Power cut",
        ("About 200 households. Cause not known yet.", "Substation tripped, engineer on the way."),
        (*DISTRICTS, "Grangeburn Power Station"),
        ("ME", "LO"),
        3,
    ),
    Story(
        "Tree down",
        ("Across the pavement, one car damaged.", "Blocking the whole road."),
        (*DISTRICTS, "Bypass A92"),
        ("LO", "ME"),
        5,
    ),
    Story(
        "Flooded road",
        ("Ankle-deep and rising, drains cannot cope.", "Two cars stuck, drivers safe."),
        ("Merrin Flood Zone", "Coastal Flood Zone"),
        ("LO", "ME", "HI"),
        8,
    ),
    Story(
        "River level high",
        ("Gauge at the mill 1.9 m and rising.", "Footpath under water, signs put up."),
        ("River Merrin", "Merrin Flood Zone"),
        ("LO", "LO", "ME"),
        30,
    ),
    Story(
        "Small boat adrift",
        ("Open boat, two people on board, engine failed.", "Nobody on board, drifting towards the pier."),
        SEA,
        ("ME", "HI"),
        2,
    ),
    Story(
        "Person in the water",
        ("Seen from the breakwater, lifeboat launched.", "Swimmer in difficulty, lifeguard with them."),
        ("Inner Harbour", "Southfield Beach", "River Merrin"),
        ("UR", "UR", "HI"),
        1,
    ),
    Story(
        "Oil sheen",
        ("About 50 by 10 metres, source not found.", "Next to the bunkering barge, boom is out."),
        (*SEA, "Container Terminal"),
        ("LO", "ME"),
        12,
    ),
    Story(
        "Container damaged",
        ("Corner crushed in handling, contents being checked.", "Labelled corrosive, cordon of 50 m."),
        ("Container Terminal",),
        ("LO", "HI", "ME"),
        4,
    ),
    Story(
        "Passenger taken ill",
        ("Collapsed on the gangway, first aid given.",),
        ("Ferry Terminal", "Central Station"),
        ("ME", "HI"),
        1,
    ),
    Story(
        "Signal failure",
        ("Trains held at the station, 20 minutes delay.",),
        ("Coast Line Railway",),
        ("LO", "LO", "IN"),
        3,
    ),
    Story(
        "Person on the track",
        ("Trains stopped in both directions, police attending.",),
        ("Coast Line Railway", "Central Station"),
        ("UR", "HI"),
        1,
    ),
    Story(
        "Unattended bag",
        ("Under a bench, area taped off.", "Owner came back for it."),
        ("Central Station", "Ferry Terminal", "Bellfield Shopping Centre"),
        ("ME", "LO"),
        1,
    ),
    Story(
        "Chemical release",
        ("Ammonia alarm in hall 2, staff at the muster point.", "White vapour over the tank farm, wind from the west."),
        ("Altmuir Chemical Works",),
        ("UR", "HI", "HI"),
        4,
    ),
    Story("Forklift accident", ("Leg injury, ambulance called.",), ("Altmuir Industrial Estate",), ("ME",), 2),
    Story(
        "Drone near the runway",
        ("Seen by the tower at about 100 m, landings held.",),
        ("Merrin Airfield", "Airfield Approach"),
        ("HI", "ME"),
        1,
    ),
    Story(
        "Bird strike",
        ("Light aircraft, landed safely, runway being inspected.",),
        ("Merrin Airfield",),
        ("LO", "ME"),
        1,
    ),
    Story(
        "Crowd at the gate",
        ("Turnstiles jammed, pressure building up.", "Away supporters held back for ten minutes."),
        ("Links Park Stadium", "Festival Ground"),
        ("ME", "HI"),
        1.5,
    ),
    Story(
        "Child missing",
        ("Six years old, red coat, last seen by the fountain.", "Found by a steward, parents on their way."),
        ("Bellfield Shopping Centre", "Southfield Beach", "Old Town Market"),
        ("HI", "ME"),
        1,
    ),
    Story(
        "Intruder on the grounds",
        ("Caretaker saw two people by the bike shed.", "Door forced, nobody found."),
        (*SCHOOLS, "University Campus"),
        ("LO", "ME"),
        1.5,
    ),
    Story(
        "Fire alarm",
        ("Automatic alarm, cause not known.", "Burnt toast, reset."),
        (*SCHOOLS, "University Campus", "Merrin General Hospital", "Care Homes"),
        ("LO", "ME", "LO"),
        0.6,
    ),
    Story(
        "Oxygen supply alarm",
        ("Pressure low in the east wing, supplier called.",),
        ("Merrin General Hospital",),
        ("HI", "UR"),
        2,
    ),
    Story(
        "Seal pup stranded",
        ("Kept at a distance by volunteers.",),
        ("Merrin Dunes Reserve", "Southfield Beach"),
        ("IN", "LO"),
        8,
    ),
    Story(
        "Gorse fire",
        ("About 30 by 30 metres, wind towards the path.",),
        ("Merrin Dunes Reserve", "Castle Hill"),
        ("ME", "HI"),
        5,
    ),
    Story("Discoloured water", ("Sample taken at the inlet.",), ("Loch Altmuir Reservoir",), ("LO", "ME"), 24),
    Story(
        "Turbine stopped",
        ("Number 14, smoke from the nacelle reported by a trawler.", "Number 7, planned work ran over."),
        ("Skerry Wind Farm",),
        ("IN", "LO", "HI"),
        16,
    ),
    Story("Street light out", ("Three in a row.", "Flickers since the weekend."), DISTRICTS, ("IN",), 200),
    Story(
        "Pothole", ("At the bus stop, about 20 cm deep.", "On the cycle lane."), DISTRICTS + ROADS, ("IN", "LO"), 250
    ),
    Story(
        "Fly-tipping",
        ("Fridges and tyres by the gate.",),
        ("Altmuir Industrial Estate", "Braehead", "Merrin Dunes Reserve"),
        ("IN", "LO"),
        180,
    ),
)

# How often each kind happens; what is not named here, as often as 2.
WEIGHTS = {
    "Collision": 7,
    "House fire": 4,
    "Bin fire": 4,
    "Street light out": 4,
    "Pothole": 4,
    "Flooded road": 4,
    "Fire alarm": 5,
    "Small boat adrift": 4,
    "Lorry on its side": 1,
    "Bird strike": 1,
    "Oxygen supply alarm": 1,
}

# What a storm brings.
OF_STORM = {"Flooded road", "River level high", "Tree down", "Power cut", "Small boat adrift", "Collision"}
