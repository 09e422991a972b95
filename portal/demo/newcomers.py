"""Groups that have just registered: the overseer's queue is never empty."""

from datetime import datetime, timedelta

from organizations.csos.models import CsoType, LegalForm
from organizations.register import actions as register
from organizations.terms import Population, Service
from portal.demo import world
from portal.demo.groups import Group
from portal.demo.steps import Moments
from portal.demo.world import Crowd, World

NAMES = (
    ("晨星志愿小组", "Morning Star Volunteers", "530302"),
    ("石月互助社", "Stone Moon Mutual Aid", "532801"),
    ("长河健康工作室", "Long River Health Studio", "530602"),
    ("松间关怀小组", "Among Pines Care Group", "530802"),
)
ASKS = 3  # place of the group that asks a host, which has not answered yet
REFUSAL = "托管组织一栏是空的，工作地区也没有填写。补充这两项后请再次提交。"


def arrive(province: World, crowd: Crowd, now: datetime) -> Moments:
    """Four groups register day by day; the first has to complete its entry, one asks a host."""
    first = 200  # numbers apart from those of the study
    for place, (name, name_en, seat) in enumerate(NAMES):
        at = now - timedelta(days=len(NAMES) + 2 - place, hours=3)
        yield at
        group = Group(
            number=first + place,
            name=name,
            name_en=name_en,
            cso_type=CsoType.VOLUNTEER_GROUP if place == 0 else CsoType.COMMUNITY_BASED,
            legal_form=LegalForm.HOSTED if place == ASKS else LegalForm.UNREGISTERED,
            uscc=None,
            seat=seat,
            regions=(seat,) if place else (),
            populations=(Population.PLHIV, Population.MSM)[: 1 + place % 2],
            services=(Service.OUTREACH,),
            full_time=0,
            part_time=place,
            volunteers=5 + place,
            founded_year=2026,
        )
        party = world.welcome(province, crowd, group, at=at)
        if place == 0:
            at += timedelta(hours=6)
            yield at
            register.refuse(party.cso.organization, by=province.overseer, at=at, reason=REFUSAL)
