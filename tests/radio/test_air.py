"""The simulated air does what a real radio does where bumble, which it is made of, does not."""

import asyncio
import contextlib

from bumble.hci import HCI_Read_BD_ADDR_Command

from tests.support.air.bumble_backend import Air


async def test_an_answer_in_the_moment_in_which_its_command_is_cancelled_is_no_error():
    air = await Air().start("hci0")
    host, failed = air.centrals["hci0"].host, []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    answered = host.on_command_processed

    def late(event) -> None:
        asked.cancel()
        waiting = host.pending_response
        assert waiting is not None
        waiting.cancel()
        answered(event)

    host.on_command_processed = late
    asked = asyncio.create_task(host.send_command(HCI_Read_BD_ADDR_Command()))
    with contextlib.suppress(asyncio.CancelledError):
        await asked
    host.on_command_processed = answered
    await host.send_command(HCI_Read_BD_ADDR_Command())  # the next is answered
    assert failed == []
