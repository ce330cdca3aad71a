"""The site that is fuzzed: people of every role and rows of every kind, which are made again when they are gone."""

import random
from typing import Any

import requests
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db.models import Q

from tests.live_site import Site
from tests.web.one_of_each import OneOfEach
from tracker.accounts import roles
from tracker.models import Alert, AreaOfInterest, Incident, Job

MAIL = "nina@example.org"
# What stays of each kind, when there is too much of it: every page would become slower.
KEPT = {Incident: 100, AreaOfInterest: 20, Group: 10, Job: 50}
SPARED = Q(name="Town") | Q(name__in=roles.PERMISSIONS)  # where alerts come from, and who may see them


class World(OneOfEach):
    """Made by the test on the site's database. ``mend`` it between rounds, while nobody asks the site anything."""

    def __init__(self, site: Site, threads: int):
        self.site, self.threads = site, threads
        self.signed_in: dict[tuple[str, int], str] = {}  # session keys, of each role for each thread
        self.others = set(get_user_model().objects.values_list("pk", flat=True))  # at the open maps: nobody harms them
        super().__init__("127.0.0.1")
        self.mend()

    def mend(self) -> None:
        """Everybody of a role is there and signed in, there is a row of each kind, and of none too many."""
        roles.create_roles()
        for role in self.people:
            self.people[role] = self.brought_back(role)
        if not Alert.objects.unresolved().filter(pk=self.alert.pk).exists():
            for model in (Incident, AreaOfInterest, Alert):
                self.rows.pop(model)
        self.make_rows()
        self.remove_what_is_too_much()
        get_user_model().objects.filter(pk=self.rows[get_user_model()].pk).update(email=MAIL)
        there = set(Session.objects.values_list("session_key", flat=True))
        for role, person in self.people.items():
            for thread in range(self.threads):
                if self.signed_in.get((role, thread)) not in there:
                    self.signed_in[role, thread] = self.site.session_key(person)

    def brought_back(self, role: str):
        """This person as they were made, whatever a form has done to their account."""
        accounts = get_user_model().objects
        person = accounts.filter(pk=self.people[role].pk, username=role, is_active=True).first()
        if person is None:
            accounts.filter(username=role).delete()
            person = self.person(role)
        if person.password != password_of(role):
            person.password = password_of(role)
            accounts.filter(pk=person.pk).update(password=person.password)
            self.signed_in = {key: session for key, session in self.signed_in.items() if key[0] != role}
        return person

    def remove_what_is_too_much(self) -> None:
        own = {person.pk for person in self.people.values()} | {self.rows[get_user_model()].pk}
        get_user_model().objects.exclude(pk__in=self.others | own).delete()
        for model, most in KEPT.items():
            rows = model._default_manager.exclude(SPARED).exclude(pk=self.rows[model].pk).order_by("-pk")
            for last in rows.values_list("pk", flat=True)[most : most + 1]:
                rows.filter(pk__lte=last).delete()

    # --- what is asked of it ---

    def session_of(self, role: str, thread: int) -> str:
        return self.signed_in.get((role, thread), "")

    def browser(self, role: str) -> requests.Session:
        session = requests.Session()
        session.cookies.set("sessionid", self.session_of(role, 0))
        return session

    def filled_in(self, address: str, role: str) -> dict[str, Any]:
        """A form that is taken, if this address takes one."""
        form = self.form(address, role)
        return form | {"email": MAIL} if "email" in form else form

    def number(self, chance: random.Random) -> str:
        """Of a row that there is."""
        return str(chance.choice(list(self.rows.values())).pk)


def password_of(role: str) -> str:
    """As it is stored; with one round of hashing instead of a million."""
    return PBKDF2PasswordHasher().encode(role, "salt-for-tests", iterations=1)
