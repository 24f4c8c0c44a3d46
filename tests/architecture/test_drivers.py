"""The drivers of Kafka and MongoDB stand behind one door each."""

import ast

from tests.architecture.code import called, keywords, modules

DRIVER = ("motor", "pymongo", "bson")


def test_motor_is_imported_by_one_module_so_that_it_can_be_swapped() -> None:
    importers = {
        module.path
        for module in modules()
        if any(name.split(".")[0] == "motor" for name in module.imports())
    }
    assert importers == {"shared/store/client.py"}


def test_the_driver_of_mongodb_is_imported_in_the_store_alone() -> None:
    importers = {
        module.path
        for module in modules()
        if any(name.split(".")[0] in DRIVER for name in module.imports())
    }
    assert {path for path in importers if not path.startswith("shared/store/")} == set()


def _makes_one(call: ast.Call) -> bool:
    method = isinstance(call.func, ast.Attribute) and call.func.attr == "subscriber"
    return method or called(call) == "KafkaRouter"


def test_only_the_router_makes_subscribers() -> None:
    makers = {
        module.path
        for module in modules("services", "shared")
        if any(_makes_one(call) for call in module.calls())
    }
    assert makers == {"shared/bus/router.py"}


def test_no_subscriber_runs_several_workers_and_no_batch_is_published_into_one_partition() -> None:
    for module in modules("services", "shared"):
        for call in module.calls():
            assert "max_workers" not in keywords(call), module.path
            assert called(call) != "publish_batch", module.path


def test_the_deprecated_plugin_of_fastapi_is_not_used() -> None:
    for module in modules():
        assert not any(name.startswith("faststream.kafka.fastapi") for name in module.imports())
