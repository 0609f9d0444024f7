"""Patterns of credentials that carry their own mark: prefixes that vendors publish, and formats.

What carries no mark (a password, a random key) is found by the name of its field: `structure`.
"""

import re

from firedoor.core.mask.detectors.checks import is_long_secret, is_password, is_placeholder
from firedoor.core.mask.detectors.rule import Rule
from firedoor.model.mask import Kind


def _token(name: str, pattern: str, sample: str) -> Rule:
    return Rule(name=name, kind=Kind.VENDOR_TOKEN, pattern=pattern, sample=sample)


def _has_password(text: str) -> bool:
    password = text.partition("://")[2].rpartition("@")[0].partition(":")[2]
    return bool(password) and not is_placeholder(password)


_MIXED = re.compile(r"[A-Za-z].*[0-9!$%&*_?+@~^=#]|[0-9!$%&*_?+@~^=#].*[A-Za-z]|[a-z].*[A-Z].*[a-z]")


def is_mixed(text: str) -> bool:
    """A password among words: of letters, and of something else, or with capitals inside."""
    return is_password(text) and _MIXED.search(text) is not None


_STATES = """
stored kept saved held encrypted hashed managed generated injected mounted read taken provided required
correct valid weak strong too about never now still already also being given passed sent used shared
"""
_SAID = frozenset(_STATES.split())
"""What a sentence says of a password, and no password: `the password is stored in Vault`."""


def _is_said(text: str) -> bool:
    return is_password(text) and text.strip(" .,;:") not in _SAID


# Letters and digits for the samples: no sample is a credential, nor written as one whole.
_U = "A1B2C3D4E5F6G7H8"
_ALNUM24 = "aB3dE6gH9jK2mN5pQ8sT1vW4"
_ALNUM40 = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"

SECRETS = (
    Rule(
        name="aws_access_key_id",
        kind=Kind.CLOUD_KEY,
        pattern=r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ABIA|ACCA)[0-9A-Z]{16}\b",
        sample="AKIA" + _U,
    ),
    Rule(
        name="aws_secret_access_key",
        kind=Kind.CLOUD_KEY,
        pattern=r"(?i:aws.{0,24}(?:secret|private).{0,16}(?:key)?[\"'\s:=\\]{1,8})([A-Za-z0-9/+]{40})\b",
        hint=r"(?i:aws)",
        sample="aws_secret_access_key = " + _ALNUM40,
    ),
    Rule(
        name="google_api_key",
        kind=Kind.CLOUD_KEY,
        pattern=r"\bAIza[0-9A-Za-z_-]{35}",
        sample="AIza" + _ALNUM40[:35],
    ),
    Rule(
        name="google_oauth",
        kind=Kind.CLOUD_KEY,
        pattern=r"\b(?:ya29\.[0-9A-Za-z_-]{20,}|GOCSPX-[0-9A-Za-z_-]{24,40}|1//0[0-9A-Za-z_-]{30,128})",
        sample="ya29." + _ALNUM40,
    ),
    Rule(
        name="azure_storage_key",
        kind=Kind.CLOUD_KEY,
        pattern=r"(?i:AccountKey=|SharedAccessKey=)([A-Za-z0-9+/]{40,88}={0,2})",
        sample="AccountKey=" + _ALNUM40 + _ALNUM40 + "abcdef==",
    ),
    Rule(
        name="azure_sas",
        kind=Kind.CLOUD_KEY,
        pattern=r"[?&]sig=([A-Za-z0-9%/+_-]{30,120}={0,2})",
        sample="?sv=2022&sig=" + _ALNUM40,
    ),
    Rule(
        name="azure_client_secret",
        kind=Kind.CLOUD_KEY,
        pattern=r"\b[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
        sample="aB38Q~" + _ALNUM40[:34],
    ),
    Rule(
        name="digitalocean",
        kind=Kind.CLOUD_KEY,
        pattern=r"\bdo[opr]_v1_[a-f0-9]{64}\b",
        sample="dop_v1_" + "0123456789abcdef" * 4,
    ),
    Rule(
        name="alibaba",
        kind=Kind.CLOUD_KEY,
        pattern=r"\bLTAI[A-Za-z0-9]{16,24}\b",
        sample="LTAI" + _ALNUM24[:20],
    ),
    _token("github", r"\bgh[pousr]_[A-Za-z0-9]{30,}", "ghp_" + _ALNUM40[:36]),
    _token("github_fine_grained", r"\bgithub_pat_[A-Za-z0-9_]{40,}", "github_pat_" + _ALNUM40 + _ALNUM40),
    _token(
        "gitlab", r"\bgl(?:pat|ptt|dt|rt|cbt|soat|ft|imt|agent)-[A-Za-z0-9_.-]{18,}", "glpat-" + _ALNUM24[:20]
    ),
    _token("slack", r"\bxox[abeoprs](?:\.[a-z]+)?-[A-Za-z0-9-]{10,}", "xoxb-" + "123456789012-" + _ALNUM24),
    _token("slack_app", r"\bxapp-[0-9]-[A-Za-z0-9-]{10,}", "xapp-1-" + _ALNUM24),
    _token(
        "slack_webhook",
        r"https://hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/+_-]{20,128}",
        "https://hooks.slack.com/services/" + "T00000000/B00000000/" + _ALNUM24,
    ),
    _token(
        "discord_webhook",
        r"https://(?:[a-z]+\.)?discord(?:app)?\.com/api/webhooks/[0-9]{15,22}/[A-Za-z0-9_-]{40,128}",
        "https://discord.com/api/webhooks/" + "123456789012345678/" + _ALNUM40 + _ALNUM24,
    ),
    _token("stripe", r"\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}", "sk_" + "live_" + _ALNUM24),
    _token("stripe_webhook", r"\bwhsec_[A-Za-z0-9+/=]{24,128}", "whsec_" + _ALNUM40),
    _token("openai", r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?[A-Za-z0-9_-]{20,}", "sk-" + "proj-" + _ALNUM40),
    _token("anthropic", r"\bsk-ant-[A-Za-z0-9_-]{20,}", "sk-ant-" + "api03-" + _ALNUM40),
    _token("huggingface", r"\b(?:hf|api_org)_[A-Za-z0-9]{30,64}\b", "hf_" + _ALNUM40[:34]),
    _token("npm", r"\bnpm_[A-Za-z0-9]{36}\b", "npm_" + _ALNUM40[:36]),
    _token("pypi", r"\bpypi-[A-Za-z0-9_-]{50,}", "pypi-" + _ALNUM40 + _ALNUM40),
    _token(
        "sendgrid",
        r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}",
        "SG." + _ALNUM24[:22] + "." + _ALNUM40,
    ),
    _token("mailgun", r"\bkey-[0-9a-f]{32}\b", "key-" + "0123456789abcdef" * 2),
    _token("mailchimp", r"\b[0-9a-f]{32}-us[0-9]{1,2}\b", "0123456789abcdef" * 2 + "-us12"),
    _token("twilio", r"\b(?:AC|SK)[0-9a-f]{32}\b", "SK" + "0123456789abcdef" * 2),
    _token("telegram", r"\b(?:bot)?([0-9]{8,10}:AA[A-Za-z0-9_-]{33})", "123456789:AA" + _ALNUM40[:33]),
    _token("shopify", r"\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b", "shpat_" + "0123456789abcdef" * 2),
    _token(
        "square",
        r"\b(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})",
        "sq0atp-" + _ALNUM24[:22],
    ),
    _token("vault", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}", "hvs." + _ALNUM40),
    _token(
        "terraform",
        r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70}",
        "aB3dE6gH9jK2mN.atlasv1." + _ALNUM40 + _ALNUM24,
    ),
    _token("databricks", r"\bdapi[0-9a-f]{32}(?:-[0-9])?\b", "dapi" + "0123456789abcdef" * 2),
    _token("grafana", r"\bgl(?:sa|c)_[A-Za-z0-9+/=_]{30,}", "glsa_" + _ALNUM40),
    _token("new_relic", r"\bNR(?:AK|AA|RA|JS)-[A-Za-z0-9]{20,40}\b", "NRAK-" + _U + _U[:11]),
    _token("sentry", r"\bsntry[su]_[A-Za-z0-9+/=_-]{40,}", "sntrys_" + _ALNUM40),
    _token(
        "sentry_dsn",
        r"https://[0-9a-f]{32}(?::[0-9a-f]{32})?@[a-z0-9.-]{3,80}/[0-9]{1,12}",
        "https://" + "0123456789abcdef" * 2 + "@o1.ingest.example.io/42",
    ),
    _token(
        "postman",
        r"\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b",
        "PMAK-" + "0123456789abcdef01234567-" + "0123456789abcdef" * 2 + "01",
    ),
    _token("linear", r"\blin_(?:api|oauth)_[A-Za-z0-9]{32,64}\b", "lin_api_" + _ALNUM40),
    _token("notion", r"\b(?:secret_[A-Za-z0-9]{43}|ntn_[A-Za-z0-9]{40,60})\b", "secret_" + _ALNUM40 + "abc"),
    _token("figma", r"\bfig[dou]_?[A-Za-z0-9_-]{36,64}\b", "figd_" + _ALNUM40),
    _token("docker", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{24,64}", "dckr_pat_" + _ALNUM24 + "abc"),
    _token(
        "cloudflare",
        r"\bv1\.0-[0-9a-f]{24}-[0-9a-f]{140,160}",
        "v1.0-" + "0123456789abcdef01234567-" + "0123456789abcdef" * 9,
    ),
    _token("atlassian", r"\bATATT3[A-Za-z0-9_=-]{40,}", "ATATT3" + _ALNUM40 + _ALNUM24),
    _token("age_key", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b", "AGE-SECRET-KEY-1" + _U * 3 + _U[:10]),
    _token("firedoor", r"\bfd_[A-Za-z0-9_-]{32,128}\b", "fd_" + _ALNUM40),
    Rule(
        name="jwt",
        kind=Kind.JWT,
        pattern=r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}|\.\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){2})",
        hint=r"\beyJ[A-Za-z0-9_-]{8}",
        sample="eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + _ALNUM40,
    ),
    Rule(
        name="pem",
        kind=Kind.PRIVATE_KEY,
        pattern=(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            # Up to the next "--" and no further: keys that never end must not be read to the end each.
            r"(?:(?:-?[A-Za-z0-9+/=\s\\:,.()])*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r"|[A-Za-z0-9+/=\s\\]*)"
        ),
        hint=r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",
        sample="-----BEGIN PRIVATE" + " KEY-----\n" + _ALNUM40 + "\n-----END PRIVATE" + " KEY-----",
    ),
    Rule(
        name="putty",
        kind=Kind.PRIVATE_KEY,
        pattern=r"Private-Lines: [0-9]{1,4}\s[A-Za-z0-9+/=\s]{20,}",
        hint=r"Private-Lines: [0-9]",
        sample="Private-Lines: 1\n" + _ALNUM40,
    ),
    Rule(
        name="address_with_password",
        kind=Kind.CONNECTION_STRING,
        pattern=r"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s:/@\"'<>\\]*:[^\s\"'<>\\]+@[^\s\"'<>,;)\]}\\]+",
        hint=r"[a-zA-Z0-9]://[^\s:/@<>]{0,128}:",
        sample="postgresql://app:" + "S3cr3tValue@db.example.com:5432/orders",
        check=_has_password,
    ),
    Rule(
        name="odbc",
        kind=Kind.CONNECTION_STRING,
        pattern=(
            r"(?i:\b(?:server|data source|host|driver|endpoint|defaultendpointsprotocol)\s*=\s*[^;\s\"']+;"
            r"(?:[^;\n\"']+;)*?\s*(?:password|pwd|sharedaccesskey"
            r"|accountkey)\s*=\s*[^;\s\"']+(?:;[^;\s\"'=]+=[^;\s\"']+)*;?)"
        ),
        hint=r"(?i:\b(?:password|pwd|sharedaccesskey|accountkey)\s*=)",
        sample="Server=db.example.com;Database=orders;User Id=app;" + "Password=S3cr3tValue;",
    ),
    Rule(
        name="dsn_pairs",
        kind=Kind.CONNECTION_STRING,
        pattern=(
            r"\b(?:host|dbname|user|port|sslmode)=[^\s\"']+(?: (?:host|dbname|user|port|sslmode)=[^\s\"']+)*"
            r" password=[^\s\"']+(?: (?:host|dbname|user|port|sslmode)=[^\s\"']+)*"
        ),
        hint=r"[^\s] password=[^\s]",
        sample="host=db.example.com dbname=orders user=app " + "password=S3cr3tValue",
    ),
    Rule(
        name="authorization",
        kind=Kind.SECRET,
        pattern=r"(?i:\b(?:bearer|basic|token|apikey|negotiate)\s{1,4})([A-Za-z0-9_\-.~+/=]{16,})",
        hint=r"(?i:\b(?:bearer|basic|token|apikey|negotiate)\s{1,4})[A-Za-z0-9_\-.~+/=]{16}",
        sample="Authorization: Bearer " + _ALNUM40,
        check=is_long_secret,
    ),
    Rule(
        name="cookie",
        kind=Kind.SECRET,
        pattern=(
            r"(?i:\b(?:sessionid|session_id|sessid|phpsessid|jsessionid|connect\.sid"
            r"|asp\.net_sessionid|auth_token|csrftoken|[a-z0-9]{1,24}_session)=)([A-Za-z0-9%_\-.~+/]{16,})"
        ),
        hint=r"(?i:sessionid=|_session=|session_id=|sessid=|connect\.sid=|auth_token=|csrftoken=)",
        sample="Cookie: sessionid=" + _ALNUM40,
        check=is_long_secret,
    ),
    Rule(
        name="command_line_password",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?:\s--?(?:password|passwd|pass|pwd)(?:=|\s{1,3})|\b(?:PGPASSWORD|MYSQL_PWD|SSHPASS"
            r"|REDISCLI_AUTH)=)[\"']?([^\s\"']{3,256})"
        ),
        hint=r"(?i:--?(?:password|passwd|pass|pwd)\b|PGPASSWORD=|MYSQL_PWD=|SSHPASS=|REDISCLI_AUTH=)",
        sample="mysql --user app --password=" + "S3cr3tValue",
        check=is_password,
    ),
    Rule(
        name="password_in_prose",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?i:\b(?:password|passphrase|passwort|kennwort|mot de passe|contraseña|senha"
            r"|wachtwoord|hasło|lösenord)"
            r"\s{1,2}(?:is|was|to|ist|lautet|est|es|è|é|is:|to:|jest|är|="
            r"|:)\s{0,2})[\"'`“«]?[ \x{a0}]?([^\s\"'`”»]{4,128})"
        ),
        hint=(
            r"(?i:password|passphrase|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord"
            r"|hasło|lösenord)"
        ),
        sample="The password is " + "Xy7!kPw2",
        check=_is_said,
    ),
    Rule(
        name="password_in_quotes",
        kind=Kind.PASSWORD,
        pattern=r"(?i:\b(?:password|passphrase|passwort)) [\"'`]([^\s\"'`]{4,64})[\"'`]",
        hint=r"(?i:password|passphrase|passwort) [\"'`]",
        sample="wrong password '" + "Xy7!kPw2'",
        check=is_mixed,
    ),
    Rule(
        name="password_for_whom",
        kind=Kind.PASSWORD,
        pattern=(
            r"(?i:\b(?:password|passphrase|passwort|pass) (?:for|of|für) [^\n=]{1,80}?\s(?:is|ist)):?\s{1,2}"
            r"[\"'`]?([^\s\"'`]{4,128})"
        ),
        hint=r"(?i:(?:password|passphrase|passwort|pass) (?:for|of|für) )",
        sample="the password for the bastion is " + "Xy7!kPw2",
        check=is_mixed,
    ),
    Rule(
        name="cookie_header",
        kind=Kind.SECRET,
        pattern=r"(?i:\bset-cookie:\s{0,3}[a-z0-9_.-]{1,64}=)([A-Za-z0-9%_\-.~+/=]{20,})",
        hint=r"(?i:set-cookie:)",
        sample="Set-Cookie: sid=" + _ALNUM40,
        check=is_long_secret,
    ),
)
