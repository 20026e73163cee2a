"""The numbers of the patterns, and where they come from.

Learned for events, not for seconds: for each recording, the largest evidence over the line that the detector's own
accumulation (see `detector`) reaches is pushed up in seizures and down elsewhere (logistic loss, Adam, a penalty on
the size of the steps and on their differences). Where physics says which way a figure must count, the signs of its
steps are tied: for shaking, more power in 3-8 Hz or more level never counts against, slow sway, slow power or loops
never for; for jerks, a longer, more even or slowing succession or more level never counts against, odd intervals,
drift, sway, unevenness and one pure tone never for.

SHAKING: OpenSeizureDatabase (25 events, magnitude; CC BY 4.0) and mimicked seizures (Villar 2016) against an ordinary
day of the same kind of watch, WISDM (UCI 507), Stress-Predict (Iqbal 2022), HMP (UCI 283) and simulated infants; its
last curve is set by hand, so that even strokes of an arm, which a toothbrush needs, count against as long as they are
not vigorous.
JERKS: simulated clonic seizures alone (`edge.simulation`), whose jerks turn the limb, so that gravity moves over the
axes at the rate of the jerks, against the same. SHARP: simulated jerks of other shapes, which hardly turn it. Those
differ from pats on the trunk only in strength where they reach a limb; its last curve, set by hand, asks for 20-50 mg
RMS. EVEN is learned from nothing: set by hand, so that no shape of a simulated jerk is presumed. It asks for an even
succession of eight seconds at 0.8-3.5 Hz, of jerks apart from each other, with 55-110 mg RMS (pats on the trunk stay
below), whatever they look like. Recordings entered also at other rates (12.5-26 Hz), amplitudes and speeds, with three
axes and as a magnitude.

base for a magnitude differs from base_axes, where `loop` can speak against.
"""

from edge.analysis.motion.patterns import Curve, Pattern

SHAKING = Pattern(
    "shaking",
    base=-0.21,
    base_axes=-1.35,
    curves=(
        Curve("brisk", 0, 1, (0.40, 0.68, 0.96, 0.94)),
        Curve("mean_brisk", 0, 1, (0.56, 0.58, 0.08, 0.22)),
        Curve("slow", 0, 1, (-2.08, -4.08, -2.25, -1.50)),
        Curve("level", -2.4, -0.3, (0.46, 0.79, 0.01, 0.01)),
        Curve("least_level", -2.6, -0.3, (0.19, 0.01, 0.00, 0.50)),
        Curve("uneven", 0, 1.2, (-0.72, 1.96, 0.39, -0.57)),
        Curve("peak", 0.15, 0.9, (1.16, -0.04, -0.60, 0.43)),
        Curve("repeat", 0, 0.9, (0.10, 0.61, -0.66, -0.23)),
        Curve("mean_repeat", 0, 0.9, (0.15, -0.57, -2.66, 0.60)),
        Curve("tails", 0.2, 1.4, (-3.31, -0.97, -1.20, -3.70)),
        Curve("sd_centre_hz", 0, 1.5, (-0.79, -0.40, -0.58, -1.78)),
        Curve("loop", 0.1, 0.7, (-1.64, -0.80, -0.35, -0.33)),
        Curve("mean_loop", 0.1, 0.7, (-0.42, -0.02, -2.77, -2.31)),
        Curve("jerk_tails", 0.2, 1.5, (-1.78, 1.36, 1.15, -1.60)),
        Curve("drift", -2.5, -0.3, (1.91, 0.58, -0.57, 2.67)),
        Curve("centre_hz", 1, 6, (0.54, -0.69, -0.50, -2.92)),
        Curve("sd_level", 0, 0.8, (1.07, 1.79, -1.93, -5.15)),
        Curve("weak_steady", 0, 1, (-0.04, -0.08, -0.13, -0.99)),
        Curve("strokes", 0, 1, (-1.0, -1.0, -1.0, -1.0)),
    ),
)

JERKS = Pattern(
    "jerks",
    base=-2.86,
    base_axes=-3.49,
    curves=(
        Curve("run_s", 0, 9, (0.40, 0.11, 0.04, 0.31)),
        Curve("mean_odd", 0.1, 0.8, (-0.04, -0.84, -2.33, -3.63)),
        Curve("heights", 0, 0.6, (-0.56, 0.00, 0.00, -0.27)),
        Curve("slowing", -0.5, 0.5, (0.00, 0.00, 0.87, 0.00)),
        Curve("jerk_hz", 0.5, 3.5, (1.17, -0.66, -2.22, -2.36)),
        Curve("beat", 0, 0.9, (0.79, 0.33, 0.00, 0.00)),
        Curve("mean_beat", 0, 0.9, (0.33, 0.01, 0.00, 0.00)),
        Curve("rest", -1.5, 0, (-0.34, -0.06, 0.82, -1.30)),
        Curve("level", -2.4, -0.3, (0.18, 0.02, 0.31, 0.00)),
        Curve("sway", 0, 1, (-2.79, -2.26, -1.44, -1.01)),
        Curve("slow", 0, 1, (-5.13, -1.93, -1.29, -0.86)),
        Curve("middle", 0, 1, (0.50, -1.39, 1.09, 5.40)),
        Curve("brisk", 0, 1, (0.82, -2.21, -3.13, -2.38)),
        Curve("drift", -2.5, -0.3, (-0.01, -1.09, -3.13, -2.37)),
        Curve("peak", 0.15, 0.9, (-0.04, -0.22, -0.58, -1.60)),
        Curve("mean_peak", 0.15, 0.9, (-0.02, 0.00, -0.62, -0.41)),
        Curve("jerk_tails", 0.2, 1.5, (2.75, 3.03, 2.05, 0.62)),
        Curve("tails", 0.2, 1.4, (-0.41, -2.14, -1.54, -1.30)),
        Curve("spread_hz", 0.3, 2.2, (-1.26, 1.34, 0.02, 0.92)),
        Curve("sd_level", 0, 0.8, (3.25, 1.00, 1.08, -0.36)),
        Curve("uneven", 0, 1.2, (-0.03, -1.43, -1.28, -1.81)),
        Curve("repeat", 0, 0.9, (0.33, 1.63, -1.23, -3.44)),
        Curve("mean_repeat", 0, 0.9, (-0.79, 0.98, 0.07, -0.92)),
        Curve("centre_hz", 1, 6, (0.20, 1.75, -5.47, -3.68)),
        Curve("loop", 0.1, 0.7, (0.00, 0.00, -0.07, -1.47)),
        Curve("mean_loop", 0.1, 0.7, (0.00, 0.00, 0.00, -1.19)),
    ),
)

SHARP = Pattern(
    "sharp jerks",
    base=-9.07,
    base_axes=-9.19,
    curves=(
        Curve("run_s", 0, 9, (0.23, 0.23, 0.21, 0.20)),
        Curve("even_s", 0, 8, (0.24, 0.24, 0.24, 0.23)),
        Curve("mean_even_s", 0, 8, (0.23, 0.23, 0.21, 0.19)),
        Curve("odd", 0, 0.6, (-0.41, -0.57, -0.85, -1.36)),
        Curve("mean_odd", 0.1, 0.8, (-0.40, -0.70, -2.60, -2.53)),
        Curve("heights", 0, 0.6, (-0.37, -0.26, -0.27, -0.30)),
        Curve("slowing", -0.5, 0.5, (0.22, 0.22, 0.28, 0.18)),
        Curve("jerk_hz", 0.5, 3.5, (-0.17, -0.05, 0.83, 1.94)),
        Curve("beat", 0, 0.9, (0.26, 0.29, 0.29, 0.26)),
        Curve("mean_beat", 0, 0.9, (0.24, 0.29, 0.22, 0.21)),
        Curve("rest", -1.5, 0, (-0.26, -0.24, -0.34, -0.64)),
        Curve("level", -2.4, -0.3, (0.29, 0.37, 0.17, 0.13)),
        Curve("sway", 0, 1, (-0.24, -0.12, -0.09, -0.02)),
        Curve("slow", 0, 1, (-0.26, -0.50, -0.61, -0.49)),
        Curve("middle", 0, 1, (-0.35, -0.47, -0.87, -0.81)),
        Curve("brisk", 0, 1, (-0.11, -0.51, -1.77, -2.80)),
        Curve("drift", -2.5, -0.3, (-0.22, -0.20, -0.15, -0.51)),
        Curve("peak", 0.15, 0.9, (-0.26, -0.32, -0.41, -0.50)),
        Curve("mean_peak", 0.15, 0.9, (-0.26, -0.32, -0.47, -0.56)),
        Curve("jerk_tails", 0.2, 1.5, (0.78, 1.91, -0.49, -1.78)),
        Curve("tails", 0.2, 1.4, (0.84, 0.97, 0.54, -0.64)),
        Curve("spread_hz", 0.3, 2.2, (-0.11, 0.16, 0.36, 0.03)),
        Curve("sd_level", 0, 0.8, (0.58, 3.09, 1.01, -1.03)),
        Curve("uneven", 0, 1.2, (-0.34, -0.82, -1.42, -1.74)),
        Curve("repeat", 0, 0.9, (-0.31, -0.28, -0.47, -0.47)),
        Curve("mean_repeat", 0, 0.9, (-0.33, -0.47, -0.63, -0.66)),
        Curve("centre_hz", 1, 6, (-0.18, -0.26, -0.34, 3.49)),
        Curve("loop", 0.1, 0.7, (-0.25, -0.28, -0.40, -0.50)),
        Curve("mean_loop", 0.1, 0.7, (-0.25, -0.24, -0.34, -0.51)),
        Curve("least_level", -2.6, -0.3, (0.25, 0.23, 0.16, 0.14)),
        Curve("level", -1.7, -1.3, (2.00, 2.00, 2.00, 2.00)),
    ),
)

EVEN = Pattern(
    "even jerks",
    base=-13.5,
    base_axes=-13.5,
    curves=(
        Curve("even_s", 3, 9, (2.5, 2.5, 2.0, 1.0)),
        Curve("mean_even_s", 2, 7, (0.75, 0.75, 0.75, 0.75)),
        Curve("jerk_hz", 0.6, 1.0, (0.5, 0.5, 0.5, 0.5)),
        Curve("jerk_hz", 3.2, 4.0, (-2.0, -2.0, -2.0, -2.0)),
        Curve("heights", 0.25, 0.7, (-1.0, -1.0, -1.0, -1.0)),
        Curve("level", -1.25, -0.95, (1.0, 1.0, 1.0, 1.0)),
        Curve("jerk_tails", 0.15, 0.45, (1.0, 1.0, 1.0, 1.0)),
        Curve("rest", -1.1, -0.5, (-1.0, -1.5, -2.0, -2.0)),
        Curve("sway", 0.3, 1.0, (-1.0, -1.0, -1.0, -1.0)),
    ),
)

PATTERNS = (SHAKING, JERKS, SHARP, EVEN)
