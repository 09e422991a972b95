"""Why the book or the calendar cannot be changed so: which rule, which field, and the way out."""

from collections.abc import Mapping

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from organizations.refusals import Invalid
from procurement.rules import BadChange, BadYear, Fault, YearFault

CHANGES: Mapping[Fault, StrOrPromise] = {
    Fault.UNKNOWN_RULE: _("规则手册里没有这一条，请从列出的规则和限额里选择。"),
    Fault.UNKNOWN_FIELD: _("这一条没有可以改的“%(field)s”，请选它有的数字。"),
    Fault.POLICY_AS_LAW: _(
        "这是本平台的规定，不能写成法定要求。要引用新的法规，请随软件更新规则手册。"
    ),
    Fault.NOT_A_FIGURE: _(
        "“%(value)s”在这里不能用：限额要大于零，天数和家数是大于零的整数，比例在 0 与 1 之间。"
    ),
    Fault.INVERTED: _(
        "下限大于上限（或采购限额标准高于公开招标数额标准），请核对后改其中一个数字。"
    ),
    Fault.LAXER: _("这是法定要求，本省只能定得更严，不能放宽。请填更严的数字，或者删去这一项。"),
    Fault.SUPPLIERS_TIME: _(
        "这段时间是供应商质疑、投诉、答复，或处理投诉的部门办理用的，本省不能缩短；"
        "法定的由法律规定，本省也不改。请删去这一项。"
    ),
    Fault.UNCHANGED: _("填的数字和现在的一样，请改数字，或者删去这一项。"),
    Fault.TWICE: _("同一个数字填了两次，请留下一个。"),
}

YEARS: Mapping[YearFault, StrOrPromise] = {
    YearFault.SYNTAX: _("文件读不懂，请按说明的格式修改：%(what)s"),
    YearFault.UNKNOWN_KEY: _("不认识“%(what)s”这一项，请删去，或按说明改名。"),
    YearFault.MISSING_KEY: _("缺少“%(what)s”这一项，请补上。"),
    YearFault.BAD_YEAR: _("“%(what)s”不是可用的年份，请填 2004 到 2100 之间的年份。"),
    YearFault.NOT_A_DATE: _("“%(what)s”不是日期，请写成 2027-02-05 或 2027-02-05..2027-02-11。"),
    YearFault.INVERTED: _("“%(what)s”这一段倒置了或超过 14 天，请核对起止日期。"),
    YearFault.ANOTHER_YEAR: _("%(what)s 不在这一年，请删去，或放到那一年的安排里。"),
    YearFault.TWICE: _("%(what)s 写了两次，请留下一个。"),
    YearFault.BOTH: _("%(what)s 既写成放假又写成上班，请核对通知原文后留下一个。"),
    YearFault.WORKED_WEEKDAY: _("%(what)s 不是周六或周日，调休上班的日子只能是周末，请核对。"),
    YearFault.NO_HOLIDAYS: _("没有写放假的日子，请按国务院通知逐日填写。"),
}


class ChangeRefused(Invalid):
    """A figure of the proposal cannot be changed so; `target` is the rule or threshold."""

    def __init__(self, bad: BadChange) -> None:
        words = str(CHANGES[bad.fault]) % {"field": bad.change.field, "value": bad.change.value}
        super().__init__(f"{bad.change.target}：{words}", "figures")
        self.target = bad.change.target
        self.figure = bad.change


class YearRefused(Invalid):
    """The year cannot be loaded; the message begins with the line."""

    def __init__(self, bad: BadYear) -> None:
        reason = str(YEARS[bad.fault]) % {"what": bad.what}
        told = say("第 %(line)s 行：%(reason)s") % {"line": bad.line, "reason": reason}
        super().__init__(told, bad.field)
        self.line = bad.line
