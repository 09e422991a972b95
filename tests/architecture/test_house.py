"""The house keeps its order: what import contracts cannot see, these tests do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from procurement.lifecycle import PlanStage, Stage

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "organizations", "procurement")
LONGEST_FUNCTION = 50
LONGEST_TEMPLATE = 150
CLOCKS = {"now", "today", "utcnow", "localtime"}
EDGE = {"web", "tasks", "management", "admin", "apps", "models", "templatetags", "instants"}
# lower first: a foreign key points to a room that is not above its own
RANKS = [
    ["regions", "audit"],
    ["register"],
    ["agencies", "csos"],
    ["accounts"],
    ["publication", "documents"],
    ["pulse"],
    ["rulebook"],
    ["keycards"],
    ["obligations"],
    ["planning", "history"],
    ["tenders"],
    ["amendments", "enquiries", "bids"],
    ["evaluation"],
    ["awards"],
    ["notifications"],
    ["watches"],
]


def sources(*packages: str) -> Iterator[Path]:
    """Every Python file we wrote, without migrations."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def domain_files() -> list[Path]:
    """Every Python file of the domain: no web, no tasks, no commands."""
    return [
        path
        for app in ("organizations", "procurement")
        for path in sources(app)
        if path.relative_to(ROOT / app).parts[0].removesuffix(".py") not in EDGE
    ]


def name(path: Path) -> str:
    """The path as a test name."""
    return str(path.relative_to(ROOT))


def test_a_source_file_is_read_in_one_sitting() -> None:
    long = [name(p) for p in sources(*APPS, "tests") if len(p.read_text().splitlines()) > 400]
    assert long == []


def test_functions_fit_a_screen() -> None:
    long = [
        f"{name(path)}::{node.name}"
        for path in sources(*APPS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_the_domain_says_what_lives_in_each_file() -> None:
    silent = [
        name(path)
        for path in domain_files()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_file_is_a_junk_drawer() -> None:
    drawers = {"utils.py", "helpers.py", "common.py", "misc.py", "services.py", "managers.py"}
    assert [name(path) for path in sources(*APPS) if path.name in drawers] == []


def test_the_domain_knows_no_request_and_no_time_of_day() -> None:
    forbidden = ("django.http", "django.forms", "django.shortcuts", "django.utils.timezone")
    offenders = []
    for path in domain_files():
        tree = ast.parse(path.read_text())
        imported = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
        called = {f.attr for f in calls if isinstance(f, ast.Attribute)}
        if any(m.startswith(forbidden) for m in imported) or called & CLOCKS:
            offenders.append(name(path))
    assert offenders == []


def test_nothing_happens_behind_a_signal_or_a_save() -> None:
    offenders = []
    for path in sources(*APPS):
        tree = ast.parse(path.read_text())
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
        decorators = {ast.unparse(d).split("(")[0] for f in functions for d in f.decorator_list}
        overrides = {"save", "delete"} & {f.name for f in functions}
        if "receiver" in decorators or (path.name == "models.py" and overrides):
            offenders.append(name(path))
    assert offenders == []


def _rank(model: type[models.Model]) -> int | None:
    parts = model.__module__.split(".")
    room = parts[1] if len(parts) > 1 else ""
    return next((place for place, rooms in enumerate(RANKS) if room in rooms), None)


def test_foreign_keys_point_downhill() -> None:
    uphill = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in apps.get_models()
        if model._meta.app_label in {"organizations", "procurement"}
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and (_rank(field.related_model) or 0) > (_rank(model) or 0)
    ]
    assert uphill == []


def test_nothing_walks_from_a_tender_to_a_sealed_table() -> None:
    """A template could follow a reverse accessor; sealed tables have none."""
    sealed = {"bids", "evaluation", "awards"}
    open_accessors = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("procurement").get_models()
        if model.__module__.split(".")[1] in sealed
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and not field.remote_field.hidden
    ]
    assert open_accessors == []


def test_templates_are_short_and_bear_no_script_or_style() -> None:
    inline = re.compile(r"<style|style=\"|\son[a-z]+=\"|<script(?![^>]*\ssrc=)")
    offenders = [
        name(path)
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if len(path.read_text().splitlines()) > LONGEST_TEMPLATE or inline.search(path.read_text())
    ]
    assert offenders == []


def test_stages_are_never_loose_strings() -> None:
    """A stage is an enum member; its value is written once, where it is declared."""
    values = "|".join(stage.value for stage in (*Stage, *PlanStage))
    loose = re.compile(rf"stage\w*(?:\([^)]*\))?\s*(?:==|!=|in)\s*[\[({{]?[\"'](?:{values})[\"']")
    offenders = [name(p) for p in sources(*APPS) if loose.search(p.read_text())]
    assert offenders == []


def test_every_instant_with_a_person_is_constrained_to_come_with_it() -> None:
    """`x_at` and `x_by_id` are set together, or the database refuses."""
    loose = []
    for model in apps.get_app_config("procurement").get_models():
        names = {field.name for field in model._meta.get_fields()}
        constraints = " ".join(str(c.deconstruct()) for c in model._meta.constraints)
        for by in names:
            at = by.removesuffix("_by_id") + "_at"
            if not by.endswith("_by_id") or at not in names:
                continue
            nullable = getattr(model._meta.get_field(by), "null", False)
            if nullable and not (by in constraints and at in constraints):
                loose.append(f"{model.__name__}.{by}")
    assert loose == []


def test_whoever_judges_asks_an_edition_and_never_the_files() -> None:
    """Only the rulebook's room loads books and knows the bare calendar; the demo tells stories."""
    bare = re.compile(r"\brules\.(?:load|read|check|earliest|limits|OFFICIAL)\b")
    allowed = {"rules", "rulebook", "management"}
    offenders = [
        name(path)
        for path in sources("procurement", "organizations")
        if not allowed & set(path.parts) and bare.search(path.read_text())
    ]
    assert offenders == []


def test_races_have_files_of_their_own() -> None:
    """They empty the tables: they come last in each process, whole files of them."""
    marked = "django_db(transaction=True"
    texts = {path: path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    races = {path for path, text in texts.items() if marked in text} - {Path(__file__)}
    whole = {path for path in races if f"\npytestmark = pytest.mark.{marked}" in texts[path]}
    assert races
    assert races - whole == set()
