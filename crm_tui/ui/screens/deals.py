"""*Pipeline*: the board of deals. Arrows go from card to card, `H` and `L` move one to another stage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from crm_tui.errors import CrmError, Invalid
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.widgets.board import BoardView
from crm_tui.ui.widgets.filter_line import FilterLine
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.board import Card
    from crm_tui.store.database import Changes
    from crm_tui.ui.selling.lanes import DealLane, Read

_ON_CARD = frozenset({"shift", "arrange", "edit", "trash", "win", "lose", "next_step", "grade", "customer"})


class DealsScreen(CrmScreen):
    """The board, and over it what is shown of it."""

    PLACE = "deals"
    TITLE_TEXT = "Pipeline"
    CSS_PATH = "deals.tcss"
    AUTO_FOCUS = "#board"
    WAITS = _ON_CARD | {"new", "funnel", "everybody", "bare", "pipelines", "leads", "stages"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L,shift+right", "shift(1)", "Next stage", id="deals.right"),
        Binding("H,shift+left", "shift(-1)", "Stage before", id="deals.left"),
        Binding("n", "new", "New deal", id="deals.new"),
        Binding("N,t", "next_step", "Next step", id="deals.next_step"),
        Binding("w", "win", "Won", id="deals.win"),
        Binding("x", "lose", "Lost", id="deals.lose"),
        Binding("f", "funnel", "Funnel", id="deals.funnel"),
        Binding("J,shift+down", "arrange(1)", "Further down", id="deals.down", show=False),
        Binding("K,shift+up", "arrange(-1)", "Further up", id="deals.up", show=False),
        Binding("slash,／", "filter", "Filter", id="list.filter", show=False),
        Binding("e", "edit", "Edit", id="deals.edit", show=False),
        Binding("d", "trash", "To the trash", id="deals.trash", show=False),
        Binding("l", "log", "Log a contact", id="deals.log", show=False),
        Binding("r", "grade", "Prospect grade", id="deals.grade", show=False),
        Binding("c", "customer", "Customer's card", id="deals.customer", show=False),
        Binding("o", "everybody", "Mine / all", id="deals.everybody", show=False),
        Binding("b", "bare", "Without a next step", id="deals.bare", show=False),
        Binding("p", "pipelines", "Another pipeline", id="deals.pipelines", show=False),
        Binding("i", "leads", "Leads", id="deals.leads", show=False),
        Binding("s", "stages", "Stages and grades", id="deals.stages", show=False),
        Binding("escape", "back", "All", id="list.all", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._read: Read | None = None
        self._lanes: list[DealLane] = []
        self._pipeline: str | None = None
        self._text = ""
        self._mine = self._bare = False
        self._seek: str | None = None

    def body(self) -> ComposeResult:
        """The filter line, the board."""
        yield FilterLine()
        yield BoardView(id="board")

    def start(self) -> None:
        """Texts, then cards."""
        self.retitle()
        self.reload(None)

    @property
    def board(self) -> BoardView:
        """The board."""
        return self.query_one(BoardView)

    @property
    def line(self) -> FilterLine:
        """The line over it."""
        return self.query_one(FilterLine)

    @property
    def card(self) -> Card | None:
        """The card under the cursor."""
        board = self.board
        return self._lanes[board.lane].deal(board.index) if self._lanes and board.ident is not None else None

    def retitle(self) -> None:
        """The line over the board, and what stands there when it is empty."""
        self.line.retitle()
        self.board.set_empty(self._empty())
        self.board.refresh()
        self._say()

    def _empty(self) -> str:
        if self._read is None:
            return t("Opening the file …")
        return t(
            "This is where your deals are, from the first word to won or lost.\n\n"
            "n  open the first deal\ni  who called or walked in: leads"
        )

    def reload(self, changes: Changes | None) -> None:
        """Read the board again; the cursor stays, or goes with the card that was moved."""
        from crm_tui.services.board import BoardFilter
        from crm_tui.ui.selling.lanes import read_board

        wanted = BoardFilter(self._text, None, self._bare)
        readers, pipeline, mine, tops = self.crm_app.readers, self._pipeline, self._mine, self.board.tops
        self.load(lambda crm: read_board(crm, readers, pipeline, wanted, mine, tops), self._show, group="board")

    def _show(self, read: Read) -> None:
        from crm_tui.ui.selling.lanes import DealLane

        app = self.crm_app
        self._read = read
        now = app.local_now()
        pairs = zip(read.heads, read.windows, strict=True)
        self._lanes = [DealLane(head, window, now, lambda: app.masked) for head, window in pairs]
        seek, self._seek = self._seek, None
        self.board.show(self._lanes, seek)
        self.retitle()
        self.refresh_bindings()

    def _say(self) -> None:
        from crm_tui.ui.selling.summary import note, summary

        if self._read is not None:
            self.line.say(
                count=summary(self._read, self.app.size.width, masked=self.crm_app.masked),
                note=note(self._mine, self._bare, len(self.board.marks), self._lanes, self.board),
            )

    @on(BoardView.Moved)
    def _moved(self) -> None:
        self._say()
        self.refresh_bindings()

    @on(BoardView.Marked)
    def _marked(self) -> None:
        self._say()

    @on(BoardView.LoadFailed)
    def _failed(self, event: BoardView.LoadFailed) -> None:
        self.toast(str(event.error), bad=True)

    @on(BoardView.Chosen)
    def _chosen(self, event: BoardView.Chosen) -> None:
        from crm_tui.ui.selling.deal_page import DealScreen

        self.app.push_screen(DealScreen(event.ident))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is done with a card needs one."""
        if action in _ON_CARD and (not self._lanes or self.board.ident is None):
            return False
        if action == "pipelines":
            return self._read is not None and len(self._read.pipelines) > 1
        if action == "everybody":
            return self._read is not None and self._read.me is not None
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """The customer of the card."""
        card = self.card
        return (card.customer_id, card.customer) if card is not None else None

    def _chosen_ids(self) -> list[str]:
        ident = self.board.ident
        return sorted(self.board.marks) or ([ident] if ident is not None else [])

    def action_shift(self, step: int) -> None:
        """Move the card, or all marked ones, to the stage beside."""
        target = self.board.lane + step
        if 0 <= target < len(self._lanes):
            self._move(self._chosen_ids(), target)

    def _move(self, deals: Sequence[str], target: int) -> None:
        """Move deals; what the stage asks for and is missing is asked in a form."""
        stage = self._lanes[target].stage
        if stage.rule.kind == "lost" and len(deals) == 1:
            self._lose(deals[0])
            return
        seek = deals[0]
        done = partial(self._has_moved, len(deals), stage.name)

        def refused(error: CrmError) -> None:
            from crm_tui.ui.selling.forms import ask_required

            self._seek = None
            if isinstance(error, Invalid):
                ask_required(self, deals, stage.rule.id, list(error.problems), partial(self._form_moved, seek, done))
            else:
                self.toast(str(error), bad=True)

        self._seek = seek
        self.change(lambda crm: crm.deals.move(deals, stage.rule.id), done, failed=refused)

    def _form_moved(self, seek: str, done: Any, changes: Any) -> None:
        self._seek = seek
        self.reload(None)
        done(changes)

    def _has_moved(self, n: int, stage: str, _: object) -> None:
        self.board.clear_marks()
        said = t("Moved to {stage}. u takes it back", stage=stage)
        self.toast(said if n == 1 else t("{n} moved to {stage}. u takes it back", n=n, stage=stage))

    def _lane_of(self, kind: str) -> int | None:
        return next((n for n, lane in enumerate(self._lanes) if lane.stage.rule.kind == kind), None)

    def action_win(self) -> None:
        """The card is won."""
        target = self._lane_of("won")
        if target is not None:
            self._move(self._chosen_ids(), target)

    def action_lose(self) -> None:
        """The card is lost: ask why."""
        if (ident := self.board.ident) is not None:
            self._lose(ident)

    def _lose(self, deal: str) -> None:
        from crm_tui.ui.selling.moves import lose

        lose(self, deal)

    def action_arrange(self, step: int) -> None:
        """Put the card further up or down in its column."""
        board = self.board
        ident, lane = board.ident, self._lanes[board.lane]
        if lane.stage.rule.kind != "open":
            self.toast(t("Closed deals stand in the order in which they were closed"))
            return
        over, under = (1, 2) if step > 0 else (-2, -1)
        above, below = board.neighbour(over), board.neighbour(under)
        if ident is not None and (above if step > 0 else below) is not None:
            self._seek = ident
            self.change(lambda crm: crm.deals.arrange(ident, above, below))

    def action_new(self) -> None:
        """A new deal in the stage under the cursor."""
        from crm_tui.ui.selling.forms import new_deal

        lane = self.board.here
        stage = self._lanes[self.board.lane].stage.rule if lane is not None else None
        start = stage.id if stage is not None and stage.kind == "open" else None
        new_deal(self, None, start, lambda changes: self._sought(changes.ids[0]))

    def _sought(self, deal: str) -> None:
        self._seek = deal
        self.reload(None)
        self.toast(t("Deal opened. N plans its next step"))

    def action_edit(self) -> None:
        """The form of the card."""
        from crm_tui.ui.selling.forms import edit_deal

        if (ident := self.board.ident) is not None:
            edit_deal(self, ident)

    def action_trash(self) -> None:
        """Put the card, or all marked ones, into the trash."""
        deals = self._chosen_ids()

        def done(_: object) -> None:
            self.board.clear_marks()
            self.toast(t("{n} to the trash. u takes it back", n=len(deals)))

        self.change(lambda crm: crm.deals.trash(*deals), done)

    def action_log(self) -> None:
        """Log a contact about this deal."""
        from crm_tui.ui.selling.steps import log_contact

        card = self.card
        if card is None:
            self.crm_app.action_log()
        else:
            log_contact(self, card.id, (card.customer_id, card.customer))

    def action_next_step(self) -> None:
        """Plan what comes next."""
        from crm_tui.ui.selling.steps import ask_next

        if (card := self.card) is not None:
            ask_next(self, card.id, card.name)

    def action_grade(self) -> None:
        """Change the prospect grade."""
        from crm_tui.ui.selling.steps import ask_grade

        if (card := self.card) is not None:
            ask_grade(self, card.id, card.name, card.grade)

    def action_customer(self) -> None:
        """The card of the customer."""
        from crm_tui.ui.palette import show_customer

        if (card := self.card) is not None:
            show_customer(self.crm_app, card.customer_id)

    def action_funnel(self) -> None:
        """Funnel and forecast."""
        from crm_tui.ui.selling.funnel_page import FunnelScreen

        if self._read is not None and self._read.pipeline is not None:
            owner = self._read.me if self._mine else None
            self.app.push_screen(FunnelScreen(str(self._read.pipeline["id"]), owner))

    def action_leads(self) -> None:
        """Who called or walked in."""
        self.crm_app.go("leads")

    def action_everybody(self) -> None:
        """Mine, or everybody's."""
        self._mine = not self._mine
        self.reload(None)

    def action_bare(self) -> None:
        """Only what has no next step, or all."""
        self._bare = not self._bare
        self.reload(None)

    def action_pipelines(self) -> None:
        """Show another pipeline."""
        from crm_tui.services.pipelines import shown_name
        from crm_tui.ui.dialogs.ask import Choose

        assert self._read is not None
        rows = [(str(row["id"]), shown_name(row), "") for row in self._read.pipelines]
        here = str(self._read.pipeline["id"]) if self._read.pipeline else None
        self.app.push_screen(Choose(t("Pipeline"), rows, here), self._piped)

    def action_stages(self) -> None:
        """Change stages and grades, or add some."""
        from crm_tui.ui.selling.stage_forms import ask_stages

        ask_stages(self, str(self._read.pipeline["id"]) if self._read and self._read.pipeline else None)

    def _piped(self, pipeline: str | None) -> None:
        if pipeline is not None:
            self._pipeline = pipeline
            self.board.move_to(0, 0)
            self.reload(None)

    async def action_filter(self) -> None:
        """Type to narrow the board."""
        await self.line.open()

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._text = event.text
        self.reload(None)

    @on(FilterLine.Left)
    def _left(self, event: FilterLine.Left) -> None:
        if not event.keep or not self.line.text:
            self.line.shut()
            self._text = ""
            self.reload(None)
        self.board.focus()

    def action_back(self) -> None:
        """Give up marks, then the filter."""
        if self.board.marks:
            self.board.clear_marks()
        elif self._text or self._bare:
            self._bare = False
            self.line.shut()
            self._text = ""
            self.reload(None)
