"""Patterns of personal data that show themselves without a field name: addresses, numbers, names in prose."""

import re

from firedoor.core.mask.detectors.checks import (
    is_card,
    is_date,
    is_document,
    is_iban,
    is_international_phone,
    is_phone,
)
from firedoor.core.mask.detectors.given_names import GIVEN_NAMES
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_UPPER = r"[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻŠŽČĐŐŰİĞŞŘĚŇŤĎŮȘȚĂĀĒĢĪĶĻŅŪĖĮŲ]"
_LOWER = r"[a-zß-öø-ÿāăąćčďđēěėęģğīįıķļłńņňőœřśšşťūůűųźżžșț]"
CAPITAL = r"[A-ZÀ-ț]"
"""Of a hint: letters in a row, which cost the automaton less than those that are capitals."""
_BEFORE = r"(?:O['\x{2019}]|Mc|Mac|D['\x{2019}]|Di|De|Van|Le|La)"
SURNAME = rf"(?:{_BEFORE}?{_UPPER}{_LOWER}{{1,24}}(?:[-'\x{{2019}}]{_UPPER}{_LOWER}{{1,24}})?)"
NAME_PARTICLE = (
    r"(?:van der|van den|van de|van|von der|von|de la|de los|de las|del|della|dalla|da|das|dos|de|di"
    r"|du|le|la|ter|ten|zu|bin|al|e|y)"
)
_REST = rf"(?:(?: {_UPPER}\.)?(?: {NAME_PARTICLE})?[ \x{{a0}}]{SURNAME}(?:-{SURNAME})?){{1,3}}"
_GIVEN = "|".join(sorted(re.escape(name) for name in GIVEN_NAMES))
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Herrn|Frau|Monsieur|Madame|Mme|Mlle|Sr|Sra|Srta|Señor|Señora"
    r"|Don|Doña|Sig|Sig\.ra|Signor|Signora"
    r"|Dott|Dott\.ssa|Dhr|Mevr|Mevrouw|Meneer|Pan|Pani|Senhor|Senhora|Herrn)\.?"
)
_NAME_CUES = (
    r"customer|client|patient|spoke with|spoken with|talked to|on behalf of"
    r"|(?:requested|reported|approved|signed) by|caller"
    r"|cardholder|applicant|employee|contact|my name is|name is"
    r"|signed by|regards,|greetings,|attn:?|dear|sincerely,|thanks,|cheers,|saludos,|cordialement,|grüße"
    r"|kunde|kundin|kundenname|mein name ist|client[e]?|cliente|klant|klient|klientka|paciente"
    r"|je m'appelle|me llamo|mi chiamo|nazywam się|meu nome é|ik heet"
)
_OTHER_WORDS = """
Service Server Support Team Error Database System Account Order Ticket Status Request Response Api
Data Center Centre Cluster Gateway Portal Manager Monitor Pipeline Platform Production Staging Test
Report Summary Street Road Avenue Office Department Bank Monday Tuesday Wednesday Thursday Friday
Saturday Sunday January February March April June July August September October November December
Version Release Build Update Access Payment Customer Client Card Number Email Phone Name Address
"""
_NOT_NAMES = frozenset(_OTHER_WORDS.split())
"""Words with capitals beside which a given name is none of a person: of services, streets, days, columns."""


def is_name(text: str) -> bool:
    """Whether none of these words is of a service, a street or a day."""
    return not _NOT_NAMES.intersection(text.split())


_STREET_EN = (
    r"Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Terrace|Way"
    r"|Close|Crescent|Grove|Gardens|Place|Pl"
    r"|Parkway|Pkwy|Highway|Hwy|Row|Mews|Hill|Park|Trail|Circle|Loop|Green|Walk|Rise|View|Mount"
    r"|Crossing|Plaza|Ridge|Route|Path|Pike|Alley"
)
_STREETS_GERMAN = (
    r"stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|singel"
    r"|dijk|gatan|vägen|gata|vej|veien|gade"
)
_STREET_ROMANCE = (
    r"rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|route|cours|calle|c/|avenida"
    r"|avda\.?|paseo|plaza|ronda|camino|carrer"
    r"|via|viale|piazza|corso|largo|vicolo|strada|bulevardul|calea|aleea|contrada|borgo|rua|travessa|alameda|praça"
    r"|rodovia|estrada|ul\.|ulica|al\.|aleja|os\.|pl\."
)
_CITY = (
    rf"(?:[-/]\d{{1,4}}[a-z]?)?(?:, \d{{1,2}}[º°ª.]{{1,2}} ?[A-Za-z]{{0,4}})?"
    rf"(?:,? (?:[A-Z]{{1,2}}-)?(?:\d{{4}} ?[A-Z]{{2}}\b|\d{{3}} \d{{2}}\b|\d{{4,5}}(?:-\d{{3,4}})?"
    rf"|\d{{2}}-\d{{3}})(?:(?: de| do| da)? {_UPPER}[{_LOWER[1:-1]}-]{{1,30}}){{0,3}})?"
)
_CITY_EN = (
    rf"(?:,? (?:Apt|Suite|Flat"
    rf"|Unit)\.? ?[0-9A-Z]{{1,5}})?(?: (?:[NS][EW]?|[EW]))?(?:,? {_UPPER}{_LOWER}{{2,24}}"
    rf"(?: {_UPPER}{_LOWER}{{2,24}})?,? "
    r"(?:[A-Z]{2},? \d{5}(?:-\d{4})?|(?:ACT|NSW|NT|QLD|SA|TAS|VIC|WA) \d{4}\b|[A-Z]{2}"
    r" [A-Z]\d[A-Z] ?\d[A-Z]\d"
    r"|[A-Z]{1,2}\d[A-Z0-9]? ?\d[A-Z]{2}))?"
)

PERSONAL = (
    Rule(
        name="email",
        kind=Kind.EMAIL,
        pattern=(r"[\p{L}\p{N}][\p{L}\p{N}.+'_%~-]*(?:@|%40)(?:[\p{L}\p{N}][\p{L}\p{N}-]*\.)+[\p{L}]{2,24}"),
        hint=r"[^\s](?:@|%40)[^\s]",
        sample="ada.nowak@example.com",
    ),
    Rule(
        name="phone_international",
        kind=Kind.PHONE,
        pattern=(
            r"\+[1-9]\d{0,3}[ .\-\x{a0}/]?(?:\(0?\d{1,4}\)[ .-]?)?\d{1,5}"
            r"(?:[ .\-\x{a0}/]?\d{1,5}){1,6}(?:x\d{1,5})?\b"
        ),
        hint=r"\+[1-9][0-9 .\-/()]{6}",
        sample="+44 20 7946 0958",
        check=is_international_phone,
        is_number=True,
    ),
    Rule(
        name="phone_double_zero",
        kind=Kind.PHONE,
        pattern=r"\b00[1-9]\d{0,2}(?:[ ./-]\(?\d{1,8}\)?){2,6}\b",
        sample="0048 22 123 45 67",
        check=is_phone,
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="phone_to_call_back",
        kind=Kind.PHONE,
        pattern=(
            r"(?i:\b(?:kontakt|contact|callback|call ?back|rufen sie|rückruf|zadzwo[ńn]|kontaktu)\b"
            r"(?:[^\n0-9(,;]{0,30}?\s(?:at|on|unter|pod|via|is)|:)?\s)"
            r"(\(?\d{1,5}\)?[ /.-]\(?\d{2,8}\)?(?:[ /.-]\(?\d{1,8}\)?){0,5})\b"
        ),
        hint=r"(?i:kontakt|contact|call ?back|rufen sie|rückruf|zadzwo)[^\n0-9(]{0,50}[(]?[0-9]",
        sample="bitte rufen Sie unter 030 901820 an",
        check=is_phone,
        is_number=True,
    ),
    Rule(
        name="email_quoted",
        kind=Kind.EMAIL,
        pattern=(
            r"\"[^\"\n@]{1,64}\"@(?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,24}"
            r"|[\p{L}\p{N}][\p{L}\p{N}.+_-]*@\[(?:[0-9]{1,3}\.){3}[0-9]{1,3}\]"
        ),
        hint=r"\"@[^\s]|@\[[0-9]",
        sample='"ada nowak"@example.com',
    ),
    Rule(
        name="phone_parenthesised",
        kind=Kind.PHONE,
        pattern=(
            r"(?:\+?1[ .-]?)?\((?:[2-9]\d{2}|0\d{1,4}"
            r"|[1-9]\d)\)[ -]?\d{3,5}[ -]?\d{3,5}(?: ?x\d{1,5})?\b"
        ),
        sample="(555) 234-5678",
        check=is_phone,
        is_number=True,
    ),
    Rule(
        name="phone_pairs",
        kind=Kind.PHONE,
        pattern=r"\b0[1-9](?:[ .]\d{2}){4}\b",
        sample="06 12 34 56 78",
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="phone_by_word",
        kind=Kind.PHONE,
        pattern=(
            r"(?i:\b(?:tele?(?:phone|fon[eo]?|foon|fonnummer|fonu?)?|t[ée]l(?:[ée]phone)?"
            r"|(?:my|new|your|'s) number"
            r"|tel[ée]fono|phone|mobile?|cell(?:ulare|phone|ular)?|handy(?:nummer)?|gsm|portable"
            r"|telem[óo]vel|m[óo]vil|mobiel|kom[óo]rk[aię]|(?:rück)?rufnummer|fax|whatsapp|sms|call(?:ed|s)?|dial|ring"
            r"|reach(?:ed|able)?|erreichbar|anrufen|appeler|joindre|llam(?:ar|é al)"
            r"|chiamare|bellen|dzwonić|ligar|num[ée]ro|phone number)\b)"
            r"[^\n0-9+(]{0,40}((?:\+|00)?[(]?\d(?:[ ./()\x{a0}-]{0,2}\d){6,14}(?: ?(?:x|ext\.?) ?\d{1,5})?)\b"
        ),
        hint=(
            r"(?i:\b(?:tel|t[ée]l|telem|phone|mobil|cell|handy|gsm|portable|m[óo]vil|mobiel|kom[óo]r"
            r"|rufnummer|rückrufnummer|fax|whatsapp|sms|call|dial|ring|reach|erreichbar|anrufen|appeler|joindre"
            r"|llam[aé]|chiamare|bellen|dzwoni|ligar|num[ée]ro|(?:my|new|your|'s) number))[^\n]{0,60}\d"
        ),
        sample="Please call 020 7946 0958 today",
        check=is_phone,
        is_number=True,
    ),
    Rule(
        name="card",
        kind=Kind.CARD,
        pattern=(
            r"\b(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{4,5}"
            r"|4\d{3}[ -]\d{3}[ -]\d{3}[ -]\d{3}|[23456]\d{13,15}|9792\d{12})\b"
        ),
        sample="4111 1111 1111 1111",
        check=is_card,
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="card_by_word",
        kind=Kind.CARD,
        pattern=(
            r"(?i:\b(?:card|carte|karte|kreditkarte|tarjeta|carta|kaart|kart[aęy]|cart[ãa]o|visa"
            r"|mastercard|amex|maestro|discover|pan|cc)\b)"
            r"[^\n0-9]{0,40}(\d(?:[ -]?\d){11,18})\b"
        ),
        hint=r"\d(?:[ -]?\d){11}",
        sample="paid by card no. 4222222222222",
        check=is_card,
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="iban",
        kind=Kind.IBAN,
        pattern=r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\b",
        sample="DE89 3704 0044 0532 0130 00",
        check=is_iban,
        is_shape=True,
    ),
    Rule(
        name="birth_date_by_word",
        kind=Kind.BIRTH_DATE,
        pattern=(
            r"(?i:\b(?:born(?: on)?|birth ?date|date of birth|dob|birthday|d\.o\.b\.?"
            r"|geboren(?: am| op)?|geburtsdatum|geb\.|n[ée]{1,2}e? le|date de naissance"
            r"|nacid[oa](?: el)?|fecha de nacimiento|nat[oa](?: il)?|data di nascita"
            r"|geboortedatum|urodzon[ay](?: dnia)?|data urodzenia"
            r"|nascid[oa](?: em)?|data de nascimento|född))[\"'\s:=]{1,5}(?:(?i:is|on|was|the)\s)?"
            r"((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]{1,2}\d{1,2}[-/. ]{1,2}\d{2,4}"
            r"|\d{1,2}(?:st|nd|rd|th|\.|er|º)? (?:de )?[\p{L}]{3,12}\.?,? (?:de )?(?:19|20)\d\d"
            r"|[\p{L}]{3,12} \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d)"
        ),
        hint=(
            r"(?i:\b(?:born|birth|dob|d\.o\.b|geb|née?|naissance|nacid|nacim|nat[oa]|nascit|urodz"
            r"|nascid|nascim|född))"
        ),
        sample="She was born on 12 March 1984 in Leeds",
        check=is_date,
    ),
    Rule(
        name="passport_by_word",
        kind=Kind.PASSPORT,
        pattern=(
            r"(?i:\b(?:passport|reisepass(?:nummer|nr\.?)?|passeport|pasaporte|passaporto"
            r"|paspoort(?:nummer)?|paszport(?:u)?|passaporte|pass-?nr\.?)\b)"
            r"[^\nA-Z0-9]{0,4}(?:(?i:number|no\.?|nr\.?|num[ée]ro|n[°ºo.]\.?|numer|is"
            r"|ist)[^\nA-Z0-9]{0,4}){0,2}([A-Z0-9]{1,3} ?[A-Z0-9]{5,9})\b"
        ),
        sample="passport no. C01X00T47",
        check=is_document,
    ),
    Rule(
        name="licence_by_word",
        kind=Kind.LICENCE,
        pattern=(
            r"(?i:\b(?:driv(?:er['\x{2019}]?s?|ing) licen[cs]e|dl|f[üu]hrerschein(?:nummer|nr\.?)?"
            r"|permis de conduire|licencia de conducir|carnet de conducir|patente(?: di guida)?"
            r"|rijbewijs(?:nummer)?|prawo jazdy|cnh|carteira de motorista|carta de condu[çc][ãa]o)\b)"
            r"[^\nA-Z0-9]{0,4}(?:(?i:number|no\.?|nr\.?|num[ée]ro|n[°ºo.]\.?|numer|is"
            r"|ist)[^\nA-Z0-9]{0,4}){0,2}([A-Z0-9](?:[A-Z0-9]|[ -][A-Z0-9]){4,20})\b"
        ),
        sample="driving licence MORGA753116SM9IJ",
        check=is_document,
    ),
    Rule(
        name="name_given",
        kind=Kind.NAME,
        pattern=rf"(?:^|[^\p{{L}}\p{{N}}_])((?:{_GIVEN})(?:-{_UPPER}{_LOWER}{{1,24}})?{_REST})",
        hints=tuple(f"{name}{gap}" for name in sorted(GIVEN_NAMES) for gap in " -"),
        sample="as Ada-free text, Maria van der Berg wrote",
        check=is_name,
    ),
    Rule(
        name="name_titled",
        kind=Kind.NAME,
        pattern=rf"\b{_TITLE} (?:(?:Dr|Prof)\.? )?({SURNAME}(?:(?: {NAME_PARTICLE})? {SURNAME}){{0,3}})",
        hint=rf"{_TITLE} {CAPITAL}",
        sample="please ask Mrs. Abernathy about it",
        check=is_name,
    ),
    Rule(
        name="name_by_word",
        kind=Kind.NAME,
        pattern=(
            rf"\b(?i:{_NAME_CUES})[:,]?[ \n]({SURNAME}(?: {_UPPER}\.)?(?:(?: {NAME_PARTICLE}"
            rf")? {SURNAME}){{1,3}})"
        ),
        hint=rf"(?i:{_NAME_CUES})[:,]?[ \n]{CAPITAL}",
        sample="the customer Zdenka Hruba called",
        check=is_name,
    ),
    Rule(
        name="name_before_address",
        kind=Kind.NAME,
        pattern=(
            rf"\"({_UPPER}[\p{{L}}'\x{{2019}}-]{{1,24}},? {_UPPER}[\p{{L}} .'\x{{2019}}-]{{1,40}})"
            rf"\" ?<[^<>\s@]{{1,64}}@"
        ),
        hint=r"\" ?<[^<>\s@]{1,64}@",
        sample='To: "Ferreira, Rui" <rui@example.com>',
        check=is_name,
    ),
    Rule(
        name="name_before_bare_address",
        kind=Kind.NAME,
        pattern=(
            rf"({SURNAME}(?: {_UPPER}\.)?(?:(?: {NAME_PARTICLE})? {SURNAME}){{1,3}}) <[^<>\s@]{{1,64}}@"
        ),
        hint=r"[\p{L}.] <[^<>\s@]{1,64}@",
        sample="From: Zdenka Hruba <zh@example.com>",
        check=is_name,
    ),
    Rule(
        name="address_english",
        kind=Kind.ADDRESS,
        pattern=(
            rf"\b\d{{1,5}}[A-Za-z]?,? (?:[NSEW]\.? )?(?:{_UPPER}[{_LOWER[1:-1]}'\x{{2019}}.]{{1,24}} ){{1,3}}"
            rf"(?:{_STREET_EN})\b\.?{_CITY_EN}"
        ),
        hint=rf" (?:{_STREET_EN})\b",
        sample="12 Old Market Street, Leeds LS1 4AP",
    ),
    Rule(
        name="address_germanic",
        kind=Kind.ADDRESS,
        pattern=(
            rf"(?:{_UPPER}[{_LOWER[1:-1]}.-]{{1,30}}[ -]){{0,3}}{_UPPER}?[{_LOWER[1:-1]}-]{{1,30}}"
            rf"(?:{_STREETS_GERMAN}| (?:Stra(?:ß|ss)e|Weg|Platz|Allee|Ring"
            rf"|Damm)) \d{{1,4}} ?[a-zA-Z]?\b{_CITY}"
        ),
        hint=rf"(?:{_STREETS_GERMAN}|Stra(?:ß|ss)e|Weg|Platz|Allee|Ring|Damm) \d",
        sample="Lange Hauptstraße 12, 10115 Berlin",
    ),
    Rule(
        name="address_number_first",
        kind=Kind.ADDRESS,
        pattern=(
            rf"\b\d{{1,4}}(?: ?(?:bis|ter))?,? (?i:{_STREET_ROMANCE}) (?:(?:de la|de l['\x{{2019}}]|du|des|de"
            rf"|d['\x{{2019}}]|l['\x{{2019}}]) ?)?"
            rf"(?:{_UPPER}[{_LOWER[1:-1]}'\x{{2019}}-]{{1,24}}[ -]?){{1,4}}\b{_CITY}"
        ),
        hint=rf"\d,? (?i:(?:bis |ter )?(?:{_STREET_ROMANCE}) )",
        sample="14 rue de la République, 69002 Lyon",
    ),
    Rule(
        name="address_number_last",
        kind=Kind.ADDRESS,
        pattern=(
            rf"(?i:\b(?:{_STREET_ROMANCE})) ?(?:(?:de la|de los|de las|del|della|delle|degli|dei"
            rf"|dos|das|da|de|di|do) )?"
            rf"(?:{_UPPER}[{_LOWER[1:-1]}'\x{{2019}}.-]{{1,24}}(?: (?:de la|del|della|da|de|di|do"
            rf"|dos))? ?){{1,4}},? ?(?:n\.? ?[º°]? ?)?\d{{1,5}}[a-zA-Z]?(?:/\d{{1,4}}"
            rf")?(?: m\. ?\d{{1,4}})?\b{_CITY}"
        ),
        # No hint has word boundaries or classes of letters: they cost hyperscan more than they keep out.
        hint=rf"(?i:(?:{_STREET_ROMANCE})) ?[^\s]",
        sample="Calle de Alcalá 45, 28014 Madrid",
    ),
)

NETWORK = (
    Rule(
        name="ipv4",
        kind=Kind.IP_ADDRESS,
        pattern=r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b",
        sample="192.0.2.17",
        is_shape=True,
        is_number=True,
    ),
    Rule(
        name="ipv6",
        kind=Kind.IP_ADDRESS,
        pattern=(
            r"\b(?:[0-9a-fA-F]{1,4}:){3,7}(?::?[0-9a-fA-F]{1,4})\b"
            r"|\b(?:[0-9a-fA-F]{1,4}:){1,4}(?::[0-9a-fA-F]{1,4}){1,4}\b"
        ),
        sample="2001:db8:0:0:1::7",
        is_shape=True,
    ),
    Rule(
        name="mac",
        kind=Kind.MAC_ADDRESS,
        pattern=r"\b[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}\b",
        sample="00:00:5e:00:53:af",
        is_shape=True,
    ),
)
