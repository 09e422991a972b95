"""How Django forms are drawn: our field template and our widgets' templates."""

from django.forms.renderers import TemplatesSetting
from django.template import Template

OURS = {
    "django/forms/widgets/clearable_file_input.html": "forms/widgets/file.html",
}


class FieldRenderer(TemplatesSetting):
    """Label, help, error, control, in that order; needs "django.forms" in INSTALLED_APPS."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def get_template(self, template_name: str) -> Template | None:
        """The template of a form, field or widget: ours where we have one, else Django's."""
        return super().get_template(OURS.get(template_name, template_name))
