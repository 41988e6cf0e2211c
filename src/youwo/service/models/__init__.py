"""Joint meetings with their agendas, the service items that come of them, and assets."""

from youwo.service.models.assets import (
    ASSET_MOVES,
    Asset,
    AssetEvent,
    AssetQuerySet,
    AssetStatus,
    Inspection,
)
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
from youwo.service.models.joined import Joined
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
    "ASSET_MOVES",
    "ITEM_MOVES",
    "MEETING_MOVES",
    "UNDER_WAY",
    "AgendaItem",
    "Asset",
    "AssetEvent",
    "AssetQuerySet",
    "AssetStatus",
    "Delivery",
    "DeliveryGoods",
    "DeliveryHand",
    "Inspection",
    "Invitation",
    "ItemHelper",
    "ItemStatus",
    "Joined",
    "JointMeeting",
    "JointMeetingQuerySet",
    "MeetingSeries",
    "MeetingStatus",
    "Resource",
    "ServiceItem",
    "ServiceItemQuerySet",
]
