"""The civil-society organisations of the 2013 field study, as invented organisations. Pure.

The totals are those of the study: 103 organisations; of the 98 it typed, 15 volunteer groups, 78
community-based organisations and 5 NGOs; of the 99 that named whom they serve, 68 people living
with HIV, 36 people who inject drugs, 18 men who have sex with men, 15 sex workers and 9 everyone;
1,343 people, 304 of them for 30 hours a week or more; 8 with several sites in one prefecture, 4
across the province; registered with civil affairs no volunteer group, 1 community-based
organisation and 4 NGOs.

What the study leaves open is chosen here: the 5 it did not type are community-based; 9
community-based organisations and the fifth NGO are registered as businesses; 42 unregistered
groups have a host that answers for them, 46 have none and cannot bid yet. The association of
retired public-health officials is one of the NGOs.
"""

from dataclasses import dataclass
from random import Random

from organizations.csos.models import CsoType, LegalForm
from organizations.terms import Population, Service
from portal.demo import names

TYPED = 98
NOT_STATED = 4  # organisations that did not say whom they serve
POPULATIONS = {
    Population.PLHIV: 68,
    Population.PWID: 36,
    Population.MSM: 18,
    Population.SEX_WORKERS: 15,
    Population.GENERAL: 9,
}
FULL_TIME, PEOPLE = 304, 1343
PROVINCE = "530000"

# Type, legal form and how many, in the order in which the population is made.
MAKE_UP = (
    (CsoType.NGO, LegalForm.SOCIAL_ASSOCIATION, 1),  # the association of retired officials
    (CsoType.NGO, LegalForm.SOCIAL_SERVICE_AGENCY, 3),
    (CsoType.NGO, LegalForm.BUSINESS, 1),
    (CsoType.COMMUNITY_BASED, LegalForm.SOCIAL_SERVICE_AGENCY, 1),
    (CsoType.COMMUNITY_BASED, LegalForm.BUSINESS, 9),
    (CsoType.COMMUNITY_BASED, LegalForm.HOSTED, 37),
    (CsoType.VOLUNTEER_GROUP, LegalForm.HOSTED, 5),
    (CsoType.VOLUNTEER_GROUP, LegalForm.UNREGISTERED, 10),
    (CsoType.COMMUNITY_BASED, LegalForm.UNREGISTERED, 36),
)
REGISTRARS = {
    LegalForm.SOCIAL_ASSOCIATION: "51",
    LegalForm.SOCIAL_SERVICE_AGENCY: "52",
    LegalForm.BUSINESS: "91",
}
BRIDGE = "云岭银龄公共卫生协会"
BRIDGE_EN = "Yunling Silver Age Public Health Association"

# Where the fifteen that are legal persons sit and work: enough of them near each other for a draw.
KUNMING = ("530102", "530103", "530111")
DEHONG = ("533102", "533103", "533123")
HONGHE = ("532501", "532502")
LEGAL_PERSONS = (
    ("530102", (PROVINCE,)),
    ("530112", (PROVINCE,)),
    ("530103", (PROVINCE,)),
    ("530111", (PROVINCE,)),
    ("533102", DEHONG),
    ("530103", ("530103",)),
    ("530102", KUNMING),
    ("530111", KUNMING),
    ("530103", KUNMING),
    ("533103", DEHONG),
    ("533123", DEHONG),
    ("532501", HONGHE),
    ("532502", HONGHE),
    ("532901", ("532901",)),
    ("530902", ("530902",)),
)
SEATS = (
    "530102", "530103", "530111", "530112", "530181", "530302", "530381", "530402", "530502",
    "530581", "530602", "530627", "530702", "530802", "530828", "530902", "530926", "532301",
    "532501", "532502", "532503", "532504", "532601", "532801", "532823", "532901", "533102",
    "533103", "533123", "533124", "533301", "533401",
)  # fmt: skip
SERVICES_FOR = {
    Population.PLHIV: (Service.FOLLOW_UP, Service.TESTING),
    Population.PWID: (Service.OUTREACH, Service.FOLLOW_UP),
    Population.MSM: (Service.OUTREACH, Service.TESTING),
    Population.SEX_WORKERS: (Service.OUTREACH, Service.TESTING),
    Population.GENERAL: (Service.OUTREACH,),
}


@dataclass(frozen=True)
class Group:
    """One organisation as it will describe itself when it registers."""

    number: int
    name: str
    name_en: str
    cso_type: CsoType
    legal_form: LegalForm
    uscc: str | None
    seat: str
    regions: tuple[str, ...]
    populations: tuple[Population, ...]
    services: tuple[Service, ...]
    full_time: int
    part_time: int
    volunteers: int
    founded_year: int

    @property
    def is_legal_person(self) -> bool:
        """Whether it can bid for itself."""
        return self.uscc is not None


def population(seed: int = 2013) -> list[Group]:
    """Return the 103 organisations, the same for the same seed: legal persons, hosted, others."""
    chance = Random(seed)  # noqa: S311 -- a story, not a secret
    forms = [(kind, form) for kind, form, count in MAKE_UP for _ in range(count)]
    served = _populations(len(forms), chance)
    full_time, others = _people(forms, chance)
    made: dict[CsoType, int] = dict.fromkeys(CsoType, 0)
    groups = []
    for number, (kind, form) in enumerate(forms):
        is_centre = kind is CsoType.COMMUNITY_BASED and form in REGISTRARS
        called = "registered" if is_centre else kind
        name, name_en = names.organization_names(called, made[kind] + 1)
        made[kind] += 1
        seat = chance.choice(SEATS)
        seat, regions = LEGAL_PERSONS[number] if number < len(LEGAL_PERSONS) else (seat, (seat,))
        registrar = REGISTRARS.get(form)
        volunteers = round(others[number] * 0.7)
        groups.append(
            Group(
                number=number,
                name=name if number else BRIDGE,
                name_en=name_en if number else BRIDGE_EN,
                cso_type=kind,
                legal_form=form,
                uscc=names.credit_code(registrar, seat, 31000000 + 137 * number)
                if registrar
                else None,
                seat=seat,
                regions=regions,
                populations=tuple(p for p in Population if p in served[number]),
                services=_services(number, served[number]),
                full_time=full_time[number],
                part_time=others[number] - volunteers,
                volunteers=volunteers,
                founded_year=chance.randint(2003, 2012),
            )
        )
    return groups


def small(groups: list[Group]) -> list[Group]:
    """Return the part of the population a quick start needs: who may bid, and a few who may not."""
    hosted = [group for group in groups if group.legal_form == LegalForm.HOSTED]
    free = [group for group in groups if group.legal_form == LegalForm.UNREGISTERED]
    persons = [group for group in groups if group.is_legal_person]
    return persons + hosted[:22] + hosted[-3:] + free[:3] + free[-3:]


def _populations(count: int, chance: Random) -> list[set[Population]]:
    """Give each organisation but the last four somebody to serve, to the study's totals."""
    served: list[set[Population]] = [set() for _ in range(count)]
    answered = list(range(count - NOT_STATED))
    left = dict(POPULATIONS)

    def give(number: int, whom: Population) -> None:
        served[number].add(whom)
        left[whom] -= 1

    for number in (4, 9, 10, 11, 12):  # near the border and the old mines
        give(number, Population.PWID)
    for number in chance.sample(answered, POPULATIONS[Population.PLHIV]):
        give(number, Population.PLHIV)
    turn = [whom for whom in POPULATIONS if whom is not Population.PLHIV]
    for place, number in enumerate(n for n in answered if not served[n]):
        give(number, turn[place % len(turn)])
    for whom in turn:
        free = [number for number in answered if whom not in served[number]]
        for number in chance.sample(free, left[whom]):
            give(number, whom)
    return served


def _people(forms: list[tuple[CsoType, LegalForm]], chance: Random) -> tuple[list[int], list[int]]:
    """Return how many work 30 hours or more, and how many others, in each organisation."""
    heavy = {CsoType.NGO: 14, CsoType.COMMUNITY_BASED: 4, CsoType.VOLUNTEER_GROUP: 0}
    weights = [float(heavy[kind]) for kind, _form in forms]
    full_time = _shares(FULL_TIME, weights, chance)
    others = _shares(PEOPLE - FULL_TIME, [6.0 + weight for weight in weights], chance)
    return full_time, others


def _shares(total: int, weights: list[float], chance: Random) -> list[int]:
    """Split a total into whole shares that vary around their weights and add up exactly."""
    varied = [weight * chance.uniform(0.6, 1.4) for weight in weights]
    shares = [int(total * weight / sum(varied)) for weight in varied]
    able = [number for number, weight in enumerate(weights) if weight]
    for number in chance.sample(able, total - sum(shares)):
        shares[number] += 1
    return shares


def _services(number: int, served: set[Population]) -> tuple[Service, ...]:
    found = {service for whom in served for service in SERVICES_FOR[whom]} or {Service.OUTREACH}
    if number < len(LEGAL_PERSONS):
        found |= {Service.TRAINING}
    if number in range(5) or number in range(9, 13):
        found |= {Service.HARM_REDUCTION}
    if number < 5:
        found |= {Service.EVALUATION, Service.SECTOR_BUILDING}
    return tuple(service for service in Service if service in found)
