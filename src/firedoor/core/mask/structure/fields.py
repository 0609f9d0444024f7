"""What the name of a field says of its value: `customerEmail`, `date_of_birth`, `DB_PASSWORD`, `Telefonnummer`."""

import re
from functools import lru_cache

from firedoor.core.mask.detectors.checks import (
    digits_of,
    is_date,
    is_iban,
    is_identifier,
    is_password,
    is_phone,
    is_secret,
    letters_and_digits,
)
from firedoor.core.mask.detectors.given_names import GIVEN_NAMES
from firedoor.model.mask import Kind

LIKELY_NAME = "name?"
"""A field that is a name of a person only if its value or its neighbours say so."""
LIKELY_ADDRESS = "address?"

_FIELDS: dict[str, tuple[str, ...]] = {
    Kind.EMAIL: (
        "email emailaddress mail mailaddress emailid emailaddr correo correoelectronico courriel adressemail emailadresse posteo indirizzoemail"
        " replyto emails recipientemail username_email",
    ),
    Kind.PHONE: (
        "phone phonenumber phoneno telephone telephonenumber tel telno mobile mobilephone mobilenumber cell cellphone cellnumber fax faxnumber phones"
        " telefon telefonnummer handy handynummer mobilnummer mobil rufnummer telephoneportable numerotelephone numerodetelephone telefono"
        " numerotelefono movil celular cellulare telefoon telefoonnummer mobiel gsm komorka numertelefonu nrtelefonu telefone telemovel msisdn whatsapp"
        " téléphone teléfono móvil telefonnumber phonework phonehome",
    ),
    Kind.CARD: (
        "card cardnumber cardno creditcard creditcardnumber ccnumber ccnum cc pan primaryaccountnumber debitcard debitcardnumber kreditkarte"
        " kreditkartennummer cartebancaire numerocarte numerodecarte tarjeta numerotarjeta numerodetarjeta cartadicredito numerocarta creditcardnum"
        " kartennummer kaartnummer karta numerkarty nrkarty cartao numerocartao numerodocartao paymentcard",
    ),
    Kind.IBAN: (
        "iban ibannumber bankaccount bankaccountnumber ibancode kontonummer rekeningnummer numerocompte ibannr bankaccountiban",
    ),
    Kind.NATIONAL_ID: (
        "ssn socialsecuritynumber socialsecurity socialsecurityno itin tin taxid taxpayerid taxnumber taxidentificationnumber taxidnumber nationalid nationalidnumber"
        " nationalidentity nationalidentitynumber nationalinsurancenumber nationalinsurance nino nin nhs nhsnumber nhsno steuerid steueridnr idnr"
        " steueridentifikationsnummer steuernummer sozialversicherungsnummer svnr personalausweis personalausweisnummer ausweisnummer nir insee"
        " numerosecuritesociale securitesociale numerodesecuritesociale dni nif nie codicefiscale bsn burgerservicenummer pesel cpf personnummer"
        " fodselsnummer fødselsnummer cpr cprnummer hetu aadhaar aadhaarnumber aadhar pan_number mynumber sin tfn medicare medicarenumber curp rut"
        " rrn ahv ahvnummer niss nationalregisternumber idcard idcardnumber identitynumber identitycard governmentid govid personalid"
        " personalidnumber personalnumber documentid_national",
    ),
    Kind.NAME: (
        "firstname lastname fullname givenname givennames surname familyname middlename maidenname customername clientname patientname employeename"
        " contactname contactperson holdername cardholder cardholdername accountholder accountholdername ownername username_full realname personname"
        " vorname nachname familienname kundenname ansprechpartner prenom prénom nomdefamille nomcomplet nomclient apellido apellidos nombrecompleto"
        " nombrecliente cognome nomecompleto nomecliente nomecognome voornaam achternaam volledigenaam klantnaam imie imię nazwisko imieinazwisko"
        " sobrenome apelido nomedocliente nomepaciente recipientname beneficiary beneficiaryname signatory guardian nextofkin emergencycontact"
        " legalname displayname_full shippingname billingname titular karteninhaber subscribername fname lname applicantname membername"
        " passengername guestname callername titulaire intestatario",
    ),
    LIKELY_NAME: (
        "name customer client patient user person contact employee owner assignee requester reporter author caller member passenger guest displayname"
        " kunde klant klient nom nombre nome naam cliente paciente recipient sender holder manager createdby updatedby approvedby subject naamklant"
        " benutzer utilisateur usuario utente applicant subscriber by displaylabel",
    ),
    Kind.ADDRESS: (
        "streetaddress street streetname addressline addressline1 addressline2 address1 address2 postaladdress mailingaddress homeaddress"
        " shippingaddress billingaddress deliveryaddress residentialaddress fulladdress customeraddress strasse straße anschrift wohnanschrift"
        " postanschrift lieferadresse rechnungsadresse adressepostale rue calle domicilio direccion dirección direccionpostal indirizzo via"
        " residenza straat adres woonadres ulica adreszamieszkania endereco endereço rua logradouro morada addr1 addr2 streetline1 streetaddress1"
        " postcode postalcode zip zipcode plz postleitzahl codepostal codigopostal cap cep kodpocztowy",
    ),
    LIKELY_ADDRESS: ("address addr adresse location_home residence homeplace adresa",),
    Kind.BIRTH_DATE: (
        "dob dateofbirth birthdate birthday birthdt borndate born bornon geburtsdatum geburtstag geboren datenaissance datedenaissance naissance"
        " fechanacimiento fechadenacimiento nacimiento datanascita datadinascita geboortedatum dataurodzenia datanascimento datadenascimento birth"
        " nascimento",
    ),
    Kind.PASSPORT: (
        "passport passportnumber passportno passportid reisepass reisepassnummer passnummer passeport numeropasseport numerodepasseport pasaporte"
        " numeropasaporte passaporto numeropassaporto paspoort paspoortnummer paszport numerpaszportu nrpaszportu passaporte numeropassaporte traveldocument",
    ),
    Kind.LICENCE: (
        "driverlicense driverslicense driverlicence driverslicence drivinglicence drivinglicense driverlicensenumber driverslicensenumber"
        " drivinglicencenumber drivinglicensenumber licencenumber_driver dlnumber dlno fuhrerschein führerschein fuehrerschein fuhrerscheinnummer"
        " führerscheinnummer permisdeconduire permisconduire numeropermis carnetconducir licenciaconducir permisoconducir patentediguida"
        " patente rijbewijs rijbewijsnummer prawojazdy numerprawajazdy cnh dl driverlicenceno driverlicenseno driverslicenseno",
    ),
    Kind.PASSWORD: (
        "password passwd pwd pass passphrase userpassword passwordplain plaintextpassword passwort kennwort motdepasse mdp contrasena contraseña clave"
        " senha wachtwoord haslo hasło losenord lösenord pin pincode passcode newpassword oldpassword rootpassword dbpass dbpassword otp mfacode"
        " onetimecode totp totpsecret cvv cvc cvv2 securitycode",
    ),
    Kind.SECRET: (
        "secret apikey apisecret apitoken accesskey secretkey accesskeyid secretaccesskey accesstoken refreshtoken idtoken authtoken authtokens bearertoken"
        " sessiontoken securitytoken clientsecret consumersecret consumerkey sharedsecret signingsecret signingkey encryptionkey privatekey masterkey"
        " accountkey webhooksecret token xapikey authorization auth authkey authorizationheader credential credentials jwt sessionid sessionkey cookie"
        " setcookie hmackey cryptokey deploykey servicekey appkey appsecret applicationkey licensekey oauthtoken personalaccesstoken pat bottoken"
        " botkey sas sastoken storagekey connectionkey dsnkey csrftoken xsrftoken recoverycode backupcode seedphrase mnemonic apikeyid proxyauthorization"
        " serviceaccountkey subscriptionkey ociapimsubscriptionkey restapikey secrettoken vaulttoken roottoken registrationtoken",
    ),
    Kind.CONNECTION_STRING: (
        "connectionstring connstring connstr connectionuri databaseurl dburl dsn mongourl mongouri redisurl amqpurl postgresurl mysqlurl jdbcurl"
        " databaseuri dbconnection sqlalchemydatabaseuri brokerurl celerybrokerurl",
    ),
    Kind.IP_ADDRESS: (
        "ip ipaddress ipaddr clientip remoteip sourceip srcip userip customerip lastloginip signupip registrationip remoteaddr ipv4 ipv6",
    ),
    Kind.MAC_ADDRESS: ("mac macaddress macaddr hwaddr hardwareaddress",),
}
_KNOWN = {
    word: kind for kind, lines in _FIELDS.items() for line in lines for word in line.replace("_", "").split()
}
_MODIFIERS = frozenset(
    [
        "customer",
        "client",
        "user",
        "contact",
        "home",
        "work",
        "primary",
        "secondary",
        "billing",
        "shipping",
        "personal",
        "private",
        "patient",
        "employee",
        "account",
        "holder",
        "owner",
        "new",
        "old",
        "current",
        "default",
        "db",
        "database",
        "admin",
        "root",
        "app",
        "application",
        "service",
        "smtp",
        "mail",
        "imap",
        "ftp",
        "ssh",
        "ldap",
        "redis",
        "postgres",
        "postgresql",
        "mysql",
        "mongo",
        "mongodb",
        "rabbitmq",
        "kafka",
        "number",
        "no",
        "nr",
        "num",
        "value",
        "str",
        "string",
        "raw",
        "plain",
        "text",
        "main",
        "alt",
        "alternate",
        "alternative",
        "emergency",
        "office",
        "business",
        "company",
        "the",
        "my",
        "your",
        "his",
        "her",
        "their",
        "x",
        "recipient",
        "sender",
        "payer",
        "payee",
        "debtor",
        "creditor",
        "guest",
        "member",
        "subscriber",
        "aws",
        "gcp",
        "azure",
        "google",
        "github",
        "gitlab",
        "slack",
        "stripe",
        "twilio",
        "openai",
        "sendgrid",
        "datadog",
        "jenkins",
        "docker",
        "npm",
        "vault",
        "prod",
        "production",
        "staging",
        "stage",
        "dev",
        "test",
        "live",
        "master",
        "server",
        "proxy",
        "webhook",
        "web",
        "mobile",
        "secondary",
        "kunden",
        "kunde",
        "cliente",
        "klant",
        "klient",
        "benutzer",
        "utilisateur",
        "usuario",
        "insured",
        "spouse",
        "parent",
        "applicant",
        "legal",
        "person",
        "billing1",
        "bot",
        "stored",
        "temp",
        "temporary",
    ]
)
_NOT_SECRET = frozenset(
    [
        "next",
        "previous",
        "prev",
        "page",
        "paging",
        "continuation",
        "continue",
        "progress",
        "cursor",
        "stop",
        "eos",
        "bos",
        "sync",
        "pagination",
        "count",
        "max",
        "min",
        "total",
        "used",
        "usage",
        "prompt",
        "completion",
        "input",
        "output",
        "limit",
        "name",
        "type",
        "id",
        "length",
        "expiry",
        "expires",
        "policy",
        "reset",
        "changed",
        "updated",
        "cache",
        "partition",
        "public",
        "primary",
        "foreign",
        "sort",
        "range",
        "object",
        "idempotency",
        "dedup",
        "routing",
        "lookup",
        "key_name",
        "hash",
        "fingerprint",
        "url",
        "uri",
        "endpoint",
        "path",
        "file",
    ]
)
_SPLIT = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 64


@lru_cache(maxsize=8192)
def field_kind(name: str) -> str | None:
    """The kind of value that a field of this name holds, or None. Case, separators and the usual qualifiers do not count."""
    if len(name) > _LONGEST:
        return None
    words = [word.lower() for word in _SPLIT.findall(_CAMEL.sub("_", name)) if not word.isdigit()]
    if not words:
        return None
    whole = "".join(words)
    if (kind := _KNOWN.get(whole)) is not None:
        return kind
    rest = [word for word in words if word not in _MODIFIERS]
    if rest and rest != words and (kind := _KNOWN.get("".join(rest))) is not None:
        return kind
    if not _NOT_SECRET.intersection(words[:-1]):
        for size in (1, 2, 3):
            tail = _KNOWN.get("".join(words[-size:])) if size < len(words) else None
            if tail in {Kind.PASSWORD, Kind.SECRET, Kind.CONNECTION_STRING} and words[-1] not in {
                "pass",
                "auth",
                "pin",
            }:
                return tail
    return None


@lru_cache(maxsize=8192)
def squeezed(name: str) -> str:
    """A field name without case and separators: as the settings of a custom detector compare it."""
    return "".join(char for char in name.lower() if char.isalnum())


_NAME = re.compile(r"[^\W\d_][^\d_@/\\<>{}\[\]=:;|#*+]{1,79}")
_LOOKS_LIKE_NAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Herr|Frau)\.? )?[A-ZÀ-ÞĄĆĘŁŃÓŚŹŻŠŽ][^\W\d_'’.]*(?:['’-][^\W\d_]+)*(?:[ ,](?:[^\W\d_][\w'’.-]*)){1,4}"
)
_PRODUCT_WORDS = frozenset(
    [
        "service",
        "server",
        "support",
        "team",
        "error",
        "database",
        "system",
        "account",
        "order",
        "ticket",
        "status",
        "request",
        "api",
        "data",
        "center",
        "cluster",
        "gateway",
        "portal",
        "manager",
        "monitor",
        "pipeline",
        "platform",
        "production",
        "staging",
        "test",
        "report",
        "summary",
        "department",
        "bank",
        "group",
        "inc",
        "ltd",
        "llc",
        "gmbh",
        "corp",
        "plan",
        "product",
        "package",
        "premium",
        "basic",
        "pro",
        "enterprise",
        "job",
        "worker",
        "queue",
        "check",
        "health",
        "backup",
        "dashboard",
        "alert",
        "rule",
        "policy",
        "deployment",
        "release",
        "build",
        "the",
        "and",
        "of",
        "for",
        "admin",
        "administrator",
        "operations",
        "engineering",
    ]
)
_NOT_AN_ADDRESS = re.compile(
    r"(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|[^ ]*(?:@|://|::)[^ ]*|0x[0-9a-fA-F]+|\[?[0-9a-fA-F:]+\]?:?\d*|[^ ]+:\d+"
)


def looks_like_name(text: str) -> bool:
    """Two to five words of which the first begins with a capital, and none of which is of a product or company."""
    text = text.strip()
    return (
        _LOOKS_LIKE_NAME.fullmatch(text) is not None
        and any(word[:1].isupper() for word in re.split(r"[ ,]+", text)[1:])
        and not _PRODUCT_WORDS.intersection(text.lower().replace(",", " ").split())
    )


def begins_with_given_name(text: str) -> bool:
    """Whether the first word is a common given name."""
    return text.strip().split(" ", 1)[0].split("-", 1)[0] in GIVEN_NAMES


def _is_named(text: str) -> bool:
    return (_NAME.fullmatch(text.strip()) is not None and not text.islower()) or _is_lower_name(text)


def _is_lower_name(text: str) -> bool:
    return text.strip().isalpha() and text.strip().capitalize() in GIVEN_NAMES


def _is_address(text: str) -> bool:
    return len(text.strip()) >= 4 and _NOT_AN_ADDRESS.fullmatch(text.strip()) is None  # noqa: PLR2004 a postal code


def _is_likely_address(text: str) -> bool:
    has_both = any(c.isdigit() for c in text) and any(c.isalpha() for c in text)
    return has_both and " " in text.strip() and _is_address(text)


def _is_card_like(text: str) -> bool:
    digits = digits_of(text)
    return 12 <= len(digits) <= 19 and letters_and_digits(text) == digits  # noqa: PLR2004 ISO/IEC 7812


def _is_iban_like(text: str) -> bool:
    return is_iban(text) or (is_identifier(text) and len(letters_and_digits(text)) >= 8)  # noqa: PLR2004 an account number


def _is_dsn(text: str) -> bool:
    return ("://" in text and "@" in text) or "password=" in text.lower() or "pwd=" in text.lower()


def _is_ip(text: str) -> bool:
    return (
        re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*", text.strip())
        is not None
    )


_CHECKS = {
    Kind.EMAIL: lambda text: "@" in text and not text.startswith("@"),
    Kind.PHONE: is_phone,
    Kind.CARD: _is_card_like,
    Kind.IBAN: _is_iban_like,
    Kind.NATIONAL_ID: is_identifier,
    Kind.NAME: _is_named,
    Kind.ADDRESS: _is_address,
    LIKELY_ADDRESS: _is_likely_address,
    Kind.BIRTH_DATE: is_date,
    Kind.PASSPORT: is_identifier,
    Kind.LICENCE: is_identifier,
    Kind.PASSWORD: is_password,
    Kind.SECRET: is_secret,
    Kind.CONNECTION_STRING: _is_dsn,
    Kind.IP_ADDRESS: _is_ip,
    Kind.MAC_ADDRESS: lambda text: (
        re.fullmatch(r"[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}", text.strip()) is not None
    ),
}


def value_kind(field: str, value: str, *, is_about_a_person: bool) -> str | None:
    """The kind of a value under a field of kind `field`; None if it cannot be one.

    `is_about_a_person`: what stands beside it is personal, so that a `name` is a person's.
    """
    if field == LIKELY_NAME:
        is_one = looks_like_name(value) and (is_about_a_person or begins_with_given_name(value))
        return Kind.NAME if is_one else None
    if field == Kind.PASSWORD and value.strip().isdigit() and len(value.strip()) < 3:  # noqa: PLR2004 no credential
        return None
    if not _CHECKS[field](value):
        return None
    return Kind.ADDRESS if field == LIKELY_ADDRESS else field


PERSONAL_FIELDS = frozenset(
    {
        Kind.EMAIL,
        Kind.PHONE,
        Kind.CARD,
        Kind.IBAN,
        Kind.NATIONAL_ID,
        Kind.NAME,
        Kind.ADDRESS,
        LIKELY_ADDRESS,
        Kind.BIRTH_DATE,
        Kind.PASSPORT,
        Kind.LICENCE,
    }
)
"""Fields beside which a `name` is a person's."""

FIELD_WORDS = tuple(sorted(_KNOWN, key=lambda word: (-len(word), word)))
