"""The product's settings with the demo's secrets, no throttle and no TLS, for measuring."""

import os

os.environ.setdefault("YOUWO_DEMO", "1")
os.environ.setdefault("YOUWO_TLS", "0")
os.environ.setdefault("YOUWO_PUBLIC_WRITES_PER_MINUTE", "0")
os.environ.setdefault("YOUWO_LOG_LEVEL", "ERROR")

from youwo.config.settings import *  # noqa: F403

# A bench that serves pages of its own names them here.
ROOT_URLCONF = os.environ.get("BENCH_URLS", "youwo.config.urls")
# A refusal is an answer here, not news.
LOGGING["loggers"] = {"django.request": {"level": "ERROR"}}  # noqa: F405
