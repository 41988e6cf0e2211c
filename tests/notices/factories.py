"""The plainest message and delivery."""

import factory

from tests.factories import AT, PersonFactory
from youwo.notices.models import Delivery, Message


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    recipient = factory.SubFactory(PersonFactory, email="somebody@example.org")
    kind = "case"
    subject = "您认领的心愿明天到期"
    body = "北城街道的一位老人还在等着。"
    link = "/work/wishes/WK3F9QXD4/"
    created_at = AT
    cause = factory.Sequence(lambda n: f"cause:{n}")


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    message = factory.SubFactory(MessageFactory)
    channel = "email"
    next_at = AT
