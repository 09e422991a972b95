"""Past notices come in whole or are reported with their reason, and never twice."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from organizations.audit import AuditRow
from organizations.refusals import NotPermitted
from organizations.roles import ANONYMOUS, SYSTEM, Actor, Role
from procurement.history import actions, readers
from procurement.history.models import ImportedNotice, NoticeType
from procurement.rules import SHANGHAI

HERE = Path(__file__).parent
REAL = Path(__file__).parents[4] / "shared" / "data" / "real_notices.json"
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SOURCE = actions.Source("invented.json", "0" * 64)

pytestmark = pytest.mark.django_db


def run(path: Path, *options: str) -> tuple[str, int]:
    """Import a file by the command; return what it printed and its exit code."""
    out = StringIO()
    try:
        call_command("import_notices", str(path), *options, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


def written(tmp_path: Path, content: object, name: str = "file.json") -> Path:
    """Write a file and return its path."""
    path = tmp_path / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def test_every_row_is_in_or_has_its_reasons() -> None:
    printed, code = run(HERE / "invented.json")

    assert code == 1
    lines = printed.splitlines()
    assert lines[-1] == "12 行：8 行导入，0 行已有，4 行未导入。"
    assert ImportedNotice.objects.count() == 8
    assert sorted(line.split("：")[0] for line in lines[:-1]) == [
        "notices 5 · agency",
        "notices 5 · amountWanYuan",
        "notices 5 · published",
        "notices 6 · url",
        "notices 7 · –",
        "procurement_intentions 4 · budgetWanYuan",
        "procurement_intentions 4 · expected",
        "procurement_intentions 4 · smeReserved",
    ]
    assert "看到“2026-13-40”，应为一个日期" in printed
    assert "看到“约 15”，应为大于 0 的金额" in printed


def test_running_twice_adds_nothing() -> None:
    run(HERE / "invented.json")
    before = list(ImportedNotice.objects.values())
    printed, code = run(HERE / "invented.json")
    assert code == 1
    assert printed.splitlines()[-1] == "12 行：0 行导入，8 行已有，4 行未导入。"
    assert list(ImportedNotice.objects.values()) == before


def test_a_dry_run_writes_nothing() -> None:
    printed, code = run(HERE / "invented.json", "--dry-run")
    assert code == 1
    assert "什么都没有写入" in printed
    assert printed.splitlines()[-1] == "12 行：8 行导入，0 行已有，4 行未导入。"
    assert not ImportedNotice.objects.exists()
    assert not AuditRow.objects.exists()


def test_an_intention_is_kept_with_its_messy_cells_understood() -> None:
    run(HERE / "invented.json")
    notice = ImportedNotice.objects.get(title="教室改造")
    assert notice.kind == NoticeType.INTENTION
    assert notice.notice_title == "青榕学院2026年采购意向"
    assert notice.amount == Decimal("71660.00")
    assert notice.expected_month == date(2026, 6, 1)
    assert notice.published_on == date(2026, 1, 30)
    assert notice.sme_reserved is True
    assert notice.need == "第一行  \n第二行"
    assert notice.source_row == "procurement_intentions 1"
    assert notice.raw["budgetWanYuan"] == "7.166"
    assert len(notice.source_sha256) == 64
    blank = ImportedNotice.objects.get(title="档案整理")
    assert (blank.amount, blank.sme_reserved) == (None, None)


def test_an_award_keeps_its_lots_winners_and_procedure() -> None:
    run(HERE / "invented.json")
    award = ImportedNotice.objects.get(code="QR2026-C3-01")
    assert award.kind == NoticeType.RESULT
    assert award.procedure == "consultation"
    assert award.stated_procedure == "C3 = 竞争性磋商/谈判类编号"
    assert award.amount == Decimal(688000 + 699700)
    assert award.winners == ["石斛服务有限公司", "银杏社会救助服务中心"]
    assert [(lot["number"], lot["amount"]) for lot in award.lots] == [
        ("1", "688000.00"),
        ("2", "699700.00"),
    ]
    assert award.media == ["中国政府采购网", "云南省政府采购网"]
    assert award.ordered_on == award.imported_at.astimezone(SHANGHAI).date()


def test_kinds_follow_from_the_words_of_the_type() -> None:
    run(HERE / "invented.json")
    kinds = dict(ImportedNotice.objects.values_list("stated_type", "kind"))
    assert kinds == {
        "磋商公告": NoticeType.CALL,
        "中标公告": NoticeType.RESULT,
        "更正公告": NoticeType.CHANGE,
        "终止公告": NoticeType.END,
        "": NoticeType.INTENTION,
        "中标（成交）结果公告": NoticeType.RESULT,
    }
    change = ImportedNotice.objects.get(kind=NoticeType.CHANGE)
    assert change.title == "更正：青榕县培训项目"
    assert (change.procedure, change.stated_procedure) == ("", "框架协议")  # two methods it may be


def test_a_table_with_chinese_headings_comes_in() -> None:
    printed, code = run(HERE / "invented.csv")
    assert code == 1
    assert printed.splitlines()[-1] == "4 行：2 行导入，0 行已有，2 行未导入。"
    assert "row 5 · 采购单位" in printed  # the second row of data spans two lines
    assert "row 5 · 预算金额（万元）：看到“三十万”" in printed
    assert "row 6 · –：看到“['多出来']”" in printed
    first = ImportedNotice.objects.get(title="随访关怀服务")
    assert (first.amount, first.procedure) == (Decimal(125000), "consultation")
    assert first.kind == NoticeType.INTENTION


def test_a_table_in_the_older_chinese_encoding_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("标题,采购人,金额\n随访服务,青榕县医院,3万元\n".encode("gb18030"))
    assert run(path) == ("1 行：1 行导入，0 行已有，0 行未导入。\n", 0)
    assert ImportedNotice.objects.get().amount == Decimal(30000)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '{"notices": [', "JSON"),
        ("a.json", '{"notices": [{"amountWanYuan": NaN}]}', "NaN"),
        ("a.json", "3", "JSON"),
        ("a.json", '{"about": "nothing else"}', "没有任何一行"),
        ("a.json", "[" * 100_000, "JSON"),
        ("a.csv", "名称,金额\n甲,1\n", "缺少一列"),
        ("a.csv", "", "缺少一列"),
    ],
)
def test_a_file_without_rows_is_refused_as_a_whole(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=reason):
        call_command("import_notices", str(path))
    assert not ImportedNotice.objects.exists()


def test_a_missing_file_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_notices", str(tmp_path / "nowhere.json"))


def test_a_row_the_database_refuses_harms_no_other(tmp_path: Path) -> None:
    rows = [
        {"title": "好的一行", "agency": "青榕县医院"},
        {"title": "坏的一行", "agency": "青榕县医院", "remark": "a\x00b"},
        {"title": "另一行", "agency": "青榕县医院"},
    ]
    printed, code = run(written(tmp_path, rows))
    assert code == 1
    assert printed.splitlines()[-1] == "3 行：2 行导入，0 行已有，1 行未导入。"
    titles = set(ImportedNotice.objects.values_list("title", flat=True))
    assert titles == {"好的一行", "另一行"}


def test_the_same_row_twice_in_a_file_is_kept_once(tmp_path: Path) -> None:
    row = {"title": "重复的一行", "agency": "青榕县医院", "url": "https://medium.example.org/x"}
    printed, code = run(written(tmp_path, [row, {**row, "agent": "补写的代理机构"}]))
    assert (printed, code) == ("2 行：1 行导入，1 行已有，0 行未导入。\n", 0)


def test_two_projects_of_one_address_are_two_rows(tmp_path: Path) -> None:
    row = {"agency": "青榕县医院", "url": "https://medium.example.org/x"}
    run(written(tmp_path, [{**row, "project": "甲"}, {**row, "project": "乙"}]))
    assert ImportedNotice.objects.count() == 2


def test_a_person_needs_the_permission_to_import() -> None:
    reading = readers.read(readers.Row("row 1", {"title": "甲", "agency": "乙"}))
    drafter = Actor(1, 1, frozenset({Role.DRAFTER}))
    for by in (ANONYMOUS, drafter):
        with pytest.raises(NotPermitted):
            actions.take_in([reading], source=SOURCE, by=by, at=AT)
    assert not ImportedNotice.objects.exists()
    overseer = Actor(1, 1, frozenset({Role.OVERSEER}))
    assert actions.take_in([reading], source=SOURCE, by=overseer, at=AT).added == 1
    assert actions.take_in([reading], source=SOURCE, by=SYSTEM, at=AT).known == 1


@pytest.mark.skipif(not REAL.exists(), reason="the real notices are not part of the repository")
def test_every_real_notice_is_in_or_reported() -> None:
    printed, code = run(REAL)
    *reported, summary = printed.splitlines()
    assert (reported, code) == ([], 0)
    assert summary == "110 行：110 行导入，0 行已有，0 行未导入。"
    sections = [place.split()[0] for place in _places()]
    assert {name: sections.count(name) for name in set(sections)} == {
        "notices": 20,
        "procurement_intentions": 89,
        "social_service_award": 1,
    }
    award = ImportedNotice.objects.get(source_row="social_service_award")
    assert [lot["amount"] for lot in award.lots] == ["688000.00", "699700.00"]
    assert len(award.winners) == 2
    assert ImportedNotice.objects.filter(amount=Decimal("71660.00")).count() == 1


def _places() -> list[str]:
    return list(ImportedNotice.objects.values_list("source_row", flat=True))
