"""*Setup*: the people of the company, and the fields that it added."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column, Row
from crm_tui.ui.setup.section import Section
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.ui.dialogs.form import FormPlan


class RecordSection(Section):
    """A list of records of one noun: new, edit, delete."""

    NOUN: ClassVar[str] = ""
    opened: dict[str, int] | None = None
    """What was here when the list was read, see `services.stale`."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "new", "New", id="setup.new"),
        Binding("e", "edit", "Edit", id="setup.edit"),
        Binding("d,delete", "trash", "Delete", id="setup.trash"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An empty list has nothing to edit."""
        if action in ("edit", "trash", "me") and self.rows.cursor_row is None:
            return False
        return super().check_action(action, parameters)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        event.stop()
        self.action_edit()

    def action_new(self) -> None:
        """Add a record."""
        from crm_tui.ui.dialogs.edit import open_form

        open_form(self.work, self.plan_new)

    def plan_new(self, crm: Crm) -> FormPlan:
        """What is asked; runs in a thread."""
        from crm_tui.ui.dialogs.edit import plan_add

        return plan_add(crm, self.NOUN)

    def action_edit(self) -> None:
        """Edit the record under the cursor."""
        from crm_tui.ui.dialogs.edit import edit_row

        row = self.rows.cursor_row
        if row is not None:
            edit_row(self.work, self.NOUN, row.id)

    def action_trash(self) -> None:
        """Put it into the trash; what somebody changed since the list was read is told first."""
        from crm_tui.ui.dialogs.newer import trash_asking

        row = self.rows.cursor_row
        if row is not None:
            ident, name, noun = row.id, row.cells[0], self.NOUN
            said = t("{name} is in the trash. u takes it back", name=name)
            trash_asking(self.work, noun, [ident], self.opened, lambda _: self.work.toast(said))


class PeopleSection(RecordSection):
    """Colleagues, and who of them sits here."""

    NAME, TITLE, NOUN = "people", "People", "people"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "me", "This is me", id="people.me")]

    def about(self) -> str:
        """What it is for."""
        return t("Who works with this file. w says which of them you are: what you write then bears your name.")

    def retitle(self) -> None:
        """Columns, empty state."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("Name"), flex=1),
                Column(t("Role"), 15, role="muted"),
                Column(t("Team"), flex=1, role="muted", from_width=48),
                Column(t("Phone"), 20, role="muted", from_width=76),
                Column("", 6, role="accent"),
            )
        )
        self.rows.set_empty(t("Nobody yet.\n\nn  add yourself"))
        if self.is_attached:
            self.reload()

    def reload(self) -> None:
        """Read them."""
        self.opened = self.crm_app.look()
        self.work.load(_read_people, self._show, group="setup-people")

    def _show(self, found: tuple[list[dict[str, Any]], str]) -> None:
        from crm_tui.ui.fields import choice_text

        people, me = found
        show_again(
            self.rows,
            [
                Row(
                    row["id"],
                    (
                        *(str(row["name"]), choice_text("people", "role", row["role"]), row["team"] or ""),
                        *(row["phone"] or "", "* " + t("me") if row["id"] == me else ""),
                    ),
                )
                for row in people
            ],
        )
        self.post_message(self.Counted(self.NAME, str(len(people))))

    def action_me(self) -> None:
        """Say that the person under the cursor sits here."""
        row = self.rows.cursor_row
        if row is not None:
            ident, name = row.id, row.cells[0]

            def said(_: None) -> None:
                self.crm_app.who = name
                self.crm_app.announce(None)
                self.work.toast(t("You are {name}", name=name))

            self.work.change(lambda crm: crm.people.i_am(ident), said)


def _read_people(crm: Crm) -> tuple[list[dict[str, Any]], str]:
    from crm_tui.rules.phones import show_phone

    me = crm.people.me()
    people = [{**one, "phone": show_phone(one["phone"] or "", crm.region)} for one in crm.people.all()]
    return people, str(me["id"]) if me else ""


class FieldsSection(RecordSection):
    """Fields that the company added to its records."""

    NAME, TITLE, NOUN = "fields", "Custom fields", "custom_fields"

    def about(self) -> str:
        """What it is for."""
        return t("Fields of your own. They stand in forms, cards, import and export like any other.")

    def retitle(self) -> None:
        """Columns, empty state."""
        super().retitle()
        self.rows.set_columns(
            (
                Column(t("Field"), flex=2),
                Column(t("Of"), 10, role="muted"),
                Column(t("Kind"), 14, role="muted", from_width=44),
                Column(t("Choices"), flex=2, role="muted", from_width=60),
            )
        )
        self.rows.set_empty(t("None yet.\n\nn  add one; columns that an import does not know come here too"))
        if self.is_attached:
            self.reload()

    def reload(self) -> None:
        """Read them."""
        self.opened = self.crm_app.look()
        self.work.load(lambda crm: crm.custom_fields.all(), self._show, group="setup-fields")

    def _show(self, found: list[dict[str, Any]]) -> None:
        from crm_tui.services.custom_fields import label_of
        from crm_tui.ui.fields import choice_text, noun_label

        rows = sorted(found, key=lambda row: (str(row["noun"]), row["position"] or 999, str(row["key"])))
        show_again(
            self.rows,
            [
                Row(
                    row["id"],
                    (
                        *(label_of(row), noun_label(row["noun"])),
                        *(choice_text("custom_fields", "kind", row["kind"]), ", ".join(_lines(row["choices"]))),
                    ),
                )
                for row in rows
            ],
        )
        self.post_message(self.Counted(self.NAME, str(len(rows))))

    def plan_new(self, crm: Crm) -> FormPlan:
        """A label is enough; the key is made from it, and the noun is customers."""
        from crm_tui.records.about import Choice
        from crm_tui.records.nouns import NOUNS
        from crm_tui.ui.dialogs.form import FormPlan
        from crm_tui.ui.fields import FormField

        of = NOUNS["custom_fields"].fields
        nouns = tuple(Choice(name, NOUNS[name].en, NOUNS[name].zh) for name in ("customers", "contacts", "visits"))

        def field(name: str, **more: Any) -> FormField:
            about = of[name].about
            return FormField(name, about.en, about.zh, about.kind, about.choices, **more)

        asked = FormField("noun", of["noun"].about.en, of["noun"].about.zh, "choice", nouns, required=True)
        return FormPlan(
            key="setup.field",
            title="New custom field",
            fields=(
                *(asked, field("label_en"), field("label_zh"), field("kind", gap=True)),
                *(field("choices"), field("required")),
            ),
            save=_add_field,
            values={"noun": "customers", "kind": "text"},
            noun="custom_fields",
            focus="label_en",
        )

    def action_edit(self) -> None:
        """Labels and choices can change; the key stays, because values stand under it."""
        from crm_tui.ui.dialogs.edit import open_form

        row = self.rows.cursor_row
        if row is not None:
            open_form(self.work, partial(_plan_edit, row.id))


def _plan_edit(row: str, crm: Crm) -> FormPlan:
    from dataclasses import replace

    from crm_tui.ui.dialogs.edit import plan_edit

    plan = plan_edit(crm, "custom_fields", row)
    shown = [one for one in plan.fields if one.name not in ("noun", "key")]
    return replace(plan, fields=shown)


def _add_field(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    from crm_tui.errors import Invalid
    from crm_tui.rules.headers import extra_keys

    label = str(values.get("label_en") or values.get("label_zh") or "").strip()
    if not label:
        raise Invalid({"label_en": t("must not be empty")})
    if values.get("kind") == "text" and values.get("choices"):
        values = {**values, "kind": "choice"}
    return crm.custom_fields.add({**values, "key": extra_keys([label])[0]})


def _lines(text: Any) -> list[str]:
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]
