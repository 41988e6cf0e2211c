"""Django's entry for this package."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "youwo.evaluation"
    label = "evaluation"
