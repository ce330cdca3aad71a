"""Maps are opened while others write: snapshot and messages together are what a fresh snapshot has."""

from tests.faults.clients import Pace


def test_maps_are_opened_while_others_write(scenario, rounds):
    scenario.write(3, pause_s=0.003)
    for n in rounds(8, 120):
        # The three collections are fetched one after the other, with time for more to happen between.
        pace = Pace(between_collections_s=0.02 * (n % 5))
        scenario.crowd.join(scenario.vera if n % 2 else scenario.olga, pace=pace)
    scenario.stop_writing()
    scenario.must_be_clean()
