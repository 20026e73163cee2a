"""A folder of recordings in the format of the real ones, of noise: what learning does with data, not what it learns."""

import json

import numpy as np
import pytest

from tests.bench.fit.stretches import EVENTS, SETS

RATES_HZ = dict(zip(SETS, (32.0, 60.0, 64.0, 20.0, 32.0, 32.0, 25.0, 16.0), strict=True))
PEOPLE = ("anna", "bert", "carl", "dora", "emil", "fred")


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """Six people a set, 90 s each; three real events, the last without an annotation."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(1)
    for name in SETS:
        _write_set(folder / f"{name}.npz", name, rng)
    _write_events(folder / f"{EVENTS}.npz", rng)
    return folder


def _write_set(file, name, rng):
    rate_hz = RATES_HZ[name]
    seconds = 13.0 if name == "uea_epilepsy" else 90.0
    length = int(seconds * rate_hz)
    samples = rng.normal(0.0, 20.0, (length * len(PEOPLE), 3)) + np.array([0.0, 0.0, 1000.0])
    labels = {"nurses_e4": "faulty_axis", "osd_gj_wrist_mag": "simulated_seizure", "uea_epilepsy": "EPILEPSY"}
    values = {"acc": samples.astype(np.int16)}
    if name == "osd_gj_wrist_mag":
        values = {"mag": np.linalg.norm(samples, axis=1).astype(np.float32)}
    np.savez(
        file,
        **values,
        fs=rate_hz,
        seg_start=np.arange(len(PEOPLE)) * length,
        seg_len=np.full(len(PEOPLE), length),
        seg_subject=np.array(PEOPLE),
        seg_label=np.array([labels.get(name, "walking"), *["walking"] * (len(PEOPLE) - 1)]),
    )


def _write_events(file, rng):
    windows = 12  # of five seconds
    t_s = np.arange(3 * windows * 125).reshape(-1, 125) % (windows * 125) / 25.0
    jerks = 600.0 * (np.sin(2 * np.pi * 3.0 * t_s) > 0.5)
    inside = (t_s >= 10.0) & (t_s <= 40.0)
    events = [
        {"subtype": "Tonic-Clonic", "seizure_s": span, "first_window": k * windows, "windows": windows}
        for k, span in enumerate([[10.0, 40.0], [10.0, 40.0], [None, None]])
    ]
    mag = (1000.0 + jerks * inside + rng.normal(0.0, 10.0, t_s.shape)).astype(np.float32)
    np.savez(file, t=t_s, mag=mag, events=json.dumps(events))
