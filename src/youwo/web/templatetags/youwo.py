"""Filters and tags for every template."""

from django import template

register = template.Library()
