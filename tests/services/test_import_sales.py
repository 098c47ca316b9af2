"""Orders, payments and products from files: counts that add up, known again, kept, undone."""

from __future__ import annotations

import csv
import os
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest

from crm_tui.exchange.importing import import_file
from crm_tui.services.crm import Crm

CDNOW = Path(os.environ.get("CRM_PURCHASES", str(Path(tempfile.gettempdir()) / "crm-bench" / "purchases")))


def written(folder: Path, name: str, text: str) -> Path:
    """A file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def counts(report: dict[str, object]) -> list[object]:
    """Rows, created, updated, unchanged, rejected; the first is the sum of the others."""
    found = [report[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]
    assert found[0] == sum(found[1:])  # type: ignore[arg-type]
    return found


ORDERS = (
    "订单编号,客户,日期,产品,数量,单价,金额,付款约定\n"
    "A-1,陈家,2026-03-01,大米,2,60,120,月结\n"
    "A-1,陈家,2026-03-01,菜油,1,45.5,45.5,月结\n"
    "A-2,李家,2026-03-02,大米,x,60,60,月结\n"
    "A-3,,2026-03-02,大米,1,60,60,月结\n"
)


def test_lines_of_one_number_are_one_order_and_bad_rows_cost_only_themselves(crm: Crm, tmp_path: Path) -> None:
    crm.products.add({"name": "大米", "code": "RICE"})
    path = written(tmp_path, "orders.csv", ORDERS)
    before = crm.digest()
    report = import_file(crm, path)
    assert (report["kind"], counts(report)) == ("orders", [4, 2, 0, 0, 2])
    (order,) = crm.orders.newest(9)
    assert (order["number"], order["total"], order["stage"]) == ("A-1", 16_550, "deliver")
    assert crm.orders.lines(order["id"])[0]["product"] == crm.products.find("RICE")["id"]
    assert counts(import_file(crm, path)) == [4, 0, 0, 2, 2]
    crm.store.undo()
    assert crm.digest() == before
    assert counts(import_file(crm, path)) == [4, 2, 0, 0, 2]
    assert crm.orders.newest(9)[0]["total"] == 16_550


def test_a_field_is_set_only_if_the_file_changed_and_what_a_person_changed_stays(crm: Crm, tmp_path: Path) -> None:
    text = "order,customer,date,amount,terms,note\nA-1,Acme,2026-03-01,120,30,{}\n"
    import_file(crm, written(tmp_path, "orders.csv", text.format("old")))
    (order,) = crm.orders.newest(9)
    assert order["balance"] == 12_000
    crm.orders.edit(order["id"], {"due_rule": "month-end"})
    assert counts(import_file(crm, written(tmp_path, "orders.csv", text.format("old")))) == [1, 0, 0, 1, 0]
    assert counts(import_file(crm, written(tmp_path, "orders.csv", text.format("new")))) == [1, 0, 1, 0, 0]
    now = crm.orders.get(order["id"])
    assert (now["note"], now["due_rule"]) == ("new", "month-end")
    changed = text.replace(",30,", ",60,").format("new")
    report = import_file(crm, written(tmp_path, "orders.csv", changed))
    assert (counts(report), report["kept_yours"][0]["field"]) == ([1, 0, 0, 1, 0], "due_rule")


def test_payments_go_to_their_orders_and_again_nothing_changes(crm: Crm, tmp_path: Path) -> None:
    import_file(crm, written(tmp_path, "orders.csv", "order,customer,date,amount,terms\nA-1,Acme,2026-03-01,120,30\n"))
    text = (
        "收款日期,订单编号,客户,收款金额,付款方式\n2026-03-05,A-1,,100,微信\n2026-03-06,,Acme,50,转账\n"
        "2026-03-07,A-1,,-30,现金\n2026-03-07,A-9,,1,现金\n2026-03-07,,Nobody,1,现金\n"
    )
    path = written(tmp_path, "payments.csv", text)
    report = import_file(crm, path)
    assert (report["kind"], counts(report)) == ("payments", [5, 3, 0, 0, 2])
    assert crm.orders.newest(1)[0]["balance"] == 12_000 - 10_000 + 3_000
    assert crm.arrears.owed() == []
    assert counts(import_file(crm, path)) == [5, 0, 0, 3, 2]


def test_products_bring_their_prices_and_a_new_price_is_logged(crm: Crm, tmp_path: Path) -> None:
    text = "sku,product name,unit,cost,price\nR10,Rice,bag,40,{}\nOIL,Oil,l,,12.5\n,,,,\nR10,Rice,bag,40,60\n"
    path = written(tmp_path, "products.csv", text.format("60"))
    report = import_file(crm, path)
    assert (report["kind"], report["created"], report["rejected"]) == ("products", 2, report["rows"] - 2)
    rice = crm.products.find("R10")
    assert (rice["cost"], crm.products.price(rice["id"], None, crm.local_now().date(), "CNY")) == (4_000, 6_000)
    assert import_file(crm, path)["unchanged"] == 2
    assert counts(import_file(crm, written(tmp_path, "products.csv", text.format("65"))))[1:4] == [1, 0, 1]
    assert len(crm.prices.log(rice["id"])) == 2


def test_two_equal_purchases_of_a_day_are_two_orders(crm: Crm, tmp_path: Path) -> None:
    path = written(tmp_path, "log.csv", "customer,date,items,amount\n7,2026-01-02,1,9.99\n7,2026-01-02,1,9.99\n")
    assert counts(import_file(crm, path)) == [2, 2, 0, 0, 0]
    assert sum(row["total"] for row in crm.orders.newest(9)) == 1_998
    assert crm.arrears.owed() == []


@pytest.mark.skipif(not (CDNOW / "cdnow_all.csv").exists(), reason="the CDNOW purchases were not fetched")
def test_the_cdnow_log_comes_in_with_its_own_counts_and_sums(crm: Crm) -> None:
    path = CDNOW / "cdnow_all.csv"
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    report = import_file(crm, path)
    assert counts(report) == [69_659, 69_659, 0, 0, 0]
    orders, customers, total, items = (
        crm.store.reader()
        .execute("SELECT count(*), count(DISTINCT customer), sum(total), sum(items) FROM orders WHERE live")
        .fetchone()
    )
    assert (orders, customers) == (len(rows), len({row["customer"] for row in rows})) == (69_659, 23_570)
    assert Decimal(total) / 100 == sum(Decimal(row["amount"]) for row in rows)
    assert items == sum(int(row["items"]) for row in rows)
    assert counts(import_file(crm, path)) == [69_659, 0, 0, 69_659, 0]
