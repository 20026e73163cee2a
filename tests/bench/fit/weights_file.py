"""Write what was learned as a module of numbers: `edge/analysis/motion/weights.py`.

Whoever reads it needs neither PyTorch nor a data file, and a review sees which numbers changed.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.fit.inputs import BESIDE

_LARGEST = 32767  # of an int16, its negative too
_LINE = 100  # characters of text a line
_MODULE = '''"""What the detector learned: made by `make fit-detector`; do not edit.
{about}"""

from collections.abc import Mapping

SCALES: Mapping[str, tuple[float, float]] = {{
{scales}}}
"""Of each input, in order: what is taken off it, and what it is then divided by."""

LAYERS: Mapping[str, tuple[tuple[int, ...], float, str]] = {{
{layers}}}
"""Of each layer: shape, scale, and base 85 of little-endian int16; a weight is an integer times the scale."""

SHAKING: Mapping[str, tuple[float, ...]] = {{
{steps}}}
"""Of the sum for shaking: what each quarter of a curve adds, and the constants of a magnitude and of axes."""
'''


def write_weights(
    path: Path,
    state: Mapping[str, Any],
    norm: tuple[NDArray[np.float32], NDArray[np.float32]],
    used: Sequence[str],
    steps: Mapping[str, Sequence[float]],
    *,
    made: str = "",
) -> None:
    """Write SCALES, LAYERS and SHAKING to `path`.

    state: torch's parameters by name, tensors or arrays. norm: middle and spread of each input, (len(used) + 3,) each.
    used: names of the figures, in order. steps: of the sum for shaking. made: sentences for the
    docstring: data, seeds, steps.
    """
    path.write_text(module(state, norm, used, steps, made=made), encoding="utf-8")


def module(
    state: Mapping[str, Any],
    norm: tuple[NDArray[np.float32], NDArray[np.float32]],
    used: Sequence[str],
    steps: Mapping[str, Sequence[float]],
    *,
    made: str = "",
) -> str:
    """The text of the module; as `ruff format` would leave it."""
    names = (*used, *BESIDE)
    scales = [
        f'    "{name}": ({_short(middle)}, {_short(spread)}),\n'
        for name, middle, spread in zip(names, *norm, strict=True)
    ]
    layers = [_layer(name, np.asarray(values, dtype=np.float64)) for name, values in state.items()]
    about = "".join(f"\n{fill(line, 118)}\n" for line in made.splitlines() if line)
    shaking = [f'    "{name}": ({", ".join(map(_short, each))}),\n' for name, each in steps.items()]
    return _MODULE.format(about=about, scales="".join(scales), layers="".join(layers), steps="".join(shaking))


def packed(values: NDArray[np.float64]) -> tuple[float, str]:
    """Scale and text of a layer: the largest value becomes the largest integer."""
    scale = float(_short(max(float(np.abs(values).max()), 1e-9) / _LARGEST))
    integers = np.clip(np.round(values / scale), -_LARGEST, _LARGEST).astype("<i2")
    return scale, base64.b85encode(integers.tobytes()).decode("ascii")


def unpacked(shape: tuple[int, ...], scale: float, text: str) -> NDArray[np.float64]:
    """What `packed` made, within half a scale of what it was made from."""
    return np.frombuffer(base64.b85decode(text), dtype="<i2").reshape(shape) * scale


def _layer(name: str, values: NDArray[np.float64]) -> str:
    scale, text = packed(values)
    lines = [f'"{text[i : i + _LINE]}"' for i in range(0, len(text), _LINE)]
    body = f"        {lines[0]},\n"
    if len(lines) > 1:
        body = "        (\n" + "".join(f"            {line}\n" for line in lines) + "        ),\n"
    return f'    "{name}": (\n        {values.shape!r},\n        {_short(scale)},\n{body}    ),\n'


def _short(value: float) -> str:
    """Six significant digits, always with a point or an exponent."""
    text = f"{float(value):.6g}"
    return text if "." in text or "e" in text else text + ".0"
