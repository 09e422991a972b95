"""`manage.py up`: the whole portal on this machine, until Ctrl-C."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal import bootstrap, parts
from portal.address import Address, add_address_arguments
from portal.preparation import prepare
from portal.supervisor import Supervisor
from procurement.publication import heads
from procurement.publication.tree import Log


class Command(BaseCommand):
    """Prepares, serves and stops in order. The servers below are the business of manage.py."""

    help = (
        "Serve the portal: web, worker and clock, with embedded servers unless DATABASE_URL is set."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to serve, and whether to fill an empty portal with demo data."""
        add_address_arguments(parser)
        parser.add_argument("--no-demo", action="store_true", help="leave an empty portal empty")

    def handle(self, *_args: object, **options: object) -> None:
        """Ends with Ctrl-C (exit code 0) or when the web or a server dies (exit code 1)."""
        address = Address(str(options["host"]), int(str(options["port"])))
        prepare(self._say, demo=not options["no_demo"])
        data = Path(settings.DATA_DIR)
        facts = {
            "SITE_URL": settings.SITE_URL,
            "REHEARSAL": str(int(settings.REHEARSAL)),
            "LOG_VKEY": heads.vkey(Log.NOTICES),
        }
        running = parts.of_the_portal(address, data, facts=facts)
        supervisor = Supervisor(address, data, bootstrap.own_servers, running)
        try:
            names = ", ".join(part.name for part in running)
            self._say(f"网站、任务与时钟 Parts: {names} …")
            supervisor.start()
            self._welcome(address)
            supervisor.watch(self._say)
        finally:
            self._say("正在停止 Stopping:")
            supervisor.stop(self._say)

    def _welcome(self, address: Address) -> None:
        accounts = Path(settings.DATA_DIR) / "demo-accounts.txt"
        lines = [
            "",
            f"  {settings.SITE_NAME_ZH} · {settings.SITE_NAME_EN}",
            f"  {address.site}",
            "",
        ]
        if accounts.exists():
            lines += [accounts.read_text().rstrip(), ""]
        lines += [f"  邮件 Mail: {settings.MAIL_DIR}", f"  日志 Logs: {settings.DATA_DIR}/log"]
        lines += ["  停止 Stop: Ctrl-C", ""]
        self._say("\n".join(lines))

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
