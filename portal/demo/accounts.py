"""The demo accounts as a table: one address for each part a person can play."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from organizations import instants
from organizations.accounts import queries
from organizations.accounts.models import User
from portal.demo import cards
from portal.demo.world import DOMAIN, PASSWORD

FILE = "demo-accounts.txt"
ADDRESSES = (
    "signatory", "member", "signatory2", "host", "drafter", "approver", "panel1", "panel2",
    "panel3", "panel4", "panel5", "clerk", "other-drafter", "overseer", "verifier", "auditor",
    "rule-editor", "rule-editor2", "admin",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One account: its address, what its holder is, and where."""

    email: str
    roles: str
    organization: str


def rows() -> list[Row]:
    """Return the accounts that exist, in the order of the table."""
    emails = [f"{address}@{DOMAIN}" for address in ADDRESSES]
    people = {user.email: user for user in User.objects.filter(email__in=emails)}
    return [_row(people[email]) for email in emails if email in people]


def _row(user: User) -> Row:
    hats = queries.hats(user)
    roles = "、".join(label for hat in hats for label in hat.labels)
    return Row(user.email, roles or "技术管理员", " / ".join(str(hat.organization) for hat in hats))


def table() -> str:
    """Return the table as text: the password on top, the key cards of the rehearsal below."""
    lines = [f"  演示账户 Demo accounts · 密码 password: {PASSWORD}"]
    lines += [f"    {row.email:<28}{row.roles}　{row.organization}" for row in rows()]
    return "\n".join([*lines, *cards.lines(instants.now())])


def write_file() -> Path:
    """Write the table where `up` finds it and return the path."""
    path = Path(settings.DATA_DIR) / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table() + "\n", encoding="utf-8")
    return path
