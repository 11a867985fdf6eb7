"""How replies decline in German, French, Spanish, Italian, Portuguese, Dutch and Polish. Data only.

Patterns carry no accents: the text is folded before it is read.
"""

from __future__ import annotations

from calibrant.grading.phrasebooks.book import Phrasebook

__all__ = ["EUROPE"]

EUROPE = (
    Phrasebook(
        language="de",
        triggers="weiss weiß nicht keine kein ahnung leider unbekannt konnten konnen könnten welche bitte nichts "
        "unsicher unklar entzieht passen uberfragt überfragt",
        bare="unbekannt|keine ahnung|keine angabe|keine angaben|k. a|k.a|weiss nicht|nicht bekannt|nicht angegeben|"
        "keine information|keine informationen|keine antwort|unklar|nicht verfugbar|unsicher|weiss ich nicht|nicht sicher",
        declines=(
            r"\b(?:ich )?weiss(?: ich)?(?: es| das| die antwort| dies)?(?: \w+)? nicht\b",
            r"\bich (?:habe|hab)(?: \w+){0,2} (?:keine|keinen|keinerlei)\b|\bhabe ich(?: \w+){0,2} (?:keine|keinen)\b",
            r"\b(?:ich bin|bin ich)(?: mir)?(?: \w+){0,2} (?:nicht (?:\w+ )?sicher|unsicher)\b",
            r"\b(?:(?:ich|und) (?:kann|konnte|mochte|darf)|(?:kann|konnte|mochte|darf) ich)(?: \w+){0,6} (?:nicht|nichts|keine|keinen)(?: \w+){0,5} (?:sagen|beantworten|"
            r"helfen|angeben|bestatigen|geben|nennen|machen|finden|beurteilen|erinnern|bestimmen|raten|uberprufen)\b",
            r"\b(?:ist|sind|war) mir(?: \w+){0,2} (?:nicht (?:bekannt|gelaufig)|unbekannt)|\bmir (?:ist|sind|liegen)(?: \w+){0,3} (?:nicht bekannt|nicht gelaufig|keine|unbekannt)",
            r"\bkeine (?:ahnung|information(?:en)?|angaben?|hinweise|daten)\b",
            r"\b(?:dokument|text|auszug|abschnitt|artikel|kontext|unterlagen|quelle|passage|handbuch)\b.*\b(?:nicht|nichts|"
            r"keine|keinen|kein)\b.*(?:erwahnt|genannt|hervor|angaben?|information(?:en)?|angegeben|enthalten|steht|"
            r"hinweise?|entnehmen|beantwort\w+|$)",
            r"\b(?:konnten|konnen) sie(?: \w+){0,2} (?:genauer|naher|angeben|prazisieren|sagen|mitteilen|erlautern|klaren)",
            r"\bwelche[nrs]? \w+ (?:meinen sie|meinst du)\b",
            r"^bitte (?:geben|nennen|prazisieren|teilen|teile|gib|nenne) ",
            r"\bweiss ich (?:\w+ )?nichts\b|\bich weiss (?:\w+ ){0,2}nichts\b(?! dass)",
            r"\bdas entzieht sich meiner kenntnis\b|\b(?:muss ich|ich muss) (?:\w+ )?passen\b|\b(?:bin ich|ich bin) uberfragt\b",
            r"\bohne (?:weitere|mehr|nahere) (?:angaben|information(?:en)?|kontext)\b",
        ),
        commits=r"\b(?:ich (?:glaube|denke|vermute|meine|nehme an|tippe|wurde sagen)|vermutlich|wahrscheinlich|vermute|tippe|"
        r"die antwort (?:ist|lautet|war)|ich wurde)\b",
        contrasts=r"\b(?:aber|jedoch|allerdings|doch|dennoch|trotzdem)\b",
        preambles=r"\b(?:leider|entschuldig\w+|tut mir leid|es tut|frage|bedauer\w+|danke|im|aus|das|dazu|daruber|dabei|diese|"
        r"mir|es gibt|basierend|auf|ehrlich|also|nun|in|dem|der|die|auszug|text|dokument)\b",
        fillers=r"\b(?:bitte|empfehle|konnen sie|wenden|helfen|falls|wenn sie|gerne|auskunft|prufen|nachschlagen)\b",
        alternatives=r"\b(?:konnte|konnten|vielleicht|moglicherweise|eventuell|entweder)\b.*\boder\b|\b(?:es|das|er|sie) konnten? \b",
    ),
    Phrasebook(
        language="fr",
        triggers="sais connais idee idée sur sûr sure certain certaine ignore inconnu desole peux pas aucune precise "
        "souviens rappelle pourriez pouvez quelle quel malheureusement impossible n'est n'ai n'y saurais",
        bare="inconnu|inconnue|non precise|non specifie|aucune idee|sans reponse|je ne sais pas|non disponible|s.o|"
        "pas d'information|aucune information|information non disponible|indetermine|non communique|je sais pas",
        declines=(
            r"\bje (?:ne )?(?:le |la |les |l'|m'en |me |me le |vous )?(?:sais|saurais|connais|peux|puis|dispose|souviens|rappelle|trouve|suis|possede|trouve|retrouve)"
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
        alternatives=r"\b(?:pourrait|peut-etre|pourraient|soit)\b.*\b(?:ou|soit)\b|\bpourrai(?:t|ent) etre\b",
    ),
    Phrasebook(
        language="es",
        triggers="se sé idea seguro segura desconozco desconocido no sin ignoro podria podría puede imposible lamentablemente",
        bare="desconocido|desconocida|sin informacion|no lo se|ni idea|no se|sin respuesta|no disponible|no consta|"
        "se desconoce|no especificado|no hay informacion|no se sabe|sin datos|no se menciona",
        declines=(
            r"\bno(?: lo| la| los)? se\b(?! (?:que|puede|debe|trata|llama))",
            r"\b(?:yo )?no (?:estoy|me siento)(?: \w+)? (?:segur[oa]|cert[oa])\b",
            r"\bno (?:lo |la |me )?(?:acuerdo|tengo|dispongo|poseo|cuento con|conozco|recuerdo|encuentro|encontre|logro|consigo)\b",
            r"\bno (?:puedo|podria|soy capaz de|me es posible|sabria)(?: \w+)? ?(?:\w*(?:responder|ayudar|decir|contestar|"
            r"determinar|confirmar|proporcionar|dar|verificar|indicar|precisar|asegurar|identificar|comprobar)\w*)",
            r"\bno se? ?(?:puedo|pued[eo]) (?:responder|ayudar|decir|determinar|saber|contestar)\w*",
            r"\b(?:lo |la )?(?:desconozco|ignoro)\b",
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
        alternatives=r"\b(?:podria|podrian|quizas?|tal vez|puede que|posiblemente)\b.*\b(?:o|u)\b|\bpodrian? ser\b",
    ),
    Phrasebook(
        language="it",
        triggers="so saprei idea sicuro sicura sconosciuto non nessuna potrebbe puo impossibile ignoto purtroppo",
        bare="sconosciuto|sconosciuta|non lo so|non so|non saprei|nessuna idea|non disponibile|non specificato|"
        "nessuna informazione|boh|ignoto|informazione non disponibile|non indicato|n.d",
        declines=(
            r"\bnon (?:lo |la |li |ne |glielo |te lo )?(?:so|saprei)\b(?! che)",
            r"\bnon (?:ne |lo |la |me lo |me ne |mi )?(?:ho|conosco|ricordo|dispongo|possiedo|trovo|sono a conoscenza|sono in grado)\b",
            r"\bnon (?:ne )?sono (?:\w+ )?(?:sicur[oa]|cert[oa])\b",
            r"\bnon (?:posso|riesco|potrei)(?: a)? (?:\w*(?:rispond|aiutar|dir|determinar|conferm|fornir|dar|verific|indicar|"
            r"identific|trovar)\w*)",
            r"\bnessuna (?:idea|informazione)\b",
            r"\b(?:documento|testo|brano|passaggio|articolo|contesto|estratto|fonte)\b.*\bnon (?:\w+ ){0,2}(?:specifica|"
            r"menziona|indica|dice|contiene|fornisce|riporta|indicato|menzionato|specificato|riportato|precisa|ci sono)\b",
            r"\bnon (?:ci sono|c'e|vi sono|esistono)(?: \w+)? (?:informazioni|informazione|dati|menzione|prove)\b",
            r"\b(?:potrebbe|potresti|puo|puoi) (?:\w+ )?(?:specificar|chiarir|precisar|fornir|indicar|dirmi|condivider)\w*",
            r"\bpreferisco non\b|\bmi (?:e|risulta) (?:sconosciut|ignot)[oa]\b",
        ),
        commits=r"\b(?:credo|penso|direi|suppongo|probabilmente|immagino|la risposta (?:e|è|sarebbe|corretta))\b",
        contrasts=r"\b(?:ma|pero|tuttavia|comunque)\b",
        preambles=r"\b(?:mi dispiace|mi spiace|boh|beh|spiacente|purtroppo|scusa|scusi|domanda|grazie|nel|il|la|secondo|in base|in|io|ma)\b",
        fillers=r"\b(?:consiglio|consult\w+|per favore|puo|puoi|se vuole|verificar\w*|a quale)\b",
        alternatives=r"\b(?:potrebbe|potrebbero|forse|magari)\b.*\bo\b|\bpotrebbe(?:ro)? essere\b",
    ),
    Phrasebook(
        language="pt",
        triggers="sei ideia certeza desconheco desconhecido não nao sem ignoro poderia pode impossivel infelizmente",
        bare="desconhecido|desconhecida|nao sei|sem informacao|sem resposta|nao disponivel|nao informado|nao faco ideia|"
        "nao especificado|nao consta|nao ha informacao|nao mencionado",
        declines=(
            r"\b(?:eu )?nao (?:o )?sei\b(?! que)",
            r"\bnao (?:tenho|possuo|disponho|conheco|me lembro|lembro|recordo|encontrei|faco (?:a (?:menor|minima) |qualquer )?ideia|estou certo|estou certa|"
            r"estou (?:\w+ )?segur[oa]|sou capaz)\b",
            r"\bnao (?:posso|consigo|poderia|saberia)(?: \w+)? ?(?:\w*(?:lembr|record|respond|ajudar|dizer|determinar|confirmar|fornecer|"
            r"dar|verificar|indicar|informar|identificar)\w*)",
            r"\b(?:o |a )?(?:desconheco|ignoro)\b",
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
        alternatives=r"\b(?:poderia|poderiam|talvez|pode ser)\b.*\bou\b|\bpode(?:ria)? ser\b",
    ),
    Phrasebook(
        language="nl",
        triggers="weet weten idee zeker onbekend niet geen niets kunt kan helaas welk welke onduidelijk",
        bare="onbekend|geen idee|weet niet|weet ik niet|ik weet het niet|geen informatie|niet bekend|niet vermeld|"
        "niet beschikbaar|geen antwoord|onduidelijk|niet gespecificeerd|n.v.t",
        declines=(
            r"\b(?:ik )?weet (?:ik |het |dat |dit |de antwoord |het antwoord )*(?:\w+ )?niet\b",
            r"\b(?:daar|daarover|hierover|hiervan)? ?weet ik (?:\w+ )?niets\b|\bik weet (?:\w+ ){0,2}niets\b",
            r"\b(?:ik )?zou (?:het|dat) (?:\w+ )?niet weten\b",
            r"\b(?:ik heb|heb ik)(?: \w+){0,3} (?:geen|niet genoeg|onvoldoende)\b|\bgeen (?:\w+ )?idee\b",
            r"\b(?:ik ben|ben ik)(?: \w+){0,2} niet (?:\w+ )?zeker\b|\bben niet zeker\b",
            r"\b(?:ik )?(?:kan|kon|wil)(?: ik)?(?: \w+){0,5} (?:niet|niets|geen)(?: \w+){0,3} (?:beantwoorden|zeggen|helpen|geven|"
            r"bepalen|bevestigen|vinden|noemen|herinneren|verifieren|vertellen|controleren)\b",
            r"\b(?:document|tekst|passage|artikel|context|fragment|bron)\b.*\b(?:niet|niets|geen)\b",
            r"\b(?:kunt u|kun je)(?: \w+){0,3} (?:aangeven|verduidelijken|specificeren|geven|toelichten|vertellen|delen)\b",
            r"\b(?:kunt u|kun je) (?:aangeven|verduidelijken|specificeren|toelichten)\b",
            r"^geen (?:antwoord|informatie|gegevens)(?: \w+)?(?: (?:bekend|beschikbaar|gevonden))?$",
            r"\ber is geen informatie\b|\bis mij niet bekend\b",
            r"\bwelke? \w+ (?:u bedoelt|bedoelt u|bedoel je)\b",
        ),
        commits=r"\b(?:ik (?:denk|geloof|vermoed|gok|zou zeggen)|waarschijnlijk|vermoedelijk|het antwoord (?:is|luidt|was))\b",
        contrasts=r"\b(?:maar|echter|toch|niettemin)\b",
        preambles=r"\b(?:sorry|helaas|excuses|het spijt|vraag|bedankt|in de|het|dat|dit|de|volgens|op basis|hierover|daar|daarover|ik)\b",
        fillers=r"\b(?:graag|raad|raadpleeg|u kunt|je kunt|als u|controleren|welk)\b",
        alternatives=r"\b(?:zou|kan|misschien|mogelijk)\b.*\bof\b|\b(?:het|dat) (?:kan|zou)\b.*\bzijn\b",
    ),
    Phrasebook(
        language="pl",
        triggers="trudno ciezko wiem pojecia pewien pewna nie nieznane niestety czy brak znam nieznany",
        bare="nieznane|nieznany|nieznana|nie wiem|nie mam pojecia|brak informacji|brak danych|brak odpowiedzi|"
        "nie podano|nie wiadomo mi|nie okreslono",
        declines=(
            r"\b(?:ja )?(?:tego )?nie (?:wiem|znam|pamietam|potrafie|jestem (?:pewien|pewna|pewny|w stanie)|orientuje)\b(?! ze)",
            r"\bnie mam (?:\w+ )?(?:pojecia|informacji|wiedzy|danych|pewnosci|dostepu|wystarczajac\w+)\b",
            r"\bnie (?:posiadam|dysponuje)(?: \w+){0,2} (?:informacji|informacjami|danych|danymi|wiedzy)\b",
            r"\btrudno (?:mi )?(?:\w+ )?powiedziec\b|\bciezko (?:mi )?(?:\w+ )?powiedziec\b",
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
