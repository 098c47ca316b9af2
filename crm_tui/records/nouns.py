"""The list of nouns; adding one here gives it journal, undo, trash, history, search, `--json` and export."""

from __future__ import annotations

from crm_tui.records.activity_targets import ActivityTarget
from crm_tui.records.addresses import Address
from crm_tui.records.articles import Article
from crm_tui.records.assets import Asset
from crm_tui.records.branches import Branch
from crm_tui.records.cadences import Cadence
from crm_tui.records.calendar_days import CalendarDay
from crm_tui.records.causes import Cause
from crm_tui.records.checklist_steps import ChecklistStep
from crm_tui.records.commission_rules import CommissionMonth, CommissionRule
from crm_tui.records.consumption_profiles import ConsumptionProfile
from crm_tui.records.contacts import Contact
from crm_tui.records.corrective_actions import CorrectiveAction
from crm_tui.records.custom_fields import CustomField
from crm_tui.records.customers import Customer
from crm_tui.records.day_reports import DayReport
from crm_tui.records.deals import Deal
from crm_tui.records.deliveries import Delivery, DeliveryLine
from crm_tui.records.emails import Email
from crm_tui.records.fills import Fill
from crm_tui.records.grade_moves import GradeMove
from crm_tui.records.grants import Grant
from crm_tui.records.investments import Investment
from crm_tui.records.key_dates import KeyDate
from crm_tui.records.leads import Lead
from crm_tui.records.machines import Machine
from crm_tui.records.needs import Need
from crm_tui.records.orders import Order, OrderLine, OrderShare
from crm_tui.records.origins import Origin
from crm_tui.records.parties import Party
from crm_tui.records.payments import Payment, PaymentPlan
from crm_tui.records.people import Person
from crm_tui.records.phones import Phone
from crm_tui.records.pipelines import Pipeline
from crm_tui.records.plan_freezes import PlanFreeze
from crm_tui.records.policies import Policy
from crm_tui.records.prices import Price
from crm_tui.records.products import Product
from crm_tui.records.prospect_grades import ProspectGrade
from crm_tui.records.quotes import Quote, QuoteLine
from crm_tui.records.record import Noun, Record
from crm_tui.records.relations import Relation
from crm_tui.records.returns import Return, ReturnLine
from crm_tui.records.reviews import Review
from crm_tui.records.series import Series
from crm_tui.records.shares import Share
from crm_tui.records.sla_policies import SlaPolicy
from crm_tui.records.stage_moves import StageMove
from crm_tui.records.stages import Stage
from crm_tui.records.stock_moves import StockMove
from crm_tui.records.tags import Tag
from crm_tui.records.ticket_steps import TicketStep
from crm_tui.records.tickets import Ticket
from crm_tui.records.visits import Visit

_TABLES: tuple[type[Record], ...] = (
    Branch,
    Person,
    Customer,
    Contact,
    Phone,
    Email,
    Address,
    Party,
    Relation,
    Tag,
    Need,
    KeyDate,
    Series,
    Pipeline,
    Stage,
    ProspectGrade,
    Deal,
    StageMove,
    GradeMove,
    Lead,
    Visit,
    Product,
    Price,
    Quote,
    QuoteLine,
    Order,
    OrderLine,
    OrderShare,
    Delivery,
    DeliveryLine,
    Return,
    ReturnLine,
    Payment,
    PaymentPlan,
    StockMove,
    CommissionRule,
    CommissionMonth,
    Investment,
    Asset,
    Ticket,
    TicketStep,
    Review,
    Grant,
    Cause,
    CorrectiveAction,
    Article,
    SlaPolicy,
    ConsumptionProfile,
    Fill,
    Cadence,
    CalendarDay,
    ChecklistStep,
    PlanFreeze,
    DayReport,
    ActivityTarget,
    Policy,
    CustomField,
    Origin,
    Machine,
    Share,
)

NOUNS: dict[str, Noun] = {
    str(table.__tablename__): Noun(str(table.__tablename__), table, *table.LABEL) for table in _TABLES
}
"""All nouns by name; owners stand before the rows that hang on them."""
