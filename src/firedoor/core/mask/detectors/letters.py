"""Patterns of people in letters, tickets, calendars and lists: greetings, lines of an envelope, enumerations.

What no word of a street and no word for a name gives away is found by the place in which it stands.
"""

import re

import stdnum.th.pin

from firedoor.core.mask.detectors.checks import is_identifier, is_phone, one_of
from firedoor.core.mask.detectors.personal import CAPITAL, NAME_PARTICLE, SURNAME, is_name
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_FULL = rf"(?:{SURNAME}(?: [A-Z]\.)?(?:(?: {NAME_PARTICLE})? {SURNAME}){{1,3}})"
_FIELDS = (
    r"name|nombre|nome|nom|naam|nimi|nume|ime|jméno|vardas|nama|namn|navn|holder|titular"
    r"|beneficiary|insured|passenger|owner|client|contact"
)
_OTHERS = """
all everyone everybody team folks there sir madam colleague colleagues user users admin admins world
support customer friend friends community maintainers reviewers again both
"""
_TO_NOBODY = frozenset(_OTHERS.split())
_MONTHS = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b", re.IGNORECASE)


def _is_somebody(text: str) -> bool:
    return is_name(text) and text.lower() not in _TO_NOBODY


_TEAMS = """
Actions Admin Administrator Agent Automation Bot Cloud Committee Daemon Engineering Group Infra
Infrastructure Network Oncall Operations Security Services Software Systems User
"""
_OF_MANY = frozenset(_TEAMS.split())


def _is_one(text: str) -> bool:
    """A person, and no bot, account or team that signs."""
    return is_name(text) and _OF_MANY.isdisjoint(text.split())


def _is_no_date(text: str) -> bool:
    return is_name(text) and _MONTHS.search(text) is None


_FAREWELLS = (
    r"regards|best wishes|thanks|cheers|sincerely|\bbest|grüßen?|gruß|saludos|cordialement|saluti|groeten?"
    r"|pozdrawiam|atenciosamente|abraços|hälsningar|hilsen"
)
LETTERS = (
    Rule(
        name="name_in_a_greeting",
        kind=Kind.NAME,
        pattern=(
            rf"(?m:^)(?:Hi|Hello|Hey|Dear|Hallo|Bonjour|Hola|Ciao|Olá|Gentile|Estimad[oa]|Liebe[r]?|Beste|Hej"
            rf"|Cześć|Caro|Cara|Cher|Chère) ({SURNAME}(?: {SURNAME})?),[ \r]?\n"
        ),
        hint=r"[^\s],[ \r]?\n",
        sample="Dear Zdenka,\nthank you",
        check=_is_somebody,
    ),
    Rule(
        name="name_in_an_enumeration",
        kind=Kind.NAME,
        pattern=rf"[,;/0-9] ?(?i:{_FIELDS})[: ] ?({_FULL})",
        hint=rf"[,;/0-9] ?(?i:{_FIELDS})[: ] ?{CAPITAL}",
        sample="SIN on file, name Zdenka Hruba, no debts",
        check=is_name,
    ),
    Rule(
        name="name_of_whom",
        kind=Kind.NAME,
        pattern=(
            rf"(?i:\b(?:ship to|bill to|ausgestellt für|issued to|passenger|beneficiary|kontaktperson|søker"
            rf"|sökande|inhaber(?:in)?|titular|sou|soy|je suis|jestem|ik ben|password for|account of"
            rf"|refund for))[:,]?[ \n]({_FULL})"
        ),
        hint=(
            r"(?i:(?:ship to|bill to|ausgestellt für|issued to|passenger|beneficiary|kontaktperson|søker"
            r"|sökande|inhaber|inhaberin|titular|sou|soy|je suis|jestem|ik ben|password for|account of"
            rf"|refund for))[:,]?[ \n]{CAPITAL}"
        ),
        sample="Ship to:\nZdenka Hruba",
        check=is_name,
    ),
    Rule(
        name="name_in_a_calendar",
        kind=Kind.NAME,
        pattern=rf"\b(?:ORGANIZER|ATTENDEE)[^\n:]{{0,80}};CN=\"?({_FULL})",
        hint=r"(?:ORGANIZER|ATTENDEE)",
        sample='ORGANIZER;CN="Zdenka Hruba":mailto',
        check=is_name,
    ),
    Rule(
        name="phone_by_foreign_word",
        kind=Kind.PHONE,
        pattern=(
            r"(?:[Тт]ел|โทร|연락처|전화|电话|手机|電話|SĐT|Cep|HP|No\. HP)[.: ]{1,3}"
            r"(\+?[(]?\d(?:[ ./()-]{0,2}\d){6,14})\b"
        ),
        hint=r"(?:[Тт]ел|โทร|연락처|전화|电话|手机|電話|SĐT|Cep|HP)[.: ]{1,3}[+(]?\d",
        sample="тел. 8 (495) 555-01-23",
        check=is_phone,
        is_number=True,
    ),
    Rule(
        name="national_id_by_foreign_letters",
        kind=Kind.NATIONAL_ID,
        pattern=r"(?:CCCD|CMND|ДРФО|РНОКПП|ИНН|СНИЛС)[ :№]{1,3}(\d[\d ./-]{7,16}\d)\b",
        hint=r"(?:CCCD|CMND|ДРФО|РНОКПП|ИНН|СНИЛС)[ :№]{1,3}\d",
        sample="CCCD 001090012345",
        check=is_identifier,
        is_number=True,
    ),
    Rule(
        name="address_box",
        kind=Kind.ADDRESS,
        pattern=(
            rf"(?i:\bP\.? ?O\.? Box) \d{{1,6}}(?:, {SURNAME}(?: {SURNAME})?,?"
            rf"(?: [A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?)?)?"
        ),
        hint=r"(?i:Box) \d",
        sample="PO Box 2217, Honolulu HI 96801",
    ),
    Rule(
        name="address_last_line",
        kind=Kind.ADDRESS,
        pattern=rf"(?m:^)\s{{0,8}}({SURNAME}(?: {SURNAME})?, [A-Z]{{2}} \d{{5}}(?:-\d{{4}})?)\b",
        hint=r", [A-Z]{2} \d{5}",
        sample="1208 Ridge\nColumbus, OH 43215",
    ),
    Rule(
        name="address_with_postcode",
        kind=Kind.ADDRESS,
        pattern=(
            rf"(?:{SURNAME} ){{1,3}}(?:[a-z]{{2,10}} )?\d{{1,4}}(?:[-/ ]?[A-Za-z0-9]{{1,3}})?, "
            r"(?:\d{3} \d{2}|\d{4} [A-Z]{2}|\d{4,5}) \p{Lu}[\p{L}-]{2,30}(?: \d{1,2}\b)?"
        ),
        hint=r"\d[A-Za-z]?, (?:\d{3} \d{2}|\d{4} [A-Z]{2}|\d{4,5}) [^\s]",
        sample="Vinohradská 12, 120 00 Praha 2",
        check=_is_no_date,
    ),
    Rule(
        name="emirates_id",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b784-(?:19|20)\d\d-\d{7}-\d\b",
        sample="784-1990-1234567-6",
        check=is_identifier,
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="hong_kong_id",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b[A-Z]{1,2}\d{6}\([0-9A]\)",
        sample="A123456(3)",
        check=is_identifier,
        is_shape=True,
    ),
    Rule(
        name="thai_id",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b[1-8]-\d{4}-\d{5}-\d{2}-\d\b",
        sample="1-1017-00230-70-8",
        check=one_of(stdnum.th.pin),
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="name_under_a_letter",
        kind=Kind.NAME,
        pattern=rf"(?i:{_FAREWELLS})[,.!]?[ \r]{{0,2}}\n[\r\n]{{0,2}}({_FULL})[ \r]{{0,2}}(?m:$)",
        hint=rf"(?i:{_FAREWELLS})[,.!]?[ \r]{{0,2}}\n",
        sample="Kind regards,\nZdenka Hruba",
        check=_is_one,
    ),
    Rule(
        name="name_of_an_account",
        kind=Kind.NAME,
        pattern=(
            r"(?m:^)[a-z_][\w.-]{0,31}:[^:\n]{0,128}:[1-9][0-9]{3,9}:[0-9]{1,10}:"
            rf"({_FULL})[,:]"
        ),
        hint=rf":[1-9][0-9]{{3,9}}:[0-9]{{1,10}}:{CAPITAL}",
        sample="zhruba:x:1008:1008:Zdenka Hruba,,,:/home/zhruba:/bin/sh",
        check=_is_one,
    ),
    Rule(
        name="name_of_a_line",
        kind=Kind.NAME,
        pattern=(
            rf"(?m:^)\^?[0-9a-f]{{7,40}} [^\n(]{{0,100}}\(({_FULL}) {{1,40}}"
            r"(?:19|20)\d\d-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} {1,8}\d{1,6}\)"
        ),
        hint=r"\d [+-]\d{4} {1,8}\d{1,6}\)",
        sample="4f1d2c3b (Zdenka Hruba 2026-09-14 11:02:44 +0200 17) x",
        check=_is_one,
    ),
    Rule(
        name="name_of_a_traveller",
        kind=Kind.NAME,
        pattern=r"\b([A-Z]{2,24}/[A-Z]{2,24} (?:MR|MRS|MS|MISS|MSTR))\b",
        hint=r"/[A-Z]{2,24} (?:MR|MS|MISS)",
        sample="HRUBA/ZDENKA MRS",
    ),
)
