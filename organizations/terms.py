"""The field's closed lists: whom services reach, what they are, which costs they have."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Population(TextChoices):
    """Whom a service is for. Says what a group works with, never who its members are."""

    PLHIV = "plhiv", _("艾滋病病毒感染者和病人")
    PWID = "pwid", _("注射吸毒者")
    MSM = "msm", _("男男性行为者")
    SEX_WORKERS = "sex_workers", _("性工作者")
    GENERAL = "general", _("一般人群")
    OTHER = "other", _("其他人群")


class Service(TextChoices):
    """What an organisation can do, or a tender asks for."""

    OUTREACH = "outreach", _("外展宣传")
    TESTING = "testing", _("检测咨询")
    FOLLOW_UP = "follow_up", _("感染者随访关怀")
    HARM_REDUCTION = "harm_reduction", _("减低危害")
    TRAINING = "training", _("培训")
    EVALUATION = "evaluation", _("评估")
    SECTOR_BUILDING = "sector_building", _("社会组织培育")
    ADVOCACY = "advocacy", _("政策倡导")


class CostLine(TextChoices):
    """A line of a budget; everything but `direct` and `training` keeps the organisation alive."""

    DIRECT = "direct", _("直接服务费用")
    WAGES = "wages", _("人员工资")
    SOCIAL_INSURANCE = "social_insurance", _("社会保险")
    RENT = "rent", _("场地租金")
    UTILITIES = "utilities", _("水电和通信")
    EQUIPMENT = "equipment", _("设备")
    ADMINISTRATION = "administration", _("行政办公")
    MANAGEMENT_FEE = "management_fee", _("管理费")
    TRAINING = "training", _("人员培训")
    TAX = "tax", _("税费")
