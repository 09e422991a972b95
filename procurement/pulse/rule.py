"""The rule on outages: when the portal takes no bids near a deadline, the deadline waits. Pure."""

from datetime import date, datetime, time, timedelta
from typing import Final

from procurement.rules import SHANGHAI
from procurement.rules.calendar import SATURDAY, UnknownYear, WorkingCalendar

LONGEST_SILENCE: Final = timedelta(seconds=60)  # two canaries further apart show an outage
BEFORE: Final = timedelta(minutes=60)  # before a deadline it touches bidders …
AFTER: Final = timedelta(minutes=2)  # … and until the register of bids is written
MADE_GOOD: Final = timedelta(minutes=60)  # of working hours, after the portal is back
MOST: Final = 3  # extensions of one tender; then people decide whether it is called anew
# A deadline is closed when the portal was seen alive after it; at the latest when deadlines were
# looked at for so long without a gap: while all of it is away, no time counts.
LONGEST_HOLD: Final = timedelta(hours=24)
LONGEST_GAP: Final = timedelta(hours=1)
_OPENS, _CLOSES = time(9, 0), time(17, 0)

# Part of every call and of each notice that follows from it, and so in Chinese whoever reads it.
TEXT: Final = (
    "平台中断的处理：投标截止前 60 分钟至截止后 2 分钟内，平台如果连续 60 秒以上不能接收投标，"
    "截止时间自动延后到平台恢复满 60 分钟（只计工作日 9:00 至 17:00），对所有供应商一样，"
    "并发布更正公告；截止前已报指纹的密封文件，补交期限（截止后 24 小时）遇到中断的同样延后，"
    "记入开标过程；两种期限各最多自动延后 3 次，再次中断的，按当时的期限截标或不再等待文件；"
    "没有看到平台恢复以前，不截标，也不停止等待文件，"
    "但定时巡查一直在运行、连续 24 小时没有看到恢复的，照当时的期限办。"
    "中断记入公开的运行状况，由监督人员决定是否要求终止后重新采购。"
)
# The same for who reads English; the Chinese binds.
TEXT_EN: Final = (
    "Outages of the portal: where from 60 minutes before a bid deadline to 2 minutes after it the "
    "portal can take no bids for 60 seconds on end or longer, the deadline moves by itself to 60 "
    "minutes after the portal is back (counted on working days from 9:00 to 17:00), for all "
    "suppliers alike, and an amendment notice says so. Where a fingerprint of a sealed file was "
    "given in time, the time to bring the file (24 hours after the deadline) moves in the same way "
    "when an outage falls on its end, and the record of the opening says so. Each of the two moves "
    "by itself 3 times at most; at a further outage bids close, or files are waited for no longer, "
    "at the time that then holds. Until the portal was seen to be back no call is closed and no "
    "waiting ended, unless the timer ran all along and saw nothing for 24 hours on end: then the "
    "time that then held counts. Each outage stands on the public page of how the portal runs, and "
    "the overseer decides whether to ask for the call to be ended and made anew."
)


def touches(deadline: datetime, *, began: datetime, ended: datetime) -> bool:
    """Say whether an outage fell on the last hour before a deadline, or on the minutes after."""
    return began < deadline + AFTER and ended > deadline - BEFORE


def extended(restored: datetime, calendar: WorkingCalendar) -> datetime:
    """Return the deadline after an outage: an hour of working time after the portal is back.

    Hours are 9:00 to 17:00 of Asia/Shanghai. An hour that would end later begins at 9:00 of the
    next working day.
    """
    moment = restored.astimezone(SHANGHAI)
    day = moment.date()
    if moment > datetime.combine(day, _CLOSES, SHANGHAI) - MADE_GOOD:
        day += timedelta(days=1)
    while not _is_worked(calendar, day):
        day += timedelta(days=1)
    return max(moment, datetime.combine(day, _OPENS, SHANGHAI)) + MADE_GOOD


def _is_worked(calendar: WorkingCalendar, day: date) -> bool:
    """Say whether people work that day; in a year nobody has announced yet, Monday to Friday."""
    try:
        return calendar.is_working_day(day)
    except UnknownYear:
        return day.weekday() < SATURDAY
