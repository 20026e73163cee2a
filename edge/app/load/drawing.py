"""A QR code on a terminal."""

import io


def drawn(text: str) -> str:
    """In half blocks, with the light border that cameras need."""
    import segno

    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().rstrip("\n")
