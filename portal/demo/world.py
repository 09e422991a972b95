"""Who lives in the rehearsal province: made by the real acts of registration and appointment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import Max

from organizations.accounts import actions as accounts
from organizations.accounts.models import User
from organizations.agencies import actions as agencies
from organizations.csos import actions as csos
from organizations.csos import hosting
from organizations.csos.models import Cso, LegalForm
from organizations.regions.models import Region
from organizations.register import actions as register
from organizations.register.models import Organization
from organizations.roles import Actor, Role
from portal.demo import names
from portal.demo.groups import BRIDGE, Group

PASSWORD = "yunnan-rehearsal-2026"  # noqa: S105 -- of a rehearsal, printed on purpose
DOMAIN = "demo.example"
PANEL_SIZE = 5
# Address, name (drawn by chance where blank) and role of who works at the province's office.
PROVINCIAL = (
    ("verifier", "", Role.VERIFIER),
    ("auditor", "", Role.AUDITOR),
    ("rule-editor", "段雪梅", Role.RULE_EDITOR),
    ("rule-editor2", "和志远", Role.RULE_EDITOR),
)


@dataclass(frozen=True)
class Office:
    """An agency with the people who work in it."""

    organization: Organization
    region: Region
    drafter: Actor
    approver: Actor
    clerk: Actor
    panel: tuple[Actor, ...]


@dataclass(frozen=True)
class Party:
    """A civil-society organisation with the person who signs for it."""

    group: Group
    cso: Cso
    signatory: Actor
    host: Organization | None = None

    @property
    def tenderer(self) -> int:
        """Who bids for it: itself, or its host."""
        return self.host.pk if self.host else self.cso.pk


@dataclass
class World:
    """Everybody, and the chance that decides what they do."""

    chance: Random
    overseer: Actor
    offices: dict[str, Office] = field(default_factory=dict)  # by code of the division
    parties: list[Party] = field(default_factory=list)
    regions: dict[str, Region] = field(default_factory=dict)

    def of(self, organization_id: int) -> Party:
        """Return the party that is this organisation."""
        return next(party for party in self.parties if party.cso.pk == organization_id)


class Crowd:
    """Makes accounts; the password is hashed once, because that is slow on purpose."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._hash = make_password(PASSWORD)
        self._number = User.objects.aggregate(last=Max("pk"))["last"] or 0

    def person(self, address: str = "", name: str = "", **standing: bool) -> User:
        """Make a person with a confirmed address who can sign in with the demo password."""
        self._number += 1
        email = f"{address or f'person{self._number}'}@{DOMAIN}"
        user = User.objects.create(
            email=email,
            name=name or names.person_name(self._chance),
            password=self._hash,
            **standing,
        )
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user


def actor(user: User, organization: Organization, *roles: Role) -> Actor:
    """Return the person as actor in these roles."""
    return Actor(user.pk, organization.pk, frozenset(roles), str(user))


def found(crowd: Crowd, chance: Random, *, at: datetime) -> World:
    """Begin: the province, its overseer and the auditor; nobody else is there yet."""
    regions = {region.code: region for region in Region.objects.all()}
    province = next(region for region in regions.values() if region.parent_id is None)
    first = crowd.person("overseer")
    office = accounts.found_oversight(
        first, name=f"{province.name_zh}卫生健康委员会", name_en="Provincial Health Commission",
        region=province, at=at,
    ).organization  # fmt: skip
    overseer = actor(first, office, Role.OVERSEER)
    world = World(chance, overseer, regions=regions)
    for address, name, role in PROVINCIAL:
        accounts.grant(
            user=crowd.person(address, name), organization=office, role=role, by=overseer, at=at
        )
    crowd.person("admin", "技术管理员", is_staff=True, is_superuser=True)
    return world


def open_office(
    world: World,
    crowd: Crowd,
    code: str,
    addresses: Sequence[str] = (),
    *,
    body: str = "疾病预防控制中心",
    body_en: str = "Centre for Disease Control and Prevention",
    at: datetime,
) -> Office:
    """Register a public body of a division, by default its centre for disease control."""
    region = world.regions[code]
    organization = agencies.register_agency(
        name=f"{region.name_zh}{body}",
        name_en=f"{region.name_en} {body_en}",
        region=region,
        evidence="机构编制文件与法人证书",
        address=f"{region.name_zh}健康路{world.chance.randint(1, 180)}号",
        phone=f"{_dialling(code)}-6500{world.chance.randint(1000, 9999)}",
        email=f"cdc{code}@{DOMAIN}",
        finance_department=f"{region.name_zh}财政局政府采购管理科",
        by=world.overseer,
        at=at,
    ).organization
    roles = [Role.DRAFTER, Role.APPROVER, *[Role.PANEL_MEMBER] * PANEL_SIZE, Role.OPENING_OFFICER]
    team = []
    for place, role in enumerate(roles):
        user = crowd.person(addresses[place] if place < len(addresses) else "")
        accounts.grant(user=user, organization=organization, role=role, by=world.overseer, at=at)
        team.append(actor(user, organization, role))
    drafter, approver, *panel, clerk = team
    office = Office(organization, region, drafter, approver, clerk, tuple(panel))
    world.offices[code] = office
    return office


def welcome(world: World, crowd: Crowd, group: Group, address: str = "", *, at: datetime) -> Party:
    """Let a group register itself; it still waits for verification."""
    user, host = crowd.person(address), _host(world, group)
    cso = accounts.register_cso(
        _profile(world, group, user, host), by=Actor(user.pk, None, name=str(user)), at=at
    )
    party = Party(group, cso, actor(user, cso.organization, Role.CSO_SIGNATORY), host)
    world.parties.append(party)
    return party


def verify(world: World, party: Party, *, at: datetime) -> None:
    """Let the overseer verify a group by its certificate, or by a visit where it has none."""
    evidence = "核对了登记证书" if party.group.is_legal_person else "实地走访并向当地疾控核实"
    party.cso.organization = register.verify(
        party.cso.organization, by=world.overseer, at=at, evidence=evidence
    )


def agree(world: World, party: Party, *, at: datetime) -> None:
    """Let the host that a group has asked agree to answer for it, by its signatory."""
    if party.host is None:
        return
    asked = party.cso.hostings.waiting().get()
    hosting.accept(asked, by=world.of(party.host.pk).signatory, at=at)


def _profile(world: World, group: Group, user: User, host: Organization | None) -> csos.Profile:
    region = world.regions[group.seat]
    return csos.Profile(
        name=group.name,
        name_en=group.name_en,
        region=region,
        uscc=group.uscc,
        address=f"{region.name_zh}同心巷{group.number + 1}号",
        phone=f"{_dialling(group.seat)}-6300{1000 + group.number}",
        email=f"cso{group.number}@{DOMAIN}",
        cso_type=group.cso_type,
        legal_form=group.legal_form,
        host=host,
        founded_year=group.founded_year,
        purpose=_purpose(group),
        populations=group.populations,
        services=group.services,
        regions=[world.regions[code] for code in group.regions],
        full_time=group.full_time,
        part_time=group.part_time,
        volunteers=group.volunteers,
        contact_name=str(user),
        contact_phone=f"{_dialling(group.seat)}-6300{1000 + group.number}",
        consent_public_contact=False,
    )


def _host(world: World, group: Group) -> Organization | None:
    """The bridge association answers for two groups in three, the other NGOs for the rest."""
    if group.legal_form != LegalForm.HOSTED:
        return None
    hosts = [party for party in world.parties if party.group.number in range(4)]
    place = 0 if group.number % 3 else 1 + group.number // 3 % (len(hosts) - 1)
    return hosts[place].cso.organization


def _purpose(group: Group) -> str:
    if group.name == BRIDGE:
        return "由退休公共卫生工作者发起，为没有登记的小组提供托管、培训和小额资助。"
    served = "、".join(str(whom.label) for whom in group.populations) or "有需要的人"
    return f"为{served}提供身边的、不带评判的健康服务。"


def _dialling(code: str) -> str:
    return {"5301": "0871", "5331": "0692", "5325": "0873", "5329": "0872"}.get(code[:4], "0870")
