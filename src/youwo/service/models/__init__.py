"""Joint meetings with their agendas, and the service items that come of them."""

from youwo.service.models.items import (
    ITEM_MOVES,
    UNDER_WAY,
    Delivery,
    DeliveryGoods,
    DeliveryHand,
    ItemHelper,
    ItemStatus,
    Resource,
    ServiceItem,
    ServiceItemQuerySet,
)
from youwo.service.models.meetings import (
    MEETING_MOVES,
    AgendaItem,
    Invitation,
    JointMeeting,
    JointMeetingQuerySet,
    MeetingSeries,
    MeetingStatus,
)

__all__ = [
    "ITEM_MOVES",
    "MEETING_MOVES",
    "UNDER_WAY",
    "AgendaItem",
    "Delivery",
    "DeliveryGoods",
    "DeliveryHand",
    "Invitation",
    "ItemHelper",
    "ItemStatus",
    "JointMeeting",
    "JointMeetingQuerySet",
    "MeetingSeries",
    "MeetingStatus",
    "Resource",
    "ServiceItem",
    "ServiceItemQuerySet",
]
