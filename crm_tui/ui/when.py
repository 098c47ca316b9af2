"""Times as people read them: near ones told by distance, far ones by date, in both languages."""

from __future__ import annotations

from datetime import date, datetime

from crm_tui.ui.rows import Role
from crm_tui.words import language, t

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_TAGE = "一二三四五六日"


def weekday(day: date) -> str:
    """The day of the week, short."""
    return "周" + _TAGE[day.weekday()] if language() == "zh" else _DAYS[day.weekday()]


def date_text(day: date, today: date) -> str:
    """A date, with the year only where it is another one: "12 Nov", "12 Nov 2025", "11月12日"."""
    if language() == "zh":
        short = f"{day.month}月{day.day}日"
        return short if day.year == today.year else f"{day.year}年{short}"
    short = f"{day.day} {_MONTHS[day.month - 1]}"
    return short if day.year == today.year else f"{short} {day.year}"


def long_date(day: date) -> str:
    """A date with its weekday, as a heading."""
    if language() == "zh":
        return f"{day.year}年{day.month}月{day.day}日 {weekday(day)}"
    return f"{weekday(day)} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def clock(at: datetime, today: date) -> str:
    """Date and time of day."""
    return f"{date_text(at.date(), today)} {at:%H:%M}"


def since(at: datetime, now: datetime) -> str:
    """How long ago: "now", "5 min", "3 h", "12 d", "3 y"."""
    days = (now.date() - at.date()).days
    if days >= 1000:
        return t("{n} y", n=days // 365)
    if days >= 1:
        return t("{n} d", n=days)
    minutes = max(0, int((now - at).total_seconds()) // 60)
    if minutes == 0:
        return "刚刚" if language() == "zh" else "now"
    return t("{n} h", n=minutes // 60) if minutes >= 60 else t("{n} min", n=minutes)


def until(at: datetime, now: datetime) -> tuple[str, Role]:
    """When something planned is due: overdue with "!", today with "*", within a week by weekday, else by date."""
    days = (at.date() - now.date()).days
    if days < 0:
        return "! " + t("{n} d", n=-days), "bad"
    if days == 0:
        return (f"! {at:%H:%M}", "bad") if at < now else (f"* {at:%H:%M}", "warn")
    if days < 7:
        return f"{weekday(at.date())} {at:%H:%M}", ""
    if at.year != now.year and language() == "zh":
        return f"{at:%Y-%m-%d}", ""
    return date_text(at.date(), now.date()), ""
