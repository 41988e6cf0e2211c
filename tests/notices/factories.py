"""The plainest message, delivery, robot and post."""

import factory

from tests.factories import AT, PersonFactory, area
from youwo.core.sealing import blind
from youwo.notices.models import Delivery, Message, Post, Robot


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


class RobotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Robot

    class Params:
        token = factory.Sequence(lambda n: f"token-{n}")

    platform = "wecom"
    name = "金税社区工作群"
    area = factory.LazyFunction(lambda: area("140802005022"))
    address = factory.LazyAttribute(
        lambda o: f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={o.token}"
    )
    address_index = factory.LazyAttribute(lambda o: blind("robot", o.address))
    wanted = ("new", "whistle", "escalation", "overdue")
    added_by = factory.SubFactory(PersonFactory)
    added_at = AT
    free_at = AT


class PostFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Post

    robot = factory.SubFactory(RobotFactory)
    kind = "new"
    subject = "金税社区有一个新心愿等着看"
    link = "/work/wishes/WK3F9QXD4/"
    created_at = AT
    next_at = AT
    cause = factory.Sequence(lambda n: f"cause:{n}")
