"""Closed classes: short lists of distinct things, two members of which surely are different answers.

Only here does code know that two unlike words do not mean the same: Denmark is not Belgium, while an aubergine is an
eggplant. Other names of a member are listed with it, so that 'Burma' against 'Myanmar' is never called different.
"""

from __future__ import annotations

from functools import lru_cache

from calibrant.grading.normalise import key
from calibrant.grading.verdict import Verdict

__all__ = ["membership"]

# Members are separated by commas, other names of one member by '='. Disputed and overlapping ones are left out.
_LISTS: dict[str, str] = {
    "country": (
        "Afghanistan,Albania,Algeria,Andorra,Angola,Argentina,Armenia,Australia,Austria,Azerbaijan,Bahamas,Bahrain,"
        "Bangladesh,Barbados,Belarus=Byelorussia,Belgium,Belize=British Honduras,Benin=Dahomey,Bhutan,Bolivia,Botswana,"
        "Brazil,Brunei,Bulgaria,Burkina Faso=Upper Volta,Burundi,Cambodia=Kampuchea,Cameroon,Canada,Chad,Chile,"
        "China=People's Republic of China=PRC,Colombia,Comoros,Costa Rica,Croatia,Cuba,Cyprus,"
        "Czech Republic=Czechia=Czechoslovakia=Slovakia,Denmark=Greenland,Djibouti,Ecuador,Egypt,El Salvador,Eritrea,"
        "Estonia,Ethiopia=Abyssinia,Fiji,Finland,France,Gabon,Gambia,Germany=West Germany=East Germany=Prussia,Ghana=Gold Coast,"
        "Greece,Grenada,Guatemala,Guinea,Guyana=British Guiana,Haiti,Honduras,Hungary,Iceland,"
        "India,Indonesia=Dutch East Indies,Iran=Persia,Iraq=Mesopotamia,Ireland=Eire=Republic of Ireland=Irish Republic,"
        "Israel=Palestine,Italy,Ivory Coast=Cote d'Ivoire,Jamaica,Japan,Jordan,Kazakhstan,Kenya,Kuwait,Kyrgyzstan,Laos,"
        "Latvia,Lebanon,Lesotho=Basutoland,Liberia,Libya,Liechtenstein,Lithuania,Luxembourg,Madagascar,Malawi=Nyasaland,"
        "Malaysia=Malaya,Maldives,Mali,Malta,Mauritania,Mauritius,Mexico,Moldova,Monaco,Mongolia,Montenegro,Morocco,"
        "Mozambique,Myanmar=Burma,Namibia,Nepal,Netherlands=Holland,New Zealand,Nicaragua,Niger,Nigeria,North Korea,"
        "Norway,Oman,Pakistan,Panama,Papua New Guinea,Paraguay,Peru,Philippines,Poland,Portugal,Qatar,Romania,Rwanda,"
        "Russia=Soviet Union=USSR=Russian Federation,San Marino,Saudi Arabia,Senegal,Sierra Leone,Singapore,Slovenia,Somalia,"
        "South Africa,South Korea,Spain,Sri Lanka=Ceylon,Suriname,Sweden,Switzerland,Syria,Taiwan=Formosa,Tajikistan,"
        "Tanzania=Tanganyika=Zanzibar,Thailand=Siam,Togo,Trinidad and Tobago,Tunisia,Turkey=Turkiye,Turkmenistan,Uganda,"
        "Ukraine,United Arab Emirates=UAE=Dubai=Abu Dhabi,"
        "United Kingdom=UK=Great Britain=Britain,England,Scotland,Wales,Northern Ireland,"
        "United States=USA=US=America=United States of America,Uruguay,Uzbekistan,Vatican City,Venezuela,"
        "Vietnam=South Vietnam=North Vietnam,Yemen,Zambia=Northern Rhodesia,Zimbabwe=Rhodesia"
    ),
    "state": (
        "Alabama,Alaska,Arizona,Arkansas,California,Colorado,Connecticut,Delaware,Florida,Georgia,Hawaii,Idaho,Illinois,"
        "Indiana,Iowa,Kansas,Kentucky,Louisiana,Maine,Maryland,Massachusetts,Michigan,Minnesota,Mississippi,Missouri,"
        "Montana,Nebraska,Nevada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,North Dakota,Ohio,Oklahoma,"
        "Oregon,Pennsylvania,Rhode Island,South Carolina,South Dakota,Tennessee,Texas,Utah,Vermont,Virginia,Washington,"
        "West Virginia,Wisconsin,Wyoming"
    ),
    "element": (
        "Hydrogen,Helium,Lithium,Beryllium,Boron,Carbon,Nitrogen,Oxygen,Fluorine,Neon,Sodium,Magnesium,"
        "Aluminium=Aluminum,Silicon,Phosphorus,Sulphur=Sulfur,Chlorine,Argon,Potassium,Calcium,Titanium,Vanadium,Chromium,"
        "Manganese,Iron,Cobalt,Nickel,Copper,Zinc,Gallium,Germanium,Arsenic,Selenium,Bromine,Krypton,Rubidium,Strontium,"
        "Zirconium,Molybdenum,Silver,Cadmium,Tin,Antimony,Iodine,Xenon,Caesium=Cesium,Barium,Tungsten=Wolfram,Platinum,"
        "Gold,Mercury=Quicksilver,Lead,Bismuth,Radon,Radium,Uranium,Plutonium"
    ),
    "city": (
        "Amsterdam,Ankara=Angora,Athens,Auckland,Baghdad,Bangkok,Barcelona,Beijing=Peking,Beirut,Belfast,Belgrade,Berlin,Bern,"
        "Birmingham,Bogota,Bordeaux,Boston,Bristol,Bratislava,Bruges,Cambridge,Oxford,York,Nottingham,Leicester,Sheffield,"
        "Newcastle,Aberdeen,Dundee,Inverness,Honolulu,Atlanta,New Orleans,Las Vegas,Baltimore,Detroit,Cleveland,Pittsburgh,"
        "Minneapolis,Nashville,Memphis,San Diego,Salzburg,Antwerp,Gothenburg,Hiroshima,Kyoto,Nagasaki,Ljubljana,Nice,Porto,"
        "Salt Lake City,Skopje,Tirana,Toulouse,Valencia,Granada,Brisbane,Brussels,Bucharest,Budapest,Buenos Aires,Cairo,Calgary,Canberra,"
        "Cape Town,Cardiff,Chennai=Madras,Chicago,Cologne,Copenhagen,Dallas,Damascus,Delhi=New Delhi,Denver,Dublin,"
        "Edinburgh,Florence,Frankfurt,Geneva,Genoa,Glasgow,Hamburg,Hanoi,Havana,Helsinki,Ho Chi Minh City=Saigon,Houston,"
        "Istanbul=Constantinople=Byzantium,Jakarta=Batavia,Jerusalem,Johannesburg,Kabul,Karachi,Kolkata=Calcutta,"
        "Kyiv=Kiev,Lagos,Leeds,Lima,Lisbon,Liverpool,London,Los Angeles,Lyon,Madrid,Manchester,Manila,Marseille,Melbourne,"
        "Miami,Milan,Montreal,Moscow,Mumbai=Bombay,Munich,Nairobi,Naples,Osaka,Oslo=Christiania=Kristiania,Ottawa,Paris,"
        "Perth,Philadelphia,Phoenix,Prague,Reykjavik,Riga,Rio de Janeiro,Rome,Rotterdam,"
        "Saint Petersburg=St Petersburg=Leningrad=Petrograd,San Francisco,Santiago,Sao Paulo,Seattle,Seoul,Seville,"
        "Shanghai,Sofia,Stockholm,Sydney,Tallinn,Tehran=Teheran,Tokyo=Edo,Toronto,Turin,Vancouver,Venice,Vienna,Vilnius,"
        "Warsaw,Wellington,Yangon=Rangoon,Zagreb,Zurich"
    ),
    "planet": "Mercury,Venus,Earth,Mars,Jupiter,Saturn,Uranus,Neptune,Pluto",
    "continent": "Africa,Antarctica,Asia,Europe,North America,South America",
    "weekday": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
    "verdict": "Yes=True=Correct,No=False=Incorrect",
    "gender": "Male=Man,Female=Woman",
    "direction": "North,South,East,West",
    "sign of the zodiac": ("Aries,Taurus,Gemini,Cancer,Leo,Virgo,Libra,Scorpio,Sagittarius,Capricorn,Aquarius,Pisces"),
    "province of Canada": (
        "Alberta,British Columbia,Manitoba,New Brunswick,Newfoundland=Newfoundland and Labrador,Nova Scotia,Ontario,"
        "Prince Edward Island,Quebec,Saskatchewan"
    ),
    "ocean": "Atlantic=Atlantic Ocean,Pacific=Pacific Ocean,Indian Ocean,Arctic Ocean",
    # Counties as they were before or after 1974 alike; Yorkshire, Sussex and the metropolitan counties overlap others.
    "English county": (
        "Bedfordshire,Berkshire,Buckinghamshire,Cambridgeshire,Cornwall,Derbyshire,Devon,Dorset,Essex,"
        "Gloucestershire,Hampshire,Hertfordshire,Kent,Leicestershire,Lincolnshire,Norfolk,Northamptonshire,"
        "Northumberland,Nottinghamshire,Oxfordshire,Shropshire,Somerset,Staffordshire,Suffolk,Surrey,Warwickshire,"
        "Wiltshire"
    ),
    "instrument": "Violin,Viola,Cello=Violoncello,Double bass,Piano,Guitar,Flute,Oboe,Clarinet,Bassoon,Trumpet,Trombone,Harp",
    "sport": (
        "Archery,Badminton,Baseball,Basketball,Bowls,Boxing,Cricket,Croquet,Cycling,Darts,Fencing,Golf,Gymnastics,"
        "Judo,Karate,Netball,Polo,Rowing,Sailing,Snooker,Squash,Surfing,Swimming,Table tennis,Tennis,"
        "Volleyball,Weightlifting,Wrestling"
    ),
    "colour": "Black,White,Blue,Green,Yellow,Brown",
    "fruit": (
        "Apple,Apricot,Banana,Cherry,Fig,Grape,Grapefruit,Lemon,Lime,Mango,Orange,Peach,Pear,Pineapple,Plum,"
        "Pomegranate,Raspberry,Strawberry"
    ),
    # No animal that is a kind of another one here: a lion is a cat, a puma may be called a panther.
    "animal": (
        "Bat,Camel,Crocodile,Dog,Elephant,Frog,Giraffe,Goat,Gorilla,Hippopotamus=Hippo,Horse,Kangaroo,Lion,Mouse,"
        "Ostrich,Owl,Penguin,Pig,Rabbit,Rat,Rhinoceros=Rhino,Shark,Sheep,Snake,Spider,Tiger,Whale"
    ),
    "language": (
        "Arabic,Basque,Danish,Dutch,English,Finnish,French,German,Greek,Hebrew,Hindi,Hungarian,Italian,Japanese,"
        "Korean,Latin,Polish,Portuguese,Russian,Spanish=Castilian,Swedish,Turkish,Welsh"
    ),
    "football club": (
        "Arsenal,Aston Villa,Blackburn Rovers,Blackpool,Bolton Wanderers,Celtic,Chelsea,Coventry City,Crystal Palace,"
        "Everton,Fulham,Ipswich Town,Leeds United,Leicester City,Liverpool,Manchester City,Manchester United,"
        "Middlesbrough,Newcastle United,Norwich City,Nottingham Forest,Portsmouth,Rangers,Southampton,Stoke City,"
        "Sunderland,Tottenham Hotspur=Spurs=Tottenham,West Bromwich Albion,West Ham United=West Ham"
    ),
    "play by Shakespeare": (
        "Antony and Cleopatra,As You Like It,Coriolanus,Cymbeline,Hamlet,Julius Caesar,King Lear,Macbeth,"
        "Measure for Measure,A Midsummer Night's Dream,Much Ado About Nothing,Othello,Richard II,Richard III,"
        "Romeo and Juliet,The Comedy of Errors,The Merchant of Venice,The Merry Wives of Windsor,"
        "The Taming of the Shrew,The Tempest,The Winter's Tale,Timon of Athens,Titus Andronicus,Twelfth Night"
    ),
    "make of car": (
        "Alfa Romeo,Aston Martin,BMW,Ferrari,Fiat,Ford,Honda,Hyundai,Mazda,Mercedes=Mercedes-Benz,Mitsubishi,"
        "Nissan=Datsun,Peugeot,Porsche,Renault,Saab,Subaru,Suzuki,Toyota,Volvo"
    ),
}

# A whole and its parts, now or once: neither the same nor surely different.
_WHOLES: dict[str, str] = {
    "United Kingdom,UK,Great Britain,Britain": "England,Scotland,Wales,Northern Ireland,Ireland",
    "Ireland,Eire,Republic of Ireland,Irish Republic": "Northern Ireland",
    "Soviet Union,USSR": (
        "Armenia,Azerbaijan,Belarus,Estonia,Kazakhstan,Kyrgyzstan,Latvia,Lithuania,Moldova,Tajikistan,Turkmenistan,"
        "Ukraine,Uzbekistan"
    ),
    "Italy": "Vatican City",
    "China": "Taiwan",
}


@lru_cache(maxsize=1)
def _members() -> dict[str, dict[str, int]]:
    """Return, for the key of every name, the classes it is in and its place there."""
    found: dict[str, dict[str, int]] = {}
    for name, members in _LISTS.items():
        for number, member in enumerate(members.split(",")):
            for spelling in member.split("="):
                found.setdefault(key(spelling), {})[name] = number
    return found


@lru_cache(maxsize=1)
def _overlaps() -> frozenset[tuple[str, str]]:
    """Return the pairs of keys of which one names a whole and the other a part of it, in both orders."""
    pairs = {
        (key(whole), key(part))
        for wholes, parts in _WHOLES.items()
        for whole in wholes.split(",")
        for part in parts.split(",")
    }
    return frozenset(pairs | {(part, whole) for whole, part in pairs})


def membership(left: str, right: str) -> Verdict | None:
    """Return how two keys (see ``normalise.key``) compare as members of a closed class; None where no class has both.

    Two names of one member are *same*; a whole and a part of it are *unsure*.

    >>> [str(membership("denmark", other)) for other in ("belgium", "aubergine")]
    ['Verdict.DIFFERENT', 'None']
    >>> membership("burma", "myanmar"), membership("ireland", "northernireland")
    (<Verdict.SAME: 'same'>, <Verdict.UNSURE: 'unsure'>)
    """
    one, other = _members().get(left), _members().get(right)
    if not one or not other:
        return None
    shared = one.keys() & other.keys()
    if not shared:
        return None
    if any(one[name] == other[name] for name in shared):
        return Verdict.SAME
    return Verdict.UNSURE if (left, right) in _overlaps() else Verdict.DIFFERENT
