"""Addresses of the public audience: everything here is read without an account."""

from django.urls import include, path

from procurement.web.public import (
    awards,
    breaches,
    documents,
    editions,
    follow_urls,
    history_urls,
    home,
    keysets,
    log_urls,
    notices,
    opening,
    organizations,
    pages,
    picture_urls,
    rulebook,
    status,
    tenders,
)

app_name = "public"

urlpatterns = [
    path("", home.home, name="home"),
    path("tenders/", tenders.tender_list, name="tender-list"),
    path("tenders/<slug:ocid>/", tenders.tender, name="tender"),
    path("tenders/<slug:ocid>/opening/", opening.opening, name="opening"),
    path("keys/", keysets.statement_list, name="keys-list"),
    path("keys/<int:number>/", keysets.statement, name="keys"),
    path("planning/", tenders.planning_list, name="planning-list"),
    path("planning/<slug:ocid>/", tenders.planning, name="planning"),
    path("awards/", awards.award_list, name="award-list"),
    path("breaches/", breaches.breach_list, name="breach-list"),
    path("notices/<slug:release_id>/", notices.notice, name="notice"),
    path("releases/<slug:release_id>.json", notices.release, name="release"),
    path("releases.json", notices.release_package, name="release-package"),
    path("records/<slug:ocid>.json", notices.record, name="record"),
    path("documents/<int:pk>/<str:name>", documents.document, name="document"),
    path("organizations/", organizations.organization_list, name="organization-list"),
    path("organizations/<slug:party>/", organizations.organization, name="organization"),
    path("rules/", rulebook.rule_list, name="rule-list"),
    path("rules/editions/", editions.edition_list, name="edition-list"),
    path("rules/editions/<int:number>/", editions.edition, name="edition"),
    path("rules/<slug:rule_id>/", rulebook.rule, name="rule"),
    path("", include(follow_urls.urlpatterns)),
    path("", include(history_urls.urlpatterns)),
    path("", include(log_urls.urlpatterns)),
    path("", include(picture_urls.urlpatterns)),
    path("help/", pages.help_page, name="help"),
    path("about/", pages.about, name="about"),
    path("status/", status.status, name="status"),
    path("robots.txt", pages.robots, name="robots"),
]
