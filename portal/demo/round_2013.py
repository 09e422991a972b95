"""May 2013: the province invites publicly and funds 33 organisations with 1,000,000 yuan in all."""

from datetime import date
from random import Random

from portal.demo import briefs, days
from portal.demo.case import Case
from portal.demo.groups import LEGAL_PERSONS, PROVINCE
from portal.demo.world import Office, Party

FUNDED, APPLIED = 33, 38
TOTAL = 1_000_000  # yuan
LEAST, MOST = 20_000, 45_000


def case(office: Office, parties: list[Party]) -> Case:
    """Return the round: one call for 33 suppliers, applied to by 38 that may bid."""
    able = [party for party in parties if party.group.is_legal_person or party.host]
    bridge, others = able[0], able[1:]  # the association answers for others and does not apply
    persons = [party for party in others if party.group.number < len(LEGAL_PERSONS)]
    hosted = [party for party in others if party not in persons]
    applicants = (persons + hosted)[:APPLIED]
    assert_enough(applicants, bridge)
    return Case(
        office=office,
        brief=briefs.PROVINCE_ROUND,
        method="open",
        places=(PROVINCE,),
        yuan=TOTAL,
        times=days.closing(days.at(date(2013, 5, 10), 17), "open"),
        bidders=tuple(applicants),
        suppliers_wanted=FUNDED,
        fixed_price=True,
        prices=tuple({1: yuan} for yuan in (*grants(), *[30_000] * (APPLIED - FUNDED))),
        questions=2,
        seed=20130510,
    )


def assert_enough(applicants: list[Party], bridge: Party) -> None:
    """Raise ValueError when the population is too small for the round."""
    if len(applicants) < APPLIED or bridge in applicants:
        raise ValueError(f"only {len(applicants)} organisations can apply")


def grants(seed: int = 33) -> tuple[int, ...]:
    """Return 33 grants in hundreds of yuan, unlike each other, that add up exactly."""
    chance = Random(seed)  # noqa: S311 -- a story
    hundreds = [chance.randint(LEAST // 100, MOST // 100) for _ in range(FUNDED)]
    while (left := TOTAL // 100 - sum(hundreds)) != 0:
        place = chance.randrange(FUNDED)
        step = 1 if left > 0 else -1
        if LEAST // 100 <= hundreds[place] + step <= MOST // 100:
            hundreds[place] += step
    return tuple(100 * each for each in hundreds)
