"""The privacy screen's word lists, one for each language it covers.  SPEC 11.2.

Words are in the folded form of `screen.fold`: lower case, no accents.  A space stands for any number of them, and what
stands in an entry besides is a regular expression that means the same in Python and JavaScript.

Pure: constants only.
"""

from __future__ import annotations

from typing import Final

# The languages that have lists.  The rules for numbers, addresses on the web and the like hold in every language.
LANGUAGES: Final = ("en", "es")

# What would have people approach, obstruct or flee.
ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "block(?:s|ed|ing|ade|ades|aded|ading)?",
        "chas(?:e|es|ed|ing)",
        "surround(?:s|ed|ing)?",
        "confront(?:s|ed|ing|ation|ations)?",
        "follow(?:s|ed|ing)?",
        "swarm(?:s|ed|ing)?",
        "hid(?:e|es|den|ing)?",
        "run(?:s|ning)?|ran",
        "flee(?:s|ing)?|fled",
        "warn (?:them|him|her|everyone|everybody)",
    ),
    "es": (
        "bloque(?:a|an|ar|ando|ado|ados|en|emos|o|amos|enlos|arlos)",
        "persi(?:gue|guen|ga|gan|gamos|guiendo|ganlos)|persegui(?:r|rlos|mos|dos?)",
        "rode(?:a|an|ar|ando|ado|ados|en|emos|enlos|arlos)",
        "(?:con|en)frent(?:a|an|ar|ando|en|emos|enlos|arlos|arse)|confront(?:a|an|ar|ando|en|emos|enlos|arlos)",
        "siga(?:n|mos|nlos|nlas)?|seguir(?:lo|la|los|las)?",
        "enjambre|abalanc(?:e|en|ense)|abalanz(?:a|an|ar|arse|ando)",
        "escond(?:e|en|er|erse|ete|anse|ido|idos|iendo)|escondan(?:se)?|ocult(?:a|an|ar|arse|ate|en|ense|ando)",
        "corr(?:e|en|er|an|amos|iendo|ieron)",
        "huy(?:e|en|a|an|endo|eron)|hui(?:r|mos|do)|escap(?:a|an|ar|e|en|ense|ando|aron)",
        "avis(?:ales|enles|arles|ale|arle)|adviert(?:eles|anles)|advertirles|alert(?:alos|enlos|arlos)",
    ),
}

# Where people sleep or are off duty.
LODGING: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "hotels?|motels?|inn|inns|hostels?|airbnb",
        "homes?(?! depot)|houses?|residences?|apartments?|condos?|trailer parks?",
        "off(?: |-)duty|day off|days off",
    ),
    "es": (
        "hotel|hoteles|motel|moteles|hostal|hostales|posadas?",
        "casas?|hogar|hogares|domicilios?|viviendas?|residencias?|apartamentos?|departamentos?(?! de)",
        "fuera de servicio|dias? libres?",
    ),
}

# Words that frighten more than they tell; "activity" says as much.
ALARM: Final[dict[str, tuple[str, ...]]] = {
    "en": ("raid(?:s|ed|ing)?", "sweep(?:s|ing)?|swept", "round-?ups?"),
    "es": ("redadas?", "batidas?", "razias?|razzias?"),
}
EVERYWHERE: Final[dict[str, tuple[str, ...]]] = {
    "en": ("everywhere", "all over(?: town| the city)?"),
    "es": ("(?:en|por) todas partes", "(?:en|por) todos lados", "dondequiera"),
}
DRILL: Final[dict[str, tuple[str, ...]]] = {
    "en": ("not a drill",),
    "es": ("no es (?:un )?simulacro",),
}
BORN: Final[dict[str, tuple[str, ...]]] = {
    "en": ("born", "dob", "birthdays?", "date of birth", "years? old"),
    "es": ("nacid[oa]s?", "nacio", "nacimiento", "cumpleanos", "anos de edad"),
}
SOCIAL: Final[dict[str, tuple[str, ...]]] = {
    "en": ("ssn", "social security"),
    "es": ("seguro social",),
}
PEOPLE: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "hispanics?|latin[oax]s?|chican[oa]s?|mexicans?|guatemalans?|hondurans?|salvadorans?|venezuelans?|haitians?",
        "asians?|chinese|vietnamese|filipin[oa]s?|indians?|arabs?|muslims?|africans?|somalis?|europeans?|caucasians?",
        "(?:black|white|brown) (?:man|men|woman|women|male|males|female|females|guys?|persons?|people|kids?)",
        "(?:spanish|english|vietnamese|chinese|arabic)(?: |-)speak(?:er|ers|ing)|accents?|ethnic(?:ity)?|immigrants?",
    ),
    "es": (
        "hispan[oa]s?|mexican[oa]s?|guatemaltec[oa]s?|honduren[oa]s?|salvadoren[oa]s?|venezolan[oa]s?|haitian[oa]s?",
        "asiatic[oa]s?|chin[oa]s?|vietnamitas?|arabes?|musulman(?:es|as?)?|african[oa]s?|indigenas?",
        "(?:hombre|hombres|mujer|mujeres|persona|personas|gente) (?:negr[oa]s?|blanc[oa]s?|moren[oa]s?)",
        "hispanohablantes?|habla(?:n)? (?:espanol|ingles|vietnamita|chino)|acentos?|inmigrantes?",
    ),
}

STREETS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "street|st|avenue|ave|av|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|place|pl|way|terrace|ter|circle|cir",
        "highway|hwy|parkway|pkwy|alley|square|sq|trail|loop|expressway|plaza",
    ),
    "es": ("calle|avenida|avda|camino|carretera|callejon|paseo|calzada|bulevar|privada|cerrada",),
}
UNITS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("apt|apartment|unit|suite|ste|room|rm",),
    "es": ("apto|apartamento|depto|departamento|piso|cuarto|habitacion|interior",),
}
# A number before these counts something and is no house.
COUNTED: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "am|pm|on|at|in|near|by|of|and|to|from|off|between|officers?|agents?|vehicles?|cars?|vans?|suvs?|trucks?",
        "people|persons?|men|women|minutes?|mins?|min|hours?|hrs?|unmarked|marked|armed|blocks?|were|was|are|is",
    ),
    "es": (
        "en|cerca|con|y|hay|entre|esquina|hasta|desde|por|agentes?|oficiales|vehiculos?|carros?|coches?|camionetas?",
        "personas?|hombres?|mujeres|minutos?|horas?",
    ),
}
MONTHS: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?",
        "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?",
    ),
    "es": ("enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",),
}
TITLES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("officer", "agent", "badge", "deputy", "sergeant", "sgt", "detective", "lieutenant", "marshal", "sheriff"),
    "es": ("oficial", "agente", "placa", "sargento", "teniente", "alguacil", "detective"),
}

# Capitalised words that make a pair no person's name.
PLACE_WORDS: Final = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Place|Way|Square|Plaza|Park|Market|School|"
    "Church|Library|Station|Hospital|Clinic|Center|Centre|Bridge|County|City|Town|Hall|Mall|Depot|Highway|Hwy|Creek|"
    "Near|The|At|On|In|By|Off|From|And|North|South|East|West|First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|"
    "Tenth|San|Santa|Santo|Los|Las|El|La|Del|De|Calle|Avenida|Mercado|Escuela|Iglesia|Parque|Plaza|Cerca|En|Frente|Por|"
    "Federal|Immigration|Officers|Agents|Border|Patrol|Police|Homeland|Security|Customs|Observe|Call|Know|Your|Rights"
)
# What a title may stand before without naming anybody.
AGENCIES: Final = "ICE|CBP|HSI|DHS|ERO|FBI|ATF|DEA|Ice|Federal|Immigration|Federales|Border|Patrol|FEDERAL|IMMIGRATION"
