"""The headings under which files keep what we look for, in Chinese and English. Pure."""

import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from procurement.history.cells import WAN

# our field → the headings it may stand under; the first one found that says something counts
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "stated_type": ("noticeType", "公告类型", "公告类别"),
    "title": ("project", "projectName", "采购项目名称", "项目名称", "title", "标题", "公告标题"),
    "notice_title": ("noticeTitle", "title", "公告标题", "标题", "意向标题"),
    "code": ("projectCode", "项目编号", "采购项目编号"),
    "need": ("need", "采购需求概况", "需求概况"),
    "stated_procedure": ("procedure", "采购方式", "procedureHint"),
    "agency": ("agency", "采购人", "采购单位", "采购人名称"),
    "agency_address": ("agencyAddress", "采购人地址"),
    "agent": ("agent", "采购代理机构", "代理机构"),
    "region": ("region", "province", "地区", "区域", "省份"),
    "winner": ("winner", "中标供应商", "成交供应商", "中标(成交)供应商", "供应商"),
    "published_on": ("published", "发布日期", "发布时间", "公告日期", "公告时间"),
    "expected_month": ("expected", "预计采购时间", "预计采购日期", "预计采购月份"),
    "sme_reserved": ("smeReserved", "是否专门面向中小企业采购", "是否专门面向中小企业"),
    "media_url": ("url", "网址", "链接", "公告链接", "原文链接"),
    "notice_period": ("noticePeriod", "公告期限"),
    "media": ("publishedAt", "发布媒体"),
    "lots": ("lots",),
}

# headings of money, with what one of the figures below them is worth in yuan (None: the cell says)
AMOUNTS: Mapping[str, Decimal | None] = {
    "amountWanYuan": WAN,
    "budgetWanYuan": WAN,
    "预算金额(万元)": WAN,
    "金额(万元)": WAN,
    "成交金额(万元)": WAN,
    "中标金额(万元)": WAN,
    "amountYuan": Decimal(1),
    "finalPriceYuan": Decimal(1),
    "预算金额(元)": Decimal(1),
    "金额(元)": Decimal(1),
    "成交金额(元)": Decimal(1),
    "中标金额(元)": Decimal(1),
    "amount": None,
    "预算金额": None,
    "金额": None,
    "成交金额": None,
    "中标金额": None,
}


def folded(heading: str) -> str:
    """Return a heading as headings are compared: half-width, small letters, no space."""
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())


def standing_under(names: tuple[str, ...], row: Mapping[str, object]) -> list[str]:
    """Return the row's own headings that are among the names, in the order of the names."""
    own = {folded(heading): heading for heading in row}
    return [own[folded(name)] for name in names if folded(name) in own]
