"""Letting somebody sign in again at once: from the administration, or by ``manage.py lift_lock_out``."""

from collections.abc import Iterable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from limits import parse

from tracker.accounts.sign_in import COUNTED, KNOWN
from tracker.audit import record
from tracker.lib.request import rate_limit
from tracker.lib.request.client_address import network_of, parsed
from tracker.models import AuditEntry


class OutOfReach(Exception):
    """Redis, which counts for addresses, did not answer; what the database held is lifted."""


def lift(attempts: Iterable[AccessAttempt]) -> int:
    """Let these try again at once, the names and the addresses that they tried from; returns how many."""
    found = {(attempt.username, attempt.ip_address) for attempt in attempts}
    with transaction.atomic():
        for name, address in sorted(found, key=str):
            AccessAttempt.objects.filter(username=name, ip_address=address).delete()
            record.record(record.Action.LOCK_OUT_LIFTED, name=plain(name), of=address)
    for _name, address in found:
        rate_limit.forget(address or "", COUNTED, settings.SIGN_IN_RATE)
    return len(found)


def lift_all_of(text: str) -> list[str]:
    """Whatever is held for this name or this address, in sentences; it is kept on record. Raises OutOfReach."""
    address = parsed(text)
    network = str(network_of(address)) if address else None
    attempts = AccessAttempt.objects.filter(Q(username=text) | Q(username__startswith=text + KNOWN))
    if network:
        attempts |= AccessAttempt.objects.filter(ip_address=network)
    done: list[str] = []
    with transaction.atomic():
        tried = sorted(attempts.values_list("username", "ip_address", "failures_since_start"), key=str)
        attempts.delete()
        for name, where, failures in tried:
            record.record(record.Action.LOCK_OUT_LIFTED, name=plain(name), of=where, command="lift_lock_out")
            browser = " in a browser that knew the person" if KNOWN in (name or "") else ""
            done.append(f"“{plain(name)}” had failed {times(failures)} from {where}{browser}; this is forgotten.")
    addresses = {where or "" for _name, where, _failures in tried} | ({network} if network else tried_from(text))
    return done + [sentence for where in sorted(addresses) for sentence in count_anew(where)]


def count_anew(address: str) -> list[str]:
    """Forget what the address has failed in, whatever the names."""
    failures = rate_limit.held(address, COUNTED, settings.SIGN_IN_RATE)
    if not rate_limit.forget(address, COUNTED, settings.SIGN_IN_RATE):
        raise OutOfReach
    if not failures:
        return []
    record.record(record.Action.LOCK_OUT_LIFTED, of=address, failures=failures, command="lift_lock_out")
    return [f"{address or 'Who has no address'} had failed {times(failures)}, whatever the names; it counts anew."]


def tried_from(name: str) -> set[str]:
    """Where the name has failed while its address may still count it: axes forgets sooner than that."""
    since = timezone.now() - timedelta(seconds=parse(settings.SIGN_IN_RATE).get_expiry())
    failed = AuditEntry.objects.filter(action=record.Action.SIGN_IN_FAILED, at__gte=since, name=name)
    said = failed.order_by().values_list("address", flat=True).distinct()
    return {str(network_of(address)) for address in map(parsed, filter(None, said)) if address}


def plain(name: str | None) -> str:
    """The name as it was typed."""
    return (name or "").partition(KNOWN)[0]


def times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
