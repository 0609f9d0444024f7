"""A labelled corpus for masking: JSON, logs, CSV, SQL results and prose in nine locales, and operations text.

Labels are spans of the text, by kind, and by sort: a national id of which country, a token of which vendor.
`operational` has no personal datum and no credential: whatever is found there is found by mistake.
"""

import json
import re
from dataclasses import dataclass

from tests.corpora.values import LOCALES, PERSONAL, SECRETS, Maker

FIELDS = {
    "name": ["full_name", "customerName", "contact_name", "name"],
    "address": ["address", "street_address", "billingAddress"],
    "email": ["email", "e_mail", "contactEmail"],
    "phone": ["phone", "mobile", "phoneNumber", "telephone"],
    "card": ["card", "card_number", "creditCard"],
    "iban": ["iban", "bank_account"],
    "national_id": ["ssn", "national_id", "tax_id"],
    "birth_date": ["dob", "birth_date", "dateOfBirth"],
    "passport": ["passport", "passport_no", "passportNumber"],
    "licence": ["driver_license", "drivingLicence"],
    "cloud_key": ["aws_access_key_id", "key", "credential"],
    "vendor_token": ["token", "GITHUB_TOKEN", "value"],
    "jwt": ["id_token", "jwt", "session"],
    "private_key": ["private_key", "tls_key", "pem"],
    "connection_string": ["DATABASE_URL", "dsn", "url"],
    "password": ["password", "db_password", "userPassword"],
    "secret": ["api_key", "client_secret", "secretKey"],
}
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
AROUND = {
    "en_US": "The team will follow up once the deploy to us-east-1 is green; p99 is 212 ms.",
    "en_GB": "Finance has been told, and the ticket stays open until Thursday 14:30.",
    "de_DE": "Der Fehler tritt seit dem Update auf Version 4.12.3 auf, betroffen sind 3 von 12 Knoten.",
    "fr_FR": "Le service a été redémarré à 09:42, et la file contient encore 1 204 messages.",
    "es_ES": "El equipo de guardia revisa los registros; el disco está al 93 % desde ayer.",
    "it_IT": "Il problema si presenta solo nel turno di notte, dopo il riavvio del nodo 7.",
    "nl_NL": "De wachtrij loopt weer leeg, en de storing is om 16:05 opgelost.",
    "pl_PL": "Zgłoszenie przekazano do drugiej linii, czas odpowiedzi wynosi 340 ms.",
    "pt_BR": "O cliente confirmou que o erro 502 parou depois da versão 2.8.1.",
}
"""What people write around a value, in each language: nothing of it is one."""
FORMS = ("json", "log", "csv", "sql", "prose")


@dataclass(frozen=True)
class Label:
    kind: str
    start: int
    end: int
    sort: str = ""


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

    def put(self, text: str, kind: str | None = None, sort: str = "") -> None:
        if kind is not None:
            self.labels.append(Label(kind, len(self.text), len(self.text) + len(text), sort or kind))
        self.text += text


def corpus(seed: int, documents: int) -> list[Document]:
    make = Maker(seed)
    return [_document(make, FORMS[i % len(FORMS)], LOCALES[i % len(LOCALES)]) for i in range(documents)]


def _document(make: Maker, form: str, locale: str) -> Document:
    writer = _Writer()
    kinds = make.random.sample(PERSONAL, 5) + make.random.sample(SECRETS, 3)
    {"json": _json, "log": _log, "csv": _csv, "sql": _sql, "prose": _prose}[form](writer, make, locale, kinds)
    return Document(form, locale, writer.text, tuple(writer.labels))


def _field(make: Maker, kind: str) -> str:
    return make.random.choice(FIELDS[kind])


def _json(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    writer.put('{"id": ' + make.digits(5) + ', "status": "active", "customer_email_verified": true')
    if "email" not in kinds:
        kinds = ["email", *kinds]
    for kind in kinds:
        writer.put(f', "{_field(make, kind)}": "')
        sort, value = make.sorted_value(kind, locale)
        writer.put(json.dumps(value, ensure_ascii=make.random.random() < 0.5)[1:-1], kind, sort)
        writer.put('"')
    writer.put(', "updated": "2026-03-0' + str(make.random.randint(1, 9)) + 'T10:00:00Z"}')


def _log(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    for kind in kinds:
        writer.put(filled(make, "2026-11-<n10-28>T<n10-23>:14:07.<d3>Z INFO api[<d4>] request_id=<h12> "))
        sort, value = make.sorted_value(kind, locale)
        quote = '"' if " " in value or make.random.random() < 0.3 else ""
        field = _field(make, kind)
        field = (
            "user_name" if field == "name" else "auth_key" if field in {"key", "session", "value"} else field
        )
        writer.put(f"{field}={quote}")
        writer.put(value, kind, sort)
        writer.put(f"{quote} took={make.digits(2)}ms\n")


def _csv(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    kinds = [kind for kind in kinds if kind != "private_key"]
    names = [_field(make, kind) for kind in kinds]
    writer.put(",".join(["id", *names, "state"]) + "\n")
    for row in range(3):
        writer.put(str(row + 1))
        for kind in kinds:
            sort, value = make.sorted_value(kind, locale)
            quote = '"' if "," in value or make.random.random() < 0.2 else ""
            writer.put("," + quote)
            writer.put(value, kind, sort)
            writer.put(quote)
        writer.put(",open\n")


def _sql(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    kinds = [kind for kind in kinds if kind != "private_key"]
    is_markdown = make.random.random() < 0.5
    edge = "| " if is_markdown else " "
    writer.put(
        edge + " | ".join(["id", *(_field(make, kind) for kind in kinds)]) + (" |\n" if is_markdown else "\n")
    )
    writer.put(("|" if is_markdown else "-") + ("---|" if is_markdown else "---+") * (len(kinds) + 1) + "\n")
    for row in range(3):
        writer.put(f"{edge}{row + 1}")
        for kind in kinds:
            writer.put(" | ")
            sort, value = make.sorted_value(kind, locale)
            writer.put(value, kind, sort)
        writer.put(" |\n" if is_markdown else "\n")


def _prose(writer: _Writer, make: Maker, locale: str, kinds: list[str]) -> None:
    for kind in kinds:
        before, after = make.random.choice(PROSE[kind]).split("{}")
        writer.put(before)
        sort, value = make.sorted_value(kind, locale)
        writer.put(value, kind, sort)
        writer.put(after + make.random.choice([" ", "\n", f" {AROUND[locale]} "]))


def operational(seed: int, size: int) -> str:
    """Timestamps, ids, hashes, versions, ports, measurements, and numbers shaped like telephone numbers."""
    make = Maker(seed)
    lines: list[str] = []
    total = 0
    while total < size:
        lines.append(filled(make, make.random.choice(_LINES)))
        total += len(lines[-1]) + 1
    return "\n".join(lines)


_PLACE = re.compile(r"<([dhan])([0-9]+)(?:-([0-9]+))?>")


def filled(make: Maker, template: str) -> str:
    """`<d6>`: six digits, `<h8>`: hexadecimal, `<a24>`: letters and digits, `<n1-9>`: a number between."""

    def value(match: re.Match[str]) -> str:
        first = int(match[2])
        if match[1] == "n":
            return str(make.random.randint(first, int(match[3])))
        return {"d": make.digits, "h": make.hex, "a": make.alnum}[match[1]](first)

    return _PLACE.sub(value, template)


_LINES = (
    "2026-11-<n10-28>T12:<n10-59>:02.<d6>Z INFO [worker-<d2>] job <h8>-<h4>-4<h3>-a<h3>-<h12> "
    "finished in <d4> ms",
    '{"ts": <n1763000000000-1763999999999>, "level": "info", "trace_id": "<h32>", "span_id": '
    '"<h16>", "name": "api-gateway", "port": <n1024-65535>}',
    "sha256:<h64>  app-<n1-9>.<n0-30>.<n0-99>-linux-amd64.tar.gz",
    "commit <h40>",
    "10.<n0-255>.<n0-255>.<n1-254>:<n1024-65535> GET /v1/orders/<d9>?page_token=<a24> 200 <d5> <d1>.<d3>",
    "kube-system   coredns-<h9>-<h5>   1/1   Running   0   <d2>d   10.244.<n0-255>.<n0-255>",
    "phone_like=<n200-999><d7> serial=<d12> build=<d10>",
    "order <d10> batch <d3>-<d3>-<d4> qty <d3> sku ABC-<d6>",
    "cpu=<d2>.<d2> mem=<d10> disk=<d13> inode=<d16> pid=<d5>",
    "Deployment Rollout Completed: service=checkout replicas=12 "
    "image=registry.example.com/checkout:v<n1-9>.<d2>.<d1>@sha256:<h64>",
    'Traceback (most recent call last): File "/app/src/handler.py", line <d3>, in dispatch: '
    "TimeoutError: upstream did not answer within <d2> s (attempt <d1>)",
    "max_tokens=<d4> next_page_token=null secret_name=db-credentials password_policy=strict "
    'token_type=bearer key=orders:<d6> etag="<h32>"',
    "SELECT id, state, total FROM orders WHERE created_at > '2026-0<n1-9>-01' AND id = <d8> LIMIT 100;",
    "arn:aws:s3:::logs-<d12>/2026/11/<d2>/<h20>.gz size <d9> etag <h32>",
    "snowflake=<n100000000000000000-999999999999999999> offset=<d11> lag=<d4> partition=<d2> "
    "epoch=<n1700000000-1799999999>",
)
