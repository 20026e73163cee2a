"""In the guest: the serial line of the simulated air is a Bluetooth adapter for as long as this runs."""

import fcntl
import os
import signal
import struct
import termios
import tty
from pathlib import Path

TIOCSETD, N_HCI = 0x5423, 15  # <asm-generic/ioctls.h>, <linux/tty.h>
SET_PROTOCOL, H4 = 0x400455C8, 0  # _IOW('U', 200, int) of the kernel's drivers/bluetooth/hci_uart.h


def main() -> None:
    [line] = [each for each in Path("/sys/class/tty").glob("ttyS*") if "/pci" in str(each.resolve())]
    file = os.open(f"/dev/{line.name}", os.O_RDWR | os.O_NOCTTY)
    tty.setraw(file)
    termios.tcflush(file, termios.TCIOFLUSH)
    fcntl.ioctl(file, TIOCSETD, struct.pack("i", N_HCI))
    fcntl.ioctl(file, SET_PROTOCOL, H4)
    signal.pause()


main()
