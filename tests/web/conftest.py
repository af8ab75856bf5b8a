"""The pages over the filled centre."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web_site import app_for


@pytest.fixture(scope="session")
def pages(centre: Engine) -> Flask:
    return app_for(centre)


@pytest.fixture
def client(pages: Flask) -> FlaskClient:
    return pages.test_client()
