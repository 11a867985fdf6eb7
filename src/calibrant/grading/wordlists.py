"""Words that decide how short texts are compared: function words, negations, titles, roles. Data only.

All are case-folded; each list says what it is for.
"""

from __future__ import annotations

import re

__all__ = [
    "ALIAS_CUES",
    "ALTERNATIVES",
    "ARTICLES",
    "BEARERS",
    "CASTING",
    "CHANGED_BY_PLURAL",
    "CLUBS",
    "CLUB_FORMS",
    "COPULAS",
    "COUNTED_TWICE",
    "FIRMS",
    "FUNCTION",
    "LEGAL_FORMS",
    "NEGATIONS",
    "NEGATION_SIGNS",
    "PHRASE_END",
    "PREPOSITIONS",
    "QUOTING",
    "RANKS",
    "ROLES",
    "SECOND_NAMES",
    "SPELLINGS",
    "STOP",
    "TITLED",
    "TITLES",
    "WHO",
    "WH_WORDS",
    "word_set",
]


def word_set(text: str, separator: str | None = None) -> frozenset[str]:
    """Return the words of a list written as one text.

    >>> sorted(word_set("two one")), sorted(word_set("one, two", ", "))
    (['one', 'two'], ['one', 'two'])
    """
    return frozenset(text.split(separator))


STOP = word_set(
    "the a an of and in on at to for by from with or is was are were be been it its this that as de la le les "
    "du des el los las der die das den dem und et y e i il lo da do dos das van von di del della mr mrs ms sir "
    "dr st"
)
ARTICLES = ("the", "a", "an")
COPULAS = word_set("is was are were be called named est était ist war sind waren es fue era è é foi fu")
PREPOSITIONS = word_set("in at on by from en à au por im am bei von durch aus")
FUNCTION = STOP | COPULAS | word_set("he she they who which what where when there name first one")
NEGATIONS = word_set(
    "not no never neither nor none nobody nothing without except isn't wasn't aren't weren't don't doesn't "
    "didn't can't cannot couldn't won't wouldn't unlike rather instead false incorrect wrong nicht kein keine "
    "keinen keiner nie niemals ne pas jamais aucun aucune sans nunca jamás ningún ninguna sin non mai nessun "
    "nessuna senza não nem nenhum nenhuma sem niet geen nooit zonder nie nigdy bez не нет ни никогда без değil "
    "yok نہیں नहीं ليس لا"
)
NEGATION_SIGNS = re.compile("不|没|沒|非|ない|ません|ず|無し|아니|없|않|못|নয়|ไม่")
ALTERNATIVES = word_set("or either oder ou oppure lub или أو veya या")
TITLES = word_set(
    "mr mrs ms miss dr doctor prof professor sir dame lord lady king queen president prime minister pope "
    "emperor saint st general colonel captain senator governor judge justice herr frau monsieur madame señor "
    "señora don"
)
WH_WORDS = word_set("what which who whom whose where when how")
PHRASE_END = COPULAS | word_set(
    "in on at by for from with to as that who which and did does do has had have can could would will into over"
)
WHO = word_set("who whom whose wer wen wem wessen qui quién quien quem chi wie kto кто")
ROLES = word_set(
    "actor actress singer author writer novelist poet playwright composer conductor musician guitarist drummer "
    "pianist artist painter sculptor architect director comedian comedienne presenter broadcaster journalist "
    "politician president minister chancellor senator scientist physicist chemist biologist mathematician "
    "inventor engineer explorer astronaut philosopher economist businessman entrepreneur footballer cricketer "
    "golfer boxer athlete cyclist swimmer jockey sprinter driver player manager coach captain winner designer "
    "chef murderer general admiral dramatist star model chairman mathematicians person man woman"
)
# Where the question is about another name of the same person, two names may well be one.
ALIAS_CUES = word_set(
    "alias nickname nicknamed pseudonym pen stage real known born birth called name named alter ego character "
    "played plays portrayed behind originally otherwise better formerly maiden role disguise identity "
    "associated catchphrase voice voiced"
)
# Where words are quoted, a role and its actor may both be named, unless the question says what the speaker was.
QUOTING = word_set("quote said says saying line words slogan")
RANKS = word_set(
    "of the and de duke earl lord lady baron baroness count countess marquess viscount prince princess king "
    "queen pope saint st bishop archbishop sultan emperor empress sir dame or in for with & family brothers "
    "sisters band group company inc ltd"
)

# What an actor is asked for by: 'Who played ...?' wants no other name of the character.
CASTING = frozenset(["played", "plays", "portrayed", "character", "role"])
# Before a name these show a role, a rank or a relation, whose bearer may have another name.
BEARERS = TITLES | word_set(
    "admiral agent archbishop aunt auntie bishop brother cardinal chief commander commissioner constable "
    "corporal count detective father inspector lieutenant little major marshal master mother mistress nurse "
    "officer old princess private rabbi sergeant sheriff sister uncle"
)
# Second names of well-known persons: against any other name they prove nothing. One name between commas.
SECOND_NAMES = word_set(
    "allen konigsberg, anna mae bullock, archibald leach, archie leach, arthur jefferson, bernard schwartz, "
    "cassius clay, cat stevens, charles dodgson, charles lutwidge dodgson, currer bell, acton bell, ellis "
    "bell, david hayward jones, david jones, declan macmanus, edson arantes do nascimento, eric blair, "
    "farrokh bulsara, frances gumm, frances ethel gumm, gordon sumner, greta gustafsson, harry webb, henry "
    "mccarty, ian kilmister, issur danielovitch, john ravenscroft, john wojtyla, jorge bergoglio, jorge mario "
    "bergoglio, joseph ratzinger, josip broz, kareem abdul jabbar, karol wojtyla, lew alcindor, lewis "
    "carroll, lucille le sueur, malcolm little, mark twain, marion morrison, marion robert morrison, mary ann "
    "evans, maurice micklewhite, mohammed ali, muhammad ali, norma jean, norma jeane baker, norma jeane "
    "mortenson, paul hewson, reginald dwight, richard bachman, richard starkey, robert galbraith, robert "
    "zimmerman, samuel clemens, samuel langhorne clemens, saloth sar, stefani germanotta, theodor geisel, "
    "thomas lanier williams, vincent furnier, william bonney, william sydney porter, yusuf islam, ehrich "
    "weiss, charles hardin holley, ilich ramirez sanchez, mary westmacott, mohandas gandhi",
    ", ",
)
# Names under which monarchs of two realms, or popes, were counted twice: James VI was James I.
COUNTED_TWICE = word_set(
    "albert alexander alfonso alphonse carl carlos casimir charles christian constantine david edward emmanuel "
    "felipe felix ferdinand francis franz frederick friedrich george haakon henri henry ivan james joao johan "
    "john joseph juan karel karl leopold malcolm mary matthias maximilian oscar pedro peter philip robert "
    "rudolf rudolph sigismund stephen umberto victor wenceslaus wilhelm william wladyslaw"
)
# Words of which singular and plural mean different things, or are different names.
CHANGED_BY_PLURAL = word_set(
    "act air alp arm ash blue bowl brain cat check classic color colour content custom damage draught drawer "
    "economic ethic force glass good grace graphic green ground heaven jean judge king letter manner mean "
    "minute new number oscar pant physic politic premise private proverb provision psalm quarter remain return "
    "rocket saving scale short spectacle spirit statistic time tropic wale water wit wood work"
)
# Where a question asks for a name or a title, a plural ending may make another one: 'Alien', 'Aliens'.
TITLED = word_set(
    "album artist author band book brand cartoon character city club comedy comic company country county drama "
    "duo entitled film firm franchise game group island island's magazine movie musical newspaper nickname "
    "novel opera painting play poem programme program river series show single sitcom song story surname team "
    "title titled town tv village"
)
# Asked for one of these, the legal form after its name adds nothing.
FIRMS = word_set("company corporation firm manufacturer brand business maker retailer airline")
LEGAL_FORMS = word_set("inc corp corporation ltd limited plc llc gmbh co")
CLUBS = frozenset(["club", "team", "side"])
CLUB_FORMS = frozenset(["fc", "afc", "f", "c", "football", "club"])

# British spelling -> American, where the two are one word.
SPELLINGS: dict[str, str] = dict(
    pair.split(":")
    for pair in word_set(
        "colour:color colours:colors favour:favor favours:favors favourite:favorite flavour:flavor honour:honor "
        "honours:honors humour:humor labour:labor neighbour:neighbor harbour:harbor armour:armor vapour:vapor "
        "rumour:rumor saviour:savior odour:odor parlour:parlor tumour:tumor behaviour:behavior theatre:theater "
        "centre:center fibre:fiber sabre:saber sceptre:scepter spectre:specter calibre:caliber metre:meter "
        "litre:liter defence:defense offence:offense licence:license grey:gray programme:program "
        "jewellery:jewelry moustache:mustache aeroplane:airplane doughnut:donut yoghurt:yogurt catalogue:catalog "
        "dialogue:dialog analogue:analog sulphur:sulfur aluminium:aluminum caesium:cesium oestrogen:estrogen "
        "oesophagus:esophagus anaemia:anemia haemoglobin:hemoglobin leukaemia:leukemia encyclopaedia:encyclopedia "
        "manoeuvre:maneuver carburettor:carburetor pyjamas:pajamas plough:plow traveller:traveler "
        "gelatine:gelatin chimaera:chimera camomile:chamomile "
    )
)
