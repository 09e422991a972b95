"""The step that is no question: the documents of the call."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from organizations import instants
from organizations.refusals import NotFound, Refusal
from organizations.web.requests import AgencyRequest
from procurement.documents import actions as files
from procurement.documents import kinds
from procurement.documents.models import DocumentType
from procurement.tenders import actions as tenders
from procurement.tenders.models import Tender
from procurement.tenders.parts import TenderDocument
from procurement.web.agency.access import at_the_desk, tender_of
from procurement.web.agency.tender_steps import Step, steps_of
from procurement.web.uploads import WholeUpload


class DocumentForm(WholeUpload):
    """One file of the call; only the file itself can be wrong."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("选择文件"),
        help_text=gettext_lazy("PDF、图片、Word、Excel 或文本，每份不超过 10 MB。"),
        widget=forms.FileInput({"accept": kinds.ACCEPT_ATTRIBUTE}),
        error_messages={
            "required": gettext_lazy("请选择一份文件。"),
            "empty": gettext_lazy("这份文件是空的，请重新选择。"),
        },
    )
    document_type = forms.ChoiceField(label=gettext_lazy("文件类别"), choices=DocumentType.choices)
    title = forms.CharField(
        label=gettext_lazy("标题"),
        help_text=gettext_lazy("不填就用文件名。"),
        required=False,
    )


def _place(tender: Tender, step: Step) -> dict[str, object]:
    steps = steps_of(tender)
    number = steps.index(step)
    onward = steps[number + 1].slug if number + 1 < len(steps) else ""
    return {
        "tender": tender,
        "step": step,
        "number": number + 1,
        "steps": len(steps),
        "onward": onward,
    }


def documents(request: AgencyRequest, tender: Tender, step: Step, at: datetime) -> HttpResponse:
    """Attach files to the call; what is stored already stays whatever happens to the next one."""
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DocumentForm(*data)
    if request.method == "POST" and form.is_valid():
        try:
            _attach(request, tender, form, at)
        except Refusal as refusal:
            form.add_error("file", str(refusal.message))
        else:
            messages.success(request, _("文件已上传。"))
            return redirect("agency:tender-step", tender.ocid, step.slug)
    attached = tender.attachments.select_related("document")
    context = _place(tender, step) | {"form": form, "attachments": attached}
    status = 422 if form.errors else 200
    return render(request, "agency/step_documents.html", context, status=status)


@transaction.atomic
def _attach(request: AgencyRequest, tender: Tender, form: DocumentForm, at: datetime) -> None:
    upload: UploadedFile[bytes] = form.cleaned_data["file"]
    document = files.store(
        title=form.cleaned_data["title"][:200],
        document_type=form.cleaned_data["document_type"],
        name=upload.name or "",
        content=upload.read(),
        by=request.actor,
        at=at,
    )
    tenders.attach(tender, document=document, by=request.actor, at=at)


@require_POST
@at_the_desk
def document_remove(request: AgencyRequest, ocid: str, attachment: int) -> HttpResponse:
    """Take a file off a draft."""
    tender = tender_of(request, ocid)
    tenders.detach(tender, attachment_id=attachment, by=request.actor, at=instants.now())
    messages.success(request, _("文件已移除。"))
    return redirect("agency:tender-step", tender.ocid, "documents")


@require_safe
@at_the_desk
def document(request: AgencyRequest, ocid: str, attachment: int) -> FileResponse:
    """Hand out a file of the own agency's tender, published or not."""
    own = TenderDocument.objects.filter(tender=tender_of(request, ocid))
    found = own.select_related("document").filter(pk=attachment).first()
    if found is None:
        raise NotFound
    stored = found.document
    return FileResponse(
        stored.content.open("rb"),
        as_attachment=True,
        filename=stored.name,
        content_type=stored.media_type,
    )
