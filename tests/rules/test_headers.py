from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.header_words import WORDS
from crm_tui.rules.headers import (
    TARGETS,
    Target,
    extra_key,
    extra_keys,
    guess_kind,
    normalise_header,
    read_kind,
    read_target,
    recognise,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def mapped(headers: str, *rows: str) -> dict[str, str]:
    """Headers and rows parted by "|"; only the columns that found a place."""
    names = headers.split("|")
    found = recognise(names, [row.split("|") for row in rows])
    return {name: str(target) for name, target in zip(names, found, strict=True) if target}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("姓名|手机|生日|备注", "name|phone:mobile|birthday|note"),
        ("客户名称|联系人|手机号（必填）|邮箱", "name|contact.name|phone:mobile|email"),
        ("公司|姓名|职务|电话", "name|contact.name|contact.title|phone"),
        ("单位名称|联系人|联系人电话|地址", "name|contact.name|contact.phone|address.street"),
        ("客户姓名|出生日期|农历生日|会员号", "name|birthday|birthday_lunar|number"),
        (
            "名称|省|市|区县|详细地址|邮编",
            "name|address.region|address.city|address.district|address.street|address.postcode",
        ),
        ("公司|级别|来源|负责人|行业|标签|规模", "name|grade|source|owner|industry|tags|size"),
        ("Name|Phone|E-mail|Notes", "name|phone|email|note"),
        ("＊姓名|ＴＥＬ", "name|phone"),
        ("Company|First Name|Last Name", "name|contact.given|contact.family"),
        ("Given Name|Family Name|Phone 1 - Value", "contact.given|contact.family|phone#1"),
        ("Account Name|Account Owner|Account ID", "name|owner|outside_number"),
        ("公司名称|手机1|手机2", "name|phone:mobile|phone:mobile#2"),
    ],
)
def test_plain_tables_map_themselves(headers: str, expected: str) -> None:
    assert list(mapped(headers).values()) == expected.split("|")


def test_google_contacts_map_themselves_old_and_new() -> None:
    old = mapped(
        "Name|Given Name|Family Name|Group Membership|E-mail 1 - Type|E-mail 1 - Value|Phone 1 - Type|Phone 1 - Value|"
        "Phone 2 - Value|Address 1 - City|Organization 1 - Name|Organization 1 - Title|Website 1 - Value|Yomi Name"
    )
    assert old == {
        "Name": "contact.name",
        "Given Name": "contact.given",
        "Family Name": "contact.family",
        "Group Membership": "tags",
        "E-mail 1 - Type": "email.label#1",
        "E-mail 1 - Value": "email#1",
        "Phone 1 - Type": "phone.label#1",
        "Phone 1 - Value": "phone#1",
        "Phone 2 - Value": "phone#2",
        "Address 1 - City": "address.city#1",
        "Organization 1 - Name": "name",
        "Organization 1 - Title": "contact.title",
        "Website 1 - Value": "website",
    }
    new = mapped("First Name|Last Name|Organization Name|Organization Title|Labels|Phone 1 - Label|Phone 1 - Value")
    assert list(new.values()) == [
        "contact.given", "contact.family", "name", "contact.title", "tags", "phone.label#1", "phone#1",
    ]  # fmt: skip


def test_outlook_contacts_map_themselves() -> None:
    assert mapped(
        "Title|First Name|Last Name|Company|Job Title|Business Street|Business Street 2|Business City|Home Street|"
        "Business Fax|Business Phone|Business Phone 2|Mobile Phone|E-mail Address|E-mail 2 Address|E-mail Type"
    ) == {
        "First Name": "contact.given",
        "Last Name": "contact.family",
        "Company": "name",
        "Job Title": "contact.title",
        "Business Street": "address.street:work",
        "Business City": "address.city:work",
        "Home Street": "address.street:home",
        "Business Fax": "fax",
        "Business Phone": "phone:work",
        "Business Phone 2": "phone:work#2",
        "Mobile Phone": "phone:mobile",
        "E-mail Address": "email",
        "E-mail 2 Address": "email#2",
    }


def test_salesforce_accounts_map_themselves() -> None:
    file = DATA / "csv" / "salesforce-dataloader" / "accountData.csv"
    if not file.exists():
        pytest.skip("the shared data are not beside the checkout")
    with file.open(encoding="gb18030", errors="replace", newline="") as stream:
        rows = list(csv.reader(stream))
    found = mapped("|".join(rows[0]), *("|".join(row) for row in rows[1:100]))
    assert found["ID"] == "outside_number"
    assert found["NAME"] == "name"
    assert found["BILLINGCITY"] == "address.city:billing"
    assert found["SHIPPINGSTATE"] == "address.region:shipping"
    assert found["PHONE"] == "phone"
    assert found["NUMBEROFEMPLOYEES"] == "size"
    assert not {"OWNERID", "TYPE", "PARENTID", "ANNUALREVENUE", "ORACLE_ID__C"} & found.keys()


def test_values_decide_where_headers_do_not() -> None:
    assert "Owner" in mapped("Name|Owner", "Acme|Wang Fang")
    assert "Owner" not in mapped("Name|Owner", "Acme|005x0000000fNSiAAM")
    assert "客户类型" in mapped("名称|客户类型", "甲|企业", "乙|个人")
    assert "客户类型" not in mapped("名称|客户类型", "甲|重点", "乙|个人")
    assert mapped("序号|名称", "1|甲", "2|乙")["序号"] == "ignore"
    assert "No" not in mapped("Name|No", "Acme|A-7")


def test_a_second_column_for_one_place_becomes_a_field_of_its_own() -> None:
    assert list(mapped("名称|行业|所属行业").values()) == ["name", "industry"]


def test_every_known_header_leads_to_a_target() -> None:
    for word, target in WORDS.items():
        name = target.partition(":")[0]
        assert name in TARGETS or name in ("company", "generic", "person"), word


@given(st.lists(st.one_of(st.text(max_size=10), st.sampled_from(sorted(WORDS))), max_size=12))
def test_any_headers_get_one_answer_each_and_single_places_go_once(headers: list[str]) -> None:
    found = recognise(headers, [[str(n) for n in range(len(headers))]])
    assert len(found) == len(headers)
    once = [str(target) for target in found if target and not target.many]
    assert len(once) == len(set(once))
    assert all(target.name in TARGETS for target in found if target)
    assert guess_kind(headers)
    keys = extra_keys(headers)
    assert len(set(keys)) == len(headers)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("customer,date,items,amount", "orders"),
        ("客户,订单号,金额,日期", "orders"),
        ("customer,amount,paid_on,method", "payments"),
        ("客户,收款日期,金额", "payments"),
        ("sku,name,price", "products"),
        ("产品名称,型号,单价", "products"),
        ("客户,主题,优先级,投诉内容", "tickets"),
        ("Subject,Start Date,Start Time,End Date,Location", "events"),
        ("姓名,手机,生日", "customers"),
        ("Account Name,Phone,Billing City", "customers"),
        ("column1,column2", "customers"),
        ("", "customers"),
    ],
)
def test_the_kind_of_table_is_guessed_from_its_headers(headers: str, kind: str) -> None:
    assert guess_kind(headers.split(",")) == kind


def test_keys_of_custom_fields_are_stable_and_unlike() -> None:
    assert normalise_header("Phone 1 - Value") == "phone 1 value"
    assert extra_key("Ｓhoe Size (EU)") == "shoe_size_eu"
    assert extra_key("微信号") == "微信号"
    assert extra_keys(["A b", "a-b", "A_B", "大小"]) == ["a_b", "a_b_2", "a_b_3", "大小"]
    assert extra_key("!!") == extra_key("!!") != extra_key("??")


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("phone:mobile", Target("phone", "mobile")),
        ("address.city:billing#2", Target("address.city", "billing", 2)),
        (" name ", Target("name")),
        ("name:work", None),
        ("colour", None),
        ("", None),
    ],
)
def test_a_person_can_write_a_target(written: str, target: Target | None) -> None:
    assert read_target(written) == target
    if target:
        assert read_target(str(target)) == target


@pytest.mark.parametrize(
    ("word", "kind"), [("企业客户", "organisation"), ("Individual", "person"), ("家庭", "household"), ("VIP", None)]
)
def test_kinds_are_read_in_both_languages(word: str, kind: str | None) -> None:
    assert read_kind(word) == kind
