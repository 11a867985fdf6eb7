"""How people and models say that they do not know, language by language. Data only; ``abstention`` reads it.

All patterns are written as the text is prepared: case-folded, ASCII quotes, no accents on Latin letters.
A new language is a new ``Phrasebook``: what is said in a word, how one declines, how one takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BOOKS", "Phrasebook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """The phrases of one language; every pattern is a regular expression."""

    language: str
    triggers: str
    """Words (of unspaced scripts: parts of words) one of which every declining sentence holds; checked first."""
    bare: str
    """Whole replies that decline, separated by '|'."""
    declines: tuple[str, ...]
    """Not knowing, not being able, finding nothing, asking back."""
    commits: str = r"(?!)"
    """Words that turn a reply into an attempt after all ('I think', 'probably')."""
    contrasts: str = r"(?!)"
    """'But': what follows is an answer unless it declines too, lists candidates or offers help."""
    preambles: str = r"(?!)"
    """What may stand before the declining words: regrets, thanks, talk about the question or the source."""
    fillers: str = r"(?!)"
    """Advice and offers that may follow."""
    alternatives: str = r"(?!)"
    """'or': two candidates after a decline are no answer."""
    spaced: bool = True
    """Whether words are separated by spaces."""


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

_ENGLISH = Phrasebook(
    language="en",
    triggers="know dunno idk idea sure unsure certain unfamiliar familiar aware cannot can't can unable able not no "
    "don't doesn't isn't aren't wasn't didn't couldn't won't neither nothing none without unknown need clarify provide "
    "share specify sorry rather prefer insufficient beyond outside recall haven't found lack which could wouldn't",
    bare="n/a|na|n.a|unknown|unknown to me|unanswerable|not available|not applicable|cannot be determined|can't be determined|"
    "insufficient information|i don't know|i do not know|not enough information|insufficient data|insufficient context|no answer|no answer found|"
    "not attempted|not_attempted|unable to answer|cannot answer|can't answer|cannot say|can't say|not known|not sure|"
    "unsure|uncertain|undetermined|unspecified|not specified|not stated|not mentioned|not provided|not given|"
    "no information|no information available|no idea|pass|skip|idk|i dunno|dunno|don't know|do not know|dont know|"
    "i dont know|no clue|not found|information not available|not in the text|not in the document|can't tell|"
    "cannot tell|no data|no data available|not answerable|not enough context|none provided|unclear|not disclosed|"
    "undisclosed|idk sorry|dunno sorry|beats me|tbd|not clear|impossible to say|hard to say",
    declines=(
        r"\bi(?: really| honestly| simply| just| sadly| currently| actually| truly)? (?:do not|don't|dont|did not|didn't) "
        r"(?:really |actually |currently |personally |specifically |reliably )?"
        r"(?:know|recall|remember|recognise|recognize|believe (?:there|that there|i))\b",
        r"\bi(?: really| honestly| simply| just| sadly| currently| actually| also)? (?:do not|don't|dont|did not|didn't) "
        rf"(?:\w+ )?(?:have|possess) {_EN_KNOWLEDGE}",
        rf"\bi have (?:no|not enough|insufficient|very little|too little) {_EN_KNOWLEDGE}",
        r"\bi have (?:never heard|not (?:been|found|seen))\b",
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
        rf"(?: not|n't) (?:\w+ )?{_EN_GIVEN}\b",
        r"\bthere(?: is|'s| was| are| were| seems to be| appears to be)(?: no|n't any|n't enough| not any| not enough|"
        rf" insufficient) {_EN_LACKING}(?:information|mention|details?|indication|context|documentation|"
        r"answer (?:to|in|for|given|provided|available))\b",
        r"\bthere(?: is|'s| was| are| were)(?: no|n't any| not any) (?:\w+ ){0,3}(?:in|within|among) (?:\w+ ){0,3}"
        rf"{_EN_SOURCE}\b",
        r"\bno(?: such| specific| direct| explicit| relevant| further)?(?: \w+){0,2} (?:is|are|was|were|can be|could be) "
        r"(?:given|listed|mentioned|stated|provided|named|found|specified|available|included|described)\b.*"
        rf"\b(?:{_EN_SOURCE}|you gave|you provided|you shared|here|to me)\b",
        r"^no (?:information|mention|data|details?|answer)\b",
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
    fillers=r"\b(?:recommend|suggest|advise|consult|check|please|let me know|happy to|glad to|help|verify|you (?:can|could|may|"
    r"might|should|would|want|are|mean)|refer to|provide|if you|feel free|look it up|look this|research|clarify|context|"
    r"wrong|guess|invent|information|rather|sorry|apolog|which|could you|can you|would you|better|knowledge|cutoff|source)\b",
    alternatives=r"\b(?:could|might|may|possibly|perhaps|maybe|either)\b.*\bor\b",
)

_EUROPE = (
    Phrasebook(
        language="de",
        triggers="weiss weiß nicht keine kein ahnung leider unbekannt konnten konnen könnten welche bitte nichts "
        "unsicher unklar",
        bare="unbekannt|keine ahnung|keine angabe|keine angaben|k. a|k.a|weiss nicht|nicht bekannt|nicht angegeben|"
        "keine information|keine informationen|keine antwort|unklar|nicht verfugbar|unsicher|weiss ich nicht|nicht sicher",
        declines=(
            r"\b(?:ich )?weiss(?: ich)?(?: es| das| die antwort| dies)?(?: \w+)? nicht\b",
            r"\bich (?:habe|hab)(?: \w+){0,2} (?:keine|keinen|keinerlei)\b|\bhabe ich(?: \w+){0,2} (?:keine|keinen)\b",
            r"\b(?:ich bin|bin ich)(?: mir)?(?: \w+){0,2} (?:nicht (?:\w+ )?sicher|unsicher)\b",
            r"\b(?:(?:ich|und) (?:kann|konnte|mochte|darf)|(?:kann|konnte|mochte|darf) ich)(?: \w+){0,6} (?:nicht|nichts|keine|keinen)(?: \w+){0,5} (?:sagen|beantworten|"
            r"helfen|angeben|bestatigen|geben|nennen|machen|finden|beurteilen|erinnern|bestimmen|raten|uberprufen)\b",
            r"\bmir (?:ist|sind|liegen)(?: \w+){0,3} (?:nicht bekannt|nicht gelaufig|keine|unbekannt)",
            r"\bkeine (?:ahnung|information(?:en)?|angaben?|hinweise|daten)\b",
            r"\b(?:dokument|text|auszug|abschnitt|artikel|kontext|unterlagen|quelle|passage|handbuch)\b.*\b(?:nicht|nichts|"
            r"keine|keinen|kein)\b.*(?:erwahnt|genannt|hervor|angaben?|information(?:en)?|angegeben|enthalten|steht|"
            r"hinweise?|entnehmen|beantwort\w+|$)",
            r"\b(?:konnten|konnen) sie(?: \w+){0,2} (?:genauer|naher|angeben|prazisieren|sagen|mitteilen|erlautern|klaren)",
            r"\bwelche[nrs]? \w+ (?:meinen sie|meinst du)\b",
            r"^bitte (?:geben|nennen|prazisieren|teilen|teile|gib|nenne) ",
            r"\bdas entzieht sich meiner kenntnis\b",
            r"\bohne (?:weitere|mehr|nahere) (?:angaben|information(?:en)?|kontext)\b",
        ),
        commits=r"\b(?:ich (?:glaube|denke|vermute|meine|nehme an|tippe|wurde sagen)|vermutlich|wahrscheinlich|vermute|tippe|"
        r"die antwort (?:ist|lautet|war)|ich wurde)\b",
        contrasts=r"\b(?:aber|jedoch|allerdings|doch|dennoch|trotzdem)\b",
        preambles=r"\b(?:leider|entschuldig\w+|tut mir leid|es tut|frage|bedauer\w+|danke|im|aus|das|dazu|daruber|dabei|diese|"
        r"mir|es gibt|basierend|auf|ehrlich|also|nun|in|dem|der|die|auszug|text|dokument)\b",
        fillers=r"\b(?:bitte|empfehle|konnen sie|wenden|helfen|falls|wenn sie|gerne|auskunft|prufen|nachschlagen)\b",
        alternatives=r"\b(?:konnte|konnten|vielleicht|moglicherweise|eventuell|entweder)\b.*\boder\b",
    ),
    Phrasebook(
        language="fr",
        triggers="sais connais idee idée sur sûr sure certain certaine ignore inconnu desole peux pas aucune precise "
        "pourriez pouvez quelle quel malheureusement impossible n'est n'ai n'y saurais",
        bare="inconnu|inconnue|non precise|non specifie|aucune idee|sans reponse|je ne sais pas|non disponible|s.o|"
        "pas d'information|aucune information|information non disponible|indetermine|non communique|je sais pas",
        declines=(
            r"\bje (?:ne )?(?:le )?(?:sais|saurais|connais|peux|puis|dispose|me souviens|suis|possede|trouve|retrouve)"
            r"(?: \w+){0,2} pas\b",
            r"\bje n'(?:en |y )?(?:ai|sais|arrive|suis|etais|avais)(?: \w+)? (?:pas|aucun|aucune|rien)\b|\bje n'en sais rien\b",
            r"\bje (?:l'|les |le )?ignore\b|\bj'ignore\b",
            r"\baucune (?:idee|information|mention|donnee|indication)\b",
            r"\b(?:document|texte|passage|extrait|article|contexte|source)\b.*\b(?:ne|n')\b ?.*\b(?:pas|aucun|aucune|rien)\b",
            r"\b(?:pourriez|pouvez)[- ]vous (?:\w+ )?(?:preciser|fournir|clarifier|indiquer|donner|partager|me dire)\b",
            r"\bil (?:n'y a|n'existe) (?:pas|aucune?)(?: \w+)? (?:information|mention|donnee|indication|reponse|trace)s?\b",
            r"\bimpossible (?:de|a) (?:dire|determiner|repondre|savoir|preciser)\b",
            r"\bje prefere ne pas\b",
            r"\bde (?:quel|quelle|quels|quelles) \w+ (?:parlez|s'agit)",
            r"^(?:pas (?:sur|certain)|sais pas)\b",
        ),
        commits=r"\b(?:je (?:pense|crois|dirais|suppose|parierais)|probablement|sans doute|vraisemblablement|"
        r"la reponse (?:est|serait)|c'est (?:surement|probablement)|il s'agit (?:de|d'))",
        contrasts=r"\b(?:mais|cependant|toutefois|neanmoins|pourtant)\b",
        preambles=r"\b(?:desole|desolee|malheureusement|navre|pardon|excus\w+|question|merci|il s'agit|d'apres|selon|dans|le|la|"
        r"les|sur|a ce sujet|point|je regrette|honnetement|non)\b",
        fillers=r"\b(?:veuillez|recommande|consulter|conseille|vous (?:pouvez|pourriez)|n'hesitez|verifier|prefere|si vous)\b",
        alternatives=r"\b(?:pourrait|peut-etre|pourraient|soit)\b.*\b(?:ou|soit)\b",
    ),
    Phrasebook(
        language="es",
        triggers="se sé idea seguro segura desconozco desconocido no sin ignoro podria podría puede imposible lamentablemente",
        bare="desconocido|desconocida|sin informacion|no lo se|ni idea|no se|sin respuesta|no disponible|no consta|"
        "se desconoce|no especificado|no hay informacion|no se sabe|sin datos|no se menciona",
        declines=(
            r"\bno(?: lo| la| los)? se\b(?! (?:que|puede|debe|trata|llama))",
            r"\b(?:yo )?no (?:estoy|me siento)(?: \w+)? (?:segur[oa]|cert[oa])\b",
            r"\bno (?:tengo|dispongo|poseo|cuento con|conozco|recuerdo|encuentro|encontre|logro|consigo)\b",
            r"\bno (?:puedo|podria|soy capaz de|me es posible|sabria)(?: \w+)? ?(?:\w*(?:responder|ayudar|decir|contestar|"
            r"determinar|confirmar|proporcionar|dar|verificar|indicar|precisar|asegurar|identificar|comprobar)\w*)",
            r"\bno se? ?(?:puedo|pued[eo]) (?:responder|ayudar|decir|determinar|saber|contestar)\w*",
            r"\b(?:desconozco|ignoro)\b",
            r"\bni idea\b",
            r"\b(?:documento|texto|pasaje|fragmento|articulo|contexto|fuente)\b.*\bno (?:\w+ )?(?:indica|menciona|dice|"
            r"especifica|contiene|aparece|proporciona|ofrece|da|figura|incluye|consta|aclara|senala|precisa|recoge|hay)\b",
            r"\bno (?:se (?:indica|menciona|especifica|dice)|aparece|figura|consta)\b.*\b(?:documento|texto|pasaje|fragmento|"
            r"articulo|contexto)\b",
            r"\bno (?:hay|existe|encuentro)(?: \w+)? (?:informacion|mencion|datos|constancia|evidencia|registro)\b",
            r"\b(?:podria|podrias|puede|puedes)(?: usted)? (?:\w+ )?(?:aclarar|especificar|precisar|proporcionar|dar|indicar|"
            r"decirme|compartir)\b",
            r"\bprefiero no\b",
            r"\ba que \w+ se refiere\b",
        ),
        commits=r"\b(?:creo|pienso|diria|supongo|probablemente|seguramente|me parece|apostaria|la respuesta (?:es|seria|correcta))\b",
        contrasts=r"\b(?:pero|sin embargo|aunque|no obstante)\b",
        preambles=r"\b(?:lo siento|lamento|lamentablemente|desafortunadamente|perdon|disculp\w+|pregunta|gracias|se trata|"
        r"segun|en|el|la|detalle|por desgracia|sinceramente|yo)\b",
        fillers=r"\b(?:por favor|recomiendo|consult\w+|sugiero|puede[s]?|si (?:quiere|desea)|verificar|prefiero|a que)\b",
        alternatives=r"\b(?:podria|podrian|quizas?|tal vez|puede que|posiblemente)\b.*\b(?:o|u)\b",
    ),
    Phrasebook(
        language="it",
        triggers="so saprei idea sicuro sicura sconosciuto non nessuna potrebbe puo impossibile ignoto purtroppo",
        bare="sconosciuto|sconosciuta|non lo so|non so|non saprei|nessuna idea|non disponibile|non specificato|"
        "nessuna informazione|boh|ignoto|informazione non disponibile|non indicato|n.d",
        declines=(
            r"\bnon (?:lo |la )?(?:so|saprei)\b(?! che)",
            r"\bnon (?:ne )?(?:ho|conosco|ricordo|dispongo|possiedo|trovo|sono a conoscenza|sono in grado)\b",
            r"\bnon (?:ne )?sono (?:\w+ )?(?:sicur[oa]|cert[oa])\b",
            r"\bnon (?:posso|riesco|potrei)(?: a)? (?:\w*(?:rispond|aiutar|dir|determinar|conferm|fornir|dar|verific|indicar|"
            r"identific|trovar)\w*)",
            r"\bnessuna (?:idea|informazione)\b",
            r"\b(?:documento|testo|brano|passaggio|articolo|contesto|estratto|fonte)\b.*\bnon (?:\w+ ){0,2}(?:specifica|"
            r"menziona|indica|dice|contiene|fornisce|riporta|indicato|menzionato|specificato|riportato|precisa|ci sono)\b",
            r"\bnon (?:ci sono|c'e|vi sono|esistono)(?: \w+)? (?:informazioni|informazione|dati|menzione|prove)\b",
            r"\b(?:potrebbe|potresti|puo|puoi) (?:\w+ )?(?:specificar|chiarir|precisar|fornir|indicar|dirmi|condivider)\w*",
            r"\bpreferisco non\b",
        ),
        commits=r"\b(?:credo|penso|direi|suppongo|probabilmente|immagino|la risposta (?:e|è|sarebbe|corretta))\b",
        contrasts=r"\b(?:ma|pero|tuttavia|comunque)\b",
        preambles=r"\b(?:mi dispiace|spiacente|purtroppo|scusa|scusi|domanda|grazie|nel|il|la|secondo|in base|in|io|ma)\b",
        fillers=r"\b(?:consiglio|consult\w+|per favore|puo|puoi|se vuole|verificar\w*|a quale)\b",
        alternatives=r"\b(?:potrebbe|potrebbero|forse|magari)\b.*\bo\b",
    ),
    Phrasebook(
        language="pt",
        triggers="sei ideia certeza desconheco desconhecido não nao sem ignoro poderia pode impossivel infelizmente",
        bare="desconhecido|desconhecida|nao sei|sem informacao|sem resposta|nao disponivel|nao informado|nao faco ideia|"
        "nao especificado|nao consta|nao ha informacao|nao mencionado",
        declines=(
            r"\b(?:eu )?nao (?:o )?sei\b(?! que)",
            r"\bnao (?:tenho|possuo|disponho|conheco|me lembro|lembro|recordo|encontrei|faco ideia|estou certo|estou certa|"
            r"estou (?:\w+ )?segur[oa]|sou capaz)\b",
            r"\bnao (?:posso|consigo|poderia|saberia)(?: \w+)? ?(?:\w*(?:respond|ajudar|dizer|determinar|confirmar|fornecer|"
            r"dar|verificar|indicar|informar|identificar)\w*)",
            r"\b(?:desconheco|ignoro)\b",
            r"\b(?:documento|texto|trecho|passagem|artigo|contexto|fonte)\b.*\bnao (?:\w+ )?(?:informa|menciona|diz|indica|"
            r"especifica|contem|fornece|traz|consta|apresenta|aborda|ha)\b",
            r"\bnao (?:ha|existe|existem)(?: \w+)? (?:informac\w+|mencao|dados|registro|evidencia)\b",
            r"\b(?:poderia|pode|podes)(?: \w+)? (?:esclarecer|especificar|fornecer|dizer|indicar|informar|compartilhar)\b",
            r"\bprefiro nao\b",
        ),
        commits=r"\b(?:acho|acredito|creio|penso|diria|suponho|provavelmente|possivelmente e|a resposta (?:e|é|seria|correta))\b",
        contrasts=r"\b(?:mas|porem|contudo|no entanto|entretanto|todavia)\b",
        preambles=r"\b(?:desculpe|desculpa|infelizmente|lamento|sinto|pergunta|obrigad[oa]|no|na|o|a|segundo|de acordo|eu|"
        r"voce|com base)\b",
        fillers=r"\b(?:por favor|recomendo|consult\w+|sugiro|voce pode|se quiser|verificar|a qual)\b",
        alternatives=r"\b(?:poderia|poderiam|talvez|pode ser)\b.*\bou\b",
    ),
    Phrasebook(
        language="nl",
        triggers="weet idee zeker onbekend niet geen niets kunt kan helaas welk welke onduidelijk",
        bare="onbekend|geen idee|weet niet|weet ik niet|ik weet het niet|geen informatie|niet bekend|niet vermeld|"
        "niet beschikbaar|geen antwoord|onduidelijk|niet gespecificeerd|n.v.t",
        declines=(
            r"\b(?:ik )?weet (?:ik |het |dat |dit |de antwoord |het antwoord )*(?:\w+ )?niet\b",
            r"\b(?:ik heb|heb ik)(?: \w+){0,3} (?:geen|niet genoeg|onvoldoende)\b|\bgeen idee\b",
            r"\b(?:ik ben|ben ik)(?: \w+){0,2} niet (?:\w+ )?zeker\b|\bben niet zeker\b",
            r"\b(?:ik )?(?:kan|kon|wil)(?: ik)?(?: \w+){0,5} (?:niet|niets|geen)(?: \w+){0,3} (?:beantwoorden|zeggen|helpen|geven|"
            r"bepalen|bevestigen|vinden|noemen|herinneren|verifieren|vertellen|controleren)\b",
            r"\b(?:document|tekst|passage|artikel|context|fragment|bron)\b.*\b(?:niet|niets|geen)\b",
            r"\b(?:kunt u|kun je)(?: \w+){0,3} (?:aangeven|verduidelijken|specificeren|geven|toelichten|vertellen|delen)\b",
            r"\b(?:kunt u|kun je) (?:aangeven|verduidelijken|specificeren|toelichten)\b",
            r"\ber is geen informatie\b|\bis mij niet bekend\b",
            r"\bwelke? \w+ (?:u bedoelt|bedoelt u|bedoel je)\b",
        ),
        commits=r"\b(?:ik (?:denk|geloof|vermoed|gok|zou zeggen)|waarschijnlijk|vermoedelijk|het antwoord (?:is|luidt|was))\b",
        contrasts=r"\b(?:maar|echter|toch|niettemin)\b",
        preambles=r"\b(?:sorry|helaas|excuses|het spijt|vraag|bedankt|in de|het|dat|dit|de|volgens|op basis|hierover|ik)\b",
        fillers=r"\b(?:graag|raad|raadpleeg|u kunt|je kunt|als u|controleren|welk)\b",
        alternatives=r"\b(?:zou|kan|misschien|mogelijk)\b.*\bof\b",
    ),
    Phrasebook(
        language="pl",
        triggers="wiem pojecia pewien pewna nie nieznane niestety czy brak znam nieznany",
        bare="nieznane|nieznany|nieznana|nie wiem|nie mam pojecia|brak informacji|brak danych|brak odpowiedzi|"
        "nie podano|nie wiadomo mi|nie okreslono",
        declines=(
            r"\b(?:ja )?(?:tego )?nie (?:wiem|znam|pamietam|potrafie|jestem (?:pewien|pewna|pewny|w stanie)|orientuje)\b(?! ze)",
            r"\bnie mam (?:\w+ )?(?:pojecia|informacji|wiedzy|danych|pewnosci|dostepu|wystarczajac\w+)\b",
            r"\bnie (?:moge|umiem)(?: \w+){0,3} (?:odpowiedziec|pomoc|stwierdzic|potwierdzic|podac|okreslic|powiedziec|"
            r"zweryfikowac|sprawdzic)\b",
            r"\b(?:dokument|tekst\w*|fragment\w*|artykul\w*|dokumencie|kontek\w+)\b.*\bnie (?:\w+ )?(?:podaje|ma|mowi|wspomina|"
            r"zawiera|okresla|wynika|podano)\b",
            r"\bbrak (?:\w+ )?(?:informacji|danych)\b|\bnie ma (?:\w+ )?informacji\b",
            r"\bczy (?:mozesz|moglbys|moglabys|moze pan|moze pani)(?: \w+)? (?:doprecyzowac|podac|wyjasnic|sprecyzowac|okreslic)\b",
        ),
        commits=r"\b(?:mysle|sadze|uwazam|przypuszczam|prawdopodobnie|chyba|zapewne|powiedzialbym|odpowiedz (?:to|brzmi))\b",
        contrasts=r"\b(?:ale|jednak|lecz|choc)\b",
        preambles=r"\b(?:przykro|przepraszam|niestety|pytanie|dziekuje|w|na|ten|ja|z|szczerze)\b",
        fillers=r"\b(?:prosze|polecam|sprawdz|sugeruje|mozesz|o ktora|o ktory|jesli)\b",
        alternatives=r"\b(?:moze|byc moze|mogl\w*)\b.*\blub\b",
    ),
)

_WORLD = (
    Phrasebook(
        language="ja",
        triggers="わか 分か 判り 知り 存じ 不明 ませ でき 教え 記載 情報 判断 自信 わから",
        bare="不明|不明です|わかりません|分かりません|わからない|分からない|知りません|回答不能|情報なし|該当なし|記載なし|無回答|答えられません",
        declines=(
            r"(?:わか|分か|判)(?:り|ら)(?:ません|ない|かねます)",
            r"(?:^|[、。,.]|は|を|(?<!誰)も)(?:よく)?(?:知りません|知らない|存じません|存じ上げません|存じ上げており?ません)",
            r"(?:お答え|回答|お応え|答える(?:こと)?(?:が|は)?|特定|判断|確認|断定|お手伝い|ご案内)(?:することが|することは|は|が)?"
            r"(?:でき|いたしかね|しかね|出来)(?:ません|ない|かねます|ます)",
            r"(?:情報|知識|データ|記録)(?:は|が|を)?(?:持ち合わせて|持って|ござい|あり|見つかり|見当たり)(?:おり)?(?:い)?(?:ません|ない)",
            r"(?:文書|本文|資料|文章|記事|テキスト|文脈)(?:に|で|から|中)?(?:は|も)?.*(?:ません|ない|不明)",
            r"(?:記載|言及|明記)(?:されて|は|が)?(?:い|あり|おり)(?:ません|ない)",
            r"(?:詳しく|具体的に|もう少し)?教えて(?:いただけ|もらえ|ください|くださ)",
            r"(?:自信|確信)が(?:あり|持て)(?:ません|ない)",
        ),
        commits=r"(?:と思|だと考|でしょう|おそらく|恐らく|多分|たぶん|かもしれ|答えは|と推測|はず)",
        contrasts=r"(?:しかし|けれど|ただし)",
        preambles=r".",
        spaced=False,
    ),
    Phrasebook(
        language="zh",
        triggers="不知 不清楚 不確定 不确定 未知 没有 沒有 无法 無法 不详 不明 未提 不了解 不记得 不記得 请提供 請提供 请问 請問 不能 未说 未說",
        bare="不知道|我不知道|未知|不清楚|不详|不詳|不明|不确定|不確定|无法确定|無法確定|无法回答|無法回答|没有答案|沒有答案|"
        "没有信息|无相关信息|信息不足|未提及|没有提到|沒有提到|暂无|不太清楚",
        declines=(
            r"(?:^|[我,，。、])(?:真的|也|并|並|目前|其实|其實|还|還|暂时)?(?:不知道|不太清楚|不清楚|不确定|不確定|不太确定|"
            r"不太確定|不了解|不记得|不記得|不熟悉|不晓得|没把握)",
            r"我(?:目前|也|并|並|暂时)?(?:没有|沒有|缺乏|无|無)(?!人)",
            r"我?(?:无法|無法|不能|没法|难以)(?:准确|準確|确切)?(?:地)?(?:回答|确定|確定|提供|确认|確認|判断|判斷|得知|帮助|幫助|核实|"
            r"給出|给出|告诉|協助|协助|推断|作答)",
            r"(?:文中|文章|原文|资料|資料|文档|文檔|材料|段落|上下文|信息)(?:中|里|裡|內|内)?(?:并|並)?(?:没有|沒有|未|无|無)"
            r"(?:提|说|說|给|給|包含|相关|相關|指|明|记|記|涉)",
            r"(?:没有|沒有|未)(?:找到|发现|發現|查到)(?:任何|相关|相關|有关|有關)",
            r"(?:请|請)(?:您)?(?:提供|说明|說明|告诉|補充|补充|明确)(?:更多|具体|具體|相关|一下|我)?",
            r"(?:请问|請問)(?:您|你)?(?:指|说|說|问|問)的是",
        ),
        commits=r"(?:我(?:认为|認為|觉得|覺得|猜|想是|相信|推测)|可能是|应该是|應該是|大概是|也许是|答案是|很可能|估计是)",
        contrasts=r"(?:但是?|不过|不過|然而|可是)",
        preambles=r".",
        spaced=False,
    ),
    Phrasebook(
        language="ko",
        triggers="모르 모릅 모른 알지 알 수 없 않 확실 답변 불가 못 명확",
        bare="모르겠습니다|모르겠어요|모릅니다|몰라요|알 수 없음|알 수 없습니다|불명|미상|정보 없음|확인 불가|답변 불가|"
        "해당 없음|잘 모르겠습니다|잘 모르겠어요|모름|언급 없음",
        declines=(
            r"(?:^|[ ,.])(?:저는 |저도 |잘 |정확히 |정확히는 )?모르겠",
            r"^(?:저는 |저도 |잘 )?(?:모릅니다|몰라요|모름)",
            r"알지 (?:못합니다|못해요|못하|못한)",
            r"(?:정보|자료|기록|내용|언급|지식)(?:가|이|를|은|는|도)? (?:없습니다|없어요|없음|찾을 수 없|가지고 있지 않|갖고 있지 않|부족)",
            r"(?:답변|대답|도움|확인|판단|제공|알려|특정|말씀)(?:할|을|드릴|해|해드릴| 드릴|을 드릴)? ?(?:수|줄)?(?:가|는)? ?(?:없습니다|없어요|없음|어렵습니다|없|불가)",
            r"(?:문서|본문|지문|자료|글|텍스트|문맥)\w*.*(?:않습니다|않아요|없습니다|없음|않음)",
            r"확인할 수 없|알 수 없습니다$|알 수 없어요$",
            r"(?:말씀|명시|제공|설명)해 ?주(?:시겠|세요|실 수|시기)",
        ),
        commits=r"(?:인 것 같|것 같습니다|것 같아요|아마|일 것입|라고 생각|정답은|으로 추정|답은)",
        contrasts=r"(?:하지만|그러나|그렇지만)",
        preambles=r".",
        spaced=False,
    ),
    Phrasebook(
        language="ru",
        triggers="знаю понятия уверен уверена неизвестно неизвестен неизвестна нет могу не уточните извините помню "
        "неизвестны невозможно затрудняюсь уточнить",
        bare="неизвестно|не знаю|я не знаю|нет информации|нет данных|не указано|нет ответа|понятия не имею|неясно|"
        "не уверен|не уверена|затрудняюсь ответить|без понятия|не могу ответить|не упоминается",
        declines=(
            r"\b(?:я )?(?:этого |точно |к сожалению,? )?не (?:знаю|помню|уверен|уверена|владею|располагаю|знаком|знакома|"
            r"осведомлен)\b(?!,? что)",
            r"\bпонятия не имею\b|\bзатрудняюсь\b",
            r"\b(?:мне|для меня) (?:это )?(?:не ?известн\w+|неведомо)",
            r"\bу меня (?:\w+ )?нет\b|\bне имею (?:информации|данных|сведений)\b",
            r"\bя? ?не (?:могу|смогу|в состоянии)(?: \w+){0,3} (?:ответить|помочь|сказать|подтвердить|определить|назвать|"
            r"предоставить|проверить|указать|дать)\b",
            r"\b(?:документ\w*|текст\w*|отрыв\w*|стать\w+|контекст\w*|источник\w*|материал\w*)\b.*\b(?:не (?:говорится|указан\w*|"
            r"упомина\w+|сказано|содерж\w+|привод\w+|сообща\w+)|нет)\b",
            r"\b(?:нет|отсутств\w+) (?:\w+ )?(?:информации|данных|сведений|информация)\b",
            r"\b(?:уточните|не могли бы вы|поясните|пожалуйста, (?:уточните|предоставьте))\b",
            r"\bневозможно (?:определить|ответить|установить|сказать)\b",
        ),
        commits=r"\b(?:я? ?(?:думаю|полагаю|считаю|предполагаю)|скорее всего|вероятно|наверное|по-моему|кажется|ответ[:-])",
        contrasts=r"\b(?:но|однако|тем не менее|хотя)\b",
        preambles=r"\b(?:извините|простите|к сожалению|вопрос|спасибо|в|на|о|из|я|мне|это|честно)\b",
        fillers=r"\b(?:пожалуйста|рекомендую|советую|обратитесь|проверьте|можете|если|о какой|о каком)\b",
        alternatives=r"\b(?:возможно|может|могл\w*)\b.*\bили\b",
    ),
    Phrasebook(
        language="ar",
        triggers="أعرف اعرف أعلم اعلم أدري ادري ليس ليست لست معروف أستطيع استطيع يمكنني لا لم غير متأكد توجد يوجد",
        bare="لا أعرف|لا أعلم|لا أدري|غير معروف|غير محدد|غير متوفر|لا توجد معلومات|لست متأكدا|مجهول|لا اعرف|لا اعلم|لا جواب|لا إجابة|غير مذكور",
        declines=(
            r"(?:^|\s)لا (?:أعرف|اعرف|أعلم|اعلم|أدري|ادري|أملك|أتذكر|أذكر|أمتلك)(?:\s|$|[.،])",
            r"ليس(?:ت)? لدي|ليس عندي|لا (?:توجد|يوجد|تتوفر|تتوافر) (?:لدي )?(?:\S+ )?(?:معلومات|معلومة|فكرة|بيانات|ذكر)",
            r"لست (?:متأكدا|متأكدة|متاكدا|واثقا|على (?:علم|يقين|دراية))",
            r"(?:لا|لن) (?:أستطيع|استطيع|يمكنني|أقدر) (?:\S+ ){0,3}?(?:الإجابة|الاجابة|الرد|المساعدة|مساعدتك|تحديد|تقديم|القول|التأكد|تأكيد|الجزم)",
            r"لا يمكن (?:تحديد|الإجابة|معرفة)",
            r"(?:لا|لم) (?:يذكر|يحدد|يشر|يشير|يتضمن|يحتوي|تذكر|يوضح|يرد)(?: \S+){0,3}? ?(?:النص|المستند|الوثيقة|المقال|الفقرة|السياق|فيه)",
            r"(?:النص|المستند|الوثيقة|المقال|الفقرة|السياق) (?:لا|لم) ",
            r"(?:هل يمكنك|هل يمكن|يرجى|من فضلك) (?:\S+ )?(?:توضيح|تحديد|تقديم|التوضيح|أن توضح|توفير)",
        ),
        commits=r"(?:أظن|اظن|أعتقد|اعتقد|ربما|على الأرجح|غالبا|الجواب هو|الإجابة هي|أرجح)",
        contrasts=r"(?:^|\s)(?:لكن|ولكن|لكنه|لكنها|غير أن|إلا أن)",
        preambles=r".",
    ),
    Phrasebook(
        language="tr",
        triggers="bilmiyorum bilmiyoruz fikrim emin degilim bilgi bilgim bilinmiyor yok yanitlayamiyorum maalesef yanıt "
        "yanıtlayamıyorum değilim değil edilmemiş belirtilmemiş edemem veremem hatırlamıyorum misiniz mısınız uzgunum "
        "belirtilmemis hatirlamiyorum cevaplayamam bilemiyorum",
        bare="bilmiyorum|bilinmiyor|bilgi yok|fikrim yok|emin degilim|belirtilmemis|cevap yok|bilemiyorum|bilinmeyen|"
        "hicbir fikrim yok|belirsiz|yanit yok",
        declines=(
            r"\b(?:bilmiyorum|bilemiyorum|hatirlamiyorum|bilemem|emin degilim)\b",
            r"\b(?:fikrim|bilgim|bilgiye sahip|malumatim)(?: \w+)? (?:yok|degilim)\b",
            r"\b(?:yanitlayam\w+|cevaplayam\w+|cevap verem\w+|yardimci olam\w+|soyleyem\w+|dogrulayam\w+|cevap veremiyorum)\b",
            r"\b(?:belge|metin|makale|pasaj|baglam|kaynak|parca)\w*\b.*\b(?:yok|bulunmuyor|belirtilm\w+|yer almiyor|bahsedilm\w+|"
            r"icermiyor|gecmiyor)\b",
            r"\bbilgi (?:yok|bulunmuyor|mevcut degil|bulamadim)\b",
            r"\b(?:belirtir|aciklar|verir|soyler|paylasir) misiniz\b",
        ),
        commits=r"\b(?:sanirim|galiba|muhtemelen|bence|tahminimce|dusunuyorum|cevap:|zannedersem|olmali)",
        contrasts=r"\b(?:ama|fakat|ancak|yine de|lakin)\b",
        preambles=r".",
    ),
    Phrasebook(
        language="hi",
        triggers="नहीं नही अज्ञात पता जानता जानती क्षमा कृपया",
        bare="अज्ञात|पता नहीं|मुझे नहीं पता|नहीं पता|मालूम नहीं|जानकारी नहीं|जानकारी उपलब्ध नहीं|उत्तर उपलब्ध नहीं|मुझे पता नहीं|ज्ञात नहीं",
        declines=(
            r"(?:मुझे|हमें)(?: \S+){0,4} (?:नहीं पता|पता नहीं|नहीं मालूम|मालूम नहीं|ज्ञात नहीं|याद नहीं|जानकारी नहीं|यकीन नहीं|नहीं है पता)",
            r"मैं(?: \S+){0,4} (?:नहीं जानत[ाी]|निश्चित नहीं|नहीं बता सकत[ाी]|नहीं कह सकत[ाी]|नहीं दे सकत[ाी]|असमर्थ|नहीं कर सकत[ाी]|पक्का नहीं)",
            r"(?:मेरे पास|मुझे)(?: \S+){0,6} (?:जानकारी|सूचना|उत्तर)(?: \S+){0,3} (?:नहीं|नही)",
            r"(?:दस्तावेज़|दस्तावेज|पाठ|लेख|अंश|संदर्भ|सामग्री)(?: \S+){0,6} (?:उल्लेख|जानकारी|विवरण|बताया|दिया)(?: \S+)? (?:नहीं|गया नहीं)",
            r"(?:जानकारी|उल्लेख) (?:उपलब्ध |मौजूद )?नहीं है",
            r"कृपया (?:\S+ ){0,4}(?:बताएं|बताएँ|स्पष्ट|प्रदान|दें)",
        ),
        commits=r"(?:शायद|संभवतः|मेरे विचार|मुझे लगता|सम्भवतः|मेरा मानना|उत्तर है)",
        contrasts=r"(?:^|\s)(?:लेकिन|परंतु|परन्तु|किंतु|मगर|पर)\s",
        preambles=r".",
    ),
)

# Languages known by their commonest refusals only, not measured on the shipped set.
_MORE = tuple(
    Phrasebook(
        language=language,
        triggers=triggers,
        bare=bare,
        declines=tuple(rf"^(?:{form})(?:$|[.,;!]| )" for form in bare.split("|")),
        commits=commits,
        contrasts=contrasts,
        preambles=r".",
    )
    for language, triggers, bare, commits, contrasts in (
        (
            "sv",
            "vet ingen osaker saker",
            "jag vet inte|vet inte|ingen aning|jag vet tyvarr inte|jag ar inte saker",
            r"\b(?:tror|troligen|nog)\b",
            r"\bmen\b",
        ),
        (
            "da/no",
            "ved vet aner ikke",
            "jeg ved det ikke|jeg ved ikke|jeg vet ikke|jeg vet det ikke|aner ikke",
            r"\b(?:tror|trolig|sandsynligvis)\b",
            r"\bmen\b",
        ),
        ("fi", "tieda", "en tieda|en valitettavasti tieda", r"\b(?:luulen|ehka|todennakoisesti)\b", r"\bmutta\b"),
        (
            "cs/sk",
            "nevim neviem",
            "nevim|to nevim|neviem|bohuzel nevim",
            r"\b(?:myslim|asi|pravdepodobne)\b",
            r"\b(?:ale|avsak)\b",
        ),
        ("hu", "tudom", "nem tudom|sajnos nem tudom", r"\b(?:szerintem|valoszinuleg|talan)\b", r"\bde\b"),
        ("ro", "stiu", "nu stiu|nu stiu raspunsul|din pacate nu stiu", r"\b(?:cred|probabil)\b", r"\bdar\b"),
        ("uk", "знаю", "я не знаю|не знаю", r"\b(?:думаю|мабуть|ймовірно)\b", r"\b(?:але|однак)\b"),
        ("el", "ξερω γνωριζω", "δεν ξερω|δεν γνωριζω", r"\b(?:νομιζω|μαλλον)\b", r"\bαλλα\b"),
        (
            "id/ms",
            "tahu",
            "saya tidak tahu|tidak tahu|saya tak tahu",
            r"\b(?:mungkin|saya rasa|saya kira)\b",
            r"\b(?:tetapi|tapi)\b",
        ),
        ("vi", "biet", "toi khong biet|khong biet", r"\b(?:co le|toi nghi)\b", r"\bnhung\b"),
        ("he", "יודע יודעת", "אני לא יודע|אני לא יודעת|לא יודע", r"(?:חושב|כנראה)", r"\bאבל\b"),
        ("fa", "نمیدانم نمی", "نمی دانم|نمیدانم|من نمی دانم", r"(?:فکر|احتمالا|شاید)", r"\bاما\b"),
    )
)

BOOKS: tuple[Phrasebook, ...] = (_ENGLISH, *_EUROPE, *_WORLD, *_MORE)
"""Every language we can read a refusal in; the first fifteen are measured on the shipped replies."""
