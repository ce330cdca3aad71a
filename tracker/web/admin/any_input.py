"""What an address of the administration asks for, where neither Django nor the database can answer it.

Lists take any lookup from their address, and hand its value to the database as it is: a NUL, a year of thirty digits,
half a regular expression, an offset of sixteen hours. Django answers what it cannot read itself with the whole list
(``?e=1``); here everything else that cannot be answered is answered so, too, and in a sentence.
"""

import logging
from functools import cache
from typing import NamedTuple

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.contrib.admin.views.main import ERROR_FLAG
from django.contrib.gis.db.models.fields import BaseSpatialField
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from tracker.lib.request.parse import parse_pk

logger = logging.getLogger(__name__)

WORDS = 50  # that a search may have
SENTENCE = _("What the address asked for could not be read. All rows are shown.")


@cache
def names_of_shapes() -> set[str]:
    """The names of all fields that hold geometry."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return {field.name for field in fields if isinstance(field, BaseSpatialField)}


class ChosenRows(forms.ModelMultipleChoiceField):
    """Rows of another table, which is asked only about numbers that it can have."""

    def clean(self, value):
        for text in value or ():
            if parse_pk(str(text)) is None:
                raise ValidationError(self.error_messages["invalid_pk_value"], params={"pk": str(text)[:20]})
        return super().clean(value)


class AllOfThem(NamedTuple):
    """Rows as the template of a confirmation writes one: their numbers."""

    pk: str


class AnyInput(ModelAdmin):
    """A model admin whose list and forms are never an error of the server, whatever is asked or sent."""

    def get_changelist_instance(self, request):
        try:
            found = super().get_changelist_instance(request)
            len(found.result_list)  # asks the database now; the page shows the same rows
        except IncorrectLookupParameters:
            self.say_that_all_is_shown(request)
            raise
        except (SuspiciousOperation, PermissionDenied, Http404):
            raise  # these are answers
        except Exception as error:  # as Django itself does: lookups and databases raise what they like
            if not set(request.GET) - {ERROR_FLAG}:
                raise  # nothing was asked: it is the server's own
            logger.warning("A list of the administration could not be shown as it was asked for.", exc_info=True)
            self.say_that_all_is_shown(request)
            raise IncorrectLookupParameters from error
        return found

    def lookup_allowed(self, lookup, value, request):
        """No list is filtered by a shape, which Django would have GDAL read from the address."""
        return not names_of_shapes() & set(lookup.split("__")) and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request, queryset, search_term):
        """Each word is a condition on each field: of thousands a processor would have work for minutes."""
        if len(search_term.split()) > WORDS:
            raise IncorrectLookupParameters
        return super().get_search_results(request, queryset, search_term)

    def say_that_all_is_shown(self, request) -> None:
        if ERROR_FLAG not in request.GET:
            self.message_user(request, SENTENCE, messages.WARNING)

    def response_action(self, request, queryset, *args, **kwargs):
        """What was chosen and is no number of a row is none; the numbers of all rows here are whole.

        The page that asks once more whether all these rows shall be deleted has their numbers in one field: of a form
        with a field for each of thousands Django takes nothing.
        """
        chosen = ",".join(request.POST.getlist(ACTION_CHECKBOX_NAME)).split(",")
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, [text for text in chosen if parse_pk(text) is not None])
        response = super().response_action(request, queryset, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data and "queryset" in response.context_data:
            numbers = response.context_data["queryset"].values_list("pk", flat=True)
            response.context_data["queryset"] = [AllOfThem(",".join(map(str, numbers)))]
        return response

    def get_object(self, request, object_id, from_field=None):
        return super().get_object(request, object_id, from_field or None)

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        return super().formfield_for_manytomany(db_field, request, **{"form_class": ChosenRows, **kwargs})
