"""The lower step: a short, weak or doubtful train tells who is on watch, once; what becomes an alarm is one signal."""


def test_who_is_on_watch_is_notified_once_and_the_room_never(night):
    night.play("""
          0 | ankle + possible |
          5 |                  | possible:on !anna
        300 |                  |
        900 | ankle - possible | possible:off over>anna
    """)
    assert night.sound == ""


def test_a_fever_in_its_place_would_have_sounded(night):
    night.play("""
          0 | patch + fever    | fever:on !anna
         60 |                  | room
        120 |                  | !ben
    """)
    assert night.sound == "medium"


def test_what_is_over_within_seconds_notifies_nobody(night):
    night.play("""
          0 | ankle + possible |
          4 | ankle - possible |
         60 |                  |
    """)


def test_what_becomes_an_alarm_is_one_signal(night):
    night.play("""
          0 | ankle + possible |
          3 | ankle + seizure  | seizure:on room !anna !ben
          3 | ankle - possible |
         40 |                  |
    """)


def test_beside_a_standing_alarm_it_is_shown_and_notifies_nobody(night):
    night.play("""
          0 | ankle + seizure  | seizure:on room !anna !ben
         10 | wrist + possible |
         15 |                  | possible:on inhibited>anna
    """)
