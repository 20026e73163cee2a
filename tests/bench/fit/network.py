"""The network in PyTorch, as it is learned; `edge.analysis.motion.network` is the same in plain numpy, as it runs."""

import torch
from torch import Tensor, nn

HIDDEN = 32


class Net(nn.Module):
    """(b, n, inputs) scaled inputs of n seconds -> (b, n) log-odds that each belongs to a convulsion."""

    def __init__(self, inputs: int, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.inp = nn.Linear(inputs, hidden)
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x: Tensor) -> Tensor:
        held, _ = self.gru(torch.tanh(self.inp(x)))
        logits: Tensor = self.out(held)[..., 0]
        return logits
