"""What a process of the release before wrote while an upgrade was under way has no folded texts: they are made up for.

Migrations run while the site is served; without this such a row would be found by no search until it is saved again.
"""

from django.db.models import Max, Model

from tracker.jobs.periodic import HOUR, periodic
from tracker.models import Alert, AreaOfInterest, Incident
from tracker.models.search_key import folded_fields

NEWEST = 10_000  # rows that are looked at: an upgrade takes a minute
FIRST_KEY: dict[type[Model], str] = {Incident: "search_text", AreaOfInterest: "name_key", Alert: "incident_key"}


@periodic("fold_rest", HOUR)
def fold_rest() -> int:
    """Returns how many rows had none."""
    return sum([fold_rows(model, key) for model, key in FIRST_KEY.items()])


def fold_rows(model: type[Model], key: str) -> int:
    rows, fields = model._default_manager.order_by(), folded_fields(model)
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    left = list(rows.filter(pk__gt=newest - NEWEST, **{key: ""}).only("pk", *(text for f in fields for text in f.of)))
    for row in left:
        values = {field.name: field.pre_save(row, add=False) for field in fields}
        rows.filter(pk=row.pk, **{key: ""}).update(**values)
    return len(left)
