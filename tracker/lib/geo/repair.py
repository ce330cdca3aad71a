"""Repairing a broken shape in a process of its own, with limits on its time and memory.

GEOS finds all crossings of all edges (``valid.py``): a few kilobytes of tangled lines can take minutes and gigabytes.
So anything but a small shape is repaired where it can be given up. Run as ``python -m tracker.lib.geo.repair``: WKB in
on standard input, WKB out on standard output.
"""

import logging
import resource
import subprocess
import sys
from pathlib import Path

from django.contrib.gis.geos import GEOSException, GEOSGeometry

from tracker.lib.geo import valid

logger = logging.getLogger(__name__)

SMALL = 50  # vertices: repaired at once, in a fraction of a second however they cross
CPU_S = 5
TIMEOUT_S = 30  # for a machine that is busy otherwise
MEMORY_BYTES = 1024**3


def make_valid(geometry: GEOSGeometry) -> GEOSGeometry:
    """What the parts cover, without their holes, as a valid geometry. Raises GEOSException past the limits."""
    if geometry.num_coords <= SMALL:
        return valid.make_valid(geometry)
    try:
        child = subprocess.run(
            [sys.executable, "-m", "tracker.lib.geo.repair"],
            input=bytes(geometry.wkb),
            capture_output=True,
            cwd=Path(__file__).parents[3],
            timeout=TIMEOUT_S,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""  # None of one that was given up before it said anything
        logger.warning("A shape was not repaired: %s %s", error, said[-500:])
        raise GEOSException("The shape could not be repaired within the limits.") from error
    return GEOSGeometry(memoryview(child.stdout), srid=geometry.srid)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    repaired = valid.make_valid(GEOSGeometry(memoryview(sys.stdin.buffer.read())))
    sys.stdout.buffer.write(bytes(repaired.wkb))


if __name__ == "__main__":
    main()
