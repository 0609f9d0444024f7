"""Made-up values of the kinds that are masked, in nine locales. Nobody's, and none that a detector lists.

Names are drawn half from common and half from rare ones; numbers have valid checksums.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

import stdnum.br.cpf
import stdnum.de.idnr
import stdnum.es.dni
import stdnum.fr.nir
import stdnum.gb.nhs
import stdnum.it.codicefiscale
import stdnum.luhn
import stdnum.nl.bsn
import stdnum.pl.pesel
import stdnum.us.ssn

LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_BR")


@dataclass(frozen=True)
class Locale:
    given: str
    family: str
    streets: str
    cities: str


WORLD = {
    "en_US": Locale(
        "Jennifer Robert Keisha Dwayne Brooke Tanner",
        "Whitfield Ramsey Okafor Delgado Hutchins Pruitt",
        "Maple Street|Oak Avenue|Lincoln Road|Willow Creek Drive",
        "Austin, TX 78701|Denver, CO 80202|Salem, OR 97301",
    ),
    "en_GB": Locale(
        "Oliver Gemma Alistair Imogen Sarah Nigel",
        "Thornbury Ashworth Pemberton Clarke Holloway Finch",
        "Victoria Road|Church Lane|Station Street|Mill Close",
        "Leeds LS1 4AP|York YO1 7HH|Bristol BS1 5TR",
    ),
    "de_DE": Locale(
        "Stefan Heidrun Jürgen Friederike Anke Thorben",
        "Vogelsang Müller Brandstätter Krüger Lindner Weißmann",
        "Hauptstraße|Bahnhofstraße|Gartenweg|Lindenallee|Rosengasse",
        "10115 Berlin|80331 München|50667 Köln",
    ),
    "fr_FR": Locale(
        "Camille Thierry Solène Gaspard Hélène Yann",
        "Dubois Lefèvre Marchand Rousseau Guérin Delacroix",
        "rue de la République|avenue Victor Hugo|rue des Lilas|boulevard Voltaire",
        "69002 Lyon|75011 Paris|33000 Bordeaux",
    ),
    "es_ES": Locale(
        "Lucía Javier Nuria Iker Carmen Álvaro",
        "García Fernández Etxeberria Robles Castaño Molina",
        "Calle de Alcalá|Avenida de América|Calle Mayor|Paseo del Prado",
        "28014 Madrid|08001 Barcelona|41001 Sevilla",
    ),
    "it_IT": Locale(
        "Giulia Lorenzo Ludovica Ettore Chiara Matteo",
        "Esposito Ferrari Bianchi Colombo Ricciardi Fontana",
        "Via Roma|Via Garibaldi|Corso Italia|Piazza Dante",
        "00184 Roma|20121 Milano|50123 Firenze",
    ),
    "nl_NL": Locale(
        "Sanne Daan Lotte Joris Femke Maarten",
        "de Vries van den Berg Jansen Bakker Visser Smit",
        "Kerkstraat|Dorpsstraat|Molenweg|Prinsengracht",
        "1016 GV Amsterdam|3511 LN Utrecht|9711 LM Groningen",
    ),
    "pl_PL": Locale(
        "Agnieszka Tomasz Bogna Zofia Grzegorz Mirosława",
        "Kowalska Nowak Wiśniewska Zieliński Wójcik Kaczmarek",
        "ul. Marszałkowska|ul. Długa|ul. Polna|al. Jerozolimskie",
        "00-590 Warszawa|31-147 Kraków|80-831 Gdańsk",
    ),
    "pt_BR": Locale(
        "Beatriz Thiago Larissa Rafael Juliana Caio",
        "Silva Oliveira Carvalho Ribeiro Azevedo Nogueira",
        "Rua das Flores|Avenida Paulista|Rua XV de Novembro|Travessa do Carmo",
        "01310-100 São Paulo|20040-020 Rio de Janeiro|80020-300 Curitiba",
    ),
}


class Maker:
    """Makes values. One seed, one sequence."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 made to be repeated

    def digits(self, count: int) -> str:
        return "".join(self.random.choice(string.digits) for _ in range(count))

    def alnum(self, count: int, chars: str = string.ascii_letters + string.digits) -> str:
        while True:
            text = "".join(self.random.choice(chars) for _ in range(count))
            if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
                return text

    def hex(self, count: int) -> str:
        return self.alnum(count, "0123456789abcdef")

    def shaped(self, shape: str) -> str:
        return "".join(self.random.choice(string.digits) if c == "#" else c for c in shape)

    # personal

    def name(self, locale: str) -> str:
        world = WORLD[locale]
        family = world.family.replace("de Vries", "de_Vries").replace("van den Berg", "van_den_Berg").split()
        given = self.random.choice(world.given.split())
        return f"{given} {self.random.choice(family)}".replace("_", " ")

    def address(self, locale: str) -> str:
        world = WORLD[locale]
        street, city = (
            self.random.choice(world.streets.split("|")),
            self.random.choice(world.cities.split("|")),
        )
        number = self.random.randint(1, 240)
        if locale in {"en_US", "en_GB", "fr_FR"}:
            return f"{number} {street}, {city}"
        comma = "," if locale == "pt_BR" else ""
        return f"{street}{comma} {number}, {city}"

    def email(self, locale: str) -> str:
        plain = (
            self.name(locale)
            .encode("ascii", "ignore")
            .decode()
            .lower()
            .replace(" ", self.random.choice("._"))
        )
        hosts = ["example.com", "mail.example.org", "firma.example.net", "correo.example.es"]
        return f"{plain}{self.random.choice(['', '7', '1984'])}@{self.random.choice(hosts)}"

    def phone(self, locale: str) -> str:
        shapes = {
            "en_US": ["(5##) 5##-####", "+1 415 5## ####", "+1-212-5##-####"],
            "en_GB": ["+44 20 79## ####", "+44 77## ######"],
            "de_DE": ["+49 30 ########", "+49 151 ########", "030 ########"],
            "fr_FR": ["06 ## ## ## ##", "+33 6 ## ## ## ##"],
            "es_ES": ["+34 6## ### ###", "6## ### ###"],
            "it_IT": ["+39 3## #######", "+39 06 ########"],
            "nl_NL": ["+31 6 ########", "06-########"],
            "pl_PL": ["+48 6## ### ###", "5## ### ###"],
            "pt_BR": ["(11) 9####-####", "+55 11 9####-####"],
        }
        return self.shaped(self.random.choice(shapes[locale]))

    def card(self, _: str) -> str:
        prefix, size = self.random.choice(
            [("4", 16), ("51", 16), ("55", 16), ("34", 15), ("37", 15), ("6011", 16)]
        )
        body = prefix + self.digits(size - len(prefix) - 1)
        number = body + stdnum.luhn.calc_check_digit(body)
        if size == 16 and self.random.random() < 0.6:
            gap = self.random.choice(" -")
            return gap.join(number[i : i + 4] for i in range(0, 16, 4))
        return number

    def iban(self, locale: str) -> str:
        country, size = {
            "en_US": ("GB", 22),
            "en_GB": ("GB", 22),
            "de_DE": ("DE", 22),
            "fr_FR": ("FR", 27),
            "es_ES": ("ES", 24),
            "it_IT": ("IT", 27),
            "nl_NL": ("NL", 18),
            "pl_PL": ("PL", 28),
            "pt_BR": ("PT", 25),
        }[locale]
        bank = "ABNA" if country in {"NL", "GB"} else ""
        body = bank + self.digits(size - 4 - len(bank))
        if country == "IT":
            body = "X" + body[1:]
        turned = "".join(str(int(c, 36)) for c in body + country + "00")
        number = f"{country}{98 - int(turned) % 97:02d}{body}"
        return (
            " ".join(number[i : i + 4] for i in range(0, size, 4)) if self.random.random() < 0.5 else number
        )

    def sorted_value(self, kind: str, locale: str) -> tuple[str, str]:
        """A value of a kind, and what sort of that kind it is: of which country, of which vendor."""
        sorts = self._sorts(kind, locale)
        if not sorts:
            return kind, getattr(self, kind)(locale)
        sort = self.random.choice(sorted(sorts))
        return sort, sorts[sort]()

    def _sorts(self, kind: str, locale: str) -> dict[str, Callable[[], str]]:
        if kind == "national_id":
            return self._national_ids()[locale]
        return {"cloud_key": self._cloud_keys, "vendor_token": self._vendor_tokens}.get(kind, dict)()

    def _national_ids(self) -> dict[str, dict[str, Callable[[], str]]]:
        return {
            "en_US": {"us_ssn": self._ssn},
            "en_GB": {"uk_nhs": self._nhs, "uk_nino": self._nino},
            "de_DE": {"de_idnr": self._idnr},
            "fr_FR": {"fr_nir": self._nir},
            "es_ES": {"es_dni": self._dni},
            "it_IT": {"it_codice_fiscale": self._cf},
            "nl_NL": {"nl_bsn": self._bsn},
            "pl_PL": {"pl_pesel": self._pesel},
            "pt_BR": {"br_cpf": self._cpf},
        }

    def _nino(self) -> str:
        number = f"{self.random.choice(['AB', 'CE', 'JK', 'PW'])}{self.digits(6)}"
        gap = self.random.choice(["", " "])
        return gap.join([number[:2], number[2:4], number[4:6], number[6:], self.random.choice("ABCD")])

    def _ssn(self) -> str:
        return (
            f"{self.random.randint(100, 660)}-{self.random.randint(10, 99)}-{self.random.randint(1000, 9999)}"
        )

    def _until(self, make, is_valid) -> str:
        while True:
            text = make()
            if is_valid(text):
                return text

    def _nhs(self) -> str:
        number = self._until(lambda: "9" + self.digits(9), stdnum.gb.nhs.is_valid)
        return f"{number[:3]} {number[3:6]} {number[6:]}"

    def _idnr(self) -> str:
        number = self._until(
            lambda: str(self.random.randint(1, 9)) + self.digits(10), stdnum.de.idnr.is_valid
        )
        return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"

    def _nir(self) -> str:
        born = f"{self.digits(2)}{self.random.randint(1, 12):02d}"
        body = f"{self.random.randint(1, 2)}{born}{self.random.randint(10, 19)}{self.digits(6)}"
        return body + f"{97 - int(body) % 97:02d}"

    def _dni(self) -> str:
        body = self.digits(8)
        return body + stdnum.es.dni.calc_check_digit(body)

    def _cf(self) -> str:
        letters = "".join(self.random.choice("BCDFGLMNPRST") for _ in range(6))
        born = f"{self.digits(2)}{self.random.choice('ABCDEHLMPRST')}{self.random.randint(1, 28):02d}"
        body = f"{letters}{born}H{self.random.randint(100, 999)}"
        return body + stdnum.it.codicefiscale.calc_check_digit(body)

    def _bsn(self) -> str:
        return self._until(lambda: str(self.random.randint(1, 9)) + self.digits(8), stdnum.nl.bsn.is_valid)

    def _pesel(self) -> str:
        day = f"{self.random.randint(1, 12):02d}{self.random.randint(1, 28):02d}"
        body = f"{self.random.randint(40, 99)}{day}{self.digits(4)}"
        return body + stdnum.pl.pesel.calc_check_digit(body)

    def _cpf(self) -> str:
        body = self.digits(9)
        return stdnum.br.cpf.format(body + stdnum.br.cpf._calc_check_digits(body))

    def birth_date(self, _: str) -> str:
        year, month, day = (
            self.random.randint(1940, 2005),
            self.random.randint(1, 12),
            self.random.randint(1, 28),
        )
        return self.random.choice(
            [
                f"{year}-{month:02d}-{day:02d}",
                f"{day:02d}/{month:02d}/{year}",
                f"{day:02d}.{month:02d}.{year}",
            ]
        )

    def passport(self, _: str) -> str:
        return self.random.choice(
            [
                self.digits(9),
                "C" + self.alnum(8, "0123456789CFGHJK"),
                self.shaped("YA#######"),
                self.shaped("##AB#####"),
            ]
        )

    def licence(self, _: str) -> str:
        return self.random.choice(
            [self.shaped("D#######"), self.shaped("MORGA7#####SM9IJ"), self.shaped("B072RRE2I##")]
        )

    # secrets

    def _cloud_keys(self) -> dict[str, Callable[[], str]]:
        return {
            "aws_access_key": lambda: "AKIA" + self.alnum(16, string.ascii_uppercase + "234567"),
            "google_api_key": lambda: "AIza" + self.alnum(35),
            "google_oauth_token": lambda: "ya29." + self.alnum(60),
            "digitalocean_token": lambda: "dop_v1_" + self.hex(64),
        }

    def _vendor_tokens(self) -> dict[str, Callable[[], str]]:
        return {
            "github_token": lambda: "ghp_" + self.alnum(36),
            "gitlab_token": lambda: "glpat-" + self.alnum(20),
            "slack_token": lambda: f"xoxb-{self.digits(12)}-{self.digits(12)}-" + self.alnum(24),
            "stripe_key": lambda: "sk_" + "live_" + self.alnum(24),
            "sendgrid_key": lambda: f"SG.{self.alnum(22)}.{self.alnum(43)}",
            "npm_token": lambda: "npm_" + self.alnum(36),
            "shopify_token": lambda: "shpat_" + self.hex(32),
            "vault_token": lambda: "hvs." + self.alnum(90),
        }

    def jwt(self, _: str) -> str:
        return f"eyJ{self.alnum(33)}.eyJ{self.alnum(60)}.{self.alnum(43)}"

    def private_key(self, _: str) -> str:
        kind = self.random.choice(["RSA ", "EC ", "OPENSSH ", ""])
        body = "\n".join(self.alnum(64, string.ascii_letters + string.digits + "+/") for _ in range(4))
        return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"

    def connection_string(self, _: str) -> str:
        scheme = self.random.choice(["postgresql", "mysql", "mongodb+srv", "redis", "amqp"])
        return f"{scheme}://app:{self.alnum(14)}@db{self.digits(1)}.example.internal:5432/orders"

    def password(self, _: str) -> str:
        return self.random.choice(
            [
                self.alnum(12),
                self.alnum(8) + "!" + self.alnum(3),
                "Sommer" + self.digits(4) + "!",
                "correct-horse-" + self.digits(3),
            ]
        )

    def secret(self, _: str) -> str:
        return self.random.choice([self.hex(32), self.alnum(40), self.alnum(32)])


PERSONAL = (
    "name",
    "address",
    "email",
    "phone",
    "card",
    "iban",
    "national_id",
    "birth_date",
    "passport",
    "licence",
)
SECRETS = ("cloud_key", "vendor_token", "jwt", "private_key", "connection_string", "password", "secret")
