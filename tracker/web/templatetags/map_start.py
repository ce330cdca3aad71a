"""``{% map_start %}``: where a form's map starts that has nothing to show yet: at the areas, as the live map does."""

import json
import math

from django import template
from django.conf import settings

from tracker.lib.geo.spatial_index import extent_of
from tracker.models import AreaOfInterest

register = template.Library()

STEPS = 10  # of a degree: a page for anybody does not tell where an area ends
WIDEST = 90  # degrees; what reaches farther, or over the antimeridian, is no place to start


@register.simple_tag
def map_start() -> str:
    """JSON of ``[[south, west], [north, east]]`` in degrees; nothing where MAP_CENTER says better."""
    reach = None if settings.MAP_START_IS_CHOSEN else extent_of(AreaOfInterest, "polygon")
    if not reach or reach[2] - reach[0] > WIDEST or reach[3] - reach[1] > WIDEST:
        return ""
    west, south = (math.floor(degrees * STEPS) / STEPS for degrees in reach[:2])
    east, north = (math.ceil(degrees * STEPS) / STEPS for degrees in reach[2:])
    return json.dumps([[south, west], [north, east]])
