from firedoor.core.mask.detectors.rule import Rule, anything


def test_a_rule_confirms_whatever_it_matches_unless_it_says_otherwise() -> None:
    rule = Rule(name="x", kind="x", pattern="x", sample="x")
    assert rule.check is anything
    assert rule.check("whatever")
