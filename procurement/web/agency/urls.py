"""Addresses of the agency audience: the writing desk, and the deciding desk beside it."""

from django.urls import include, path

from procurement.web.agency import (
    amending,
    deciding_urls,
    drawing,
    duty_urls,
    home,
    key_urls,
    plan_approval,
    planning,
    tender_approval,
    tender_attachments,
    tender_writing,
    tenders,
    timetable,
    witnessing,
)

app_name = "agency"

urlpatterns = [
    path("", home.home, name="home"),
    path("plans/", planning.plan_list, name="plan-list"),
    path("plans/new/", planning.plan_new, name="plan-new"),
    path("plans/<str:ocid>/", planning.plan, name="plan"),
    path("plans/<str:ocid>/check/", planning.plan_check, name="plan-check"),
    path("plans/<str:ocid>/review/", plan_approval.plan_review, name="plan-review"),
    path("plans/<str:ocid>/publish/", plan_approval.plan_publish, name="plan-publish"),
    path("plans/<str:ocid>/return/", plan_approval.plan_return, name="plan-return"),
    path("plans/<str:ocid>/done/<slug:what>/", plan_approval.plan_done, name="plan-done"),
    path("plans/<str:ocid>/steps/<slug:slug>/", planning.plan_step, name="plan-step"),
    path("timetable/", timetable.timetable, name="timetable"),
    path("tenders/<str:ocid>/timetable/", timetable.tender_timetable, name="tender-timetable"),
    path("tenders/", tenders.tender_list, name="tender-list"),
    path("tenders/new/", tenders.tender_new, name="tender-new"),
    path("tenders/<str:ocid>/", tenders.tender, name="tender"),
    path("tenders/<str:ocid>/check/", tender_writing.tender_check, name="tender-check"),
    path("tenders/<str:ocid>/review/", tender_approval.tender_review, name="tender-review"),
    path("tenders/<str:ocid>/publish/", tender_approval.tender_publish, name="tender-publish"),
    path("tenders/<str:ocid>/return/", tender_approval.tender_return, name="tender-return"),
    path("tenders/<str:ocid>/done/<slug:what>/", tender_approval.tender_done, name="tender-done"),
    path("tenders/<str:ocid>/steps/<slug:slug>/", tender_writing.tender_step, name="tender-step"),
    path(
        "tenders/<str:ocid>/documents/<int:attachment>/",
        tender_attachments.document,
        name="tender-document",
    ),
    path(
        "tenders/<str:ocid>/documents/<int:attachment>/remove/",
        tender_attachments.document_remove,
        name="tender-document-remove",
    ),
    path("tenders/<str:ocid>/draw/", drawing.draw, name="draw"),
    path("tenders/<str:ocid>/draw/witnesses/<int:user>/", witnessing.replace, name="draw-witness"),
    path("tenders/<str:ocid>/amend/", amending.tender_amend, name="tender-amend"),
    path("tenders/<str:ocid>/cancel/", amending.tender_cancel, name="tender-cancel"),
    path("amendments/<int:pk>/", amending.amendment, name="amendment"),
    path("amendments/<int:pk>/publish/", amending.amendment_publish, name="amendment-publish"),
    path("amendments/<int:pk>/withdraw/", amending.amendment_withdraw, name="amendment-withdraw"),
    path("", include(deciding_urls)),
    path("", include(duty_urls)),
    path("", include(key_urls)),
]
