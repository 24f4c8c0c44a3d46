"""Importing a module does nothing: no settings are read, no broker and no client is made."""

import subprocess
import sys

from tests.architecture.code import modules

PROGRAM = """
import importlib, sys

def forbid(kind):
    def refuse(self, *args, **kwargs):
        raise AssertionError(f"{kind.__name__} is made while importing")
    kind.__init__ = refuse

from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic_settings import BaseSettings
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from fastapi import FastAPI
for kind in (KafkaBroker, AsyncIOMotorClient, BaseSettings, AIOKafkaConsumer, AIOKafkaProducer,
             FastAPI):
    forbid(kind)
for name in sys.stdin.read().split():
    importlib.import_module(name)
"""


def test_importing_every_module_makes_no_settings_no_broker_no_client_and_no_app() -> None:
    names = [module.name for module in modules() if not module.path.endswith("__main__.py")]
    assert len(names) > 50
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input="\n".join(names),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
