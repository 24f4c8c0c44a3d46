"""The reasons of a decision in words (`Svenska / English`), in the order a form asks."""

from collections.abc import Mapping

from shared.contracts.intake_codes import RejectionReason, ReleaseReason, WithdrawalReason

RELEASE: Mapping[ReleaseReason, str] = {
    ReleaseReason.FALSE_ALARM: "Falskt larm: det är ingen uppgift om en person / False alarm",
    ReleaseReason.PLACE_NAME: "Det är namnet på en plats eller en verksamhet / The name of a place",
    ReleaseReason.PUBLIC_CONTACT: (
        "Det är en offentlig kontaktväg, till exempel en växel / A public contact"
    ),
}
REJECTION: Mapping[RejectionReason, str] = {
    RejectionReason.ABOUT_A_PERSON: (
        "Den handlar om en person, inte om en plats / It is about a person"
    ),
    RejectionReason.BELONGS_ELSEWHERE: "Den hör hemma hos någon annan / It belongs elsewhere",
    RejectionReason.NO_OBSERVATION: (
        "Den berättar inte om något som någon har sett / Nothing was seen"
    ),
    RejectionReason.SENT_TWICE: "Den har kommit två gånger / It came twice",
    RejectionReason.ABUSE: "Den är till för att skada eller störa / It is meant to harm",
}
WITHDRAWAL: Mapping[WithdrawalReason, str] = {
    WithdrawalReason.SENT_BY_MISTAKE: "Den skickades av misstag / Sent by mistake",
    WithdrawalReason.SENT_TWICE: "Den skickades två gånger / Sent twice",
    WithdrawalReason.REPLACED_BY_NEW: "En ny rapport har ersatt den / Replaced by a new one",
    WithdrawalReason.HANDLED_ELSEWHERE: "Det hanteras på annat sätt / Dealt with elsewhere",
    WithdrawalReason.NOT_SO: "Det visade sig inte stämma / It proved not to be so",
}
OUTCOME_WITHDRAWAL: Mapping[WithdrawalReason, str] = {
    WithdrawalReason.REPLACED_BY_NEW: "Ett nytt utfall ersätter det / A new outcome replaces it",
    WithdrawalReason.SENT_BY_MISTAKE: "Det registrerades av misstag / Recorded by mistake",
    WithdrawalReason.SENT_TWICE: "Det registrerades två gånger / Recorded twice",
    WithdrawalReason.NOT_SO: "Det visade sig inte stämma / It proved not to be so",
    WithdrawalReason.HANDLED_ELSEWHERE: "Det hanteras på annat sätt / Dealt with elsewhere",
}
