"""`make fit-detector`: build every example, learn the weights, write them; with --folds, judge by what is left out."""

import argparse
import hashlib
import json
import multiprocessing
import platform
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from tqdm import tqdm

from edge.analysis.motion import FIGURES
from tests.bench.fit import curves, page
from tests.bench.fit.examples import COUNTS, Example, build, sources
from tests.bench.fit.folds import DRAWN, FOLDS, KEPT_BACK, NOTHING, Fold, fold
from tests.bench.fit.inputs import Norm
from tests.bench.fit.judging import Held, evidence, judge, with_shaking
from tests.bench.fit.stretches import EVENTS, SETS
from tests.bench.fit.takes import SEEDS
from tests.bench.fit.weights_file import write_weights

STEPS, FOLD_STEPS = 6000, 2000


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What one training left.

    state: the network's parameters by name; norm: what its inputs are scaled by; steps: of the sum for shaking. losses:
    of the network. scores: as the log has them.
    """

    state: dict[str, NDArray[Any]]
    norm: Norm
    steps: dict[str, tuple[float, ...]]
    losses: tuple[float, ...]
    scores: list[dict[str, Any]]


def main() -> None:
    """See the module."""
    asked = _arguments().parse_args()
    data = asked.data / "motion"
    if not data.is_dir():
        raise SystemExit(f"there is no folder {data}")
    examples = build(data, sources(data), asked.processes)
    lefts = [NOTHING, *(FOLDS if asked.folds else ())]
    runs = dict(zip(lefts, _train(examples, lefts, asked), strict=True))
    shipped = runs[NOTHING]
    log = {
        "data": {name: _checksum(data / f"{name}.npz") for name in (*SETS, EVENTS)},
        "seeds": SEEDS,
        "takes": COUNTS,
        "kept_back_of_takes": KEPT_BACK,
        "versions": {name: metadata.version(name) for name in ("numpy", "torch")}
        | {"python": platform.python_version()},
        "learned_from": _counted(examples),
        "steps": {"shipped": asked.steps, "folds": asked.fold_steps},
        "losses": {left: [round(loss, 4) for loss in run.losses] for left, run in runs.items()},
        "scores": [row for run in runs.values() for row in run.scores],
    }
    made = f"Learned in {asked.steps} steps from takes and recordings; docs/{asked.log.name} says which, with seeds."
    write_weights(asked.write, shipped.state, shipped.norm, FIGURES, shipped.steps, made=made)
    asked.log.write_text(_text(log), encoding="utf-8")
    if asked.folds:
        page.replace(asked.page, log)
        curves.draw(asked.log.with_suffix(".png"), log)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds motion/*.npz")
    parser.add_argument("--write", type=Path, default=Path("edge/analysis/motion/weights.py"))
    parser.add_argument("--log", type=Path, default=Path("docs/fit-detector.json"))
    parser.add_argument("--page", type=Path, default=Path("docs/benchmark.md"))
    parser.add_argument("--folds", action="store_true", help="also learn without each family and each third of people")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--fold-steps", type=int, default=FOLD_STEPS)
    return parser


def _train(examples: list[Example], lefts: Sequence[str], asked: argparse.Namespace) -> Iterator[Run]:
    """One process a training; examples are inherited, not sent. PyTorch is imported there alone."""
    inherited = multiprocessing.get_context("fork")
    steps = [asked.steps if left == NOTHING else asked.fold_steps for left in lefts]
    with ProcessPoolExecutor(asked.processes, inherited, _inherit, (examples,)) as pool:
        yield from tqdm(pool.map(_run, lefts, steps), "trainings", len(lefts))


_examples: list[Example] = []


def _inherit(examples: list[Example]) -> None:
    _examples[:] = examples


def _run(left: str, steps: int) -> Run:
    from tests.bench.fit import shaking
    from tests.bench.fit.training import learn, log_odds

    def tell(line: str) -> None:
        tqdm.write(f"{left}: {line}")

    def network(example: Example) -> Held:
        return Held(evidence(log_odds(learned, example)))

    def both(example: Example) -> Held:
        return with_shaking(network(example), example, shaken)

    parts = fold(_examples, left)
    learned = learn(parts.train, steps, tell=tell)
    shaken = shaking.learn(parts.train, tell=tell)
    state = {name: values.numpy() for name, values in learned.net.state_dict().items()}
    scores = [
        _scored(parts, name, by, held) for name in parts.test for by, held in (("network", network), ("both", both))
    ]
    return Run(state, learned.norm, shaken, learned.losses, scores)


def _scored(parts: Fold, name: str, by: str, held: Callable[[Example], Held]) -> dict[str, Any]:
    lines = [score.row() for score in judge(parts.test[name], held)]
    return {"left": parts.left, "set": name, "held_out": parts.held_out(name), "by": by, "lines": lines}


def _counted(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Of each family and set: examples, hours, convulsions, how likely each is drawn; without what is kept back."""
    parts = fold(examples)
    by_name: dict[str, list[Example]] = {}
    for example in parts.train:
        by_name.setdefault(example.family, []).append(example)
    return {
        name: {
            "examples": len(each),
            "hours": round(sum(example.hours for example in each), 2),
            "convulsions": sum(len(example.fits) for example in each),
            "drawn": DRAWN[name],
        }
        for name, each in by_name.items()
    }


def _text(log: dict[str, Any]) -> str:
    """JSON with a line for each part of the log and for each set that was judged by, for differences."""
    parts = {name: json.dumps(part) for name, part in log.items() if name != "scores"}
    parts["scores"] = "[\n" + ",\n".join(f"  {json.dumps(row)}" for row in log["scores"]) + "\n ]"
    return "{\n" + ",\n".join(f" {json.dumps(name)}: {part}" for name, part in parts.items()) + "\n}\n"


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
