"""The characters of a text and their pairs: what an index holds, so that any part of it is found.

A word occurs in a text only if all its characters and pairs do; who asks then looks at the text
itself. Capitals and small letters are the same, as for `icontains`.
"""

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField, Value


class Pairs(Func):
    """The characters and pairs of a column, as PostgreSQL's `character_pairs` gives them."""

    function = "character_pairs"
    output_field = ArrayField(TextField())


def of(word: str) -> Pairs:
    """Return those of a word, to be looked for: `filter(pairs__contains=of(word))`."""
    return Pairs(Value(word, output_field=TextField()))
