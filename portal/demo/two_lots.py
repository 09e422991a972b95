"""A purchase of social-relief services in two lots, one of them won by a social organisation.

It follows a real award notice of a county's civil-affairs office under competitive consultation,
moved to Yunnan, with invented organisations.
"""

from collections.abc import Sequence

from organizations.terms import Population, Service
from portal.demo.briefs import Brief
from portal.demo.case import Case
from portal.demo.days import Timetable
from portal.demo.world import Office, Party

CODE = "532504"
BODY, BODY_EN = "民政局", "Civil Affairs Bureau"
RELIEF = Brief(
    "{place}采购社会救助经办服务",
    "购买社会救助经办服务：入户走访、家庭状况核查、政策宣传和转介，充实乡镇经办力量。",
    "请两家组织分片承担{place}的社会救助经办：走访困难家庭，核对情况，讲清政策，帮助转介。",
    "一、对救助申请和在保家庭入户核查，每户每年不少于两次。二、宣传低保、特困和临时救助政策。"
    "三、发现急难情况 24 小时内报告并陪同转介。四、资料一户一档，只用编号，依法保密。"
    "五、合同签订之日起一年内开展服务，人员经培训后上岗。",
    "2 个标段，12 个月",
    (Service.OUTREACH, Service.FOLLOW_UP),
    (Population.GENERAL,),
)
LOTS = (
    ("采购社会救助经办服务Ⅰ标段", "弥阳街道、竹园镇、朋普镇及新哨镇部分。", 720_000),
    ("采购社会救助经办服务Ⅱ标段", "虹溪镇、巡检司镇、西一镇、西二镇、西三镇及东山镇。", 730_000),
)
PRICES = ({1: 688_000}, {2: 699_700}, {1: 702_000, 2: 715_000})


def case(office: Office, parties: Sequence[Party], times: Timetable) -> Case:
    """Return the purchase: a business, a social service agency, and one that bids for both."""
    business, agency, both = (
        next(p for p in parties if p.group.number == number) for number in (8, 5, 7)
    )
    return Case(
        office=office,
        brief=RELIEF,
        method="consultation",
        places=(CODE,),
        yuan=sum(yuan for _title, _area, yuan in LOTS),
        times=times,
        bidders=(business, agency, both),
        lots=LOTS,
        prices=PRICES,
        questions=3,
        answered=3,
        seed=20211230,
    )
