"""The lunar years 1900 to 2100 as a table: reckoning a year from the sky takes a third of a second, looking none."""

from __future__ import annotations

from datetime import date, timedelta

FIRST, LAST = 1900, 2100
_YEARS = (
    "3d16d26207524c0ea538b64a5c064b440a9b30955656056a400b592a57525007523adb25600b25480a4b32b4ab5802ad42056b2c4b69"
    "520da93efd92640e924c0d2536ba4d5c0a564602b62e95b55606d4400ea92c5e92500e923acd265e052b480a5732b2b6580b5a4406d4"
    "2e6ec95207493cf693620a934c052b34ca5b5a0aad46056a309b55560ba4400b492a5a93500a9538f52d5e0536480aad34b5aa5805b2"
    "420da52e7d4a540d4a3d0a95600a974c055636cab55a0ad54606d2308ea5560ea540064a286c974e0a9b3af55a5e056a480b6934b752"
    "5a0b52420b252c964b520a4b3d14ab6002ad4a056d36cb695c0da9460d92309d25560d25415a4d640a564e02b638c5b55e06d5480ea9"
    "34be925a0e92440d262c6a56500a573d14d662035a4a06d536b6c95c07494606932e952b54052b3e0a5b2a555a4e056a38fb55600ba4"
    "4a0b4932ba93580a9542052d2c8aad500ab53d35aa6205d24c0da536dd4a5c0d4a460c9530952e5405563e0ab52a55b25006d238cea5"
    "5e072548064b32ac97560cab42055a2c6ad6520b693d7752620b524c0b2536da4b5a0a4b4404ab2ea55b5405ad3e0b6a2a5b52500d92"
    "3afd255e0d25480a5532b4ad5804b64005b52c6daa520ec93f1e92620e924c0d2636ca565a0a574404d62e86d5540755400749286e93"
    "4e069338f52b5e052b460a5b32b55a58056a420b652c974a520b4a3d1a95620a954a052d34caad5a0ab54605aa2e8ba5540da5400d4a"
    "2a7c954e0c9638f94e5e0556480ab532b5b25806d2420ea52e8e4a50068b3b0c976004ab4a055b34cad65a0b6a460752309725540b45"
    "3e0a8b28549b4e04ab"
)
"""Six hexadecimal digits a year: days from 1 January to New Year (bits 17 up), the leap month or 0 (bits 13 to 16),
and for each of its 12 or 13 months in their order whether it has 30 days instead of 29 (bits 0 to 12)."""


def solar_day(year: int, month: int, day: int) -> date:
    """The solar day of a day in a lunar year from FIRST to LAST; `month` is negative for the leap month.

    In a year without that leap month the ordinary month of its number counts; a day that the month lacks is its last.
    """
    place = (year - FIRST) * 6
    packed = int(_YEARS[place : place + 6], 16)
    leap = packed >> 13 & 15
    number = abs(month) - 1
    if leap and (abs(month) > leap or month == -leap):
        number += 1
    before = sum(29 + (packed >> one & 1) for one in range(number))
    length = 29 + (packed >> number & 1)
    return date(year, 1, 1) + timedelta(days=(packed >> 17) + before + min(day, length) - 1)
