"""Which stories are told: something true for every page, in every stage and every procedure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.demo import briefs, days, stories
from portal.demo.briefs import Brief
from portal.demo.case import Case
from portal.demo.days import Timetable
from portal.demo.steps import Moments
from portal.demo.stories import Story
from portal.demo.world import Party, World

KUNMING, DEHONG, HONGHE, DALI = "530100", "533100", "532500", "532900"
PANLONG, RUILI, GEJIU, DALI_CITY = "530103", "533102", "532501", "532901"
LOCAL = range(5, 15)  # the legal persons that work in one place: those that bid most


@dataclass(frozen=True)
class Closes:
    """The deadline lies this many working days from today."""

    working_days: int

    def table(self, now: datetime, method: str) -> Timetable:
        """Return the timetable."""
        return days.closing(days.at(days.shift(days.day_of(now), self.working_days), 17), method)


@dataclass(frozen=True)
class JustClosed:
    """The deadline has just passed: the worker opens the bids when it runs."""

    def table(self, now: datetime, method: str) -> Timetable:
        """Return the timetable."""
        # a story opens bids forty seconds after the deadline: that lies ahead
        return days.closing(now.replace(microsecond=0) - timedelta(seconds=20), method)


@dataclass(frozen=True)
class Publishes:
    """The call goes out this many working days from today."""

    working_days: int

    def table(self, now: datetime, method: str) -> Timetable:
        """Return the timetable."""
        return days.publishing(days.shift(days.day_of(now), self.working_days), method)


@dataclass(frozen=True)
class Scene:
    """One line of the plot."""

    office: str
    brief: Brief
    method: str
    yuan: int
    when: Closes | JustClosed | Publishes
    story: Story = stories.whole
    bidders: int = 4
    questions: int = 2
    answered: int = 2
    full_cost: bool = True


B, S = briefs, stories

SMALL: Sequence[Scene] = (
    # being prepared
    Scene(KUNMING, B.TESTING, "consultation", 320_000, Publishes(27), S.intention),
    Scene(DEHONG, B.BORDER, "open", 480_000, Publishes(26), S.intention),
    Scene(KUNMING, B.SCHOOL, "consultation", 150_000, Publishes(29), S.unapproved_intention),
    Scene(KUNMING, B.FOLLOW_UP, "consultation", 260_000, Publishes(3)),
    Scene(KUNMING, B.COUPLES, "consultation", 120_000, Publishes(3), S.returned),
    Scene(KUNMING, B.EVALUATION, "open", 180_000, Publishes(1)),
    # open
    Scene(KUNMING, B.SEX_WORK, "open", 240_000, Closes(12), questions=3, answered=1),
    Scene(KUNMING, B.TRAINING, "consultation", 90_000, Closes(2), full_cost=False),
    Scene(HONGHE, B.FOLLOW_UP, "open", 350_000, Closes(9), S.change_proposed),
    Scene(DEHONG, B.BORDER, "open", 560_000, Closes(3), S.amended, bidders=5),
    Scene(PANLONG, B.TRAINING, "invited", 80_000, Closes(6)),
    Scene(RUILI, B.COUPLES, "negotiation", 110_000, Closes(5), questions=1, answered=0),
    Scene(HONGHE, B.FOLLOW_UP, "single-source", 96_000, Closes(4), bidders=1),
    Scene(KUNMING, B.INNOVATION, "grant", 400_000, Closes(10), full_cost=False),
    # closed, opened, judged
    Scene(KUNMING, B.TESTING, "consultation", 300_000, JustClosed(), bidders=3),
    Scene(KUNMING, B.FOLLOW_UP, "open", 420_000, Closes(-1)),
    Scene(KUNMING, B.HARM_REDUCTION, "open", 2_300_000, Closes(-1), S.awaiting_cards),
    Scene(KUNMING, B.FOLLOW_UP, "open", 2_600_000, Closes(-6)),
    Scene(GEJIU, B.HARM_REDUCTION, "invited", 230_000, Closes(-1)),
    Scene(KUNMING, B.SCHOOL, "open", 200_000, Closes(-2), bidders=3),
    Scene(KUNMING, B.HARM_REDUCTION, "open", 380_000, Closes(-5), S.slow_panel),
    Scene(KUNMING, B.COUPLES, "consultation", 140_000, Closes(-4), bidders=3),
    # decided
    Scene(KUNMING, B.SEX_WORK, "consultation", 210_000, Closes(-8), bidders=3),
    Scene(DALI, B.FOLLOW_UP, "open", 310_000, Closes(-9)),
    Scene(RUILI, B.HARM_REDUCTION, "invited", 260_000, Closes(-14)),
    Scene(KUNMING, B.TESTING, "open", 450_000, Closes(-40), S.late_award, bidders=5),
    Scene(DEHONG, B.COUPLES, "negotiation", 88_000, Closes(-25), S.late_link, bidders=3),
    Scene(HONGHE, B.BORDER, "single-source", 130_000, Closes(-30), bidders=1),
    Scene(DALI, B.INNOVATION, "grant", 200_000, Closes(-20), bidders=3),
    # ended otherwise
    Scene(DALI_CITY, B.SCHOOL, "open", 70_000, Closes(-7), bidders=2, full_cost=False),
    Scene(HONGHE, B.TRAINING, "consultation", 60_000, Closes(3), S.cancelled, questions=1),
    Scene(DEHONG, B.EVALUATION, "open", 160_000, Closes(-12), S.cancelled_after_opening),
    # a draw that anyone with a witness's account can make
    Scene(KUNMING, B.SCHOOL, "invited", 85_000, Publishes(2), S.awaiting_witnesses),
)


# Years of ordinary work in every prefecture, for the full size.
PREFECTURES = (
    "530300", "530400", "530500", "530600", "530700", "530800", "530900", "532300", "532600",
    "532800", "533300", "533400",
)  # fmt: skip
ORDINARY = (
    (B.FOLLOW_UP, "consultation", 180_000),
    (B.TESTING, "open", 260_000),
    (B.COUPLES, "negotiation", 95_000),
    (B.SEX_WORK, "open", 150_000),
    (B.INNOVATION, "grant", 240_000),
    (B.HARM_REDUCTION, "consultation", 220_000),
)


def _ordinary(number: int, code: str, when: Closes) -> Scene:
    brief, method, yuan = ORDINARY[number % len(ORDINARY)]
    return Scene(code, brief, method, yuan + 1_000 * (number % 40), when, bidders=3, questions=1)


STUDY: Sequence[Scene] = tuple(
    _ordinary(number, code, Closes(9 - 3 * number)) for number, code in enumerate(PREFECTURES * 2)
)


def more(count: int) -> Iterator[Scene]:
    """Return as many ordinary procurements again, spread over the past and the coming weeks."""
    for number in range(count):
        yield _ordinary(number, PREFECTURES[number % len(PREFECTURES)], Closes(10 - number % 250))


def offices(scenes: Sequence[Scene]) -> list[str]:
    """Return the codes of the divisions whose agencies take part, in the order of the codes."""
    return sorted({scene.office for scene in scenes})


def told(world: World, scenes: Sequence[Scene], now: datetime) -> Iterator[Moments]:
    """Return the stories of the scenes as seen from now."""
    for number, scene in enumerate(scenes):
        case = Case(
            office=world.offices[scene.office],
            brief=scene.brief,
            method=scene.method,
            places=(scene.office,),
            yuan=scene.yuan,
            times=scene.when.table(now, scene.method),
            bidders=_bidders(world, scene.bidders, number),
            full_cost=scene.full_cost,
            questions=scene.questions,
            answered=scene.answered,
            prices=_grants(scene) if scene.method == "grant" else (),
            seed=number,
        )
        yield scene.story(case, world)


def _grants(scene: Scene) -> tuple[dict[int, int], ...]:
    """Return what each applicant asks for: at most a quarter of the budget."""
    return tuple({1: scene.yuan // 4 - 1_500 * place} for place in range(scene.bidders))


def _bidders(world: World, count: int, number: int) -> tuple[Party, ...]:
    """Return who bids: legal persons in turn, and among several a group with a host."""
    persons = [p for p in world.parties if p.group.number in LOCAL]
    hosted = [p for p in world.parties if p.host]
    known, others = persons[number % 2], persons[2:]
    turn = number % len(others)
    alone = [known, *others[turn:], *others[:turn]]
    if count < 3:
        return tuple(alone[:count])
    return (*alone[: count - 1], hosted[number % len(hosted)])
