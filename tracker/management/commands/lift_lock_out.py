"""``manage.py lift_lock_out``: let somebody sign in again at once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tracker.accounts import lockouts
from tracker.lib.text import printable


class Command(BaseCommand):
    help = """Lift what keeps a user name, or all who share an address, from signing in: the failures of the name, with
    those of the addresses that it has failed from, or of the address. Says what it lifted; the audit record keeps
    it."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name_or_address", metavar="NAME_OR_ADDRESS")

    def handle(self, *args: Any, name_or_address: str, **options: Any) -> None:
        text = name_or_address.replace("\0", "")
        try:
            lifted = lockouts.lift_all_of(text)
        except lockouts.OutOfReach as error:
            raise CommandError(
                "Redis does not answer. What the database held is lifted; what addresses have failed in is not."
            ) from error
        for sentence in lifted:
            self.stdout.write(printable(sentence))  # a stranger may have typed a name
        if not lifted:
            self.stdout.write(f"Nothing is held for “{text}”. If the page speaks of the connection, give its address.")
        if not settings.REDIS_URL:
            self.stdout.write("Without Redis each web process counts for addresses by itself: restart it to lift that.")
