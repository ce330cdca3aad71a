"""The live map as a person sees it: what is on the map, in the lists, and what the badge says."""

from playwright.sync_api import Page, expect

CLUSTER = ".incident-cluster:not(.is-fanned)"  # one that is fanned out shows its incidents around it


class LiveMap:
    def __init__(self, page: Page):
        self.page = page

    @property
    def badge(self):
        return self.page.locator("#connection")

    def wait_until_live(self, timeout_s: float = 20) -> None:
        expect(self.badge).to_have_attribute("data-status", "live", timeout=timeout_s * 1000)

    def marker(self, incident_id: str):
        """What shows this incident on the map: its own marker, or the one cluster that it is in."""
        return self.page.locator(
            f'.incident-marker[data-incident="{incident_id}"], {CLUSTER}[data-incidents~="{incident_id}"]'
        )

    def clusters(self):
        return self.page.locator(CLUSTER)

    def alert_entries(self):
        return self.page.locator("[data-alert]:not(#toasts [data-alert])")

    def alert_entry(self, number: int):
        return self.page.locator(f'[data-alert="{number}"]:not(#toasts [data-alert])')

    def incident_entry(self, incident_id: str):
        return self.page.locator(f'[data-incident="{incident_id}"]:not(.incident-marker):not(#toasts *)')

    def show_incidents(self) -> None:
        """The panel's list of incidents, instead of that of alerts."""
        self.page.get_by_role("tab", name="Incidents").click()

    def shown(self) -> dict[str, list[str]]:
        """What is drawn, as sorted texts: markers (those in clusters too), incident entries, and alert entries with
        their words."""
        return self.page.evaluate(
            """() => {
                const texts = (selector, text) =>
                    [...document.querySelectorAll(selector)].filter((e) => !e.closest("#toasts")).map(text).sort();
                return {
                    markers: texts(".incident-marker, .incident-cluster:not(.is-fanned)",
                                   (e) => e.dataset.incident ?? e.dataset.incidents)
                        .flatMap((ids) => ids.split(" ")).sort(),
                    incidents: texts("[data-incident]:not(.incident-marker):not([data-alert])",
                                     (e) => e.dataset.incident),
                    alerts: texts("[data-alert]", (e) => `${e.dataset.alert} ${e.textContent.replace(/\\s+/g, " ")}`),
                };
            }"""
        )

    def assert_nothing_twice(self) -> None:
        for kind, entries in self.shown().items():
            assert len(entries) == len(set(entries)), f"{kind} shown twice: {entries}"


def live(page: Page) -> LiveMap:
    """The live map of a page that has just been opened, once it is live."""
    live_map = LiveMap(page)
    live_map.wait_until_live()
    return live_map
