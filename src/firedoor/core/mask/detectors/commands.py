"""Credentials that are given to programs, in command lines, settings of devices and source code.

What stands before them says what they are, and for each program it is something else.
"""

from base64 import b64decode

from firedoor.core.mask.detectors.checks import is_long_secret, is_password, is_secret
from firedoor.core.mask.detectors.rule import Check, Rule, anything
from firedoor.model.mask import Kind

_SAMPLE = "Xy7kPw2mQ9"
_HEX = "0123456789abcdef"
_LONG = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"


def _password(name: str, pattern: str, hint: str, sample: str) -> Rule:
    return Rule(name=name, kind=Kind.PASSWORD, pattern=pattern, hint=hint, sample=sample, check=is_password)


def _secret(name: str, pattern: str, hint: str, sample: str, check: Check = anything) -> Rule:
    return Rule(name=name, kind=Kind.SECRET, pattern=pattern, hint=hint, sample=sample, check=check)


def _is_private_pem(text: str) -> bool:
    """Whether base64 stands for a private key: certificates are written the same way, and are public."""
    head = text[:64]
    # What the pattern matched is base64, and cut to whole groups of four it is never padded wrongly.
    return b"PRIVATE KEY" in b64decode(head[: len(head) - len(head) % 4])


_WORD = r"([^\s\"'\-<>|][^\s\"'<>|]{2,128})"
_OF_A_KEY = (
    r"encryption|decryption|master|private|secret|signing|session|shared|symmetric|recovery|unseal|root|data"
    r"|wrapping|api|access|hmac|aes|backup|storage"
)
"""Before a key that is no public one."""
_LOGINS = (
    r"docker login|podman login|helm registry login|az login|mongo|mongosh|mongodump|"
    r"mongorestore|oc login|skopeo login|buildah login|cqlsh|influx|rabbitmqadmin"
)

COMMANDS = (
    _password(
        "login_on_a_line",
        rf"\b(?:{_LOGINS})\b[^\n|;]{{0,160}}?\s(?:-u|--username|--user|-U)[ =]\S{{1,80}}"
        rf"[^\n|;]{{0,80}}?\s-p[ =]?[\"']?{_WORD}",
        rf"\b(?:{_LOGINS})\b[^\n]{{0,200}}\s-p",
        "docker login -u app -p " + _SAMPLE + " registry.example.com",
    ),
    _password(
        "sqlcmd",
        rf"\b(?:sqlcmd|bcp|osql|isql)\b[^\n|;]{{0,160}}?\s-P ?[\"']?{_WORD}",
        r"\b(?:sqlcmd|bcp|osql|isql)\b[^\n]{0,200}\s-P",
        "sqlcmd -S db -U sa -P " + _SAMPLE,
    ),
    _password(
        "user_and_password_in_one",
        r"\b(?:(?:smbclient|rpcclient|net|smbget|winexe)\b[^\n|;]{0,120}?\s-U ?[\"']?[^\s%\"']{1,80}%"
        r"|(?:sqlplus|impdp|expdp|sqlldr)\s(?:-\S{1,8}\s){0,3}[\"']?\w{1,40}/)([^\s\"'@]{3,128})",
        r"\b(?:smbclient|rpcclient|net|smbget|winexe|sqlplus|impdp|expdp|sqlldr)\b[^\n]{0,160}[%/]",
        "smbclient //files/share -U app%" + _SAMPLE,
    ),
    _password(
        "net_use",
        rf"(?i:\bnet use\b)[^\n]{{0,120}}?(?i:/user:)\S{{1,80}}\s{_WORD}",
        r"(?i:net use )",
        "net use Z: \\\\files\\share /user:app " + _SAMPLE,
    ),
    _password(
        "community",
        rf"\b(?:snmp(?:walk|get|set|bulkwalk|table)\b[^\n|;]{{0,80}}?\s-c ?|"
        rf"snmp-server community |rocommunity |rwcommunity )[\"']?{_WORD}",
        r"\bsnmp[a-z-]{1,10}\b|\br[ow]community ",
        "snmpwalk -v2c -c " + _SAMPLE + " switch.example.com",
    ),
    _password(
        "passphrase_of_a_program",
        rf"(?:--passphrase|--ldap_password|-passin pass:|-passout pass:|-storepass|-keypass|"
        rf"--http-password|--ftp-password|--bind-pw)[ =]?[\"']?{_WORD}",
        r"--passphrase|--ldap_password|-pass(?:in|out) pass:|-storepass|-keypass|"
        r"--http-password|--ftp-password|--bind-pw",
        "gpg --batch --passphrase " + _SAMPLE + " -d file",
    ),
    _password(
        "said_to_sudo",
        r"\becho\s(?:-[en]\s)?[\"']?([^\s\"'|]{3,128})[\"']?\s?\|\s?sudo\s[^\n|]{0,40}?-S",
        r"\|\s?sudo\s",
        "echo '" + _SAMPLE + "' | sudo -S ls",
    ),
    _password(
        "set_password",
        r"(?i:\bset password for\s[^\n=]{1,80}=\s?(?:password\()?)['\"]([^'\"\n]{3,200})['\"]",
        r"(?i:set password for )",
        "SET PASSWORD FOR app = '" + _SAMPLE + "'",
    ),
    _password(
        "call_with_a_password",
        r"(?i:\b\w{0,24}(?:set_?pass(?:word|phrase)?|with_?password|set_?secret(?:key)?)\(\s?|ConvertTo-SecureString(?:\s-String)?\s)"
        r"[\"']([^\"'\n]{3,200})[\"']",
        r"(?i:pass(?:word|phrase)?\(|secret(?:key)?\(|ConvertTo-SecureString)",
        'db.setPassword("' + _SAMPLE + '")',
    ),
    _password(
        "defined_password",
        r"(?i:#define\s{1,4}\w{0,40}(?:pass(?:word|wd|phrase)?|pwd|psk|secret)\w{0,8}\s{1,8})\"([^\"\n]{3,200})\"",
        r"(?i:#define\s)",
        '#define WIFI_PASSWORD "' + _SAMPLE + '"',
    ),
    _password(
        "keyword_of_a_map",
        r"(?i:[:/]\w{0,24}(?:password|passphrase|passwd)\s{1,4})\"([^\"\n]{3,200})\"",
        r"(?i:(?:password|passphrase|passwd)\s{1,4}\")",
        '{:db/password "' + _SAMPLE + '"}',
    ),
    _password(
        "device",
        r"(?i:\b(?:enable |username \S{1,40} (?:privilege \d{1,2} )?)?(?:password|secret|"
        r"key-string|pre-shared-key) (?:[0-9]|encrypted) )([^\s\"']{4,128})",
        r"(?i:(?:password|secret|key-string|pre-shared-key) (?:[0-9]|encrypted) )",
        "username app password 7 " + "0822455D0A16",
    ),
    _password(
        "password_folded",
        r"(?m:^)(?i:[\w .-]{0,40}(?:password|passwd|passphrase):[ \t]{1,4}[>|][+-]?\s{1,24})([^\s]{3,200})",
        r"(?i:(?:password|passwd|passphrase):[ \t]{1,4}[>|])",
        "password: >-\n  " + _SAMPLE,
    ),
    _password(
        "password_to_connect",
        r"(?i:\b(?:and|with|mit|avec|con|with the|using) (?:the )?(?:password|passwort|"
        r"mot de passe|contraseña|passphrase) )"
        r"[\"'`“«]?\s?([^\s\"'`”»]{0,64}[0-9!$%&*_?+@~^=][^\s\"'`”»]{2,64})",
        r"(?i:(?:password|passwort|mot de passe|contraseña|passphrase) [^\s])",
        "user app and password " + _SAMPLE + " to connect",
    ),
    _password(
        "password_behind_it",
        r"(?i:\b(?:login|log in|sign in|anmeldung|connexion)\b[^\n/]{0,24}?\s)[\w.@-]{2,40}"
        r"\s?/\s?(\S{0,40}[0-9!$%&*_?+@~^=]\S{2,40})",
        r"(?i:(?:login|log in|sign in|anmeldung|connexion)\b[^\n/]{0,64}/)",
        "login with admin / " + _SAMPLE,
    ),
    _secret(
        "hash_of_a_directory",
        r"\{(?i:s?sha(?:256|384|512)?|s?md5|crypt|pbkdf2[a-z0-9_-]{0,12}|bcrypt|argon2)\}[A-Za-z0-9+/=$.,_-]{16,200}",
        r"\{(?i:s?sha|s?md5|crypt|pbkdf2|bcrypt|argon2)",
        "{SSHA}" + _LONG[:32],
    ),
    _secret(
        "hash_of_windows",
        r"\b[\w .$-]{1,64}:\d{1,10}:[0-9a-fA-F]{32}:([0-9a-fA-F]{32}):::",
        r"[0-9a-fA-F]:::",
        "app:500:" + _HEX * 2 + ":" + _HEX * 2 + ":::",
    ),
    _secret(
        "hash_of_a_database",
        r"(?:\bSCRAM-SHA-(?:1|256)\$[0-9]{3,7}:[A-Za-z0-9+/=]{8,64}\$[A-Za-z0-9+/=]{20,64}:[A-Za-z0-9+/=]{20,64}"
        r"|\*[0-9A-F]{40}\b|\bpbkdf2_sha(?:1|256|512)\$[0-9]{2,8}\$[^\s$\"']{4,64}\$[A-Za-z0-9+/=]{20,128})",
        r"SCRAM-SHA-(?:1|256)\$|\*[0-9A-F]{40}|pbkdf2_sha",
        "*" + "0123456789ABCDEF" * 2 + "01234567",
    ),
    _secret(
        "answer_to_a_challenge",
        r"\b(?:response=\"|Signature=)([0-9a-f]{32,64})\b",
        r"(?:response=\"|Signature=)[0-9a-f]{32}",
        'Digest username="app", response="' + _HEX * 2 + '"',
    ),
    _secret(
        "code_in_an_address",
        r"[?&](?i:code|ticket|otp|magic|invite|key|auth|t|sid|st)=([A-Za-z0-9_.~-]{24,512})",
        r"[?&](?i:code|ticket|otp|magic|invite|key|auth|t|sid|st)=[A-Za-z0-9_.~-]{24}",
        "https://example.com/reset?code=" + _LONG,
        is_long_secret,
    ),
    _secret(
        "codes_to_come_back",
        r"(?i:\b(?:backup|recovery|scratch) codes?\b[\"']?[:=\s]{1,4})((?:[A-Za-z0-9]{4,10}"
        r"(?:-[A-Za-z0-9]{4,10}){0,3}[,;\s]{1,3}){0,15}[A-Za-z]{0,8}[0-9][A-Za-z0-9]{2,10}"
        r"(?:-[A-Za-z0-9]{4,10}){0,3})\b",
        r"(?i:(?:backup|recovery|scratch) codes?\b[\"']?[:=\s])",
        "backup codes: 8d3f-2k1p, k29d-0qpl",
    ),
    _secret(
        "seed_phrase",
        r"(?i:\b(?:seed|recovery|mnemonic|wallet|secret)(?: phrase|"
        r" words?)?\b[\"']?[:=\s]{1,4}[\"']?)((?:[a-z]{3,8} ){11,23}[a-z]{3,8})\b",
        r"(?i:(?:seed|recovery|mnemonic|wallet|secret)(?: phrase| words?)?[\"']?[:=\s]{1,4})"
        r"[\"']?[a-z]{3,8} [a-z]{3,8} [a-z]{3,8} [a-z]{3,8} ",
        "seed phrase: " + "zebra apple table river stone cloud piano mango tiger lemon eagle ocean",
    ),
    _secret(
        "key_and_its_form",
        rf"(?i:\b(?:(?:{_OF_A_KEY})[ _-]key|secret|token)(?: \d{{1,2}})?) \("
        r"(?i:hex|base64|b64|raw|pem|ascii|utf-?8|\d{2,4}[ -]bits?"
        r"|aes[a-z0-9-]{0,12}|hmac[a-z0-9-]{0,12})\)[\"']?\s?[:=]\s{0,4}[\"']?"
        r"([A-Za-z0-9+/_-]{16,512}={0,2})",
        r"(?i:key|secret|token)(?: \d{1,2})? \([A-Za-z0-9 -]{2,16}\)",
        "Encryption key (hex): " + _HEX,
        is_secret,
    ),
    _secret(
        "joining_token",
        r"(?:--token[ =]|\btoken:\s{1,2})([a-z0-9]{6}\.[a-z0-9]{16})\b",
        r"(?:--token[ =]|token:\s{1,2})[a-z0-9]{6}\.",
        "kubeadm join 10.0.0.1:6443 --token " + "abc123.0123456789abcdef",
    ),
    Rule(
        name="pem_in_base64",
        kind=Kind.PRIVATE_KEY,
        pattern=r"\bLS0tLS1CRUdJTi[A-Za-z0-9+/]{30,}={0,2}",
        hint=r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{30}",
        sample="LS0tLS1CRUdJTiBQUklWQVRF" + "IEtFWS0tLS0tCk1JSUV2UUlCQURBTkJna3Foa2lHOXcwQkFR",
        check=_is_private_pem,
    ),
    Rule(
        name="rsa_in_xml",
        kind=Kind.PRIVATE_KEY,
        pattern=r"<(?:D|P|Q|DP|DQ|InverseQ)>([A-Za-z0-9+/=\s]{40,1000})</",
        hint=r"<(?:D|P|Q|DP|DQ|InverseQ)>[A-Za-z0-9+/=]{40}",
        sample="<D>" + _LONG + "</D>",
    ),
)
