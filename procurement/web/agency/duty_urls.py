"""Addresses of the agency's duties."""

from django.urls import path

from procurement.web.agency import duties, duty_calendar

urlpatterns = [
    path("duties/", duties.duty_list, name="duty-list"),
    path("duties.ics", duty_calendar.duty_calendar, name="duty-calendar"),
    path("duties/calendar/", duties.feed_renew, name="duty-calendar-renew"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/<int:pk>/done/", duties.duty_done, name="duty-done"),
    path("duties/<int:pk>/reply/", duties.duty_reply, name="duty-reply"),
    path("duties/<int:pk>/happened/", duties.duty_event, name="duty-event"),
]
