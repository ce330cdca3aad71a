"""Reading the number of a row out of an address or a form."""


def row_number(text: str) -> int | None:
    """The number that these digits (0 to 9, at most 18 of them) write; None if the text is anything else.

    So many digits fit into a BIGINT whatever they are: no database refuses to look for the number.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
