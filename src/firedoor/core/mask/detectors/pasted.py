"""Credentials as people paste them: command lines, statements of SQL, files of clients, lists of variables.

What stands before them says what they are, though it is no name of a field.
"""

from firedoor.core.mask.detectors.checks import is_password, is_secret
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind

_OF_PASSWORDS = r"[A-Za-z0-9_.-]{0,40}(?:password|passwd|passphrase|_pass|pwd)[0-9]{0,2}"
_OF_KEYS = (
    r"[A-Za-z0-9_.-]{0,40}(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key|signing[_-]?key"
    r"|encryption[_-]?key|secret[_-]?key)[0-9]{0,2}"
)
_NAMED = r"\b(?:name|key|variable|header|parameter)\\?[\"']?\s?[:=]\s?\\?[\"']?"
"""Before the name, in a list of names and values: of a pod, of a task, of a form."""
_VALUED = r"\\?[\"']?,?\s{1,24}(?:type=\"[a-z]{1,16}\" )?\\?[\"']?(?:value|content)\\?[\"']?\s?[:=]\s?"
_VALUED_TIGHT = r"\\?[\"']?,\\?[\"']?(?:value|content)\\?[\"']?:"


def _listed(name: str, kind: Kind, names: str, sample: str) -> tuple[Rule, ...]:
    """Rules for a name and a value beside each other: the value in quotes, and bare."""
    before = rf"(?i:{_NAMED}{names}(?:{_VALUED}|{_VALUED_TIGHT}))"
    return tuple(
        Rule(
            name=f"{name}_{form}",
            kind=kind,
            pattern=before + value,
            hint=rf"(?i:{names}\\?[\"']?,?\s{{0,24}}(?:type=\"[a-z]{{1,16}}\" )?\\?[\"']?(?:value|content))",
            sample=f"name: {sample}\n  value: {quote}{_SAMPLE}{quote}",
            check=is_password if kind is Kind.PASSWORD else is_secret,
        )
        for form, value, quote in (
            ("quoted", r"\\?[\"']([^\"'\\\n]{3,512})", '"'),
            ("bare", r"([^\s\"'\\,}\[{<][^\s\"'\\,}]{2,512})", ""),
        )
    )


_SAMPLE = "Xy7kPw2mQ9"
_LONG_SAMPLE = "aB3dE6gH9jK2mN5pQ8sT1vW4"

PASTED = (
    *_listed("listed_password", Kind.PASSWORD, _OF_PASSWORDS, "DB_PASSWORD"),
    *_listed("listed_secret", Kind.SECRET, _OF_KEYS, "API_TOKEN"),
    Rule(
        name="curl_user",
        kind=Kind.PASSWORD,
        pattern=(
            r"\bcurl\b[^\n]{0,300}?\s(?:-u|--user|--proxy-user|-U)[ =]?[\"']?"
            r"[^\s:\"']{1,80}:([^\s\"']{3,200})"
        ),
        hint=r"\scurl\s|^curl\s|\bcurl -",
        sample="curl -u admin:" + _SAMPLE + " https://example.com",
        check=is_password,
    ),
    Rule(
        name="mysql_attached",
        kind=Kind.PASSWORD,
        pattern=(
            r"\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\b[^\n|;]{0,200}?"
            r"\s-p[\"']?([^\s\"'\-][^\s\"']{2,128})"
        ),
        hint=r"\b(?:mysql|mariadb)[a-z-]{0,8}\b[^\n]{0,200}\s-p",
        sample="mysql -h db -u root -p" + _SAMPLE + " shop",
        check=is_password,
    ),
    Rule(
        name="redis_attached",
        kind=Kind.PASSWORD,
        pattern=(
            r"\b(?:redis-cli|ldapsearch|ldapmodify|sshpass)\b[^\n|;]{0,200}?"
            r"\s(?:-a|-w|-p) ?[\"']?([^\s\"'\-][^\s\"']{3,128})"
        ),
        hint=r"\b(?:redis-cli|ldapsearch|ldapmodify|sshpass)\b",
        sample="redis-cli -h cache -a " + _SAMPLE + " PING",
        check=is_password,
    ),
    Rule(
        name="netrc",
        kind=Kind.PASSWORD,
        pattern=r"\bmachine\s{1,8}\S{1,120}\s{1,8}login\s{1,8}\S{1,120}\s{1,8}password\s{1,8}(\S{3,200})",
        hint=r"\bmachine\s{1,8}\S{1,120}\s{1,8}login\s",
        sample="machine example.com login app password " + _SAMPLE,
        check=is_password,
    ),
    Rule(
        name="pgpass",
        kind=Kind.PASSWORD,
        pattern=r"(?m:^)[\w.*-]{1,120}:(?:54\d\d|\*):[\w*-]{1,64}:[\w.*-]{1,64}:([^\s:]{3,128})(?m:$)",
        hint=r":(?:54[0-9][0-9]|\*):[A-Za-z0-9_*-]{1,64}:",
        sample="db.example.com:5432:orders:app:" + _SAMPLE,
        check=is_password,
    ),
    Rule(
        name="sql_password",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?i:\b(?:(?:encrypted |unencrypted |with )?password|identified (?:with \S{1,40} )?(?:by|as))"
            r"\s{1,4}(?:= ?)?)'([^'\n]{3,200})'"
        ),
        hint=r"(?i:(?:password|by|as)\s{1,4}(?:= ?)?')",
        sample="ALTER ROLE app WITH PASSWORD '" + _SAMPLE + "'",
        check=is_password,
    ),
    Rule(
        name="password_for_somebody",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?i:\b(?:password|passphrase|pw|pwd|passwort)\s(?:for|of|für)\s[^\n.:]{1,48}?"
            r"(?:\s(?:is|was|ist|lautet)(?: now)?:?|:)\s{1,2})[\"'`“]?([^\s\"'`”]{4,128})"
        ),
        hint=r"(?i:(?:password|passphrase|pw|pwd|passwort)\s(?:for|of|für)\s)",
        sample="the password for the user app is " + _SAMPLE,
        check=lambda text: is_password(text) and not text.isalpha(),
    ),
    Rule(
        name="password_hash",
        kind=Kind.SECRET,
        pattern=(
            r"\$(?:2[abxy]?|5|6|7|1|y|gy|argon2(?:id|i|d)|scrypt|pbkdf2[a-z0-9-]{0,10}|apr1)\$"
            r"[./A-Za-z0-9$=,+-]{20,300}"
        ),
        hint=r"\$(?:2[abxy]?|5|6|7|1|y|gy|argon2|scrypt|pbkdf2|apr1)[a-z0-9-]{0,10}\$",
        sample="$2b$12$" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9naB3dE6gH9jK2m",
    ),
    Rule(
        name="command_line_secret",
        kind=Kind.SECRET,
        pattern=(
            r"(?:^|\s)--?(?:api[_-]?key|apikey|(?:auth|access|bearer)?[_-]?token|(?:client[_-])?secret|access[_-]key"
            r"|secret[_-](?:access[_-])?key)(?:=|\s{1,3})[\"']?([^\s\"'\-][^\s\"']{7,512})"
        ),
        hint=r"(?i:--?[a-z_-]{0,16}(?:key|token|secret)(?:=|\s))",
        sample="tool --api-key " + _LONG_SAMPLE,
        check=is_secret,
    ),
    Rule(
        name="signed_url",
        kind=Kind.SECRET,
        pattern=(
            r"(?i:[?&](?:x-amz-signature|x-amz-security-token|x-goog-signature|signature)=)"
            r"([A-Za-z0-9%/+_~=-]{30,1000})"
        ),
        hint=r"(?i:[?&](?:x-amz-|x-goog-)?(?:signature|security-token)=)",
        sample="https://example.com/x?X-Amz-Signature=" + "0123456789abcdef" * 4,
    ),
    Rule(
        name="said_to_a_program",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?:\brequirepass|\bmasterauth|\bhtpasswd -[a-zA-Z]{0,6}b[a-zA-Z]{0,6} \S{1,120} \S{1,80}"
            r"|\bnet user \S{1,80}|\bansible_(?:ssh_|become_)?pass=|\b_authToken=)"
            r"\s{0,3}[\"']?([^\s\"'/][^\s\"']{3,128})"
        ),
        hint=r"requirepass|masterauth|htpasswd -|net user |ansible_|_authToken=",
        sample="requirepass " + _SAMPLE,
        check=is_password,
    ),
    Rule(
        name="element",
        kind=Kind.PASSWORD,
        pattern=r"<(?i:[a-z0-9_:.-]{0,40}(?:password|passwd|passphrase))>([^<>\n]{3,200})</",
        hint=r"(?i:password|passwd|passphrase)>[^<>\s]",
        sample="<password>" + _SAMPLE + "</password>",
        check=is_password,
    ),
    Rule(
        name="element_of_secrets",
        kind=Kind.SECRET,
        pattern=(
            r"<(?i:[a-z0-9_:.-]{0,40}(?:secret|token|api[_-]?key|access[_-]?key|private[_-]?key))>"
            r"([^<>\s]{8,512})</"
        ),
        hint=r"(?i:secret|token|key)>[^<>\s]{8}",
        sample="<apiKey>" + _LONG_SAMPLE + "</apiKey>",
        check=is_secret,
    ),
    Rule(
        name="django_key",
        kind=Kind.SECRET,
        pattern=r"\bSECRET_KEY\s?=\s?[\"']([^\s\"']{32,80})[\"']",
        sample="SECRET_KEY = '" + _LONG_SAMPLE + "(2%f$#x&'",
    ),
)
