"""The ordinary course of a night or a day, filled in around what is already in the script."""

from dataclasses import dataclass, replace

import numpy as np

from edge.simulation.asleep import hiccups, restless, sleep_myoclonus, startle, sucking, turning, twitch
from edge.simulation.awake import crying, kicking, play
from edge.simulation.body import LYING, Movement, Posture
from edge.simulation.handled import body_rocking, car, carried, head_banging, patted, rocked
from edge.simulation.script import Script
from edge.simulation.tremor import jitteriness
from edge.simulation.waves import Range

SLEEP_CYCLE_S = Range(2700.0, 3900.0)
"""An infant's sleep cycle, half of it active sleep: 45-65 min, an assumption."""


@dataclass(slots=True)
class Nurse:
    """Fills a script with an ordinary night, keeping out of the intervals in `reserved` (start, end; sorted)."""

    script: Script
    rng: np.random.Generator
    age_months: float
    reserved: list[tuple[float, float]]
    myoclonus: bool = False
    t: float = 0.0
    lying: Posture = Posture.SUPINE

    @property
    def over(self) -> bool:
        return self.t >= self.script.duration_s

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def do(self, movement: Movement, pause_s: float = 2.0) -> bool:
        """The next thing, after a pause; put off behind a reserved interval, False if the night ends before."""
        start = self.t + pause_s
        for begin, end in self.reserved:
            if start < end and start + movement.duration_s > begin:
                start = end
        if start + movement.duration_s > self.script.duration_s:
            self.t = self.script.duration_s
            return False
        if movement.posture and self.lying not in movement.posture:
            if movement.posture[0] in LYING:
                self.lying = movement.posture[int(self.rng.integers(len(movement.posture)))]
                self.script.lie(start, self.lying)
            else:
                self.script.lie(start, movement.posture[0], 3.0)
                self.script.lie(start + movement.duration_s - 4.0, self.lying, 4.0)
        self.t = self.script.add(start, movement)
        return True

    def turn(self, pause_s: float) -> None:
        """Turns over: a movement, and another posture when half of it is done."""
        movement = turning(self.rng)
        if self.do(movement, pause_s):
            self.lying = LYING[int(self.rng.integers(len(LYING)))]
            self.script.lie(self.t - 0.7 * movement.duration_s, self.lying, 0.5 * movement.duration_s)

    def awake(self, *, first: bool) -> None:
        """Awake: cries or plays, a parent comes, carries, feeds, rocks and pats until it sleeps."""
        rng = self.rng
        opening = [play, kicking] if first else [crying, kicking]
        self.do(opening[int(rng.integers(2))](rng, rng.uniform(40.0, 180.0)))
        if self.chance(0.7):
            self.carry(rng.uniform(40.0, 300.0))
        if self.chance(0.6):
            fed = sucking(rng, rng.uniform(180.0, 500.0), age_months=self.age_months)
            self.do(replace(fed, posture=(Posture.RECLINED,)), 10.0)
        if self.chance(0.5):
            self.do(rocked(rng, rng.uniform(60.0, 300.0)), 10.0)
        if self.chance(0.5):
            self.do(patted(rng, rng.uniform(20.0, 120.0)), 5.0)
        if self.chance(0.15) and self.age_months >= 5:
            self.do((body_rocking if self.chance(0.7) else head_banging)(rng, rng.uniform(60.0, 400.0)), 15.0)
        self.t += rng.uniform(60.0, 300.0)

    def carry(self, length_s: float) -> None:
        """Carried by a parent, who at times pats the child's back while walking."""
        if self.do(carried(self.rng, length_s), 5.0) and self.chance(0.3):
            pat = patted(self.rng, self.rng.uniform(0.2, 0.8) * length_s)
            self.script.add(self.t - length_s + 4.0, pat)

    def day(self) -> None:
        """An hour or so awake: one thing after another that a child does, or that is done with it."""
        rng, months = self.rng, self.age_months
        self.do(play(rng, rng.uniform(60.0, 600.0)))
        self.do(kicking(rng, rng.uniform(30.0, 180.0)), rng.exponential(30.0))
        if self.chance(0.5):
            self.do(crying(rng, rng.uniform(30.0, 180.0)), rng.exponential(30.0))
        self.carry(rng.uniform(40.0, 400.0))
        if self.chance(0.3):
            self.do(hiccups(rng, rng.uniform(120.0, 420.0)), rng.exponential(60.0))
        if months >= 5 and self.chance(0.25):
            self.do((body_rocking if self.chance(0.7) else head_banging)(rng, rng.uniform(60.0, 300.0)), 20.0)
        fed = sucking(rng, rng.uniform(180.0, 500.0), age_months=months)
        self.do(replace(fed, posture=(Posture.RECLINED,)), 20.0)
        if self.chance(0.4):
            self.do(patted(rng, rng.uniform(20.0, 120.0)), 5.0)
        if self.chance(0.4):
            self.do(replace(rocked(rng, rng.uniform(120.0, 600.0)), posture=(Posture.RECLINED,)), 20.0)
        if self.chance(0.35):
            self.do(car(rng, rng.uniform(400.0, 1500.0)), 30.0)
        for _ in range(int(rng.integers(1, 4))):
            self.do(startle(rng, moro=months <= 4 and self.chance(0.4)), rng.exponential(120.0))

    def sleep(self) -> None:
        """One cycle: quiet sleep, then active sleep with twitches and restlessness, then perhaps a waking."""
        rng, begin = self.rng, self.t
        length = SLEEP_CYCLE_S.draw(rng)
        while self.t < begin + length / 2 and not self.over:
            self.do(self.quiet(), rng.exponential(240.0))
        while self.t < begin + length and not self.over:
            self.active()
        if self.chance(0.4) and not self.over:
            self.awake(first=False)

    def quiet(self) -> Movement:
        """What may happen in quiet sleep."""
        rng = self.rng
        if self.myoclonus and self.chance(0.3):
            return sleep_myoclonus(rng, rng.uniform(20.0, 90.0))
        if self.chance(0.02):
            return hiccups(rng, rng.uniform(120.0, 420.0))
        if self.chance(0.35):
            return sucking(rng, rng.uniform(20.0, 180.0), age_months=self.age_months)
        return startle(rng, moro=self.age_months <= 4 and self.chance(0.4)) if self.chance(0.6) else twitch(rng)

    def active(self) -> None:
        """The next thing in active sleep."""
        rng, pause = self.rng, self.rng.exponential(60.0)
        if self.chance(0.25):
            self.turn(pause)
        elif self.chance(0.28):
            if self.do(restless(rng), pause):
                self.script.lie(self.t - 2.0, self.lying)  # the limbs come to lie elsewhere
        elif self.chance(0.6):
            self.do(twitch(rng), pause)
        elif self.age_months < 7 and self.chance(0.2):
            self.do(jitteriness(rng, rng.uniform(10.0, 60.0)), pause)
        elif self.chance(0.5):
            self.do(startle(rng), pause)
        else:
            self.do(sucking(rng, rng.uniform(10.0, 90.0), age_months=self.age_months), pause)
