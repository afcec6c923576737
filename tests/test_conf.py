"""The settings that the apps read: from one dict, or by their whole names, and what is said about wrong ones."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from jobs import conf
from jobs.conf_checks import check_settings


def messages(**given: Any) -> list[tuple[str | None, str, str]]:
    with override_settings(**given):
        return [(each.id, each.msg, str(each.hint)) for each in check_settings(None)]


def test_a_setting_that_is_not_given_has_its_default() -> None:
    with override_settings(QUAERO={}):
        assert (conf.batch_interval_ms(), conf.programs(), conf.tracking()) == (150, (), True)
        assert (conf.jobs_modules(), conf.flush_timeout_s()) == (("quaero_jobs",), 5.0)


def test_the_dict_takes_values_as_python_has_them() -> None:
    given = {"PROGRAMS": ["shell"], "TRACKING": False, "FLUSH_TIMEOUT_S": 0.2, "MASK_PATTERNS": [r"a,b", r"c{2,3}"]}
    with override_settings(QUAERO=given):
        assert (conf.programs(), conf.tracking(), conf.flush_timeout_s()) == (("shell",), False, 0.2)
        assert conf.mask_patterns() == ("a,b", "c{2,3}")


def test_the_dict_goes_before_a_whole_name() -> None:
    with override_settings(QUAERO_RETENTION_DAYS=8):
        assert conf.retention_days() == 8
        with override_settings(QUAERO={"RETENTION_DAYS": 7}):
            assert conf.retention_days() == 7


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("STREAM_BATCH_INTERVAL_MS", "fast", "a whole number from 10 to 60000"),
        ("STREAM_BATCH_INTERVAL_MS", True, "a whole number from 10 to 60000"),
        ("PROGRAMS", ["perl"], "python, shell"),
        ("FLUSH_TIMEOUT_S", -1, "a number of seconds from 0 to 3600"),
        ("TRACKING", "perhaps", "one of on, off"),
        ("JOBS_MODULES", ["shop.jobs"], "names of modules, without dots"),
        ("MASK_PATTERNS", ["("], "regular expressions"),
    ],
)
def test_a_wrong_value_is_an_error_that_says_what_is_allowed(key: str, value: object, allowed: str) -> None:
    [(error_id, message, hint)] = messages(QUAERO={key: value})
    assert error_id == "quaero.E003"
    assert message.startswith(f"QUAERO_{key}=")
    assert allowed in message
    assert f"QUAERO_{key}" in hint
    with override_settings(QUAERO={key: value}), pytest.raises(ImproperlyConfigured, match=f"QUAERO_{key}"):
        conf.SETTINGS[f"QUAERO_{key}"]()


def test_an_unknown_key_is_an_error_with_the_right_one() -> None:
    [(error_id, message, hint)] = messages(QUAERO={"RETENTION_DAY": 7})
    assert (error_id, hint) == ("quaero.E002", "Is it RETENTION_DAYS that you mean?")
    assert "'RETENTION_DAY'" in message


def test_a_key_that_is_like_no_other_is_answered_with_all() -> None:
    [(_, _, hint)] = messages(QUAERO={"ZZZZ": 7})
    assert "STREAM_MAX_LIMIT" in hint


def test_what_is_no_dict_is_an_error() -> None:
    [(error_id, message, _)] = messages(QUAERO=["RETENTION_DAYS"])
    assert (error_id, message) == ("quaero.E002", "QUAERO is a list, and must be a dict.")


def test_a_default_limit_over_the_maximum_is_an_error() -> None:
    [(error_id, _, hint)] = messages(QUAERO={"STREAM_DEFAULT_LIMIT": 101, "STREAM_MAX_LIMIT": 100})
    assert error_id == "quaero.E001"
    assert hint
    assert messages(QUAERO={"STREAM_DEFAULT_LIMIT": 100, "STREAM_MAX_LIMIT": 100}) == []
