"""People in greetings, lines of an envelope, enumerations, calendars; and what only looks like them."""

import pytest

from firedoor.model.mask import Kind
from tests.helpers.masks import masker

FOUND = [
    (Kind.NAME, "Oluchi", "Hi Oluchi,\n\nthanks for the call."),
    (Kind.NAME, "Zdenka Hruba", "SIN 046 454 286, name Zdenka Hruba, no debts"),
    (Kind.NAME, "Ștefania Bălan", "CNP 1800101221144 nume Ștefania Bălan adresa veche"),
    (Kind.NAME, "Winifred Osei-Bonsu", "Ship to:\nWinifred Osei-Bonsu\n12 pieces"),
    (Kind.NAME, "Lucille Armitage", "temporary password for Lucille Armitage was sent"),
    (Kind.NAME, "Wei Ling Tan", 'ATTENDEE;ROLE=REQ;CN="Wei Ling Tan":mailto'),
    (Kind.PHONE, "8 (495) 555-01-23", "ФИО в деле, тел. 8 (495) 555-01-23"),
    (Kind.NATIONAL_ID, "001090012345", "CCCD 001090012345 da cap"),
    (Kind.NATIONAL_ID, "784-1990-1234567-6", "id 784-1990-1234567-6"),
    (Kind.NATIONAL_ID, "A123456(3)", "HKID A123456(3), checked"),
    (Kind.NATIONAL_ID, "1-1017-00230-70-8", "no. 1-1017-00230-70-8"),
    (Kind.ADDRESS, "PO Box 2217, Honolulu HI 96801", "to PO Box 2217, Honolulu HI 96801."),
    (Kind.ADDRESS, "Columbus, OH 43215", "1208 Ridge\nColumbus, OH 43215\nUSA"),
    (Kind.NAME, "Zdenka Hruba", "See you.\n\nKind regards,\n\nZdenka Hruba\nOperations"),
    (Kind.NAME, "Walburga Steinhauser", "Viele Grüße\r\nWalburga Steinhauser\r\n"),
    (Kind.NAME, "Zdenka Hruba", "zhruba:x:1008:1008:Zdenka Hruba,,,:/home/zhruba:/bin/sh"),
    (Kind.NAME, "Zdenka Hruba", "^4f1d2c3b a/b.go (Zdenka Hruba   2026-09-14 11:02:44 +0200  17) x"),
    (Kind.NAME, "HRUBA/ZDENKA MRS", "PAX HRUBA/ZDENKA MRS PNR K7QW2Z"),
    (Kind.PHONE, "0341 5550177", "Ihre Rückrufnummer 0341 5550177 haben wir"),
    (Kind.PHONE, "655 550 123", "te llamé al 655 550 123 ayer"),
    (Kind.PHONE, "0803 555 0199", "the customer's number is 0803 555 0199"),
    (Kind.ADDRESS, "Vinohradská 12, 120 00 Praha 2", "bytem Vinohradská 12, 120 00 Praha 2."),
]
LEFT = [
    "Hi all,\nthe deploy is done",
    "Dear Customer,\nplease note",
    "Hello World,\n",
    "7 services, name Payment Service, tier 1",
    "Ship to:\nthe usual place",
    "Section 12, 2026 January was quiet",
    "no. 1-1017-00230-70-9",
    "func f(3) A12345(3)",
    "Thanks,\nPlatform Team",
    "daemon:x:2000:2000:Network Service:/:/bin/false",
    "4f1d2c3b (Renovate Bot 2026-09-14 11:02:44 +0200  17) x",
    "Best,\nSecurity Operations",
    "arch AMD/INTEL MSR",
    "batch 555-234-5678",
]


@pytest.mark.parametrize(("kind", "value", "text"), FOUND)
def test_it_is_found_by_where_it_stands(kind: str, value: str, text: str) -> None:
    found = [(text[one.start : one.end], one.kind) for one in masker().text(text).found]
    assert (value, kind) in found


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert not masker().text(text).found
