"""Credentials that a command answers with, a program is told in between, or a sentence hands over.

A prompt, a pipe or a phrase before them says what they are: no name of a field does.
"""

from firedoor.core.mask.detectors.checks import is_long_secret, is_secret
from firedoor.core.mask.detectors.rule import Rule
from firedoor.core.mask.detectors.secrets import is_mixed
from firedoor.model.mask import Kind

_SAMPLE = "Xy7kPw2mQ9"
_LONG = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"
_QUOTED = r"[\"']([^\"'\n]{3,200})[\"']"
_OF_SECRETS = r"\w{0,40}(?:secret|token|key|salt|auth)\w{0,16}"
_PASSWORDS = r"(?:mot de passe|contraseña|senha|hasło|пароль|passwort|kennwort|wachtwoord|password)"
_OF_WHAT = r"(?:du|des|de|del|do|da|dla|от|для|zum|zur|für|van|voor)"
_CODES = (
    r"(?:(?:verification|security|login|confirmation|one-time|authentication|sign-in) code is"
    r"|code de (?:confirmation|vérification|sécurité)(?: est)?"
    r"|(?:bestätigungs|sicherheits|verifizierungs)code(?: lautet| ist)?"
    r"|código de (?:verificación|seguridad|confirmación|verificação)(?: es| é)?)"
)
_CODE_OF_MANY = r"[A-Za-z0-9]{4,8}[- ]?[A-Za-z0-9]{4,8}"
_NAMED_SO = r"\w{0,40}(?i:secret|passw|token|_key|credential)\w{0,20}"
_PRINTED = (
    r"(?:gcloud secrets versions access |vault (?:kv get|read) [^\n]{0,80}-field[= ]|\bop read "
    r"|aws (?:ssm get-parameter |secretsmanager get-secret-value )[^\n]{1,160}--output text"
    r"|az keyvault secret show [^\n]{1,160} tsv"
    r"|kubectl [^\n]{0,40}get secrets? [^\n]{1,160}(?:base64 -|jsonpath)"
    rf"|heroku config:get {_NAMED_SO}|\bprintenv {_NAMED_SO}|\becho \$\{{?{_NAMED_SO}"
    rf"|\bcat /(?:[\w.-]{{1,40}}/){{0,4}}secrets/[\w./-]{{0,60}}{_NAMED_SO}|\bopenssl rand -"
    r"|aws ecr get-login-password|gcloud auth print-access-token|kubectl create token "
    r"|gh auth token|oc whoami -t)"
)
_PRINTS = (
    r"gcloud secrets versions|vault (?:kv get|read) |\bop read |aws ssm get-parameter |get-secret-value "
    r"|keyvault secret show |get secret|heroku config:get |\bprintenv |\becho \$|\bcat /|openssl rand -"
    r"|get-login-password|print-access-token|kubectl create token |gh auth token|oc whoami -t"
)
"""Commands that print a credential, and nothing else."""


def _password(name: str, pattern: str, hint: str, sample: str) -> Rule:
    return Rule(name=name, kind=Kind.PASSWORD, pattern=pattern, hint=hint, sample=sample, check=is_mixed)


def _secret(name: str, pattern: str, hint: str, sample: str) -> Rule:
    return Rule(name=name, kind=Kind.SECRET, pattern=pattern, hint=hint, sample=sample, check=is_long_secret)


def _is_made(text: str) -> bool:
    """Small and large letters and digits, as a word of a sentence never has."""
    kinds = (str.islower, str.isupper, str.isdigit)
    return is_secret(text) and all(any(map(kind, text)) for kind in kinds)


def _are_codes(text: str) -> bool:
    """Most lines have digits, which lines of words have not."""
    codes = text.split()
    return 2 * sum(any(map(str.isdigit, code)) for code in codes) > len(codes)


TOLD = (
    _password(
        "user_of_rabbitmq",
        r"\brabbitmqctl (?:add_user|change_password) \S{1,80} [\"']?([^\s\"']{3,128})",
        r"\brabbitmqctl (?:add_user|change_password) ",
        "rabbitmqctl add_user app " + _SAMPLE,
    ),
    _password(
        "piped_to_a_login",
        r"\b(?:echo|printf)\s(?:-[en]\s)?[\"']?([^\s\"'|]{3,128})[\"']?\s?\|[^\n|]{0,160}--password-stdin",
        r"--password-stdin",
        "echo " + _SAMPLE + " | docker login -u app --password-stdin",
    ),
    _password(
        "piped_to_chpasswd",
        r"\becho\s[\"']?[\w.-]{1,40}:([^\s\"'|]{3,128})[\"']?\s?\|\s?(?:sudo )?chpasswd",
        r"chpasswd",
        "echo app:" + _SAMPLE + " | chpasswd",
    ),
    _password(
        "httpie",
        r"\b(?:http|https|xh)\s(?:-a|--auth)[ =][\"']?[^\s:\"']{1,80}:([^\s\"']{3,200})",
        r"\b(?:http|https|xh)\s(?:-a|--auth)[ =]",
        "http -a app:" + _SAMPLE + " example.com",
    ),
    _password(
        "defined_in_php",
        r"(?i:\bdefine\(\s?[\"']\w{0,40}(?:pass|password|passwd|pwd)[\"']\s?,\s?)" + _QUOTED,
        r"(?i:\bdefine\(\s?[\"'])",
        "define('DB_PASSWORD', '" + _SAMPLE + "')",
    ),
    _secret(
        "key_defined_in_php",
        rf"(?i:\bdefine\(\s?[\"']{_OF_SECRETS}[\"']\s?,\s?){_QUOTED}",
        r"(?i:\bdefine\(\s?[\"'])",
        "define('AUTH_KEY', '" + _LONG + "')",
    ),
    _password(
        "indexed",
        r"(?i:\[[\"']\w{0,40}(?:pass|password|passwd|pwd)[\"']\]\s?=\s?)" + _QUOTED,
        r"(?i:(?:pass|passwd|password|pwd)[\"']\])",
        "$conf['smtp_password'] = '" + _SAMPLE + "'",
    ),
    _secret(
        "wrapped_in_code",
        rf"(?i:\b{_OF_SECRETS}\s?:?=\s?(?:string::from|\[\]byte|bytes|buffer\.from|new string)\(){_QUOTED}",
        r"(?i:(?:string::from|\[\]byte|bytes|buffer\.from|new string)\([\"'])",
        'token := []byte("' + _LONG + '")',
    ),
    _password(
        "variable_of_an_image",
        r"(?m:^)(?:ENV|ARG) \w{0,40}(?:PASSWORD|PASS|SECRET|TOKEN|AUTH)[ =][\"']?([^\s\"'$]{6,200})",
        r"(?:ENV|ARG) \w{0,40}(?:PASSWORD|PASS|SECRET|TOKEN|AUTH)[ =]",
        "ENV REDIS_AUTH " + _SAMPLE,
    ),
    _secret(
        "header_of_a_proxy",
        r"(?i:(?:_set_header|add_header) [a-z-]{0,40}(?:key|token|secret|auth)\s{1,4}"
        rf"|\$http_\w{{0,40}}(?:key|token|secret)\s{{1,4}}!?=\s{{1,4}}){_QUOTED}",
        r"(?i:(?:_set_header|add_header) |\$http_)",
        'proxy_set_header X-Api-Key "' + _LONG + '"',
    ),
    _password(
        "key_of_a_tunnel",
        r"\bisakmp key (?:[0-9] )?([^\s\"']{6,128}) address\b",
        r"\bisakmp key ",
        "crypto isakmp key " + _SAMPLE + " address 192.0.2.1",
    ),
    _password(
        "said_to_a_mail_program",
        r"\bAUTH (?:PLAIN|LOGIN) ([A-Za-z0-9+/]{8,400}={0,2})",
        r"\bAUTH (?:PLAIN|LOGIN) ",
        "AUTH PLAIN " + _SAMPLE,
    ),
    _password(
        "answer_to_a_prompt",
        r"(?:\b331 [^\n]{0,120}\n[<>-]{0,4}\s?PASS |\bLOGIN \"[^\"\n]{1,80}\" \")([^\s\"]{3,128})",
        r"PASS [^\s]|\bLOGIN \"",
        "331 Password required\nPASS " + _SAMPLE,
    ),
    Rule(
        name="code_that_was_sent",
        kind=Kind.SECRET,
        pattern=rf"(?:(?i:{_CODES})|\bPIN for [^\n:]{{1,40}}:)\s?:?\s{{1,2}}([0-9]{{4,8}})\b",
        hint=r"(?i:code (?:is|de )|scode|código de )|\bPIN for ",
        sample="Your verification code is 123456",
    ),
    _password(
        "password_of_something",
        rf"(?i:(?:^|[^\p{{L}}\p{{N}}_]){_PASSWORDS} {_OF_WHAT} [^\n.:=,]{{1,40}}?"
        r"\s?(?:\s(?:est|es|é|lautet|ist|jest|is)|:|=)\s{1,2})[\"'`«]?([^\s\"'`»]{4,128})",
        rf"(?i:{_PASSWORDS} {_OF_WHAT} )",
        "mot de passe du compte est " + _SAMPLE,
    ),
    _password(
        "password_is_now",
        r"(?i:\bpassword (?:is|was) (?:now|changed to|set to|reset to):? )[\"'`]?([^\s\"'`]{4,128})",
        r"(?i:password (?:is|was) )",
        "the password is now " + _SAMPLE,
    ),
    _password(
        "both_in_a_sentence",
        r"(?i:\b(?:creds|credentials)(?: are| is|:)\s)[\w.@-]{2,40}\s/\s([^\s\"',;]{4,128})",
        r"(?i:(?:creds|credentials)(?: are| is|:)\s)",
        "creds are app / " + _SAMPLE,
    ),
    _secret(
        "key_to_unseal",
        r"\bUnseal Key [0-9]{1,2}: ([A-Za-z0-9+/]{32,80}={0,2})",
        r"Unseal Key ",
        "Unseal Key 1: " + _LONG,
    ),
    _password(
        "answer_of_a_store",
        rf"{_PRINTED}[^\n]{{0,200}}\r?\n\s{{0,4}}[\"']?([^\s\"']{{6,512}})[\"']?\r?(?m:$)",
        _PRINTS,
        "gcloud secrets versions access latest --secret=x\n" + _SAMPLE,
    ),
    Rule(
        name="answer_of_a_table",
        kind=Kind.SECRET,
        pattern=(
            r"(?:> GET|\betcdctl get) [^\s]{0,80}(?i:token|secret|passw|session|_key|credential)[^\n]{0,80}"
            r"\r?\n(?:/[^\n]{1,160}\n)?\"?([^\s\"/][^\s\"]{5,900})\"?\r?(?m:$)"
        ),
        hint=r"> GET |etcdctl get ",
        sample="> GET session:token:1\n" + _LONG,
        check=is_mixed,
    ),
    Rule(
        name="password_before_what_follows",
        kind=Kind.PASSWORD,
        pattern=r"(?i:\b(?:with|using|new|temporary|initial|old) password )[\"'`]?([^\s\"'`]{8,128})",
        hint=r"(?i:(?:with|using|new|temporary|initial|old) password )",
        sample="failed login with password " + _SAMPLE,
        check=_is_made,
    ),
    Rule(
        name="codes_to_recover",
        kind=Kind.SECRET,
        pattern=(
            r"(?i:\b(?:recovery|backup|scratch) codes?[^\n]{0,60}\n)"
            rf"((?:[ \t*-]{{0,6}}{_CODE_OF_MANY}\s{{1,2}}){{1,15}}[ \t*-]{{0,6}}{_CODE_OF_MANY})(?m:$)"
        ),
        hint=r"(?i:(?:recovery|backup|scratch) codes?)",
        sample="Recovery codes:\neug20-kzfvm\njzzv1-xs885",
        check=_are_codes,
    ),
    _password(
        "made_by_terraform",
        r"\"random_password\"[^{}]{0,80}\{[^{}]{0,400}?\bresult\s{1,24}= \"([^\"\n]{4,128})\"",
        r"\"random_password\"",
        '"random_password" "db" {\n result = "' + _SAMPLE + '"',
    ),
)
