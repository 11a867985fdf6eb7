"""Which arm answers which question: definitions, section 7."""

from calibrant.policies.routing.arms import Arm, ArmTable, Played

__all__ = ["Arm", "ArmTable", "Played"]
