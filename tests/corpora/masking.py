"""A labelled corpus for masking: records, logs, CSV, SQL results and prose in nine locales, and text of operations.

Labels are spans of the text, by kind. `operational` has no personal datum and no credential: whatever is found there is
found by mistake.
"""

import json
from dataclasses import dataclass

from tests.corpora.values import LOCALES, PERSONAL, SECRETS, Maker

FIELDS = {
    "name": ["full_name", "customerName", "contact_name", "name"], "address": ["address", "street_address", "billingAddress"],
    "email": ["email", "e_mail", "contactEmail"], "phone": ["phone", "mobile", "phoneNumber", "telephone"],
    "card": ["card", "card_number", "creditCard"], "iban": ["iban", "bank_account"],
    "national_id": ["ssn", "national_id", "tax_id"], "birth_date": ["dob", "birth_date", "dateOfBirth"],
    "passport": ["passport", "passport_no", "passportNumber"], "licence": ["driver_license", "drivingLicence"],
    "cloud_key": ["aws_access_key_id", "key", "credential"], "vendor_token": ["token", "GITHUB_TOKEN", "value"],
    "jwt": ["id_token", "jwt", "session"], "private_key": ["private_key", "tls_key", "pem"],
    "connection_string": ["DATABASE_URL", "dsn", "url"], "password": ["password", "db_password", "userPassword"],
    "secret": ["api_key", "client_secret", "secretKey"],
}  # fmt: skip
PROSE = {
    "name": ["The customer {} opened a ticket.", "Spoke with {} this morning.", "Dear {},"],
    "address": ["Please ship it to {} this week.", "They moved to {}."],
    "email": ["Write to {} about it.", "We mailed {}, no answer."],
    "phone": ["Call back on {} after lunch.", "Phone: {}", "reached at {} yesterday"],
    "card": ["Paid with card {}.", "The card {} was declined."],
    "iban": ["Refund to {}.", "IBAN {} was used."],
    "national_id": ["SSN {} was on the form.", "national id: {}", "Tax ID {} is wrong."],
    "birth_date": ["Born on {}.", "Date of birth: {}"],
    "passport": ["Passport number {} expired.", "passport no. {}"],
    "licence": ["Driving licence {} was shown.", "driver's license number {}"],
    "cloud_key": ["Someone pasted {} into the channel."],
    "vendor_token": ["The leaked value was {} in the build."],
    "jwt": ["Authorization: Bearer {}"],
    "private_key": ["The file held\n{}\nand nothing else."],
    "connection_string": ["It connects to {} at start."],
    "password": ["The password is {} for now.", "password: {}"],
    "secret": ["api_key={}", "client secret: {}"],
}
FORMS = ("json", "log", "csv", "sql", "prose")


@dataclass(frozen=True)
class Label:
    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    form: str
    locale: str
    text: str
    labels: tuple[Label, ...]


class _Writer:
    def __init__(self) -> None:
        self.text = ""
        self.labels: list[Label] = []

    def put(self, text: str, kind: str | None = None) -> None:
        if kind is not None:
            self.labels.append(Label(kind, len(self.text), len(self.text) + len(text)))
        self.text += text


def corpus(seed: int, documents: int) -> list[Document]:
    make = Maker(seed)
    return [_document(make, FORMS[i % len(FORMS)], LOCALES[i % len(LOCALES)]) for i in range(documents)]


def _document(make: Maker, form: str, locale: str) -> Document:
    writer = _Writer()
    kinds = make.random.sample(PERSONAL, 5) + make.random.sample(SECRETS, 3)
    {"json": _json, "log": _log, "csv": _csv, "sql": _sql, "prose": _prose}[form](writer, make, locale, kinds)
    return Document(form, locale, writer.text, tuple(writer.labels))


def _value(make: Maker, kind: str, locale: str) -> str:
    return getattr(make, kind)(locale)


def _field(make: Maker, kind: str) -> str:
    return make.random.choice(FIELDS[kind])


def _json(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    writer.put('{"id": ' + make.digits(5) + ', "status": "active", "customer_email_verified": true')
    if "email" not in kinds:
        kinds = ["email", *kinds]
    for kind in kinds:
        writer.put(f', "{_field(make, kind)}": "')
        value = _value(make, kind, locale)
        writer.put(json.dumps(value, ensure_ascii=make.random.random() < 0.5)[1:-1], kind)
        writer.put('"')
    writer.put(', "updated": "2026-03-0' + str(make.random.randint(1, 9)) + 'T10:00:00Z"}')


def _log(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    for kind in kinds:
        writer.put(f"2026-11-{make.random.randint(10, 28)}T{make.random.randint(10, 23)}:14:07.{make.digits(3)}Z INFO api[{make.digits(4)}] request_id={make.hex(12)} ")
        value = _value(make, kind, locale)
        quote = '"' if " " in value or make.random.random() < 0.3 else ""
        field = _field(make, kind)
        field = "user_name" if field == "name" else "auth_key" if field in {"key", "session", "value"} else field
        writer.put(f"{field}={quote}")
        writer.put(value, kind)
        writer.put(f"{quote} took={make.digits(2)}ms\n")


def _csv(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    kinds = [kind for kind in kinds if kind != "private_key"]
    names = [_field(make, kind) for kind in kinds]
    writer.put(",".join(["id", *names, "state"]) + "\n")
    for row in range(3):
        writer.put(str(row + 1))
        for kind in kinds:
            value = _value(make, kind, locale)
            quote = '"' if "," in value or make.random.random() < 0.2 else ""
            writer.put("," + quote)
            writer.put(value, kind)
            writer.put(quote)
        writer.put(",open\n")


def _sql(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    kinds = [kind for kind in kinds if kind != "private_key"]
    is_markdown = make.random.random() < 0.5
    edge = "| " if is_markdown else " "
    writer.put(edge + " | ".join(["id", *(_field(make, kind) for kind in kinds)]) + (" |\n" if is_markdown else "\n"))
    writer.put(("|" if is_markdown else "-") + ("---|" if is_markdown else "---+") * (len(kinds) + 1) + "\n")
    for row in range(3):
        writer.put(f"{edge}{row + 1}")
        for kind in kinds:
            writer.put(" | ")
            writer.put(_value(make, kind, locale), kind)
        writer.put(" |\n" if is_markdown else "\n")


def _prose(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    for kind in kinds:
        before, after = make.random.choice(PROSE[kind]).split("{}")
        writer.put(before)
        writer.put(_value(make, kind, locale), kind)
        writer.put(after + make.random.choice([" ", "\n", " The team will follow up. "]))


def operational(seed: int, size: int) -> str:
    """Text of operations: timestamps, ids, hashes, versions, ports, measurements, numbers shaped like telephone numbers."""
    make = Maker(seed)
    lines: list[str] = []
    total = 0
    while total < size:
        lines.append(make.random.choice(_LINES)(make))
        total += len(lines[-1]) + 1
    return "\n".join(lines)


def _number(make: Maker, low: int, high: int) -> str:
    return str(make.random.randint(low, high))


_LINES = (
    lambda m: f"2026-11-{m.random.randint(10, 28)}T12:{m.random.randint(10, 59)}:02.{m.digits(6)}Z INFO [worker-{m.digits(2)}] job {m.hex(8)}-{m.hex(4)}-4{m.hex(3)}-a{m.hex(3)}-{m.hex(12)} finished in {m.digits(4)} ms",
    lambda m: f'{{"ts": {_number(m, 1763000000000, 1763999999999)}, "level": "info", "trace_id": "{m.hex(32)}", "span_id": "{m.hex(16)}", "name": "api-gateway", "port": {_number(m, 1024, 65535)}}}',
    lambda m: f"sha256:{m.hex(64)}  app-{m.random.randint(1, 9)}.{m.random.randint(0, 30)}.{m.random.randint(0, 99)}-linux-amd64.tar.gz",
    lambda m: f"commit {m.hex(40)}",
    lambda m: f"10.{m.random.randint(0, 255)}.{m.random.randint(0, 255)}.{m.random.randint(1, 254)}:{_number(m, 1024, 65535)} GET /v1/orders/{m.digits(9)}?page_token={m.alnum(24)} 200 {m.digits(5)} {m.digits(1)}.{m.digits(3)}",
    lambda m: f"kube-system   coredns-{m.hex(9)}-{m.alnum(5).lower()}   1/1   Running   0   {m.digits(2)}d   10.244.{m.random.randint(0, 255)}.{m.random.randint(0, 255)}",
    lambda m: f"phone_like={m.random.randint(200, 999)}{m.digits(7)} serial={m.digits(12)} build={m.digits(10)}",
    lambda m: f"order {m.digits(10)} batch {m.digits(3)}-{m.digits(3)}-{m.digits(4)} qty {m.digits(3)} sku {m.alnum(3).upper()}-{m.digits(6)}",
    lambda m: f"cpu={m.digits(2)}.{m.digits(2)} mem={m.digits(10)} disk={m.digits(13)} inode={m.digits(16)} pid={m.digits(5)}",
    lambda m: f"Deployment Rollout Completed: service=checkout replicas=12 image=registry.example.com/checkout:v{m.random.randint(1, 9)}.{m.digits(2)}.{m.digits(1)}@sha256:{m.hex(64)}",
    lambda m: f"Traceback (most recent call last): File \"/app/src/handler.py\", line {m.digits(3)}, in dispatch: TimeoutError: upstream did not answer within {m.digits(2)} s (attempt {m.digits(1)})",
    lambda m: f"max_tokens={m.digits(4)} next_page_token=null secret_name=db-credentials password_policy=strict token_type=bearer key=orders:{m.digits(6)} etag=\"{m.hex(32)}\"",
    lambda m: f"SELECT id, state, total FROM orders WHERE created_at > '2026-0{m.random.randint(1, 9)}-01' AND id = {m.digits(8)} LIMIT 100;",
    lambda m: f"arn:aws:s3:::logs-{m.digits(12)}/2026/11/{m.digits(2)}/{m.hex(20)}.gz size {m.digits(9)} etag {m.hex(32)}",
    lambda m: f"snowflake={m.random.randint(10**17, 10**18)} offset={m.digits(11)} lag={m.digits(4)} partition={m.digits(2)} epoch={_number(m, 1700000000, 1799999999)}",
)  # fmt: skip
