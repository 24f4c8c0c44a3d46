"""Every subscriber is made so that nothing is lost."""

import ast

from faststream import AckPolicy

from shared.bus import router
from tests.architecture.code import called, modules


def _subscriber_calls() -> list[ast.Call]:
    return [
        call
        for module in modules("services", "shared")
        for call in module.calls()
        if called(call) == "subscriber" and isinstance(call.func, ast.Attribute)
    ]


def _argument(call: ast.Call, name: str) -> str:
    values = [ast.unparse(each.value) for each in call.keywords if each.arg == name]
    return values[0] if values else ""


def test_there_is_a_subscriber_to_look_at() -> None:
    assert _subscriber_calls()


def test_every_subscriber_commits_after_the_work_and_only_when_it_was_done() -> None:
    for call in _subscriber_calls():
        assert _argument(call, "ack_policy") == "AckPolicy.NACK_ON_ERROR"


def test_every_subscriber_has_a_group_and_starts_at_the_beginning() -> None:
    for call in _subscriber_calls():
        assert _argument(call, "group_id")
        assert _argument(call, "auto_offset_reset") == "'earliest'"


def test_no_other_ack_policy_is_named_anywhere() -> None:
    for module in modules():
        for node in module.nodes:
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "AckPolicy":
                assert node.attr == AckPolicy.NACK_ON_ERROR.name, module.path


def test_a_batch_is_large_and_an_empty_poll_short() -> None:
    assert router.BATCH_TIMEOUT_MS <= 50
    assert router.MAX_RECORDS == 2000
