from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile
from crm_tui.exchange.vcard_model import without_titles
from crm_tui.exchange.vcards import Card, CardAddress, Labelled, read_cards, write_cards

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "vcard" / "ez-vcard"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared real files are not at {DATA}")

COUNTS = {
    "John_Doe_ANDROID": 6,
    "John_Doe_BLACK_BERRY": 1,
    "John_Doe_EVOLUTION": 1,
    "John_Doe_GMAIL": 1,
    "John_Doe_IPHONE": 1,
    "John_Doe_LOTUS_NOTES": 1,
    "John_Doe_MAC_ADDRESS_BOOK": 1,
    "John_Doe_MS_OUTLOOK": 1,
    "fullcontact": 1,
    "gmail-list": 3,
    "gmail-single": 1,
    "gmail-single2": 1,
    "issue114": 1,
    "outlook-2003": 1,
    "outlook-2007": 1,
    "rfc2426-example": 2,
    "rfc6350-example": 1,
    "thunderbird-MoreFunctionsForAddressBook-extension": 1,
}


def one(text: str | bytes) -> Card:
    data = text if isinstance(text, bytes) else text.encode()
    found = read_cards(b"BEGIN:VCARD\r\n" + data.strip() + b"\r\nEND:VCARD\r\n")
    assert not found.broken
    assert len(found.cards) == 1
    return found.cards[0]


def real(name: str) -> Card:
    return read_cards(DATA / f"{name}.vcf").cards[0]


@needs_data
@pytest.mark.parametrize("name", COUNTS)
def test_real_card_files_read_with_exact_counts_and_survive_writing(name: str) -> None:
    found = read_cards(DATA / f"{name}.vcf")
    assert (len(found.cards), found.broken) == (COUNTS[name], [])
    assert all(card.name for card in found.cards)
    again = read_cards(write_cards(found.cards).encode())
    assert again.cards == [dataclasses.replace(card, formatted=card.formatted or card.name) for card in found.cards]


@needs_data
def test_every_real_card_file_is_counted() -> None:
    assert {path.stem for path in DATA.glob("*.vcf")} == set(COUNTS)


@needs_data
def test_what_a_phone_exports_lands_in_the_right_fields() -> None:
    card = real("John_Doe_IPHONE")
    assert (card.given, card.family, card.prefix, card.suffix) == ("John", "Doe", "Mr.", "Sr.")
    assert (card.organisation, card.department, card.title) == ("IBM", "Accounting", "Money Counter")
    assert card.phones == [
        ("mobile", "905-555-1234"),
        ("home", "905-666-1234"),
        ("work", "905-777-1234"),
        ("home fax", "905-888-1234"),
        ("work fax", "905-999-1234"),
        ("pager", "905-111-1234"),
        ("assistant phone", "905-222-1234"),
    ]
    assert card.addresses[1] == CardAddress("work", "Street4\nBuilding 6\nFloor 8", "New York", "", "12345", "USA")
    assert card.birthday == "2012-06-06"
    assert any("Pictures" in note for note in card.notes)


@needs_data
def test_quoted_printable_with_soft_breaks_is_read() -> None:
    cards = read_cards(DATA / "John_Doe_ANDROID.vcf").cards
    assert [card.name for card in cards[:2]] == ["john.doe@company.com", "jane.doe@company.com"]
    assert cards[4].family == "Ñ Ñ"
    assert cards[4].phones[2] == ("work fax", "123456")
    assert real("outlook-2003").note == "This is the note field!!\nSecond line\n\nThird line is empty"


@needs_data
def test_labels_of_groups_and_types_are_read() -> None:
    card = real("gmail-single2")
    assert ("GRAND_CENTRAL", "5555551119") in card.phones
    assert ("home page", "http://www.example4.com") in card.urls
    assert card.dates[0] == ("anniversary", "1930-03-20")
    assert ("spouse", "Name2") in card.related
    assert card.unknown["X-QQ"] == ["IM6"]


@needs_data
def test_uris_extensions_and_days_without_year_are_read() -> None:
    card = real("rfc6350-example")
    assert card.phones[0] == ("work", "+1-418-656-9254 x102")
    assert (card.birthday, card.name) == ("--02-03", "Simon Perreault")


def test_a_broken_card_costs_only_itself() -> None:
    good = "BEGIN:VCARD\nVERSION:3.0\nFN:Card {}\nTEL:{}\nEND:VCARD\n"
    text = (
        good.format(1, 1)
        + "BEGIN:VCARD\nVERSION:3.0\nFN:No end\nTEL:2\n"
        + good.format(3, 3)
        + "BEGIN:VCARD\nFN:Bad line\n%%% rubbish\nEND:VCARD\n"
        + good.format(5, 5)
        + "BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"
        + "FN:No begin\nEND:VCARD\n"
        + good.format(8, 8)
        + "BEGIN:VCARD\nFN:Cut"
    )
    found = read_cards(text.encode())
    assert [card.name for card in found.cards] == ["Card 1", "Card 3", "Card 5", "Card 8"]
    assert [card.line for card in found.broken] == [6, 15, 24, 27, 34]
    assert "FN:No end" in found.broken[0].raw
    assert "rubbish" in found.broken[1].reason
    assert all(card.reason.endswith(".") for card in found.broken)


def test_lines_outside_of_cards_are_told_but_do_no_harm() -> None:
    found = read_cards(b"hello\n\nBEGIN:VCARD\nFN:A B\nEND:VCARD\nbye\n")
    assert len(found.cards) == 1
    assert "2" in found.notes[0]
    assert not found.broken


def test_a_card_inside_a_card_does_not_spill_into_it() -> None:
    card = one("FN:Boss\nAGENT:\nBEGIN:VCARD\nFN:Helper\nTEL:1\nEND:VCARD\nTEL:2\nAGENT:BEGIN:VCARD\\nFN:X\\nEND:VCARD")
    assert (card.name, card.phones) == ("Boss", [("", "2")])
    assert any("AGENT" in note for note in card.notes)


@pytest.mark.parametrize("charset", ["GBK", "gb2312", "UTF-8", "Big5", "Shift_JIS"])
def test_each_line_may_have_its_own_charset(charset: str) -> None:
    name = "=" + "=".join(f"{byte:02X}" for byte in "東京".encode(charset if charset != "gb2312" else "gb18030"))
    card = one(f"N;CHARSET={charset};ENCODING=QUOTED-PRINTABLE:;{name};;;\nNOTE:ascii")
    assert card.given == "東京"
    raw = b"FN;CHARSET=" + charset.encode() + b":" + "中文".encode(charset)
    assert one(raw + "\nNOTE;CHARSET=UTF-8:备注".encode()).formatted == "中文"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_files_in_any_encoding_are_read(codec: str) -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:张;三;;;\r\nTEL;TYPE=CELL:13800138000\r\nEND:VCARD\r\n"
    found = read_cards(text.encode(codec))
    assert (found.cards[0].name, found.encoding) == ("张三", codec)


def test_a_chosen_encoding_goes_first() -> None:
    text = "BEGIN:VCARD\nFN:陳大文\nEND:VCARD\n".encode("big5")
    assert read_cards(text, encoding="big5").cards[0].formatted == "陳大文"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_line_ends_of_all_systems_are_known(end: str) -> None:
    text = end.join(["BEGIN:VCARD", "NOTE:one", "  two", "FN:A B", "END:VCARD", ""])
    card = read_cards(text.encode()).cards[0]
    assert (card.note, card.formatted) == ("one two", "A B")


def test_pictures_are_skipped_folded_or_not_and_noted() -> None:
    card = one(
        "FN:A B\nPHOTO;ENCODING=BASE64;JPEG:\n/9j/4AAQSkZJRg\nABAQ==\n\nTEL:1\nLOGO;ENCODING=b:AAAA\n AAAA\nEMAIL:a@b.c"
    )
    assert (card.phones, card.emails) == ([("", "1")], [("", "a@b.c")])
    assert "2" in card.notes[0]


def test_an_unfolded_line_of_a_note_belongs_to_it() -> None:
    assert one("FN:A B\nNOTE:first\nsecond\nTEL:1").note == "first\nsecond"


def test_preferred_phones_come_first_and_second_companies_are_kept() -> None:
    card = one("FN:A B\nTEL:1\nTEL;TYPE=PREF,CELL:2\nORG:X;Y;Z\nORG:W\nTITLE:T\nTITLE:U")
    assert card.phones == [("mobile", "2"), ("", "1")]
    assert (card.organisation, card.department) == ("X", "Y; Z")
    assert card.unknown == {"ORG": ["W"], "TITLE": ["U"]}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ("N:张;三;;;\nFN:张三先生", "张三"),
        ("N:;张三;;;", "张三"),
        ("N:三;张;;先生;", "三张"),
        ("FN:张三先生", "张三"),
        ("FN:张先生", "张先生"),
        ("FN:王经理", "王经理"),
        ("N:House;Gregory;;Dr.;", "Gregory House"),
        ("FN:Dr. Gregory House", "Gregory House"),
        ("FN:Prof. Dr. Li Wei", "Li Wei"),
        ("FN:Dr.李明", "李明"),
        ("FN:Mr. T", "Mr. T"),
        ("FN:Drew Miller", "Drew Miller"),
        ("FN:M Night", "M Night"),
        ("N:Doe;John;;;Jr.", "John Doe Jr."),
        ("N:Doe;John;;;PhD", "John Doe"),
        ("FN:A B\nORG:Acme\nX-ABShowAs:COMPANY", "Acme"),
        ("ORG:Acme", "Acme"),
        ("NICKNAME:Bo\nTEL:1", "Bo"),
        ("TEL:110", "110"),
    ],
)
def test_the_name_is_a_name_and_no_title(lines: str, name: str) -> None:
    assert one(lines).name == name


def test_titles_are_taken_off_only_where_a_name_is_left() -> None:
    assert without_titles("Dr. ") == "Dr."
    assert without_titles("女士") == "女士"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19800322", "1980-03-22"),
        ("1980-03-22T00:00:00Z", "1980-03-22"),
        ("--0203", "--02-03"),
        ("--02-29", "--02-29"),
        ("1980-02-30", ""),
        ("spring", ""),
    ],
)
def test_birthdays_in_all_forms(text: str, day: str) -> None:
    card = one(f"FN:A B\nBDAY:{text}")
    assert card.birthday == day
    assert card.unknown == ({} if day else {"BDAY": [text]})


def test_the_year_that_apple_invents_is_left_out() -> None:
    assert one("FN:A B\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-05-06").birthday == "--05-06"


def test_escapes_and_quoted_parameters_are_taken_away() -> None:
    card = one('FN:A\\, B\\; C\\\\n D\nTEL;TYPE="work,voice":1\nADR;LABEL="x: y; z":;;s;c;;;\nNOTE:a\\nb\\Nc \\x')
    assert card.formatted == "A, B; C\\n D"
    assert card.phones == [("work", "1")]
    assert card.addresses == [CardAddress("", "s", "c")]
    assert card.note == "a\nb\nc \\x"


def test_no_line_is_longer_than_75_octets_and_no_character_is_cut() -> None:
    text = write_cards([Card(formatted="张" * 100, note="é" * 200 + "😀" * 50 + "x" * 200)])
    assert text.endswith("END:VCARD\r\n")
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


WORD = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12).map(str.strip)
LINES = st.lists(WORD, max_size=3).map(lambda words: "\n".join(words).strip())
FILLED = WORD.filter(bool)
PART = WORD
LABEL = st.sampled_from(
    ["", "mobile", "work", "home", "main", "fax", "work fax", "pager", "other", "前台", "My: label;"]
)
DAY = st.dates().map(lambda day: day.isoformat())
PLAIN_MAIL = FILLED.map(lambda text: text.strip("<> ")).filter(
    lambda text: bool(text) and not text.lower().startswith("mailto:")
)
CARDS = st.builds(
    Card,
    family=PART,
    given=PART,
    middle=PART,
    prefix=PART,
    suffix=PART,
    formatted=FILLED,
    nickname=WORD,
    organisation=WORD,
    department=WORD,
    title=WORD,
    role=WORD,
    phones=st.lists(
        st.builds(Labelled, LABEL, FILLED.filter(lambda text: not text.lower().startswith("tel:"))), max_size=3
    ),
    emails=st.lists(st.builds(Labelled, LABEL, PLAIN_MAIL), max_size=3),
    addresses=st.lists(st.builds(CardAddress, LABEL, LINES.filter(bool), WORD, WORD, WORD, WORD), max_size=2),
    urls=st.lists(st.builds(Labelled, LABEL, FILLED), max_size=2),
    birthday=st.one_of(st.just(""), DAY, st.just("--02-29")),
    dates=st.lists(st.builds(Labelled, LABEL, DAY), max_size=2),
    related=st.lists(st.builds(Labelled, LABEL, FILLED), max_size=2),
    note=LINES,
    categories=st.lists(FILLED, max_size=3),
    uid=WORD,
    is_company=st.booleans(),
    unknown=st.dictionaries(
        st.from_regex(r"X-Q[A-Z0-9]{1,6}", fullmatch=True), st.lists(FILLED, min_size=1, max_size=2), max_size=2
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CARDS, min_size=1, max_size=3))
def test_what_is_written_reads_back_equal(cards: list[Card]) -> None:
    found = read_cards(write_cards(cards).encode())
    assert not found.broken
    assert found.cards == cards


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [
                    b"BEGIN:VCARD",
                    b"END:VCARD",
                    b"FN:A",
                    b"AGENT:",
                    b" x",
                    b"NOTE;QUOTED-PRINTABLE:=",
                    b"PHOTO;BASE64:AA",
                ]
            ),
        ),
        max_size=12,
    )
)
def test_whatever_the_bytes_every_begun_card_is_counted_once(lines: list[bytes]) -> None:
    text = b"\n".join([*lines, b"BEGIN:VCARD", b"FN:Last One", b"END:VCARD", b"BEGIN:VCARD", b"FN:Z Z", b"END:VCARD"])
    try:
        found = read_cards(text)
    except BadFile:  # bytes that begin as UTF-16 and go on as something else are no text at all
        return
    assert found.cards[-1].formatted == "Z Z"
