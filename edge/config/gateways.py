"""Sensors that somebody else's gateway hears: what their `mqtt_` keys mean, and what cannot be meant."""

from collections.abc import Iterator, Mapping, Sequence

from edge.config.places import At
from edge.config.tables import DeviceTable
from edge.errors import shown
from edge.model.limits import BOUNDS
from edge.model.reading import MOTION_UNITS, TEMPERATURE_UNITS

OWN = "feverhub/"
"""What stands below is published by hubs: a value heard there would be this hub's own."""
_MOTION, _TEMPERATURE = "no_data_motion_s", "no_data_temperature_s"


def decoding_options(row: DeviceTable) -> dict[str, str]:
    """How a message is read, as options of the decoding."""
    if not row.mqtt_source:
        return {}
    said = {
        "value": row.mqtt_value,
        "unit": row.mqtt_unit,
        "time": row.mqtt_time,
        "sequence": row.mqtt_sequence,
        "rate_hz": row.mqtt_rate_hz,
    }
    return {name: str(value) for name, value in said.items() if value is not None}


def deadline(row: DeviceTable) -> Mapping[str, float]:
    """The limit that its own deadline is."""
    return {} if row.mqtt_deadline_s is None else {_deadline_name(row): row.mqtt_deadline_s}


def _deadline_name(row: DeviceTable) -> str:
    return _MOTION if row.limb is not None else _TEMPERATURE


def problems(rows: Sequence[tuple[DeviceTable, At]]) -> Iterator[str]:
    """A sentence with file and line for all that cannot be meant."""
    known: dict[tuple[str, str], str] = {}
    for row, at in rows:
        if not row.mqtt_source:
            yield from _without_source(row, at)
            continue
        yield from _source(row, at)
        yield from _unit(row, at)
        yield from _deadline(row, at)
        same = known.setdefault((row.mqtt_source, row.mqtt_value), row.id)
        if same != row.id:
            yield (
                f"{at('mqtt_source')}: device.mqtt_source: {row.id!r} would read the same value as device {same!r}; "
                "each sensor is set up once"
            )


def _without_source(row: DeviceTable, at: At) -> Iterator[str]:
    written = {
        "mqtt_value": row.mqtt_value,
        "mqtt_unit": row.mqtt_unit,
        "mqtt_time": row.mqtt_time,
        "mqtt_sequence": row.mqtt_sequence,
        "mqtt_rate_hz": row.mqtt_rate_hz,
        "mqtt_deadline_s": row.mqtt_deadline_s,
        "mqtt_availability": row.mqtt_availability,
    }
    for key, value in written.items():
        if value:
            yield f"{at(key)}: device.{key}: there is no mqtt_source that it could be about; give one, or leave it out"


def _source(row: DeviceTable, at: At) -> Iterator[str]:
    if row.address:
        yield (
            f"{at('address')}: device: {row.id!r} has an address (the hub's own radio) and an mqtt_source (somebody "
            "else's gateway); give one"
        )
    for key, topics in (("mqtt_source", [row.mqtt_source]), ("mqtt_availability", row.mqtt_availability)):
        for topic in topics:
            if topic.startswith(OWN):
                yield (
                    f"{at(key)}: device.{key}: {shown(topic)} is what a hub itself publishes; give the topic of the "
                    "gateway"
                )
    if row.mqtt_source in row.mqtt_availability:
        yield (
            f"{at('mqtt_availability')}: device.mqtt_availability: {shown(row.mqtt_source)} is the topic of its "
            "values; give the one that says online and offline"
        )


def _unit(row: DeviceTable, at: At) -> Iterator[str]:
    units = MOTION_UNITS if row.limb is not None else TEMPERATURE_UNITS
    if row.mqtt_unit is None:
        yield (
            f"{at('')}: device: {row.id!r} has an mqtt_source and no mqtt_unit; say what its numbers are, one of "
            f"{', '.join(units)}"
        )
    elif row.mqtt_unit not in units:
        what = "acceleration" if row.limb is not None else "temperature"
        yield (
            f"{at('mqtt_unit')}: device.mqtt_unit: {shown(str(row.mqtt_unit))} is no unit of {what}: expected one of "
            f"{', '.join(units)}"
        )
    if row.mqtt_rate_hz is not None and row.limb is None:
        yield f"{at('mqtt_rate_hz')}: device.mqtt_rate_hz: a thermometer sends no samples; leave it out"
    if row.limb is not None and row.mqtt_sequence is None and row.mqtt_time is None:
        yield (
            f"{at('mqtt_source')}: device: samples of {row.id!r} need mqtt_sequence or mqtt_time; without one, a lost "
            "message could not be told from a quiet second"
        )


def _deadline(row: DeviceTable, at: At) -> Iterator[str]:
    name = _deadline_name(row)
    safe = BOUNDS[name]
    if row.mqtt_deadline_s is not None and not safe.low <= row.mqtt_deadline_s <= safe.high:
        yield (
            f"{at('mqtt_deadline_s')}: device.mqtt_deadline_s: {row.mqtt_deadline_s:g} is not allowed: expected a "
            f"number from {safe.low:g} to {safe.high:g}"
        )
    if row.mqtt_deadline_s is not None and name in row.limits:
        yield (
            f"{at('mqtt_deadline_s')}: device.mqtt_deadline_s: limits of {row.id!r} hold {name} too, which is the "
            "same; give one"
        )


def warnings(rows: Sequence[tuple[DeviceTable, At]]) -> Iterator[str]:
    """What works and should be known, a sentence each with file and line."""
    for row, at in rows:
        if row.mqtt_source and row.mqtt_time is None and row.mqtt_sequence is None:
            yield (
                f"{at('mqtt_source')}: device {row.id}: a gateway that sends its last value again and again keeps a "
                "dead sensor looking alive for up to half an hour; name the time of the message (mqtt_time) or its "
                "number (mqtt_sequence) if it has one"
            )
