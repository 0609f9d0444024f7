"""Every kind of message in which a text reaches a client, and one text of every kind of finding."""

import json
from base64 import b64encode

from firedoor.model.mask import Kind

_ALNUM = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n"
"""No credential, and joined to one only while tests run."""
FOUND: dict[str, tuple[str, str]] = {
    Kind.EMAIL: ("mail ada.nowak@example.com", "ada.nowak@example.com"),
    Kind.PHONE: ("call +44 20 7946 0958", "+44 20 7946 0958"),
    Kind.CARD: ("paid with 4111 1111 1111 1111", "4111 1111 1111 1111"),
    Kind.IBAN: ("to DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00"),
    Kind.BANK_ACCOUNT: ("sort code 20-00-00, account number 55779911", "55779911"),
    Kind.NATIONAL_ID: ("SSN 078-05-1121", "078-05-1121"),
    Kind.NAME: ("spoke with Maria Garcia", "Maria Garcia"),
    Kind.ADDRESS: ("at 12 Old Market Street, Leeds LS1 4AP", "12 Old Market Street"),
    Kind.BIRTH_DATE: ("born on 12 March 1984", "12 March 1984"),
    Kind.PASSPORT: ("passport no. C01X00T47", "C01X00T47"),
    Kind.LICENCE: ("driving licence MORGA753116SM9IJ", "MORGA753116SM9IJ"),
    Kind.CLOUD_KEY: ("key AKIA" + "A1B2C3D4E5F6G7H8", "AKIA" + "A1B2C3D4E5F6G7H8"),
    Kind.VENDOR_TOKEN: ("token ghp_" + _ALNUM[:36], "ghp_" + _ALNUM[:36]),
    Kind.JWT: ("eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + _ALNUM, "eyJzdWIiOiIxMjM0In0"),
    Kind.PRIVATE_KEY: ("-----BEGIN PRIVATE" + f" KEY----- {_ALNUM} -----END PRIVATE" + " KEY-----", _ALNUM),
    Kind.CONNECTION_STRING: ("postgresql://app:" + "S3cr3tValue@db.example.com/orders", "S3cr3tValue"),
    Kind.PASSWORD: ("the password is " + "Xy7!kPw2", "Xy7!kPw2"),
    Kind.SECRET: ("api_key=" + _ALNUM, _ALNUM),
}
"""By kind: a text, and the value in it."""


def response(result: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "id": 7, "result": result}


def notice(method: str, params: object) -> dict[str, object]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def messages(text: str) -> dict[str, object]:
    """Every kind of message, with a text in it."""
    blob = b64encode(f"{text} wrote".encode()).decode()
    elicited = {"message": text, "requestedSchema": {"type": "object", "properties": {}}}
    failed = {"code": -32000, "message": text}
    return {
        "text": response({"content": [{"type": "text", "text": f"so {text}"}]}),
        "JSON in text": response({"content": [{"type": "text", "text": json.dumps({"mail": text})}]}),
        "structured content": response({"structuredContent": {"rows": [{"mail": text}]}}),
        "embedded resource": response(
            {"content": [{"type": "resource", "resource": {"uri": "x:y", "text": text}}]}
        ),
        "resource link": response({"content": [{"type": "resource_link", "uri": f"x: {text}", "name": "x"}]}),
        "resource text": response({"contents": [{"uri": "x:y", "text": text}]}),
        "resource blob": response({"contents": [{"uri": "x:y", "blob": blob}]}),
        "prompt": response({"messages": [{"role": "user", "content": {"type": "text", "text": text}}]}),
        "error message": {"jsonrpc": "2.0", "id": 7, "error": failed},
        "error data": {"jsonrpc": "2.0", "id": 7, "error": {"code": -32000, "message": "x", "data": [text]}},
        "tool error": response({"isError": True, "content": [{"type": "text", "text": text}]}),
        "progress": notice("notifications/progress", {"progressToken": 1, "progress": 1, "message": text}),
        "logging": notice("notifications/message", {"level": "info", "data": {"who": text}}),
        "elicitation": {"jsonrpc": "2.0", "id": "e", "method": "elicitation/create", "params": elicited},
        "completion": response({"completion": {"values": [text]}}),
        "tool description": response({"tools": [{"name": "x", "description": text}]}),
        "instructions": response({"protocolVersion": "2025-11-25", "instructions": text}),
        "metadata": response({"content": [], "_meta": {"from": text}}),
        "task status": notice("notifications/tasks/status", {"taskId": "t", "statusMessage": text}),
        "name of a member": response({"structuredContent": {text: 1}}),
    }
