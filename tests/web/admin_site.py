"""Addresses and actions of the administration."""

from django.urls import reverse

INCIDENTS, AREAS, ALERTS = (f"/admin/tracker/{model}/" for model in ("incident", "areaofinterest", "alert"))
NOTIFICATIONS, LOG = "/admin/tracker/notification/", "/admin/tracker/logstate/"
LISTS = (INCIDENTS, AREAS, ALERTS, NOTIFICATIONS, LOG, "/admin/auth/user/", "/admin/auth/group/")


def change(row) -> str:
    return reverse(f"admin:tracker_{row._meta.model_name}_change", args=[row.pk])


def delete(row) -> str:
    return reverse(f"admin:tracker_{row._meta.model_name}_delete", args=[row.pk])


def act(client, address: str, action: str, *rows, **more):
    return client.post(address, {"action": action, "_selected_action": [row.pk for row in rows]} | more, follow=True)
