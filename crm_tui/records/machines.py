"""The machines of the workspace that people have met, and whether they are trusted."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

TRUST = choices("accepted|Accepted|已信任", "distrusted|Distrusted|不信任", "partner|Partner|合作伙伴")


class Machine(Record, table=True):
    """A machine that signs what leaves it. Its id is made from its key, so that two who meet it write one row."""

    __tablename__ = "machines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Machines", "设备", "Machine")

    name: Annotated[str | None, About("Name", "名称", required=True)] = None
    person: Annotated[str | None, About("Person", "使用人", "link", link="people")] = None
    key: Annotated[str | None, About("Key", "公钥", form=False)] = None
    trust: Annotated[str | None, About("Trust", "信任", "choice", choices=TRUST)] = None
    recipient: Annotated[str | None, About("Bundles are sealed for", "加密收件密钥")] = None
