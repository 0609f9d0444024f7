"""Patterns of accounts with banks that are no IBAN: what a bank and an account are called, in some countries.

An account is a run of digits: only its name, or the bank beside it, tells it from an order. Of the American
number of a bank the check digit is asked as well, where nothing but "routing" stands before it.
"""

from firedoor.core.mask.detectors.checks import is_bank_account, is_routing_number
from firedoor.core.mask.detectors.rule import Check, Rule
from firedoor.model.mask import Kind

_NUMBER = r"\d(?:[ ./-]{0,3}\d){4,27}"
_CONNECTED = r"(?:[\"'\s.:=#(\x{ba}\x{b0}]|(?i:number|no|nr|num|is|ist|est|es|code|was)\b){0,6}"
_ACCOUNTS = (
    r"bank account|acc(?:oun)?t\.? ?(?:number|no\b|nr\b|#|num\b)|a/c|acct\b|checking|savings account"
    r"|kontonummer|konto-?nr|bankkonto|girokonto|rekeningnummer|bankrekening|compte bancaire"
    r"|num[ée]ro de compte|n[°º] de compte|cuenta bancaria|n[úu]mero de cuenta|cuenta corriente"
    r"|conto corrente|numero di conto|conta corrente|conta banc[áa]ria|n[úu]mero da conta|nr rachunku"
    r"|numer rachunku|nr konta|numer konta|bankgiro|plusgiro|clabe|cbu|rib|iban|nib|ccc"
    r"|bank account number|beneficiary account|payee account"
)
_BANKS = (
    r"sort ?-?code|s/c|bsb|blz|bankleitzahl|transit(?: number| no\.?)?|agência|agencia|clearing(?:nummer)?"
)
_NEXT = r"acc(?:oun)?t?|a/c|konto|conta|cuenta|compte|rekening|rachunek"


def _account(name: str, pattern: str, hint: str, sample: str, check: Check = is_bank_account) -> Rule:
    return Rule(
        name=name,
        kind=Kind.BANK_ACCOUNT,
        pattern=pattern,
        hint=hint,
        sample=sample,
        check=check,
        is_number=True,
    )


ACCOUNTS = (
    _account(
        "bank_account_by_word",
        rf"(?i:\b(?:{_ACCOUNTS})){_CONNECTED}({_NUMBER})\b",
        rf"(?i:(?:{_ACCOUNTS}))[^\n0-9]{{0,24}}[0-9]",
        "account number 12345678",
    ),
    _account(
        "bank_by_word",
        rf"(?i:\b(?:{_BANKS})){_CONNECTED}(\d{{2}}[ -]?\d{{2}}[ -]?\d{{2}}|\d{{3}}-?\d{{3}}|"
        rf"\d{{4,8}}(?:-\d)?)\b",
        rf"(?i:(?:{_BANKS}))[^\n0-9]{{0,24}}[0-9]",
        "sort code 20-00-00",
    ),
    _account(
        "account_beside_its_bank",
        rf"(?i:\b(?:{_BANKS}|routing|aba|ifsc)){_CONNECTED}[A-Z]{{0,4}}[0-9][0-9 -]{{3,10}}[^\n0-9]{{0,12}}"
        rf"(?i:\b(?:{_NEXT})){_CONNECTED}({_NUMBER})\b",
        rf"(?i:\b(?:{_NEXT}))[^\n0-9]{{0,24}}[0-9]",
        "BSB 062-000 Acc 12345678",
    ),
    _account(
        "routing_number",
        r"(?i:\b(?:aba|routing|rtn|fedwire|ach)\b)(?:[\"'\s.:=#(]|(?i:routing|number|no|transit|is)\b){0,8}(\d{9})\b",
        r"(?i:aba|routing|rtn|fedwire|ach)[^\n0-9]{0,24}[0-9]{9}",
        "ABA routing number 021000021",
        is_routing_number,
    ),
    _account(
        "account_beside_a_routing_number",
        r"(?i:\b(?:routing|aba)\b)[^\n0-9]{0,24}[0-9]{9}[^\n0-9]{0,24}(?i:acc(?:oun)?t)[^\n0-9]{0,16}(\d{4,17})\b",
        r"[0-9]{9}[^\n0-9]{0,24}(?i:acc(?:oun)?t)[^\n0-9]{0,16}[0-9]{4}",
        "routing 021000021, account 000123456789",
    ),
)
