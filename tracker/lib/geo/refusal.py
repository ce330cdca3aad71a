"""How a geometry from outside is refused: in a sentence."""

from typing import NoReturn

from django.core.exceptions import ValidationError


def fail(sentence: str) -> NoReturn:
    raise ValidationError(sentence, code="invalid_geometry")
