"""What our renderer adds to Django's forms: errors beside fields, what was typed kept."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from procurement.web.renderer import FieldRenderer
from procurement.web.widgets import MoneyInput


class Budget(forms.Form):
    """A form with a field of each kind that we draw ourselves."""

    default_renderer = FieldRenderer
    amount = forms.DecimalField(widget=MoneyInput, help_text="每年", decimal_places=2)
    kind = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "甲"), ("b", "乙")])
    plan = forms.FileField(required=False)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("48,000", "48000"),
        ("４８０００", "48000"),
        ("48000.50 元", "48000.50"),
        ("4.8万", "48000"),
        ("12.5 万元", "125000"),
        ("四万八", "四万八"),
        ("-5", "-5"),
    ],
)
def test_money_input_reads_what_people_write(typed: str, read: str) -> None:
    form = Budget({"amount": typed})
    assert form["amount"].value() == read


def test_a_slip_in_an_amount_is_shown_again_as_it_was_typed() -> None:
    drawn = str(Budget({"amount": "四万八"})["amount"].as_field_group())
    assert 'value="四万八"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in drawn
    assert 'id="id_amount_error"' in drawn


def test_a_group_of_choices_is_a_fieldset_with_its_legend() -> None:
    drawn = str(Budget()["kind"].as_field_group())
    assert drawn.startswith('<fieldset class="field field-radioselect"')
    assert "<legend>Kind</legend>" in drawn


def test_the_error_summary_links_to_each_field() -> None:
    shown = render_to_string("components/error_summary.html", {"form": Budget({})})
    assert 'href="#id_amount"' in shown
    assert 'href="#id_kind_0"' in shown
    assert 'role="alert" tabindex="-1"' in shown


def test_a_form_without_errors_has_no_summary() -> None:
    form = Budget({"amount": "1", "kind": "a"})
    assert form.is_valid()
    assert render_to_string("components/error_summary.html", {"form": form}).strip() == ""


def test_a_file_uploaded_before_is_named() -> None:
    kept = SimpleUploadedFile("方案.pdf", b"x" * 2400)
    kept.url = "/file/"  # type: ignore[attr-defined]
    drawn = str(Budget(initial={"plan": kept})["plan"].as_field_group())
    assert '<a href="/file/">方案.pdf</a>' in drawn
    assert "2 kB" in drawn
