"""Closed classes: short lists of distinct things, two members of which surely are different answers.

Only here does code know that two unlike words do not mean the same: Denmark is not Belgium, while an aubergine is an
eggplant. Other names of a member are listed with it, so that 'Burma' against 'Myanmar' is never called different.
"""

from __future__ import annotations

from functools import lru_cache

from calibrant.grading.normalise import key

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
        "United Kingdom=UK=Great Britain=Britain=England=Scotland=Wales=Northern Ireland,"
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
        "Birmingham,Bogota,Bordeaux,Boston,Brisbane,Brussels,Bucharest,Budapest,Buenos Aires,Cairo,Calgary,Canberra,"
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


def membership(left: str, right: str) -> bool | None:
    """Return whether two keys (see ``normalise.key``) name one member of a closed class; None where no class has both.

    >>> membership("denmark", "belgium"), membership("burma", "myanmar"), membership("aubergine", "eggplant")
    (False, True, None)
    """
    one, other = _members().get(left), _members().get(right)
    if not one or not other:
        return None
    shared = one.keys() & other.keys()
    if not shared:
        return None
    return any(one[name] == other[name] for name in shared)
