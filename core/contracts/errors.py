"""One family of errors that are meant for the user. Anything else that is raised is a bug."""

import secrets
from typing import ClassVar


class UserError(Exception):
    """One plain sentence that says what is wrong and what to do.

    `message_id` is English with `{placeholders}`, marked with `N_(...)` where it is written, and is translated only where
    it is shown; `values` fill the placeholders. `error_id` lets a user and a log line meet. No path and no traceback
    ever goes into `values`.
    """

    status: ClassVar[int] = 400  # of the HTTP answer

    def __init__(self, message_id: str, /, **values: object) -> None:
        self.message_id, self.values, self.error_id = message_id, values, secrets.token_hex(4)
        super().__init__(message_id.format(**values))


class InputError(UserError):
    """What the user gave is not what it claims to be, or cannot be used for this."""

    status = 422


class LimitError(InputError):
    """What the user gave is over a limit named in `core.intake.limits`."""

    status = 413


class NotFoundError(UserError):
    """A capability, sample, job, run or model of that name is not there."""

    status = 404


class UnavailableError(UserError):
    """Weights or an optional part are not on this machine and cannot be had now."""

    status = 503


class BusyError(UserError):
    """A shared model is in use by others for longer than one should wait."""

    status = 503


class Cancelled(UserError):  # noqa: N818 - it is no error of anybody's
    """The user stopped this piece of work."""

    status = 409
