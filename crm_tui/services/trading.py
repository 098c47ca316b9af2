"""The services from the price list to the money, each loaded when it is first asked for: a start needs none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from crm_tui.services.arrears import Arrears
    from crm_tui.services.assets import Assets
    from crm_tui.services.commission_rules import CommissionRules
    from crm_tui.services.crm import Crm
    from crm_tui.services.investments import Investments
    from crm_tui.services.orders import Orders
    from crm_tui.services.payments import Payments
    from crm_tui.services.products import Prices, Products
    from crm_tui.services.quotes import Quotes

NOUNS_TRADED = frozenset(
    {"assets", "commission_rules", "investments", "orders", "payments", "prices", "products", "quotes"}
)
"""The nouns whose service stands here."""


class Trading:
    """What `Crm` offers of products, quotes, orders and money."""

    @property
    def _trader(self) -> Crm:
        return cast("Crm", self)

    @cached_property
    def arrears(self) -> Arrears:
        """Who owes what since when, and what is expected and received by day."""
        from crm_tui.services.arrears import Arrears

        return Arrears(self._trader)

    @cached_property
    def assets(self) -> Assets:
        """What customers own of what we sold."""
        from crm_tui.services.assets import Assets

        return Assets(self._trader, "assets")

    @cached_property
    def commission_rules(self) -> CommissionRules:
        """Rates, statements, locked months."""
        from crm_tui.services.commission_rules import CommissionRules

        return CommissionRules(self._trader, "commission_rules")

    @cached_property
    def investments(self) -> Investments:
        """What was put into customers."""
        from crm_tui.services.investments import Investments

        return Investments(self._trader, "investments")

    @cached_property
    def orders(self) -> Orders:
        """Orders, deliveries, returns."""
        from crm_tui.services.orders import Orders

        return Orders(self._trader, "orders")

    @cached_property
    def payments(self) -> Payments:
        """Money that came and went back."""
        from crm_tui.services.payments import Payments

        return Payments(self._trader, "payments")

    @cached_property
    def prices(self) -> Prices:
        """Price lists."""
        from crm_tui.services.products import Prices

        return Prices(self._trader, "prices")

    @cached_property
    def products(self) -> Products:
        """What is sold, and the stock of it."""
        from crm_tui.services.products import Products

        return Products(self._trader, "products")

    @cached_property
    def quotes(self) -> Quotes:
        """Offers, and what becomes of them."""
        from crm_tui.services.quotes import Quotes

        return Quotes(self._trader, "quotes")
