"""Who may see and do what: every address of the site, asked by every kind of person.

The table is `matrix.txt`. A new address without a row fails; so does an answer that differs.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from organizations import instants
from organizations.web import middleware
from tests.roles import world as worlds
from tests.roles.world import NOW, PEOPLE, World

TABLE = Path(__file__).with_name("matrix.txt")

# Their owners test them: allauth's pages and Django's admin (an administrator's alone, below).
NOT_OURS = ("account_", "mfa_", "set_language", "admin:")


def rows() -> dict[tuple[str, str], list[int]]:
    """The table: method and address to the answer for each of PEOPLE."""
    found = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            method, name, *answers = line.split()
            found[method, name] = [int(answer) for answer in answers]
    return found


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """Every named address below a resolver."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def close(response: HttpResponseBase) -> None:
    """Close a file that is sent, and keep the connection that the test runs in."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def browsers(world: World) -> dict[str, Client]:
    """A browser for each of PEOPLE, signed in where there is an account."""
    found = {}
    for who in PEOPLE:
        client, person = Client(), world.people[who]
        if person is not None:
            client.force_login(person)
        found[who] = client
    return found


def answers(world: World, clients: dict[str, Client], method: str, name: str) -> list[int]:
    """How an address answers each of PEOPLE; what an act changed is taken back for the next."""
    address = reverse(name, args=world.arguments.get(name, []))
    found = []
    for who in PEOPLE:
        with transaction.atomic():
            response = clients[who].generic(method, address)
            transaction.set_rollback(True)
        close(response)
        found.append(response.status_code)
    return found


def refused(_request: HttpRequest, _page: str, _words: object, *, status: int) -> HttpResponse:
    """A refusal without its page: one page for all of them, which others look at."""
    return HttpResponse(status=status)


@pytest.mark.slow
@pytest.mark.django_db
def test_every_address_answers_everyone_as_the_table_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = worlds.make()
    monkeypatch.setattr(instants, "now", lambda: NOW)
    monkeypatch.setattr(instants, "arrival", lambda _stamp: NOW)
    monkeypatch.setattr(middleware, "render", refused)
    table, clients = rows(), browsers(world)
    found = {(method, name): answers(world, clients, method, name) for method, name in table}
    assert found == table


def test_every_address_has_its_row() -> None:
    ours = {name for name in names(get_resolver()) if not name.startswith(NOT_OURS)}
    assert ours == {name for _method, name in rows()}


@pytest.mark.django_db
def test_the_technical_admin_is_for_administrators_alone() -> None:
    world = worlds.make()
    inside = {}
    for who, person in world.people.items():
        client = Client()
        if person is not None:
            client.force_login(person)
        inside[who] = client.get(reverse("admin:index")).status_code
    assert inside == {who: 200 if who == "administrator" else 302 for who in PEOPLE}
