"""The OpenAPI document: what is served is described, and what is described is valid."""

import re

from jsonschema import Draft202012Validator
from openapi_pydantic import OpenAPI

from firedoor.app.api.document import document
from firedoor.app.api.table import OPERATIONS, SCHEMAS, Operation
from tests.helpers.api_page import PAGE, page


def test_the_document_is_openapi() -> None:
    said = document(OPERATIONS)
    read = OpenAPI.model_validate(said)
    assert read.openapi == "3.1.0"
    assert sum(len(each) for each in said["paths"].values()) == len(OPERATIONS)
    names = [each["operationId"] for path in said["paths"].values() for each in path.values()]
    assert len(set(names)) == len(names)


def test_every_schema_is_one_and_every_reference_leads_to_one() -> None:
    said = document(OPERATIONS)
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r"\'#/components/schemas/([A-Za-z]+)\'", str(said)))
    assert named == set(SCHEMAS)


def test_an_address_says_who_may_what_it_takes_and_how_it_refuses() -> None:
    said = document([("POST", "approvals/{}/approve")])
    assert list(said["paths"]) == ["/api/v1/approvals/{id}/approve"]
    approve = said["paths"]["/api/v1/approvals/{id}/approve"]["post"]
    assert approve["description"] == "Needs a role: approver, admin. Never an agent's token."
    assert approve["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/Reason")
    assert list(approve["responses"]) == [
        "200",
        "400",
        "401",
        "403",
        "404",
        "409",
        "413",
        "415",
        "421",
        "503",
    ]
    assert [each["name"] for each in approve["parameters"]] == ["id"]
    assert "/api/v1/permits" not in document([])["paths"]


def test_a_body_takes_what_is_named_and_nothing_else() -> None:
    for name in {each.takes for each in OPERATIONS.values() if each.takes}:
        assert SCHEMAS[name]["additionalProperties"] is False
    assert Operation(summary="", gives="Error").roles == ()


def test_the_page_of_the_reference_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make fix"
