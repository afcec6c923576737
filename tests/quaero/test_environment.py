"""The environment: allowed values, and the messages about wrong ones."""

from __future__ import annotations

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import run

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from quaero.config.checks import check_names
from quaero.config.environment import Environment, read_environment
from tests.processes import ROOT, environment, manage


def read(tmp_path: Path, **variables: str) -> Environment:
    return read_environment({"QUAERO_DATA_DIR": str(tmp_path / "data"), **variables})


def refusal(tmp_path: Path, **variables: str) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(tmp_path, **variables)
    return str(refused.value)


def test_defaults(tmp_path: Path) -> None:
    found = read(tmp_path)
    streams = {name: found.of_apps[f"STREAM_{name}"] for name in ("BATCH_INTERVAL_MS", "DEFAULT_LIMIT", "MAX_STREAMS")}
    assert streams == {"BATCH_INTERVAL_MS": 150, "DEFAULT_LIMIT": 100, "MAX_STREAMS": 10_000}
    assert (found.of_apps["RETENTION_DAYS"], found.of_apps["PROGRAMS"], found.of_apps["RUN_USER"]) == (30, (), "")
    assert (found.of_apps["SERVICE_LOG_LEVEL"], found.of_apps["TRACKING"]) == ("info", True)
    assert (found.workers, found.cors_origins, found.redis_url, found.sample_jobs) == (2, (), "", True)
    assert found.database["NAME"] == str(tmp_path / "data" / "quaero.sqlite3")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("QUAERO_STREAM_BATCH_INTERVAL_MS", "fast", "a whole number from 10 to 60000"),
        ("QUAERO_STREAM_BATCH_INTERVAL_MS", "9", "from 10"),
        ("QUAERO_STREAM_PING_INTERVAL_S", "0", "from 1 to 3600"),
        ("QUAERO_STREAM_DEFAULT_LIMIT", "1e3", "whole number"),
        ("QUAERO_STREAM_MAX_LIMIT", "100001", "to 100000"),
        ("QUAERO_STREAM_BUFFER_SIZE", "-1", "from 1"),
        ("QUAERO_STREAM_MAX_STREAMS", "1_000", "whole number"),
        ("QUAERO_RETENTION_DAYS", "9" * 5000, "to 36500"),
        ("QUAERO_PROGRAMS", "python,perl", "python, shell"),
        ("QUAERO_WORKERS", "0", "a whole number from 1 to 1000"),
        ("QUAERO_WORKERS", "two", "a whole number"),
        ("QUAERO_WORKERS", "1001", "to 1000"),
        ("QUAERO_RUN_TIMEOUT_S", "0", "from 1 to 604800"),
        ("QUAERO_RUN_TIMEOUT_S", "604801", "from 1 to 604800"),
        ("QUAERO_RUN_TIMEOUT_S", "1.5", "a whole number"),
        ("QUAERO_RUN_MEMORY_MB", "63", "from 64 to 1048576"),
        ("QUAERO_RUN_MEMORY_MB", "2GB", "a whole number"),
        ("QUAERO_RUN_PROCESSES", "9", "from 10 to 1000000"),
        ("QUAERO_RUN_FILE_MB", "0", "from 1 to 1048576"),
        ("QUAERO_RUN_DISK_MB", "unlimited", "a whole number from 1 to 1048576"),
        ("QUAERO_RUN_USER", "root", "the name of a user of this machine, other than root"),
        ("QUAERO_RUN_USER", "no such user", "the name of a user of this machine"),
        ("QUAERO_RUN_ENVIRONMENT", "GOOD,NOT GOOD", "names of environment variables"),
        ("QUAERO_RUN_ENVIRONMENT", "1ST", "names of environment variables"),
        ("QUAERO_RUN_ENVIRONMENT", "A=B", "names of environment variables"),
        ("QUAERO_RUN_ENVIRONMENT", "LC_*", "names of environment variables"),
        ("QUAERO_MASK_PATTERNS", "(", "regular expressions, one a line"),
        ("QUAERO_MASK_PATTERNS", "[0-9]*", "none of which matches an empty text"),
        ("QUAERO_MASK_PATTERNS", "sk-[a-z]+|", "none of which matches an empty text"),
        ("QUAERO_CORS_ORIGINS", "*", "origins such as https://example.org"),
        ("QUAERO_CORS_ORIGINS", "https://example.org/", "without a path"),
        ("QUAERO_CORS_ORIGINS", "https://example.org:port", "without a path"),
        ("QUAERO_CORS_ORIGINS", "https://example.org:443", "without a port that goes without saying"),
        ("QUAERO_CORS_ORIGINS", "https://Example.org", "in small letters"),
        ("QUAERO_CORS_ORIGINS", "https://[0:0::1]", "as a browser sends them"),
        ("QUAERO_CORS_ORIGINS", "https://a:b@example.org", "as a browser sends them"),
        ("QUAERO_CORS_ORIGINS", "null", "origins such as https://example.org"),
        ("QUAERO_CORS_ORIGINS", "https://*.example.org", "without *"),
        ("QUAERO_ALLOWED_HOSTS", "https://quaero.example.org", "names such as quaero.example.org"),
        ("QUAERO_ALLOWED_HOSTS", "*.example.org", ".example.org (all below it)"),
        ("QUAERO_ALLOWED_HOSTS", "quaero.example.org:port", "quaero.example.org:8443"),
        ("QUAERO_ALLOWED_HOSTS", "a b", "or *"),
        ("QUAERO_BASE_PATH", "quaero/", "a path such as /quaero/"),
        ("QUAERO_BASE_PATH", "/quaero/../etc/", "begins with a slash"),
        ("QUAERO_BASE_PATH", "/a b/", "letters, digits"),
        ("QUAERO_BASE_PATH", "//evil.example/", "a path such as /quaero/"),
        ("QUAERO_TRUSTED_PROXIES", "10.0.0.1/8", "networks such as 10.0.0.0/8"),
        ("QUAERO_TRUSTED_PROXIES", "proxy.local", "addresses such as 127.0.0.1"),
        ("QUAERO_TRUSTED_PROXIES", "*", "or unix"),
        ("QUAERO_SERVICE_LOG_LEVEL", "loud", "debug, info, warn, error, fatal"),
        ("QUAERO_SAMPLE_JOBS", "yes", "on, off"),
        ("DATABASE_URL", "mysql://host/name", "sqlite:///PATH or postgres://"),
        ("DATABASE_URL", "sqlite://:memory:", "sqlite:///PATH"),
        ("DATABASE_URL", "sqlite:///", "sqlite:///PATH"),
        ("DATABASE_URL", "postgres://host", "postgres://USER"),
        ("REDIS_URL", "localhost:6379", "redis://HOST"),
        ("QUAERO_DATA_DIR", "/dev/null/data", "a directory"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path: Path, name: str, value: str, allowed: str) -> None:
    said = refusal(tmp_path, **{name: value})
    assert f"{name}={value!r}" in said
    assert allowed in said


def test_all_wrong_values_are_reported_at_once(tmp_path: Path) -> None:
    said = refusal(tmp_path, QUAERO_RETENTION_DAYS="never", QUAERO_SAMPLE_JOBS="maybe", REDIS_URL="here")
    assert len(said.splitlines()) == 3


def test_of_several_patterns_the_wrong_one_is_named(tmp_path: Path) -> None:
    said = refusal(tmp_path, QUAERO_MASK_PATTERNS="sk-[a-z]+\n  x{2,1} \n")
    assert "QUAERO_MASK_PATTERNS='x{2,1}' is not usable" in said
    assert "min repeat greater than max repeat" in said


def test_a_password_is_not_repeated(tmp_path: Path) -> None:
    said = refusal(tmp_path, DATABASE_URL="mysql://quaero:geheim@host/name", REDIS_URL="http://:geheim@host")
    assert "geheim" not in said
    assert "quaero:***@host/name" in said


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert read(tmp_path, QUAERO_STREAM_MAX_LIMIT="", DATABASE_URL=" ").of_apps["STREAM_MAX_LIMIT"] == 1000


def test_lists_are_separated_by_commas(tmp_path: Path) -> None:
    found = read(
        tmp_path, QUAERO_PROGRAMS="shell, python,shell", QUAERO_CORS_ORIGINS="http://localhost:3000,https://[::1]"
    )
    assert found.of_apps["PROGRAMS"] == ("shell", "python")
    assert found.cors_origins == ("http://localhost:3000", "https://[::1]")


def test_hosts_and_proxies_are_separated_by_commas(tmp_path: Path) -> None:
    hosts = "Quaero.example.org, .example.net:8443,addresses,[::1]"
    found = read(tmp_path, QUAERO_ALLOWED_HOSTS=hosts, QUAERO_TRUSTED_PROXIES="10.0.0.0/8, ::1,unix")
    assert found.allowed_hosts == ("quaero.example.org", ".example.net:8443", "addresses", "[::1]")
    assert found.trusted_proxies == ("10.0.0.0/8", "::1", "unix")


def test_names_of_variables_are_separated_by_commas_and_patterns_by_lines(tmp_path: Path) -> None:
    found = read(tmp_path, QUAERO_RUN_ENVIRONMENT="PROXY, _x1,PROXY", QUAERO_MASK_PATTERNS="\n a{2,3}\n\nb,c \n")
    assert found.of_apps["RUN_ENVIRONMENT"] == ("PROXY", "_x1")
    assert found.of_apps["MASK_PATTERNS"] == ("a{2,3}", "b,c")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/a+b/%C3%A4%3F.sqlite3", "/srv/a+b/ä?.sqlite3"),
        ("sqlite:///here.sqlite3", "here.sqlite3"),
    ],
)
def test_a_sqlite_path_is_taken_as_it_is(tmp_path: Path, url: str, path: str) -> None:
    assert read(tmp_path, DATABASE_URL=url).database["NAME"] == str(Path.cwd() / path)


def test_a_postgres_url_names_its_parts(tmp_path: Path) -> None:
    database = read(tmp_path, DATABASE_URL="postgres://someone:p%40ss@db.example:5433/quaero").database
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["USER"], database["PASSWORD"]) == ("someone", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "quaero")


def test_a_relative_data_dir_counts_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_environment({"QUAERO_DATA_DIR": "data"}).data_dir == tmp_path / "data"


def test_a_secret_key_is_taken_as_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_KEY="$ecret").secret_key == "$ecret"
    assert not (tmp_path / "data" / "secret_key").exists()


def test_a_secret_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    key = read(tmp_path).secret_key
    assert len(key) >= 50
    assert read(tmp_path).secret_key == key
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_many_who_make_the_secret_key_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: read(tmp_path).secret_key, range(64)))
    assert len(keys) == 1
    assert "" not in keys
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_an_empty_secret_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret_key").touch()
    assert "secret_key is empty: delete it" in refusal(tmp_path)


def test_where_no_secret_key_can_be_kept_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "data" / "secret_key").mkdir(parents=True)
    assert "SECRET_KEY is not set and cannot be kept" in refusal(tmp_path)


def test_a_mistyped_variable_is_a_warning_with_the_right_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of_a_run = {"QUAERO_JOB_ID": "x", "QUAERO_PARAMETERS": "{}", "QUAERO_PARAMETER_DAY": "1"}
    monkeypatch.setattr(settings, "ENVIRONMENT", read(tmp_path, QUAERO_STREAM_BUFER_SIZE="9", **of_a_run))
    (warning,) = check_names(None)
    assert warning.id == "quaero.W001"
    assert "QUAERO_STREAM_BUFER_SIZE" in warning.msg
    assert "QUAERO_STREAM_BUFFER_SIZE" in str(warning.hint)


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    assert [name for name in settings.ENVIRONMENT.known if f"`{name}`" not in documented] == []


@pytest.mark.slow
@pytest.mark.parametrize("command", ["serve", "check", "help", "migrate", "nonsense"])
def test_a_wrong_value_stops_every_command_with_a_clean_message(tmp_path: Path, command: str) -> None:
    done = manage(command, QUAERO_DATA_DIR=str(tmp_path), QUAERO_STREAM_MAX_LIMIT="many")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("QUAERO_STREAM_MAX_LIMIT='many' is not usable")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_rule_between_settings_stops_serve(tmp_path: Path) -> None:
    done = manage("serve", "--port", "0", QUAERO_DATA_DIR=str(tmp_path), QUAERO_STREAM_DEFAULT_LIMIT="5000")
    assert done.returncode == 1
    assert "quaero.E001" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_uvicorn_ends_with_the_reason(tmp_path: Path) -> None:
    done = run(
        [sys.executable, "-m", "uvicorn", "quaero.asgi:application", "--port", "0"],
        cwd=ROOT,
        env=environment(QUAERO_DATA_DIR=str(tmp_path), QUAERO_STREAM_MAX_LIMIT="many"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    last_line = done.stderr.strip().splitlines()[-1]
    assert last_line.startswith("django.core.exceptions.ImproperlyConfigured: QUAERO_STREAM_MAX_LIMIT='many'")


@pytest.mark.parametrize(("given", "path"), [("", "/"), ("/", "/"), ("/quaero", "/quaero/"), ("/a/b.c/", "/a/b.c/")])
def test_a_base_path_has_a_slash_at_both_ends(tmp_path: Path, given: str, path: str) -> None:
    assert read(tmp_path, QUAERO_BASE_PATH=given).base_path == path
