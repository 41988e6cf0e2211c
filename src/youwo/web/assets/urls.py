"""Addresses of assets."""

from django.urls import path

from youwo.web.assets import acts, handover, listing, paper, public

app_name = "assets"

urlpatterns = [
    path("work/assets/", listing.index, name="index"),
    path("work/assets/export/", listing.export, name="export"),
    path("work/assets/new/", handover.new, name="new"),
    path("work/assets/labels/", paper.labels, name="labels"),
    path("work/assets/sheet/", paper.sheet, name="sheet"),
    path("work/assets/sign/", paper.sign, name="sign"),
    path("work/deliveries/<int:key>/assets/", handover.hand_over, name="hand-over"),
    path("assets/<str:reference>/", public.asset, name="asset"),
    path("assets/<str:reference>/<str:verb>/", acts.act, name="act"),
]
