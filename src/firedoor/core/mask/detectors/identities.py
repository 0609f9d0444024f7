"""Patterns of the numbers that states give to people. A checksum confirms; where it is weak, a word must.

What is a run of digits and no more (a Steuer-ID, a BSN, a NIF) is found after its name, or in a field of
its name: by itself it is indistinguishable from an order number.
"""

import stdnum.be.nn
import stdnum.br.cpf
import stdnum.ca.sin
import stdnum.ch.ssn
import stdnum.cl.rut
import stdnum.cn.ric
import stdnum.co.nit
import stdnum.de.idnr
import stdnum.do.cedula
import stdnum.es.dni
import stdnum.es.nie
import stdnum.fi.hetu
import stdnum.fr.nir
import stdnum.gb.nhs
import stdnum.in_.pan
import stdnum.it.codicefiscale
import stdnum.kr.rrn
import stdnum.mx.curp
import stdnum.mx.rfc
import stdnum.no.fodselsnummer
import stdnum.pk.cnic
import stdnum.pl.pesel
import stdnum.se.personnummer
import stdnum.ve.rif
import stdnum.verhoeff

from firedoor.core.mask.detectors.checks import (
    HasValidity,
    digits_of,
    is_identifier,
    is_ssn,
    letters_and_digits,
    one_of,
)
from firedoor.core.mask.detectors.rule import Check, Rule
from firedoor.model.mask import Kind


def _id(name: str, pattern: str, sample: str, module: HasValidity) -> Rule:
    return _checked(name, pattern, sample, one_of(module))


def _checked(name: str, pattern: str, sample: str, check: Check) -> Rule:
    return Rule(
        name=name,
        kind=Kind.NATIONAL_ID,
        pattern=pattern,
        sample=sample,
        check=check,
        is_shape=True,
        is_number=True,
    )


def _is_aadhaar(text: str) -> bool:
    digits = digits_of(text)
    return len(digits) == _AADHAAR and digits != digits[::-1] and stdnum.verhoeff.checksum(digits) == 0


_AADHAAR = 12
"""Digits. Four more make a card, which the pattern takes as a whole so that nothing is worked out for it."""
_WORDS = (
    r"ssn|social security(?: number| no\.?)?|itin|tax(?:payer)? id(?:entification)?(?: number)?"
    r"|national id(?:entity)?(?: number| no\.?)?"
    r"|national insurance(?: number| no\.?)?|nino?|nhs(?: number| no\.?)?"
    r"|steuer-?id(?:entifikationsnummer|nr\.?|ent-?nr\.?)?"
    r"|steueridentifikationsnummer|sozialversicherungsnummer|idnr|personalausweis(?:nummer"
    r"|nr\.?)?|nir|insee|num[ée]ro de s[ée]curit[ée] sociale"
    r"|s[ée]curit[ée] sociale|dni|nif|codice fiscale|bsn|burgerservicenummer|pesel|cpf|cnpj"
    r"|personnummer|fødselsnummer|fodselsnummer"
    r"|cpr(?:-nummer| number)?|hetu|henkilötunnus|aadhaar|pan number|my ?number|tfn"
    r"|medicare(?: number)?|curp|tckn"
    r"|resident registration number|ahv(?:-nummer| number)?|niss|rijksregisternummer|svnr|egn|cnp"
    r"|oib|jmbg|nric|hkid|id card(?: number)?|sin|social insurance(?: number| no\.?)?|rodn[ée] č[íi]slo"
    r"|tc kimlik(?: no)?|ppsn?|pps number|amka|cuit|cuil|rut|personal code|isikukood|id[- ]number"
    r"|identity number"
)


class _German:
    """The number of the German pension insurance, with its check digit."""

    def is_valid(self, number: str) -> bool:
        """Whether weights and digit sums say what its last digit says."""
        compact = letters_and_digits(number).upper()
        digits = compact[:8] + f"{ord(compact[8]) - 64:02d}" + compact[9:11]
        weighted = (int(digit) * weight for digit, weight in zip(digits, _PENSION, strict=True))
        return sum(sum(map(int, str(product))) for product in weighted) % 10 == int(compact[11])


_PENSION = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)

_MORE_WORDS = (
    r"nip|utr|unique taxpayer reference|cnic|c[ée]dula|asmens kodas|personas kods|ird(?: number| no\.?)"
    r"|teudat zehut|nik|npwp|rif|ruc|nipc|mrn|medical record(?: number| no\.?)?|medicare card"
    r"|mbi|medicare beneficiary id(?:entifier)?|kvnr|versicherten(?:nummer|-?nr\.?)"
    r"|krankenversicherten(?:nummer|-?nr\.?)|rentenversicherungs(?:nummer|-?nr\.?)|snils|emšo|emso"
    r"|health (?:insurance|card) (?:number|no\.?)|patient (?:id|number|no\.?)|"
    r"num[ée]ro fiscal|jmbg|the social"
    r"|sozialversicherungs-?nr\.?|insured (?:id|number)|tax file number|personas? id"
)
_FOREIGN_WORDS = (
    r"егн|рнокпп|инн|снилс|ипн|αφμ|αμκα|マイナンバー|個人番号|身份证(?:号码|号)?|주민(?:등록)?번호"
    r"|เลขประจำตัวประชาชน|ת\.ז|emšo"
)
"""Words of other scripts: around them is no border of a word that a pattern knows."""
_BEHIND = (
    r"[\"']?[\s.:=#(]{0,3}(?:(?i:is|ist|est|es|è|é|nr|no|number|num[ée]ro|jest|n°|nº|card|the)\b"
    r"[\s.:=#(\"']{0,3}){0,2}[\"']{0,1}"
)
_VALUE = r"([A-Z]{0,4}-?[A-Z0-9]?[0-9](?:[A-Z0-9]|[ ./-]{1,2}[A-Z0-9]){4,22})\b"

IDENTITIES = (
    _checked("us_ssn", r"\b\d{3}-\d{2}-\d{4}\b", "078-05-1121", is_ssn),
    Rule(
        name="uk_nino",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:\d{6}|[ -]?\d{2}[ -]\d{2}[ -]\d{2}[ -]?)[A-D]\b",
        is_shape=True,
        sample="QQ 12 34 56 C".replace("QQ", "AB"),
    ),
    _id("uk_nhs", r"\b\d{3} \d{3} \d{4}\b", "943 476 5919", stdnum.gb.nhs),
    _id("de_idnr", r"\b\d{2} \d{3} \d{3} \d{3}\b", "36 574 261 809", stdnum.de.idnr),
    _id(
        "fr_nir",
        r"\b[1-478][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}"
        r"|2[AB])[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}\b",
        "2 95 10 99 126 111 93",
        stdnum.fr.nir,
    ),
    Rule(
        name="es_dni",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b(?:\d{8}|[XYZ]\d{7})[ -]?[A-HJ-NP-TV-Z]\b",
        is_shape=True,
        sample="54362315K",
        check=one_of(stdnum.es.dni, stdnum.es.nie),
        is_number=True,
    ),
    _id(
        "it_codicefiscale",
        r"\b[A-Z]{6}[0-9LMNP-V]{2}[ABCDEHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b",
        "RCCMNL83S18D969H",
        stdnum.it.codicefiscale,
    ),
    _id(
        "pl_pesel",
        r"\b\d{2}(?:[02468][1-9]|[13579][0-2])(?:0[1-9]|[12]\d|3[01])\d{5}\b",
        "44051401359",
        stdnum.pl.pesel,
    ),
    _id("br_cpf", r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b", "390.533.447-05", stdnum.br.cpf),
    _id("se_personnummer", r"\b(?:\d{2})?\d{6}[-+]\d{4}\b", "880320-0016", stdnum.se.personnummer),
    _id(
        "no_fodselsnummer",
        r"\b(?:[04][1-9]|[1256]\d|[37][01])\d{4} ?\d{5}\b",
        "151086 95088",
        stdnum.no.fodselsnummer,
    ),
    _id("fi_hetu", r"\b\d{6}[-+A]\d{3}[0-9A-FHJ-NPR-Y]\b", "131052-308T", stdnum.fi.hetu),
    _id("be_nn", r"\b\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}\b", "85.07.30-033.28", stdnum.be.nn),
    _id("ch_ahv", r"\b756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}\b", "756.9217.0769.85", stdnum.ch.ssn),
    _id("ca_sin", r"\b\d{3} \d{3} \d{3}\b", "123 456 782", stdnum.ca.sin),
    _checked("in_aadhaar", r"\b[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4})?\b", "2341 2341 2346", _is_aadhaar),
    _id("in_pan", r"\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b", "ACUPA7085R", stdnum.in_.pan),
    _id("mx_curp", r"\b[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d\b", "BOXW310820HNERXN09", stdnum.mx.curp),
    _id(
        "cn_ric",
        r"\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]\b",
        "360426199101010071",
        stdnum.cn.ric,
    ),
    _id("kr_rrn", r"\b\d{6}-[1-8]\d{6}\b", "860101-1234563", stdnum.kr.rrn),
    _id("cl_rut", r"\b\d{1,2}\.\d{3}\.\d{3}-[\dkK]\b", "12.531.909-2", stdnum.cl.rut),
    Rule(
        name="national_id_by_word",
        kind=Kind.NATIONAL_ID,
        pattern=(
            rf"(?i:\b(?:{_WORDS})\b)[\"']?\s{{0,2}}(?:[:=#(]|(?i:is|ist|est|es|è|é|is:|nr\.?|no\.?"
            rf"|number|num[ée]ro|jest|to|of|n°|nº))?[\"'\s:]{{0,3}}"
            r"([A-Z0-9](?:[A-Z0-9]|[ ./-][A-Z0-9]){4,22})\b"
        ),
        hint=rf"(?i:\b(?:{_WORDS})\b)",
        sample="Her BSN is 111222333.",
        check=is_identifier,
    ),
    Rule(
        name="national_id_by_more_words",
        kind=Kind.NATIONAL_ID,
        pattern=rf"(?i:\b(?:{_MORE_WORDS}))\b{_BEHIND}{_VALUE}",
        hint=rf"(?i:\b(?:{_MORE_WORDS}))",
        sample="NIP: 881-072-22-49",
        check=is_identifier,
    ),
    Rule(
        name="national_id_by_foreign_word",
        kind=Kind.NATIONAL_ID,
        pattern=rf"(?i:{_FOREIGN_WORDS}){_BEHIND}{_VALUE}",
        hint=rf"(?i:{_FOREIGN_WORDS})",
        sample="ИНН: 627642702407",
        check=is_identifier,
    ),
    Rule(
        name="us_ein",
        kind=Kind.NATIONAL_ID,
        pattern=r"\b(?:EIN|FEIN|Employer Identification Number|Tax ID)[\s:#.]{1,4}(\d{2}-?\d{7})\b",
        hint=r"EIN|Employer Identification Number|Tax ID",
        sample="EIN 12-3456789",
        is_number=True,
    ),
    Rule(
        name="us_mbi",
        kind=Kind.NATIONAL_ID,
        pattern=(
            r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d"
            r"-[AC-HJKMNP-RT-Y]{2}\d{2}\b"
        ),
        sample="1EG4-TE5-MK73",
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="ssn_by_word",
        kind=Kind.NATIONAL_ID,
        pattern=r"(?i:\b(?:ssn|social(?: security)?)\b)[^\n0-9]{0,16}(\d{3}[ .]\d{2}[ .]\d{4})\b",
        hint=r"(?i:\b(?:ssn|social)\b)",
        sample="the social is 219 09 9998",
        check=is_ssn,
        is_number=True,
    ),
    _id("mx_rfc", r"\b[A-ZÑ&]{4}\d{6}[A-Z0-9]{2}[0-9A]\b", "GODE561231GR8", stdnum.mx.rfc),
    _id("co_nit", r"\b\d{3}\.\d{3}\.\d{3}-\d\b", "213.123.432-1", stdnum.co.nit),
    _id("ve_rif", r"\b[VEJPG]-?\d{8}-?\d\b", "V-11470283-4", stdnum.ve.rif),
    _id("do_cedula", r"\b\d{3}-\d{7}-\d\b", "001-1391820-5", stdnum.do.cedula),
    _id("pk_cnic", r"\b\d{5}-\d{7}-\d\b", "34201-0891231-8", stdnum.pk.cnic),
    _id(
        "de_svnr",
        r"\b\d{2} (?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2} [A-Z] ?\d{3}\b",
        "65 170839 J 003",
        _German(),
    ),
)
