"""The form of a share: for whom, which customers, who can open the file, and where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.records.about import Choice
from crm_tui.ui.fields import FormField
from crm_tui.ui.giving.reading import Wanted, look_at, matching
from crm_tui.ui.giving.texts import COLON, customers_text
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.syncing.sending import SendDialog, default_file
from crm_tui.ui.widgets.boxes import PickBox, TextBox
from crm_tui.ui.widgets.form import Form
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.share_list import Regions
    from crm_tui.sync.shares import Look
    from crm_tui.ui.giving.reading import Matching

ENDING = ".crms"
OPEN, KEY, PHRASE = "open", "key", "phrase"
FILTERS = ("owner", "partner", "region")


@dataclass(frozen=True)
class Asked:
    """What was typed, and what it means.

    Attributes:
        wanted: the share.
        look: what would leave.
        raw: the fields as they stood, to come back to them.
    """

    wanted: Wanted
    look: Look
    raw: Mapping[str, str] = field(default_factory=dict)


class GiveDialog(CrmDialog[Asked]):
    """Asks; its result has been looked at, so that the next step can show it at once.

    Args:
        own: what this machine is called.
        day: of today, as text.
        regions: that customers can be chosen by.
        raw: what stood in the form when it was left, "" by field without.
    """

    CSS = """
    GiveDialog #hint { color: $muted; height: auto; padding: 1 1 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+s", "look", "Show what leaves", id="give.look")]

    def __init__(self, own: str, day: str, regions: Regions, raw: Mapping[str, str]) -> None:
        super().__init__()
        self._own, self._day, self._regions, self._raw = own, day, regions, raw
        self._suggested = self._name = self._asked = ""
        self._busy = False

    def compose(self) -> ComposeResult:
        """Fields and a hint."""
        self._suggested = self._default("")
        with Vertical(id="give", classes="dialog") as frame:
            frame.border_title = t("Give a share")
            frame.border_subtitle = t("Enter  next   ctrl+s  show what leaves   Esc  back")
            values = {"seal": OPEN, "file": self._suggested}
            yield Form(self._fields(), values, {}, self.crm_app.local_now(), room=14)
            yield Static(id="hint")

    def _fields(self) -> list[FormField]:
        regions = tuple(
            Choice(region, said, said)
            for region, n in self._regions.counts
            for said in (f"{region}  {customers_text(n)}",)
        )
        ways = (
            Choice(OPEN, "whoever has the file", "拿到文件的任何人"),
            Choice(PHRASE, "who knows a passphrase", "知道口令的人"),
            Choice(KEY, "who has a key", "持有密钥的人"),
        )
        region = FormField("region", "Region", "地区", "choice", regions)
        return [
            FormField("name", "For", "发给", required=True),
            FormField("owner", "Owner", "负责人", "link", link="people", gap=True),
            FormField("partner", "Partner", "合作伙伴", "link", link="customers"),
            *([region] if regions else ()),
            FormField("seal", "Opened by", "谁能打开", "choice", ways, gap=True, required=True),
            FormField("phrase", "Passphrase", "口令"),
            FormField("key", "Key", "密钥"),
            FormField("file", "File", "文件", required=True),
        ]

    def _default(self, name: str) -> str:
        return default_file(self._own, name, self._day, ENDING)

    @property
    def form(self) -> Form:
        """The fields."""
        return self.query_one(Form)

    def start(self) -> None:
        """The passphrase is not shown; what stood here before stands here again."""
        box = self._box("phrase")
        assert isinstance(box, TextBox)
        box.password = True
        if self._raw:
            self.form.put(self._raw)
            self._suggested = ""
        self._follow()
        self.form.focus_field("name")

    def _box(self, name: str) -> Any:
        row = self.form.row(name)
        assert row is not None
        return row.box

    def _chosen(self, name: str) -> str:
        row = self.form.row(name)
        return row.box.chosen() or "" if row is not None and isinstance(row.box, PickBox) else ""

    @property
    def _only(self) -> dict[str, str]:
        return {name: value for name in FILTERS if (value := self._chosen(name))}

    @on(Form.Changed)
    def _follow(self) -> None:
        seal = self._chosen("seal")
        for name, way in (("phrase", PHRASE), ("key", KEY)):
            row = self.form.row(name)
            assert row is not None
            row.display = seal == way
        name, file = self._box("name"), self._box("file")
        partner = self._box("partner").typed() if self._chosen("partner") else ""
        if partner and name.value == self._name:
            self._name = name.value = partner
        if self._suggested and file.value == self._suggested:
            self._suggested = file.value = self._default(name.value.strip())
        self._count()

    def _count(self) -> None:
        only = self._only
        if repr(only) == self._asked:
            return
        self._asked = repr(only)
        if only:
            self.load(lambda crm: matching(crm, only), self._counted, group="matching")
        else:
            self._counted(None)

    def _counted(self, found: Matching | None) -> None:
        if found is None:
            said = t("Which customers? Choose an owner, a partner or a region; of several all must hold.")
        elif not found.count:
            said = "! " + t("No customer answers to that.")
        else:
            names = "、".join(found.names) if language() == "zh" else ", ".join(found.names)
            said = f"{customers_text(found.count)}{COLON[language()]}{names}"
            said += " …" if found.count > len(found.names) else ""
        said += "\n" + t("With them goes what hangs on them, as it is now. What of it stays here you choose next.")
        self.query_one("#hint", Static).update(plain(said))

    @on(Form.Finished)
    def action_look(self) -> None:
        """Find out what would leave; what is wrong stands beside its field."""
        values = self.form.read()
        if values is None or self._busy:
            return
        wrong = self._wrong(values)
        if wrong:
            self.form.complain(wrong)
            return
        seal = values["seal"]
        wanted = Wanted(
            str(values["name"]).strip(),
            self._only,
            _file(str(values["file"])),
            values["phrase"] if seal == PHRASE else None,
            str(values["key"]).strip() if seal == KEY else "",
        )
        raw, app = self.form.raw(), self.crm_app
        SendDialog.last_folder = str(wanted.file.parent)
        self._busy = True
        self.query_one("#hint", Static).update(plain(t("… looking")))

        def read(crm: Crm) -> Asked:
            asked, look = look_at(app, crm, wanted)
            return Asked(asked, look, raw)

        self.load(read, self.dismiss, group="look", failed=self._refused)

    def _refused(self, error: CrmError) -> None:
        self._busy, self._asked = False, ""
        self._count()
        field_of = getattr(error, "problems", None)
        if field_of:
            self.form.complain(field_of)
        else:
            self.form.complain({next(iter(self._only), "name"): str(error)})

    def _wrong(self, values: dict[str, Any]) -> dict[str, str]:
        wrong: dict[str, str] = {}
        file = str(values["file"] or "").strip()
        if not str(values["name"] or "").strip():
            wrong["name"] = t("must not be empty")
        if not self._only:
            wrong["owner"] = t("choose one of these three")
        for name, way in (("phrase", PHRASE), ("key", KEY)):
            if values["seal"] == way and not str(values[name] or "").strip():
                wrong[name] = t("must not be empty")
        if not file:
            wrong["file"] = t("must not be empty")
        elif Path(file).expanduser().is_dir():
            wrong["file"] = t("this is a folder")
        elif _file(file).exists():
            wrong["file"] = t("there is one already")
        return wrong


def _file(typed: str) -> Path:
    path = Path(typed.strip()).expanduser().absolute()
    return path if path.suffix else path.with_name(f"{path.name}{ENDING}")
