"""The lines by which a program reports to Quaero: `::group::build`, `::entry::{json}` and the like."""

from __future__ import annotations

from datetime import UTC, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jobs.running.child import quaero_output, quaero_values
else:
    import quaero_output
    import quaero_values

MAX_JSON_BYTES = 1_000_000  # a line may have 1 MiB
SHORTENED_TO = (100_000, 10_000, 1_000)  # characters of each text of an entry that would be too long

has_result = False
"""Whether the program has given one itself."""


def report(command: str, text: str = "", parameters: str = "") -> None:
    """Writes a command. `text` may be any: what would end the line is escaped."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    quaero_output.write_line(f"::{command}{' ' if parameters else ''}{parameters}::{text}")


def report_json(command: str, value: object, what: str) -> None:
    """Writes a command of JSON. Raises ValueError, calling it `what`, where it is too large or no JSON at all."""
    text = quaero_values.json_text(value, what)
    if len(text) > MAX_JSON_BYTES:
        raise ValueError(f"{what} has {len(text):,} bytes as JSON: at most {MAX_JSON_BYTES:,} are allowed")
    quaero_output.write_line(f"::{command}::{text}")


def report_result(value: object) -> None:
    """Writes the result. Raises ValueError as `report_json` does."""
    global has_result
    report_json("result", value, "the result")
    has_result = True


def report_entry(level: str, message: str, fields: dict[str, object], stream: str = "stdout", source: str = "") -> None:
    """Writes an entry. Of one that is too large for a line each text is shortened, and it says by how much."""
    moment = datetime.now(UTC).isoformat()
    entry: dict[str, object] = {"level": level, "timestamp": moment, "stream": stream, "message": message}
    if source:
        entry["source"] = source
    text = quaero_values.json_text({**entry, "fields": fields} if fields else entry)
    for characters in SHORTENED_TO:
        if len(text) <= MAX_JSON_BYTES:
            break
        text = quaero_values.json_text({**entry, **_shortened(message, fields, characters)})
    if len(text) > MAX_JSON_BYTES:
        size = f"{len(text):,} bytes as JSON, which is too large"
        text = quaero_values.json_text({**entry, **_shortened(message, {"fields": size}, SHORTENED_TO[-1])})
    quaero_output.write_line(f"::entry::{text}")


def _shortened(message: str, fields: dict[str, object], characters: int) -> dict[str, object]:
    lost = message[characters:].encode(errors="replace")
    marks = {"truncated_bytes": len(lost)} if lost else {}
    return {"message": message[:characters], "fields": {**_cut_fields(fields, characters), **marks}}


def _cut_fields(fields: dict[str, object], characters: int) -> dict[str, object]:
    """Texts ending in an ellipsis where they were longer, and so whatever is no text."""
    shown = {key: value if isinstance(value, str) else quaero_values.json_text(value) for key, value in fields.items()}
    return {
        key[:characters]: fields[key] if len(text) <= characters else text[:characters] + "…"
        for key, text in shown.items()
    }
