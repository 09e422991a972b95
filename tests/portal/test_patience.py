"""A submission in time is not lost to a database that is away for a moment."""

import io
from collections.abc import Iterable

import pytest
from pytest_django import Settings

from portal import patience
from portal.patience import Environ, PatientApplication, StartResponse

HEADER = "HTTP_X_RECEIVED_AT"


class Application:
    """Answers with each status in turn, and remembers the bodies it was given."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.bodies: list[bytes] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.bodies.append(environ["wsgi.input"].read())
        start_response(self.statuses.pop(0), [("X", "y")])
        return [b"answer"]


@pytest.fixture(autouse=True)
def _edge(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EDGE_STAMP_HEADER = HEADER
    monkeypatch.setattr(patience, "_database_answers_within", lambda _seconds: True)


def _send(application: Application, **changes: str) -> str:
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/cso/tenders/x/bid/submit/",
        "CONTENT_LENGTH": "3",
        HEADER: "1732298765.123",
        "wsgi.input": io.BytesIO(b"bid"),
        **changes,
    }
    chunks = PatientApplication(application)(environ, lambda status, _headers: said.append(status))
    assert list(chunks) == [b"answer"]
    return said[0]


def test_a_submission_that_broke_is_passed_on_again_whole() -> None:
    application = Application("500 Internal Server Error", "302 Found")
    assert _send(application) == "302 Found"
    assert application.bodies == [b"bid", b"bid"]


@pytest.mark.parametrize("act", ["submit", "upload", "promise", "deliver"])
def test_every_way_to_submit_a_bid_is_passed_on_again(act: str) -> None:
    application = Application("500 Internal Server Error", "302 Found")
    assert _send(application, PATH_INFO=f"/cso/tenders/x/bid/{act}/") == "302 Found"
    assert application.bodies == [b"bid", b"bid"]


@pytest.mark.parametrize("status", ["302 Found", "409 Conflict", "403 Forbidden", "200 OK"])
def test_an_answer_is_an_answer(status: str) -> None:
    application = Application(status)
    assert _send(application) == status


def test_it_is_tried_again_once() -> None:
    assert _send(Application("500 A", "500 B")) == "500 B"


@pytest.mark.parametrize(
    "changes",
    [
        {"REQUEST_METHOD": "GET"},
        {"PATH_INFO": "/cso/tenders/x/bid/withdraw/"},
        {HEADER: ""},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": str(10**10)},
    ],
)
def test_nothing_else_is_tried_again(changes: dict[str, str]) -> None:
    assert _send(Application("500 A"), **changes) == "500 A"


def test_without_an_edge_nothing_is_tried_again(settings: Settings) -> None:
    settings.EDGE_STAMP_HEADER = ""
    assert _send(Application("500 A")) == "500 A"


def test_a_database_that_stays_away_is_not_waited_for_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "_database_answers_within", lambda _seconds: False)
    assert _send(Application("500 A")) == "500 A"
