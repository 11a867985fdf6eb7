"""How English replies decline. Data only.

The largest book: most replies are English, and most models decline in it.
"""

from __future__ import annotations

from calibrant.grading.phrasebooks.book import Phrasebook

__all__ = ["ENGLISH"]

_EN_SOURCE = (
    r"(?:document|documentation|text|passages?|context|article|excerpt|source|sources|paragraph|material|materials|"
    r"information|snippet|report|page|data|handbook|transcript|table|record|records|input|prompt|file)"
)
_EN_GIVEN = r"(?:specified|stated|mentioned|given|provided|included|disclosed|listed|discussed|covered|described|indicated|found|present)"
_EN_CANNOT = (
    r"(?:can(?:no|')t|can not|could(?: not|n't)|am (?:not able|unable)(?: to)?|'m (?:not able|unable)(?: to)?|"
    r"would(?: not|n't) be able to|won't be able to|will not be able to|won't|will not|would rather not|'d rather not|"
    r"(?:would|'d) prefer not to|prefer not to|have no way (?:to|of)|lack the (?:information|data|knowledge) to)"
)
_EN_VERB = (
    r"(?:answer|say|tell|recall|remember|determine|identify|verify|confirm|provide|give|help|assist|speculate|guess|"
    r"find|locate|pinpoint|access|name|know|be (?:sure|certain)|establish|ascertain|specify|share|comment|respond|"
    r"state|offer|discuss|look|check|retrieve|see|make|browse|compute|calculate|infer|point)"
)

# What one lacks when one cannot answer; 'I have no eyes' is an answer.
_EN_KNOWLEDGE = (
    r"(?:[\w-]+ ){0,4}(?:information|data|knowledge|access|answers?|idea|details?|context|records?|clue|ability|enough|"
    r"specifics|recollection|memory|tools?|means|way|comment|page|figures?|basis|evidence)\b"
)
# 'There is no evidence of ghosts' is an answer too, 'there is no information on it' is none.
_EN_LACKING = (
    r"(?:(?:specific|explicit|direct|relevant|such|further|clear|reliable|available|additional|detailed|other) )*"
)

_EN_FACTS = r"(?:information|mention|data|details?|answer|records?)"

ENGLISH = Phrasebook(
    language="en",
    triggers="know dunno idk idea sure unsure certain unfamiliar familiar aware cannot can't can unable able not no "
    "don't doesn't isn't aren't wasn't didn't couldn't won't neither nothing none without unknown need clarify provide "
    "share specify sorry rather prefer insufficient beyond outside recall haven't found lack wish going never which could wouldn't blank stumped clueless loss escapes eludes guess guessing forgotten forget",
    bare="n/a|na|n.a|unknown|unknown to me|unanswerable|not available|not applicable|cannot be determined|can't be determined|"
    "insufficient information|i don't know|i do not know|not enough information|insufficient data|insufficient context|no answer|no answer found|"
    "not attempted|not_attempted|unable to answer|cannot answer|can't answer|cannot say|can't say|not known|not sure|"
    "unsure|uncertain|undetermined|unspecified|not specified|not stated|not mentioned|not provided|not given|"
    "no information|no information available|no idea|pass|skip|idk|i dunno|dunno|don't know|do not know|dont know|"
    "i dont know|no clue|not found|information not available|not in the text|not in the document|can't tell|"
    "cannot tell|no data|no data available|not answerable|not enough context|none provided|unclear|not disclosed|"
    "undisclosed|i do not know the answer|i don't know the answer|idk sorry|dunno sorry|beats me|tbd|not clear|impossible to say|hard to say",
    declines=(
        r"\bi(?: really| honestly| simply| just| sadly| currently| actually| truly)? (?:do not|don't|dont|did not|didn't) "
        r"(?:really |actually |currently |personally |specifically |reliably )?"
        r"(?:know|recall|remember|recognise|recognize|believe (?:there|that there|i))\b",
        r"\bi(?: really| honestly| simply| just| sadly| currently| actually| also)? (?:do not|don't|dont|did not|didn't) "
        rf"(?:\w+ )?(?:have|possess) {_EN_KNOWLEDGE}",
        rf"\bi(?: really| honestly| simply| just| sadly| currently| actually| truly| also)? (?:have|have got|'ve got) (?:no|not enough|insufficient|very little|too little) {_EN_KNOWLEDGE}",
        r"\bi(?: have|'ve) (?:never (?:heard|come across|encountered|read|seen)|no way|not (?:been|found|seen))\b",
        r"\bi haven't (?:found|seen|heard|been|got)\b",
        r"\bi(?: am|'m)(?: really| honestly| just| still| also)? (?:not|un)(?: at all| entirely| completely| quite| really|"
        r" absolutely| totally| 100%| personally)? ?(?:sure|certain|familiar|aware|confident|in a position)\b",
        rf"\bi(?: simply| honestly| really| sadly| also| therefore)?,? ?{_EN_CANNOT}(?: \w+ly| even)? ?{_EN_VERB}\b",
        rf"\bi(?: am|'m)(?: \w+)? (?:not able|unable) to {_EN_VERB}\b",
        r"\bi (?:can't|cannot|could not|couldn't) (?:\w+ ){0,2}(?:with|in) any (?:confidence|certainty)\b",
        r"\bi(?: would|'d) (?:rather|prefer)(?: to)? (?:not|say so)\b",
        r"\bi(?: would|'d)? (?:need|require)(?: to (?:know|see|have|look|check|consult)| more| further| additional| access|"
        r" the (?:document|text|context|source|file))\b",
        r"\bi (?:found|find|see|have found) (?:no|nothing|neither)\b",
        r"\bi (?:searched|looked|checked|read|went)\b.*\b(?:no|not|nothing|neither|without|none|n't)\b",
        r"^(?:(?:sorry|hmm+|well|um|uh|honestly|oh|unfortunately|still|really|just|i'm|ok|okay),? )*(?:dunno|idk|no (?:idea|clue)|not (?:entirely |quite |really |too |at all |completely |100% )?"
        r"(?:sure|certain)|unsure|don't know(?=$|,|;| (?:the answer|that|this|it|sorry|for sure))|can't (?:say|tell|answer|remember|recall)|cannot (?:say|answer|be determined)|"
        r"unable to (?:answer|determine|find|verify|say|identify|provide|tell))\b",
        rf"\b(?:the|this|that|these|those|your|provided|given|any of the|of the)(?: \w+){{0,3}} {_EN_SOURCE}"
        r"(?: \w+){0,2} (?:do(?:es)?(?: not|n't)|did(?: not|n't)|never|contains? no|gives? no|has no|have no|makes no|"
        r"provides? no|offers? no|is silent|are silent|fails? to|lacks?)\b",
        rf"\b(?:none|neither|nothing|nowhere)(?: \w+){{0,2}} (?:of|in)(?: \w+){{0,4}} {_EN_SOURCE}\b",
        r"\bnothing in (?:it|this|that|them|there|here|the \w+)\b.*\b(?:states?|says?|mentions?|gives?|indicates?|tells?)\b",
        r"\bonly (?:discuss|cover|mention|deal|describe|talk|list|contain|refer)\w*\b.*\b(?:not|no|nothing|neither|n't)\b",
        rf"\b{_EN_SOURCE}\b.*\bbut (?:not|nothing|no)\b",
        rf"\b(?:is|was|are|were)(?: not|n't) (?:\w+ )?{_EN_GIVEN}(?: \w+)? (?:in|by|within|anywhere|here) ?"
        rf"(?:(?:the|this|that|any|your|my)(?: \w+){{0,3}} {_EN_SOURCE}|anywhere|here|it)?\b",
        rf"^(?:it|this|that|this information|that information|the answer|that detail|this detail)(?: is|'s| was)?"
        rf"(?: not|n't) (?:\w+ )?{_EN_GIVEN}\b(?! (?:until|before|as|that)\b)",
        r"\bthere(?: is|'s| was| are| were| seems to be| appears to be)(?: no|n't any|n't enough| not any| not enough|"
        rf" insufficient) {_EN_LACKING}(?:information|mention|details?|indication|context|documentation|"
        r"answer (?:to|in|for|given|provided|available))\b",
        r"\bthere(?: is|'s| was| are| were)(?: no|n't any| not any) (?:\w+ ){0,3}(?:in|within|among) (?:\w+ ){0,3}"
        rf"{_EN_SOURCE}\b",
        r"\bno(?: such| specific| direct| explicit| relevant| further)?(?: \w+){0,2} (?:is|are|was|were|can be|could be) "
        r"(?:given|listed|mentioned|stated|provided|named|found|specified|available|included|described)\b.*"
        rf"\b(?:{_EN_SOURCE}|you gave|you provided|you shared|here|to me)\b",
        rf"^no (?:\w+ )?{_EN_FACTS}(?=$|,)",
        rf"^no (?:\w+ )?{_EN_FACTS} (?:about|on|of|for|regarding|in|given|available|provided|found|"
        rf"(?:is|are|was|were|can be|could be)(?: \w+)? (?:available|{_EN_GIVEN}))\b",
        r"\bi (?:do not|don't) (?:think|believe) i (?:know|can|have|could|am able)\b",
        r"\b(?:it is|it's|is|that is) (?:not possible|impossible|not clear|unclear)(?: for me)? (?:to (?:determine|say|answer|tell|"
        r"know|identify|establish|infer)|from)\b",
        r"\b(?:this|the|that|your) (?:question|query)(?: \w+){0,2} (?:can't|cannot|can not|could not|couldn't) be answered\b",
        r"\bcannot be (?:answered|determined|established|inferred|verified)(?: \w+){0,2} (?:from|with|based|on|without|by)\b",
        r"\b(?:beyond|outside)(?: of)? (?:what i|my (?:knowledge|training|expertise|abilities|capabilities))\b",
        r"\b(?:can|could|would) you (?:please )?(?:provide|clarify|specify|share|give|tell me|explain|be more|upload|paste|"
        r"attach|rephrase|elaborate)\b",
        r"^(?:sorry,? )?please (?:provide|clarify|specify|share|give|rephrase|upload|paste|attach|tell me)\b",
        r"\bwhich (?:\w+ ){1,4}(?:do|did|are) you (?:mean|meaning|referring|refer|asking)\b",
        r"\bwithout (?:\w+ ){0,4}(?:context|information|details|it|access)\b.*\b(?:can't|cannot|unable|impossible|not)\b",
        r"\b(?:question|query) is (?:too )?(?:ambiguous|unclear|vague|incomplete)\b",
        r"\bmy (?:knowledge|training|information)(?: \w+){0,2} (?:does not|doesn't|do not) (?:cover|include|extend|contain)\b",
        r"\bmy answer (?:is|would be) (?:that )?i (?:do not|don't) know\b",
        r"\bnot (?:something|anything) i (?:know|am|can|have)\b",
        rf"\bi (?:\w+ )?lack {_EN_KNOWLEDGE}",
        r"\bi(?: am|'m) (?:\w+ )?(?:drawing a blank|stumped|clueless|at a loss)\b",
        r"\b(?:it|that|the (?:\w+ )?(?:name|answer|year|date|title)) (?:escapes|eludes) me\b",
        r"\b(?:un|not )known to me\b",
        r"\bi(?: would|'d| will|'ll) (?:only|just|merely) be guessing\b",
        r"\bi (?:really |only )?wish i (?:knew|could (?:say|tell|answer|help))\b",
        r"\bthere(?: is|'s) no way for me to\b",
        r"\bi(?: am|'m) not going to (?:guess|speculate|answer|say)\b",
        r"\b(?:is|are|was)(?: not|n't) (?:available|known|accessible) to me\b",
        r"\byour guess is as good as mine\b",
        r"\bi(?: have|'ve)? (?:\w+ )?(?:forgotten|forget)\b",
    ),
    commits=r"\b(?:i(?: do| would|'d)?(?: still)? (?:think|believe|guess|suspect|say|go with|bet|lean|assume|imagine|recall that)|"
    r"(?:best|my|educated) (?:guess|bet|estimate)|probably|presumably|most likely|it(?:'s| is) likely|likely answer|if i had to|"
    r"i(?:'m| am) (?:fairly|quite|pretty|reasonably|rather|almost) (?:sure|certain|confident)|should be|must be|must have been|"
    r"the answer (?:is|was|would be|should be)(?! (?:not|un))|final answer|answer:)",
    contrasts=r"\b(?:but|however|though|although|yet|still|nevertheless|nonetheless|that said)\b,?",
    preambles=r"\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret(?:tably)?|afraid|thank|thanks|question|think|hmm|based on|"
    r"according to|from what|as an ai|language model|honest|honestly|frankly|sadly|wish|appreciate|i know|i have|i would|"
    r"question|asks?|after|going|given|from the|in the|so|therefore|this is a|this is an|specific|detail|let me|"
    r"document|text|passages?|context|article|excerpt|material|provided|my|at the moment|right now|currently|"
    r"to my knowledge|since|because|regarding|about|answer|well|well,|oh|okay|ok|that|while|i)\b",
    fillers=r"\bi (?:do not|don't|cannot|can't)$|\b(?:recommend|suggest|advise|consult|check|please|let me know|happy to|glad to|help|verify|you (?:can|could|may|"
    r"might|should|would|want|are|mean)|refer to|provide|if you|feel free|look it up|look this|research|clarify|context|"
    r"wrong|guess|invent|information|rather|sorry|apolog|which|could you|can you|would you|better|knowledge|cutoff|source)\b",
    alternatives=r"\b(?:could|might|may|possibly|perhaps|maybe|either)\b.*\bor\b|\b(?:could|might|may) (?:well |possibly )?(?:be|have been)\b",
)
