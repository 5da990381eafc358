"""Owns the clients that the tests are given. Refuses to know what they ask."""

import os

import pytest
from wire import client_with


@pytest.fixture(params=["AICHAT_TOKEN", "AICHAT_KEY"], ids=["access_token", "gateway_key"])
def client(request):
    with client_with(os.environ[request.param]) as client:
        yield client


@pytest.fixture
def key_client():
    with client_with(os.environ["AICHAT_KEY"]) as client:
        yield client
