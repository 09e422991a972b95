"""Words for what the domain knows as values: stages, acts, and the refusal of an act."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from procurement.lifecycle import (
    Act,
    DutyStage,
    KeyStage,
    NotNow,
    PlanStage,
    ProposalStage,
    Stage,
)

STAGES: Mapping[str, StrOrPromise] = {
    Stage.DRAFT: _("草稿"),
    Stage.SUBMITTED: _("等待审批"),
    Stage.OPEN: _("正在接受投标"),
    Stage.CLOSED: _("已截止，等待开标"),
    Stage.OPENED: _("正在评审"),
    Stage.EVALUATED: _("评审完成，等待决定"),
    Stage.AWARDED: _("已公布结果"),
    Stage.UNSUCCESSFUL: _("采购失败"),
    Stage.CANCELLED: _("已终止"),
}

PLAN_STAGES: Mapping[str, StrOrPromise] = {
    PlanStage.DRAFT: _("草稿"),
    PlanStage.SUBMITTED: _("等待审批"),
    PlanStage.PUBLISHED: _("已公开"),
}

KEY_STAGES: Mapping[str, StrOrPromise] = {
    KeyStage.PREPARING: _("正在制作"),
    KeyStage.IN_USE: _("已公布，正在使用"),
    KeyStage.RETIRED: _("已停用"),
}

PROPOSAL_STAGES: Mapping[str, StrOrPromise] = {
    ProposalStage.PROPOSED: _("等待另一位规则编辑决定"),
    ProposalStage.APPROVED: _("已批准并公布"),
    ProposalStage.DECLINED: _("已退回"),
}

ACTS: Mapping[Act, StrOrPromise] = {
    Act.PROPOSE_CHANGE: _("提出规则变更"),
    Act.APPROVE_CHANGE: _("批准规则变更"),
    Act.DECLINE_CHANGE: _("退回规则变更"),
    Act.PROPOSE_YEAR: _("提出年度放假安排"),
    Act.CONFIRM_YEAR: _("确认年度放假安排"),
    Act.DECLINE_YEAR: _("退回年度放假安排"),
    Act.WARN_OF_LAST_YEAR: _("提醒日历将到期"),
    Act.BEGIN_KEYS: _("开始做一套开标钥匙"),
    Act.NAME_HOLDER: _("确定持卡人"),
    Act.MAKE_CARD: _("制作钥匙卡"),
    Act.CONFIRM_CARD: _("核对钥匙卡"),
    Act.PUBLISH_KEYS: _("公布开标钥匙"),
    Act.REPORT_LOST_CARD: _("登记钥匙卡遗失"),
    Act.RETIRE_KEYS: _("停用开标钥匙"),
    Act.BEGIN_DRILL: _("开始开标演练"),
    Act.DRILL_CARD: _("演练中用卡"),
    Act.END_DRILL: _("停止开标演练"),
    Act.DRAFT_PLAN: _("起草采购意向"),
    Act.REVISE_PLAN: _("修改采购意向"),
    Act.SUBMIT_PLAN: _("送审采购意向"),
    Act.RETURN_PLAN: _("退回采购意向"),
    Act.PUBLISH_PLAN: _("公开采购意向"),
    Act.DRAFT_TENDER: _("起草采购项目"),
    Act.REVISE_TENDER: _("修改采购项目"),
    Act.COMMIT_DRAW: _("公布抽取的承诺"),
    Act.WITNESS_DRAW: _("见证抽取"),
    Act.REPLACE_WITNESS: _("更换见证人"),
    Act.ADD_INVITEE: _("人工增加受邀组织"),
    Act.SUBMIT_TENDER: _("送审采购项目"),
    Act.RETURN_TENDER: _("退回采购项目"),
    Act.PUBLISH_TENDER: _("发布采购公告"),
    Act.CANCEL_TENDER: _("终止采购"),
    Act.PROPOSE_AMENDMENT: _("起草更正"),
    Act.PUBLISH_AMENDMENT: _("发布更正公告"),
    Act.EXTEND_FOR_OUTAGE: _("因平台中断延后投标截止"),
    Act.ASK_ENQUIRY: _("提问"),
    Act.ANSWER_ENQUIRY: _("答复"),
    Act.PREPARE_BID: _("准备投标"),
    Act.SUBMIT_BID: _("提交投标"),
    Act.WITHDRAW_BID: _("撤回投标"),
    Act.DELIVER_BID: _("补交密封文件"),
    Act.READ_OWN_BID: _("打开自己的投标"),
    Act.CLOSE_BIDS: _("截标登记"),
    Act.EXTEND_DELIVERY: _("因平台中断延后补交文件的期限"),
    Act.END_DELIVERY: _("不再等待没有补交的文件"),
    Act.STATE_GATE: _("记录时间闸放行"),
    Act.CONTRIBUTE_CARD: _("用钥匙卡开标"),
    Act.OPEN_BIDS: _("开标"),
    Act.STATE_REACH: _("公布知晓情况"),
    Act.APPOINT_PANEL: _("组建评审小组"),
    Act.RELEASE_JUDGE: _("让成员退出评审小组"),
    Act.DECLARE_INTEREST: _("声明利害关系"),
    Act.SCORE_BID: _("评审"),
    Act.FINISH_SCORING: _("提交评审"),
    Act.DECIDE_AWARD: _("决定采购结果"),
    Act.STATE_DUTY_DONE: _("说明已经完成"),
    Act.TELL_EVENT: _("登记合同履行中的事"),
    Act.RECORD_BREACH: _("记录逾期"),
    Act.REPLY_TO_BREACH: _("对逾期作说明"),
    Act.EXCUSE_BREACH: _("谅解逾期"),
}

DUTY_STAGES: Mapping[str, StrOrPromise] = {
    DutyStage.AWAITED: _("还在期限内"),
    DutyStage.MET: _("按时完成"),
    DutyStage.OVERDUE: _("已逾期"),
    DutyStage.CURED: _("逾期后完成"),
    DutyStage.EXCUSED: _("逾期，已谅解"),
    DutyStage.LAPSED: _("项目已结束，不再需要"),
}

# What an agency owes by a day, and what begins a duty under a contract, by the book's events.
DUTIES: Mapping[str, StrOrPromise] = {
    "enquiry.answered": _("答复提问"),
    "award.decided": _("决定采购结果"),
    "award.published": _("公布采购结果"),
    "award.notification.sent": _("发出结果通知书"),
    "contract.signed": _("签订采购合同"),
    "contract.published": _("公布合同"),
    "contract.filed": _("报送合同备案"),
    "payment.made": _("付款"),
    "acceptance.published": _("公布验收结果"),
    "notice.published": _("在法定媒体公布"),
}
HAPPENED: Mapping[str, StrOrPromise] = {
    "invoice.received": _("收到了发票"),
    "acceptance.ended": _("验收结束了"),
}

# Acts on the audit record that are no act of a procurement's life.
AUDIT: Mapping[str, StrOrPromise] = {
    **{act.value: words for act, words in ACTS.items()},
    "amendments.ask_people": _("平台再次中断，等待人工决定"),
    "history.take_in": _("导入历史公告"),
    "obligations.renew_feed": _("更换日历订阅地址"),
    "letters.look": _("查看将要发出的信"),
    "letters.resume": _("重试已放弃的信"),
}


def not_now(refusal: NotNow) -> StrOrPromise:
    """Return the refusal of an act at the wrong stage as a sentence with the way out."""
    if refusal.stage in PROPOSAL_STAGES:
        decided = _("这份提议%(stage)s，不能再改。需要改动时请另提一份。")
        return decided % {"stage": PROPOSAL_STAGES[refusal.stage]}
    if refusal.stage in KEY_STAGES:
        keys = _("这套开标钥匙%(stage)s，不能%(act)s。请回到开标钥匙页面查看下一步。")
        return keys % {"stage": KEY_STAGES[refusal.stage], "act": ACTS[refusal.act]}
    words = {**STAGES, **PLAN_STAGES, **DUTY_STAGES}
    stage = words[refusal.stage]
    if refusal.act is Act.ASK_ENQUIRY and refusal.stage is Stage.OPEN:
        return _("提问时间已经结束，不能再提问。已有的问题和答复都在项目页面上。")
    bidding = {Act.PREPARE_BID, Act.SUBMIT_BID, Act.WITHDRAW_BID}
    if refusal.act in bidding and refusal.stage not in {Stage.CANCELLED, Stage.UNSUCCESSFUL}:
        late = _("投标时间已经截止，不能再%(act)s。截止前提交的投标仍然有效，开标后可以查看结果。")
        return late % {"act": ACTS[refusal.act]}
    return _("这个项目现在的状态是“%(stage)s”，不能%(act)s。请回到项目页面查看下一步。") % {
        "stage": stage,
        "act": ACTS[refusal.act],
    }
