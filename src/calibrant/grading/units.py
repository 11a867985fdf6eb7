"""Units, currencies and scale words: how they are spelled and what they are worth."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

__all__ = ["CURRENCIES", "SCALES", "UNITS", "Unit"]


class Unit(NamedTuple):
    """A unit of measure: ``value * factor + offset`` is the value in the dimension's base unit."""

    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


# dimension -> factor to the base unit -> spellings (case-folded). Sources: BIPM SI brochure, NIST SP 811 appendix B.
_TABLE: dict[str, dict[str, str]] = {
    "length": {
        "1": "m metre metres meter meters mètre mètres metro metros metri",
        "1000": "km kilometre kilometres kilometer kilometers kilomètre kilomètres kilómetro kilómetros chilometri kms",
        "1/100": "cm centimetre centimetres centimeter centimeters zentimeter centimètre centimètres centímetros",
        "1/1000": "mm millimetre millimetres millimeter millimeters millimètre millimètres milímetros",
        "1/1000000": "µm μm um micrometre micrometres micrometer micrometers micron microns",
        "1/1000000000": "nm nanometre nanometres nanometer nanometers",
        "1609344/1000": "mi mile miles meile meilen milla millas",
        "9144/10000": "yd yds yard yards",
        "3048/10000": "ft foot feet fuß",
        "254/10000": "inch inches zoll",
        "1852": "nmi nautical_mile nautical_miles",
        "149597870700": "au astronomical_unit astronomical_units",
        "9460730472580800": "ly light_year light_years light-year light-years lightyear lightyears lichtjahre",
    },
    "mass": {
        "1": "kg kilo kilos kilogram kilograms kilogramme kilogrammes kilogramm kilogramos",
        "1/1000": "g gram grams gramme grammes gramm gramos",
        "1/1000000": "mg milligram milligrams milligramm",
        "1/1000000000": "µg μg microgram micrograms mcg",
        "1000": "tonne tonnes metric_ton metric_tons tonnen",
        "45359237/100000000": "lb lbs pound_mass pounds_mass",
        "45359237/1600000000": "oz ounce ounces",
    },
    "time": {
        "1": "s sec secs second seconds sekunde sekunden seconde secondes segundo segundos",
        "1/1000": "ms millisecond milliseconds millisekunden",
        "1/1000000": "µs μs microsecond microseconds",
        "1/1000000000": "ns nanosecond nanoseconds",
        "60": "min mins minute minutes minuten minuto minutos minuti",
        "3600": "h hr hrs hour hours stunde stunden heure heures hora horas ore",
        "86400": "day days tag tage tagen jour jours día días dia dias giorni",
        "604800": "week weeks woche wochen semaine semaines semana semanas",
    },
    # Months and years have no fixed number of days: a dimension of their own.
    "calendar": {
        "1": "month months monat monate monaten mois mes meses mesi",
        "12": "year years yr yrs jahr jahre jahren an ans année années año años anni anos",
        "120": "decade decades jahrzehnt jahrzehnte décennies décadas",
        "1200": "century centuries jahrhunderte siècles siglos",
    },
    "speed": {
        "1": "m/s mps metres_per_second meters_per_second",
        "1000/3600": "km/h kmh kph kilometres_per_hour kilometers_per_hour",
        "1609344/3600000": "mph miles_per_hour",
        "1852/3600": "kn knot knots",
    },
    "area": {
        "1": "m^2 m2 sqm square_metre square_metres square_meter square_meters quadratmeter",
        "1000000": "km^2 km2 square_kilometre square_kilometres square_kilometer square_kilometers quadratkilometer",
        "10000": "ha hectare hectares hektar",
        "40468564224/10000000": "acre acres",
        "2589988110336/1000000": "sq_mi mi^2 square_mile square_miles",
        "9290304/100000000": "sq_ft ft^2 square_foot square_feet",
    },
    "volume": {
        "1": "l litre litres liter liters litro litros",
        "1/1000": "ml millilitre millilitres milliliter milliliters cm^3 cc cubic_centimetres cubic_centimeters",
        "1000": "m^3 m3 cubic_metre cubic_metres cubic_meter cubic_meters",
    },
    "data": {
        "1": "byte bytes",
        "1/8": "bit bits",
        "1000": "kb kilobyte kilobytes",
        "1000000": "mb megabyte megabytes",
        "1000000000": "gb gigabyte gigabytes",
        "1000000000000": "tb terabyte terabytes",
        "1024": "kib kibibyte kibibytes",
        "1048576": "mib mebibyte mebibytes",
        "1073741824": "gib gibibyte gibibytes",
    },
    "energy": {
        "1": "j joule joules",
        "1000": "kj kilojoule kilojoules",
        "1000000": "megajoule megajoules",
        "3600000": "kwh kilowatt_hour kilowatt_hours kilowatt-hours",
    },
    "power": {"1": "w watt watts", "1000": "kw kilowatt kilowatts", "1000000": "megawatt megawatts"},
    "frequency": {
        "1": "hz hertz",
        "1000": "khz kilohertz",
        "1000000": "mhz megahertz",
        "1000000000": "ghz gigahertz",
    },
    "pressure": {"1": "pa pascal pascals", "1000": "kpa kilopascal kilopascals", "100000": "bar bars"},
    "voltage": {"1": "v volt volts", "1000": "kv kilovolt kilovolts"},
    "percent": {"1": "% percent per_cent pct prozent pour_cent por_ciento por_cento per_cento procent procent"},
    "points": {"1": "percentage_point percentage_points"},
    "angle": {"1": "° degree degrees grad"},
}

UNITS: dict[str, Unit] = {
    spelling.replace("_", " "): Unit(dimension, Fraction(factor))
    for dimension, factors in _TABLE.items()
    for factor, spellings in factors.items()
    for spelling in spellings.split()
}
"""Every spelling of a unit -> the unit."""

_KELVIN = Unit("temperature", Fraction(1))
_CELSIUS = Unit("temperature", Fraction(1), Fraction(27315, 100))
_FAHRENHEIT = Unit("temperature", Fraction(5, 9), Fraction(45967, 100) * Fraction(5, 9))
for _unit, _spellings in (
    (_KELVIN, "kelvin|kelvins|degrees kelvin"),
    (_CELSIUS, "°c|° c|c|celsius|degrees celsius|degree celsius|degrees c|degrees centigrade|grad celsius"),
    (_FAHRENHEIT, "°f|° f|f|fahrenheit|degrees fahrenheit|degree fahrenheit|degrees f"),
):
    UNITS.update(dict.fromkeys(_spellings.split("|"), _unit))

CURRENCIES: dict[str, str] = {
    spelling.replace("_", " "): code
    for code, spellings in {
        "dollar": "$ dollar dollars",
        "usd": "us$ usd us_dollar us_dollars u.s._dollars u.s._dollar american_dollars",
        "aud": "a$ au$ aud australian_dollars",
        "cad": "c$ ca$ cad canadian_dollars",
        "eur": "€ eur euro euros",
        "pound": "£ pound pounds",
        "gbp": "gbp pounds_sterling pound_sterling british_pounds",
        "yen": "¥ yen jpy japanese_yen",
        "inr": "₹ rs rupee rupees inr indian_rupees",
        "chf": "chf swiss_franc swiss_francs",
        "cny": "yuan cny rmb renminbi",
    }.items()
    for spelling in spellings.split()
}
"""Every spelling of a currency -> one name for it. '$' and '£' name no country, so they are names of their own."""

SCALES: dict[str, int] = {
    spelling: 10**power
    for power, spellings in {
        3: "thousand thousands k tausend mille mil тысяча тысячи тысяч тыс tysiąc tysiące tysięcy tys bin tusen",
        4: "万 萬 만",
        5: "lakh lakhs",
        6: "million millions mn mio millionen millón millones milhão milhões miljoen milioni milione mln "
        "миллион миллиона миллионов млн milion miliona miliony milionów milyon miljon miljoner",
        8: "億 亿 억",
        7: "crore crores",
        9: "billion billions bn milliarde milliarden mrd milliard milliards miljard miliardi mld "
        "миллиард миллиарда миллиардов млрд miliard miliarda miliardy miliardów milyar miljarder",
        12: "trillion trillions tn",
    }.items()
    for spelling in spellings.split()
}
"""Words that multiply the number before them. English short scale: German 'Billion' (10^12) is left out on purpose."""
