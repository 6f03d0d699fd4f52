"""What requests say, in words of the reader's language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from requests_app.web.telling import contents_told, value_told


@pytest.mark.parametrize(
    ("name", "value", "english", "vietnamese"),
    [
        ("evidential_status", "intelligence", "intelligence", "tin tức nghiệp vụ"),
        ("hearing_mode", "in_person", "in person", "trực tiếp"),
        ("facts_summary", "in_person", "in_person", "in_person"),
        ("urgency", {"level": "urgent"}, "level: Urgent", "mức độ: Khẩn"),
        ("onward_transfer", "never", "never", "không bao giờ"),
        (
            "items",
            ["XA-1/XB-1: changed_file"],
            "XA-1/XB-1: The file is not the one that was announced",
            "XA-1/XB-1: Tệp không phải là tệp đã được thông báo",
        ),
        ("step", "served_on_provider", "Order served on the provider", "Đã tống đạt lệnh cho nhà cung cấp"),
        ("about", "refusal", "a refusal that is thought of", "việc từ chối đang được cân nhắc"),
        ("status", "in_execution", "In execution", "Đang thực hiện"),
        ("source", "40(27)", "Art. 40(27)", "Điều 40(27)"),
        ("size", 2048, "2.0\xa0KB", "2,0\xa0KB"),
    ],
    ids=[
        "a choice",
        "a choice of two words",
        "what a person typed",
        "a level",
        "a condition",
        "a break",
        "a step",
        "a consultation",
        "a status",
        "an article",
        "a size",
    ],
)
def test_a_code_is_told_by_its_word_and_what_was_typed_as_it_was_typed(name, value, english, vietnamese):
    with translation.override("en"):
        assert value_told(value, name) == english
    with translation.override("vi"):
        assert value_told(value, name) == vietnamese


@pytest.mark.parametrize(
    ("held", "english", "vietnamese"),
    [
        (12, "12 years", "12 năm"),
        (1, "1 year", "1 năm"),
        (2.5, "2.5 years", "2,5 năm"),
        ("life", "life", "chung thân"),
        ("-4", "-4", "-4"),
    ],
)
def test_a_penalty_is_told_with_its_unit(held, english, vietnamese):
    with translation.override("en"):
        assert value_told(held, "maximum_penalty_years") == english
    with translation.override("vi"):
        assert value_told(held, "maximum_penalty_years") == vietnamese


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("period_covered", "2027-06-30T09:00:30+07:00", "30 June 2027, 09:00:30 (UTC+7)"),
        ("period_covered", "2027-06-30T09:00:00Z", "30 June 2027, 09:00 (UTC)"),
        ("period_covered", "2027-06-30", "30 June 2027"),
        ("period_covered", "2027-13-45", "2027-13-45"),
        ("delete_by", "2027-06-30T16:59:59Z", "30 June 2027, 23:59:59 (UTC+7)"),
        ("until", "next week", "next week"),
    ],
    ids=["with an offset", "in UTC", "a day", "no day", "a day's end at the desk", "no time"],
)
def test_a_time_is_told_as_it_was_written_with_its_distance_from_utc(name, written, told):
    with translation.override("en"), timezone.override(ZoneInfo("Asia/Ho_Chi_Minh")):
        assert value_told(written, name) == told


def test_what_is_sent_is_told_item_by_item_without_a_code():
    sending = {
        "evidence": [
            {"item": "XA-1/XB-1", "category": "traffic", "size": 2048, "sha512": "0f", "token": True},
            {
                "item": "XA-1/XB-2",
                "category": "subscriber",
                "source_type": "provider",
                "kind": "traffic_data",
            },
        ],
        "items": ["traffic_data"],
        "channel": "secure mail",
        "conditions_of_use": {"purpose": "Case 7", "onward_transfer": "with_consent", "confidential": True},
    }
    with translation.override("en"):
        assert contents_told(sending) == [
            (
                "Evidence",
                "Item: XA-1/XB-1\nCategory of the data: Traffic data\nSize: 2.0\xa0KB\nA token only: Yes\n\n"
                "Item: XA-1/XB-2\nCategory of the data: Subscriber information\nIt comes from: a provider",
            ),
            ("Channel", "secure mail"),
            (
                "Conditions of use",
                "Only for this purpose: Case 7\nPassing on: with the consent of the State that sent it\n"
                "Kept confidential: Yes",
            ),
        ]
