"""Where the rule on outages ends, and people decide."""

from django.utils.translation import gettext_lazy as _

from organizations.refusals import Refusal


class AskPeople(Refusal):
    """A date was moved on often enough by the clock: a further time people decide."""

    def __init__(self) -> None:
        super().__init__(_("这个项目已因平台中断延后三次，不再自动延后，请监督人员处理。"))
