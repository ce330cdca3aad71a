"""Who may do what, as Django groups: Viewer (every new account) and Operator. Administrators are superusers."""

from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.contrib.auth.models import User

VIEWER, OPERATOR = "Viewer", "Operator"
WATCHES = ["view_incident", "view_areaofinterest", "view_alert", "acknowledge_alert"]
WRITES = [f"{action}_{model}" for action in ("add", "change", "delete") for model in ("incident", "areaofinterest")]
PERMISSIONS = {VIEWER: WATCHES, OPERATOR: WATCHES + WRITES}


def create_roles(apps: Apps = installed_apps) -> None:
    """Make both groups with their permissions. A group that exists is left as the administrator made it."""
    for name in PERMISSIONS:
        role(name, apps)


def role(name: str, apps: Apps = installed_apps) -> Any:
    """The group of that name (in a migration the group as it was then), made if it is missing."""
    group, created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
    if created:
        permissions = apps.get_model("auth", "Permission").objects.filter(
            content_type__app_label="tracker", codename__in=PERMISSIONS[name]
        )
        group.permissions.set(permissions)
    return group


def make_viewer(user: User) -> None:
    user.groups.add(role(VIEWER))
