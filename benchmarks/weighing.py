"""The measurement of `manage.py weigh`: the same pages among few and among many procurements."""

import io
from collections.abc import Callable, Sequence

from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks import crowd, weight
from benchmarks.weight import Page, Size, Weighed
from procurement.web import overdue
from tests.roles import world
from tests.roles.world import World


def run(few: int, many: int) -> list[str]:
    """Print the table and return what breaks a budget; on servers of its own."""
    call_command("migrate", verbosity=0)
    call_command("load_reference", stdout=io.StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    cache.set(overdue.LOOKED, value=True, timeout=None)  # deadlines are not what is weighed
    told = world.make()
    anyone, person = readers_of(told)
    sizes: dict[str, int] = {}

    def size(address: str) -> int:
        """A file as WhiteNoise sends it."""
        if address not in sizes:
            sizes[address] = len(b"".join(anyone.get(address, headers=weight.GZIP)))
        return sizes[address]

    def grow(first: int, last: int) -> None:
        """As after a night: counted and cleaned."""
        crowd.grow(first, last)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    weighed = compare(weight.pages(told.arguments), (anyone, person), size, grow, few, many)
    print(weight.table(weighed, few, many))
    return [broken for each in weighed for broken in each.broken]


def readers_of(told: World) -> tuple[Client, Client]:
    """Return a reader without a name, and one who is signed in and bids for a group."""
    anyone, person = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    signatory = told.people["signatory"]
    assert signatory is not None
    person.force_login(signatory)
    return anyone, person


def compare(
    pages: Sequence[Page],
    readers: tuple[Client, Client],
    size: Size,
    grow: Callable[[int, int], None],
    few: int,
    many: int,
) -> list[Weighed]:
    """Weigh every page for both readers among `few`, let `grow` make it `many`, weigh again."""
    costs = []
    for first, last in ((1, few + 1), (few + 1, many + 1)):
        grow(first, last)
        costs += [[weight.weigh(reader, page, size) for page in pages] for reader in readers]
    few_anyone, few_person, many_anyone, many_person = costs
    return [
        Weighed(*each)
        for each in zip(pages, few_anyone, many_anyone, few_person, many_person, strict=True)
    ]
