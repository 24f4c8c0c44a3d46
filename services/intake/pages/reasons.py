"""The reasons of a decision in words, in the order a form asks."""

from collections.abc import Mapping

from shared.contracts.intake_codes import RejectionReason, ReleaseReason, WithdrawalReason

RELEASE: Mapping[ReleaseReason, str] = {
    ReleaseReason.FALSE_ALARM: "Falskt larm: det är ingen uppgift om en person",
    ReleaseReason.PLACE_NAME: "Det är namnet på en plats eller en verksamhet",
    ReleaseReason.PUBLIC_CONTACT: "Det är en offentlig kontaktväg, till exempel en växel",
}
REJECTION: Mapping[RejectionReason, str] = {
    RejectionReason.ABOUT_A_PERSON: "Den handlar om en person, inte om en plats",
    RejectionReason.BELONGS_ELSEWHERE: "Den hör hemma hos någon annan",
    RejectionReason.NO_OBSERVATION: "Den berättar inte om något som någon har sett",
    RejectionReason.SENT_TWICE: "Den har kommit två gånger",
    RejectionReason.ABUSE: "Den är till för att skada eller störa",
}
WITHDRAWAL: Mapping[WithdrawalReason, str] = {
    WithdrawalReason.SENT_BY_MISTAKE: "Den skickades av misstag",
    WithdrawalReason.SENT_TWICE: "Den skickades två gånger",
    WithdrawalReason.REPLACED_BY_NEW: "En ny rapport har ersatt den",
    WithdrawalReason.HANDLED_ELSEWHERE: "Det hanteras på annat sätt",
    WithdrawalReason.NOT_SO: "Det visade sig inte stämma",
}
