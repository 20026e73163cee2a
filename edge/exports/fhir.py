"""An HL7 FHIR R4 bundle as plain JSON: temperatures, doses, episodes and symptoms, for a clinic's own system.

A chart of ten-thousand readings helps nobody there: of each thermometer and hour the highest valid reading stands for
the hour, as it was measured and when, and an hour without one says why there is no number. Readings by hand are all in.
Body temperature follows the profile hl7.org/fhir/R4/bodytemp.html: LOINC 8310-5, UCUM `Cel`.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from edge.exports.record import Line, Record, Temperature, valid
from edge.model.care import HAND
from edge.model.effect import KeepReading
from edge.model.people import Site

HOUR_S = 3600.0
PROFILE = "http://hl7.org/fhir/StructureDefinition/bodytemp"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
DISCLAIMER = "Estimated by a program from a sensor that is no medical device; no diagnosis."
# SNOMED CT body structures; a patch is worn where its maker says, which the program does not know.
BODY_SITES: Mapping[Site, tuple[str, str]] = {
    Site.AXILLA: ("91470000", "Axillary region structure"),
    Site.ORAL: ("123851003", "Mouth region structure"),
    Site.EAR: ("117590005", "Ear structure"),
    Site.FOREHEAD: ("52795006", "Forehead structure"),
    Site.RECTAL: ("34402009", "Rectum structure"),
}
_UCUM_UNITS = {"mg": "mg", "ml": "mL", "g": "g", "drops": "[drp]"}
_WRITTEN = {
    "symptoms": "Symptoms as a caregiver saw them",
    "remark": "Remark of a caregiver",
    "drink": "Drink, as a caregiver wrote it down",
}
_NAMESPACE = uuid.UUID("5c1f0a3e-8f0f-4a53-9d4a-7f3d3b0f7c11")

Resource = dict[str, object]


def write(record: Record, file: Path) -> None:
    """Make the file. Raises OSError."""
    file.write_text(json.dumps(bundle(record), ensure_ascii=False, indent=1) + "\n", "utf-8")


def bundle(record: Record) -> Resource:
    """The bundle as plain values; the same record gives the same bundle."""
    made = _Maker(record)
    resources = [made.patient(), *made.devices(), *made.temperatures(), *made.diary()]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": record.time(record.made_s),
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }


class _Maker:
    def __init__(self, record: Record) -> None:
        self._record = record
        self._subject = {"reference": f"urn:uuid:{self._id('Patient', '')}"}

    def patient(self) -> Resource:
        person = self._record.person
        return {
            "resourceType": "Patient",
            "id": self._id("Patient", ""),
            **({"name": [{"text": person.name}]} if person.name else {}),
            **({"birthDate": person.born.isoformat()} if person.born else {}),
        }

    def devices(self) -> Iterator[Resource]:
        """The sensors; what was measured by hand has none."""
        sensors = {each.device for each in self._record.movement} | {each.device for each in self._record.temperature}
        for name in sorted(each for each in sensors if not each.startswith(HAND)):
            yield {
                "resourceType": "Device",
                "id": self._id("Device", name),
                "deviceName": [{"name": name, "type": "user-friendly-name"}],
            }

    def temperatures(self) -> Iterator[Resource]:
        for thermometer in self._record.temperature:
            by_hand = thermometer.device.startswith(HAND)
            for start_s, items in _hours(thermometer):
                good = [item for item in items if valid(item)]
                if by_hand:
                    yield from (self._measured(item, "taken by hand") for item in good)
                elif good:
                    highest = max(good, key=lambda item: item.reading.value)
                    yield self._measured(highest, f"highest of {len(good)} readings of that hour")
                else:
                    yield self._absent(thermometer, start_s, len(items))

    def diary(self) -> Iterator[Resource]:
        """Doses, episodes of the child, what caregivers saw; not what was withdrawn, nor of the hub itself."""
        for line in self._record.diary:
            if line.get("withdrawn"):
                continue
            match line["line"]:
                case "dose":
                    yield self._dose(line)
                case "alarm" if line["kind"] == "physiological":
                    yield self._episode(line)
                case "symptoms" | "remark" | "drink" as kind:
                    said = {"effectiveDateTime": line["time"], "valueString": str(line["summary"])}
                    yield self._observation(f"{kind} {line['id']}", _WRITTEN[kind], said)
                case _:
                    pass

    # ---------------------------------------------------------------- resources

    def _measured(self, item: KeepReading, how: str) -> Resource:
        value = {"value": round(item.reading.value, 2), "unit": "°C", "system": UCUM, "code": "Cel"}
        worth = "" if item.reading.validity == "valid" else f"; {item.reading.validity}: {item.reading.reason}"
        return self._temperature(item.device, item.place, item.wall_s, {"valueQuantity": value}, f"{how}{worth}")

    def _absent(self, thermometer: Temperature, start_s: float, invalid: int) -> Resource:
        code, display = ("error", "Error") if invalid else ("not-performed", "Not Performed")
        reason: Resource = {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": code, "display": display}]}}
        how = f"{invalid} readings, none of them valid" if invalid else "nothing was received in that hour"
        return self._temperature(thermometer.device, thermometer.readings[-1].place, start_s, reason, how)

    def _temperature(self, device: str, place: str, wall_s: float, result: Resource, note: str) -> Resource:
        category = {"system": CATEGORY, "code": "vital-signs", "display": "Vital Signs"}
        made: Resource = {
            "resourceType": "Observation",
            "id": self._id("temperature", f"{device} {wall_s!r}"),
            "meta": {"profile": [PROFILE]},
            "status": "final",
            "category": [{"coding": [category]}],
            "code": {"coding": [{"system": LOINC, "code": "8310-5", "display": "Body temperature"}]},
            "subject": self._subject,
            "effectiveDateTime": self._record.time(wall_s),
            **result,
            "bodySite": _body_site(place),
            "note": [{"text": note}],
        }
        if not device.startswith(HAND):
            made["device"] = {"reference": f"urn:uuid:{self._id('Device', device)}"}
        return made

    def _dose(self, line: Line) -> Resource:
        content = line["content"]
        assert isinstance(content, Mapping)
        dosage: Resource = {"text": str(line["summary"])}
        if content.get("amount") is not None:
            unit = str(content.get("unit") or "")
            code = _UCUM_UNITS.get(unit.casefold())
            dosage["dose"] = {
                "value": content["amount"],
                **({"unit": unit} if unit else {}),
                **({"system": UCUM, "code": code} if code else {}),
            }
        return {
            "resourceType": "MedicationAdministration",
            "id": self._id("dose", str(line["id"])),
            "status": "completed",
            "medicationCodeableConcept": {"text": str(content.get("medicine") or content["drug"])},
            "subject": self._subject,
            "effectiveDateTime": line["time"],
            "dosage": dosage,
        }

    def _episode(self, line: Line) -> Resource:
        period = {"start": line["time"], **({"end": line["ended"]} if line["ended"] else {})}
        components = []
        if line["duration_s"] is not None:
            seconds = {"value": line["duration_s"], "unit": "s", "system": UCUM, "code": "s"}
            components.append({"code": {"text": "Duration"}, "valueQuantity": seconds})
        places = [str(each).replace("_", " ") for each in _texts(line["places"]) if each]
        if places:
            components.append({"code": {"text": "Worn at"}, "valueString": ", ".join(places)})
        said: Resource = {
            "effectivePeriod": period,
            "valueString": str(line["text"]),
            "note": [{"text": "called a false alarm by a caregiver" if line["false_alarm"] else DISCLAIMER}],
            **({"component": components} if components else {}),
        }
        return self._observation(f"episode {line['id']}", f"Alarm: {str(line['condition']).replace('_', ' ')}", said)

    def _observation(self, name: str, code: str, fields: Resource) -> Resource:
        return {
            "resourceType": "Observation",
            "id": self._id("Observation", name),
            "status": "final",
            "code": {"text": code},
            "subject": self._subject,
            **fields,
        }

    def _id(self, kind: str, name: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._record.person.id} {kind} {name}"))


def _hours(thermometer: Temperature) -> Iterator[tuple[float, list[KeepReading]]]:
    """Each hour from the first reading to the last, by the clock, with its readings."""
    if not thermometer.readings:
        return
    hours: dict[int, list[KeepReading]] = {}
    for item in thermometer.readings:
        hours.setdefault(int(item.wall_s // HOUR_S), []).append(item)
    last = max(hours)
    for hour in range(min(hours), last + 1):
        yield hour * HOUR_S, hours.get(hour, [])


def _body_site(place: str) -> Resource:
    if place in set(Site) and (known := BODY_SITES.get(Site(place))):
        return {"coding": [{"system": SNOMED, "code": known[0], "display": known[1]}]}
    return {"text": place or "not said"}


def _texts(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
