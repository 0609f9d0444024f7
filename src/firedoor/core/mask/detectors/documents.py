"""Patterns of what stands in papers of people, and in cards of mail programs.

Lines for machines, and words for passports and days of birth in scripts that have no borders of words.
"""

from firedoor.core.mask.detectors.checks import is_date, is_document
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind


def _has_parts(text: str) -> bool:
    """Street, city, region, code: as a vCard has them, and no sentence."""
    return text.count(";") >= _PARTS and "; " not in text


_PARTS = 3
DOCUMENTS = (
    Rule(
        name="name_on_card_of_mail",
        kind=Kind.NAME,
        pattern=(
            r"(?:\n|\\n)(?:FN|N)(?:;[A-Za-z=-]{1,20}){0,2}:(\p{L}[\p{L} .,'\x{2019}-]{0,40}"
            r"(?:;\p{L}[\p{L} .'\x{2019}-]{0,40})?)"
        ),
        hints=(r"\nF?N(?:;[A-Za-z=-]{1,20}){0,2}:\p{L}", r"\\nF?N(?:;[A-Za-z=-]{1,20}){0,2}:\p{L}"),
        sample="BEGIN:VCARD\nN:Gump;Forrest;;;",
    ),
    Rule(
        name="passport_machine_readable",
        kind=Kind.PASSPORT,
        pattern=r"\b[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{0,13}<[A-Z0-9<]{0,13}[0-9<][0-9]",
        hint=r"[A-Z0-9<]<[0-9<]",
        sample="L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    ),
    Rule(
        name="name_machine_readable",
        kind=Kind.NAME,
        pattern=r"\b[PIAC][A-Z<][A-Z<]{3}[A-Z]{2,30}<<[A-Z<]{8,34}",
        sample="P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    ),
    Rule(
        name="passport_by_foreign_word",
        kind=Kind.PASSPORT,
        pattern=(
            r"(?:护照号码|护照号|护照|パスポート番号|旅券番号|여권번호|(?i:номер паспорта|паспорт))"
            r"[\s::=№#]{0,4}"
            r"([A-Z0-9]{1,3} ?[A-Z0-9]{5,9})\b"
        ),
        hint=r"护照|パスポート番号|旅券番号|여권번호|(?i:паспорт)",
        sample="护照号码: G61234567",
        check=is_document,
    ),
    Rule(
        name="birth_date_by_foreign_word",
        kind=Kind.BIRTH_DATE,
        pattern=(
            r"(?:生年月日|出生日期|생년월일|(?i:дата рождения))[\s::=]{0,4}((?:19|20)\d\d(?:[-/.]|年|년)"
            r" ?\d{1,2}(?:[-/.]|月|월) ?\d{1,2}(?:日|일)?|\d{1,2}\.\d{1,2}\.\d{4})"
        ),
        hint=r"生年月日|出生日期|생년월일|(?i:дата рождения)",
        sample="生年月日 1987年4月12日",
        check=is_date,
    ),
    Rule(
        name="address_of_a_card",
        kind=Kind.ADDRESS,
        pattern=r"(?m:^)ADR(?:;[^:\n]{1,80})?:;{0,2}([^;\n\r][^\n\r]{6,300})",
        hint=r"ADR[;:]",
        sample="ADR;TYPE=HOME:;;12 Mabini Street;Makati;;1200;Philippines",
        check=_has_parts,
    ),
)
