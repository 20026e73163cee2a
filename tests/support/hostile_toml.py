"""Values that a hand, an editor or a spoilt card may put behind a key of a TOML file."""

from hypothesis import strategies as st

HEX = "0x" + "f" * 5000
"""Whole numbers in hex have no limit of digits when they are read, and one when they are shown."""

VALUES = st.one_of(
    st.sampled_from(
        [
            "9" * 400,
            "-" + "9" * 400,
            "9" * 5000,
            HEX,
            f"[{HEX}, 1]",
            f"{{ x = {HEX} }}",
            "1e308",
            "1e999",
            "inf",
            "-inf",
            "nan",
            "[inf, nan]",
            "true",
            '""',
            '" "',
            r'"\u0000"',
            r'"a\u0000b"',
            r'"a\nb"',
            r'"mia\n"',
            f'"{"x" * 5000}"',
            f'"/{"x" * 5000}"',
            f'"{"../" * 300}"',
            '"http://[::1"',
            '"http://a..b:99999999/"',
            '"\U0001f389"',
            '"\u0661\u0662"',
            '"²"',
            "0001-01-01",
            "9999-12-31",
            "1979-05-27T07:32:00-23:59",
            "23:59:60",
            "[" * 60 + "]" * 60,
            "[" * 20_000,
            "{ a = " * 100 + "1" + " }" * 100,
            "[[], {}, 1]",
            "{}",
            "[]",
            "''''",
        ]
    ),
    st.integers().map(str),
    st.floats().map(repr),
    st.text(max_size=30).map(lambda text: '"' + "".join(f"\\U{ord(c):08x}" for c in text if c.isprintable()) + '"'),
)
