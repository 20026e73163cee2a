"""How the detector's network is learned: examples from worlds and recordings, training, judging by what is left out.

`make fit-detector DATA=FOLDER` runs it all; PyTorch is needed for it, and for nothing else.
"""
