"""Addresses of the queue."""

from django.urls import path

from youwo.web.work import views

app_name = "work"

urlpatterns = [
    path("work/", views.queue, name="queue"),
    path("work/rows/", views.rows, name="rows"),
    path("work/count/", views.count, name="count"),
]
