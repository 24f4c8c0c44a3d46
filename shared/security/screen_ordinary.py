"""Words that are no name though they stand with a capital: an allow-list, not a dictionary.

What begins sentences in reports, who works and what stands in a district, and how Swedish builds
the names of streets, parks and public buildings. A district adds its own (`public_names`).
"""

import re
from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a list as it is written down."""
    return frozenset(text.split())


#: Words that begin sentences and lines, or are written with a capital for weight.
_SPEECH: Final = """
a aldrig alla allt alltid andra annars annat att av bara bra de dem den denna dessa det detta dock
dom du då därför där efter eftersom ej eller en endast ens enligt er ert ett även fast finns flera
flest fler folk fram från fullt fy får för föra förra förutom ganska genom gick ge ger gör gäller
ha hade han har hej hela hemsk hennes hit hjälp hon hur här i ibland idag igen igår ikväll in inatt
ingen inget inne inom inte ja jag jo jätte kan kanske knappt kom kommer kunde känns kör lite länge
mer medan mellan men mest mig minst mitt mot mycket måste många märks när nära nej ner nu ny nya
nyligen någon några något obs och ofta om omkring ont oro otryggt otroligt precis på redan ring
rent runt samma samt sedan sen ser ses sett ska skulle snart snälla som står stor stort stora strax
ständigt så såg sådan tack tacksam tar till tills tillsammans titta tog trasig trasiga trots
troligen två tre tro tyvärr under undrar upp ut utan utanför utmed vad var varför varit varje
varken vem vet vi vid vilka vilken vilket vill visst väl vänligen väldigt är åter över övrigt
överallt förlåt hälsning hälsningar mvh vh hälsar hälsn fyra fem sex sju åtta nio tio hundra tusen
första tredje ok okej sida vore blev bli blir går gått ligger låg åker ännu live direkt story konto
kontot öppet klockan kl ca dvs bl osv akut viktigt the and at by from have is it near no not of on
please some that these they this to we with you yesterday med hos utöver bredvid bakom framför
intill ovanför nedanför mittemot förbi runtom samtidigt dessutom däremot eventuellt förmodligen
antagligen verkar fanns hördes sågs syns hörs luktar sitter stod cyklar springer röker dricker
säljer skrek skriker spelar bråkar behöver borde fick önskar hoppas tycker undrade anmäler anmält
rapporterar noterade upptäckte hörde igenom tidigare senare sist senast först längs varenda båda
bägge ingenting inuti ovanpå utom ungefär drygt högst tidigt sent numera hittills särskilt
framförallt speciellt bland enda man era deras dennes vårt våra oss ni orolig oroliga trött trötta
arg arga rädd bekymrad irriterad besviken anonym förälder föräldrar styrelsen medborgare
"""

#: What is seen, when, and where.
_THINGS: Final = """
alkohol ambulans asfalt avfall bad barn barnen belysning berusad berusade besökare bil bilar bilen
bilist brand brott brister bro bråk buller burkar busken buskar buss bussen butik butiken bänk
bänkar bänken båt båtar båten cykel cyklar cyklist droger elsparkcykel elsparkcyklar eld eldning
entrén fara fasad fest festen flaska flaskor fordon fotgängare fåglar fönster förbipasserande
förskola gata gatan gatlykta glas glaskross gräs gräset gräsmatta gräsmattan grannar grannarna
granne grannen grupp gruppen gruppering gubbar gäng gänget gångbana gångtunnel gångväg hund hundar
hiss hissen hus huset häck häcken hål is istappar kamera kanyl kanyler klotter klottret kvinna
kvinnan kväll kvällen källare kyrka kyrkan lampa lampan lampor lamporna larm lekplats lekplatsen
linje ljud ljus ljuset lukt lykta läge lågstadiet man mannen missbruk missbrukare moped mopeder
mopedist morgon mörker mörkt musik musiken människor natt natten nedskräpning nivå oljud ordning
ordningsvakt ordningsvakter ordningsvakten olycka ovårdat parken parkering parkeringen passage
personal personer person pensionärer plan plats platsen polis polisen polispatrull port porten
problem påfart rektor restaurang rån råttor räddningstjänst räddningstjänsten samling samlad sikt
skadegörelse skola skolan skolor skräp skräpet skylt skylten sky slagsmål snatteri snö snön spår
station stationen stolpe stolpar stolpen stränderna stråk stölder stöld stöldgods sprutor stenar
synpunkt synpunkter tagg taggar tak tid tjej tjejer torg torget trafik trappa trappan trapphus
trapphuset trottoar trottoaren trygghet tunnel tunneln tändare ungdom ungdomar ungdomarna uppgång
uppgången vakt vakter vatten vattenskoter vattenskotrar vecka veckan ved vind viadukt väg vägen
vägg väggen väktare väktaren växtlighet övergångsställe övergångsstället kille killar killen pojke
pojkar pojken flicka flickor flickan unga yngre äldre vuxna vuxen boende bostad bostäder fastighet
fastighetsägare fastighetsägaren hyresgäst hyresgäster hantverkare elev elever lärare personalen
chaufför chauffören förare föraren misstänkt polispatrullen jourbil händelse händelsen plåtskåp
skottlossning sammanfattning insats kontroll information koordinater sweref wgs kontakta
kontrollera uppdatering bakgrund fråga förslag önskemål svar adress titel beskrivning bild bilder
foto länk ärende ärendet rubrik kategori tidpunkt datum tjänst hälsa lördagskväll fredagskväll
"""

#: Public bodies, companies, goods and feasts.
_PUBLIC: Final = """
ab aik avarn arlanda audi apoteket apotek app arena bauhaus biltema bmw bolt bolån brf bromma bup
bvc café centralen centralstation centralstationen centrum circle cirkus city clas co coop
courtyard citroen cocacola djurgården djurgårn drottningholm dhl dokument ekerö elgiganten elite
espresso ericsson europa facebook ford foodora förskolan friends friskis globen golf google
gallerian galleria gotland göteborg hammarby handels hemköp hennes hotel hotell hsb hyundai ica
ikea instagram iphone jula järfälla kia kicks klarna k kappahl kommun kommunen kungliga kvarter
kvarteret lidl lime länsstyrelsen malmö maps marathon mauritz maxi mcdonalds mercedes messenger
metro migrationsverket mc mtr nacka naturreservat naturvårdsverket netflix nobina nokas norrköping
nordea nk ok okq ordningsvakterna pendeltåg pendeltåget peugeot postnord pressbyrån preem pride
radisson range red bull region regionen renault restaurangen röda korset rädda barnen saab samhall
scandic security securitas seven eleven shell skandia skatteverket skanska skoda sl socialtjänst
socialtjänsten socialförvaltningen solna spotify sportbar stad staden stadion stadium stadsdel
stadsdelen stadsdelsförvaltning stadsdelsförvaltningen stadsdelsnämnd stadsdelsnämnden
stadsmissionen stena stockholm suzuki svenska sverige systembolaget säpo södertörn taxi telenor
telia tesla tidö tier tiktok toyota trafikverket tunnelbana tunnelbanan uppsala upplands saltsjö
villastad vasaparken vattenfall voi volkswagen volvo vårdcentral vårdcentralen vw wolt youtube
yamaha åhlens åhléns europeiska eu usa norge danmark finland jul julafton julen nyår nyårsafton
nyårsnatten påsk påsken midsommar midsommarafton valborgsmässoafton halloween skärtorsdagen
kulturnatten pingst nationaldagen black friday week ramadan eid advent kristihimmelsfärdsdag
skolavslutning studenten måndag måndagar tisdag tisdagar onsdag onsdagar torsdag torsdagar fredag
fredagar lördag lördagar söndag söndagar januari februari mars augusti september oktober november
december monday tuesday wednesday thursday saturday sunday bibliotek biblioteket gymnasium
grundskola sjukhus simhall sporthall idrottsplats museum slott
"""

#: They say which of several, and the place's name follows.
PLACE_ADJECTIVES: Final = words(
    """norr söder öster väster norra södra östra västra nordöstra nordvästra sydöstra sydvästra
    lilla stora gamla nya övre nedre yttre inre mellersta centrala sankt sankta s:t s:ta st
    kungliga högra vänstra stadsdelen stationen station hållplatsen hållplats
    """
)

#: What follows these is the name of a house, a restaurant or an association.
PLACE_KINDS: Final = words(
    """kvarteret kv brf restaurang restaurangen hotell hotel krogen puben baren caféet café butiken
    föreningen förskolan skolan sporthallen båten fartyget festivalen klubben nattklubben
    """
)

#: Joined by these, several words are one name: `Carl von Essen`.
PARTICLES: Final = words("von af de der van den de la di da du dos del el al bin ibn ben abu zu le")

#: Public things of several words, none of which is on the other lists.
PHRASES: Final = (
    "Burger King",
    "Coca Cola",
    "Friends Arena",
    "Gröna Lund",
    "Dagens Nyheter",
    "Allahu Akbar",
    "North Face",
    "Max Hamburgare",
    "Tre Kronor",
    "Hells Angels",
    "Espresso House",
    "Jehovas Vittnen",
    "Sweden Rock Festival",
    "Range Rover",
    "Land Rover",
)

#: A name in the genitive before one of these is a street's or a park's: `Selma Lagerlöfs torg`.
PLACE_NOUNS: Final = words(
    """gata gatan väg vägen torg torget plan plats gränd stig backe allé park parken bro bron kaj
    kajen strand hamn trappa trappor esplanad tunnel ö holme udde torggata kyrka minne
    """
)

_SUFFIXES = re.compile(
    r".{2,}(?:"
    r"gata|gatan|gator|vägen|vägar|gränd|gränden|stigen|.{2}stig|.{2}väg|torget|torg|.{2}plan|planen|platsen|plats"
    r"|allén|backen|stranden|kajen|leden|esplanaden|parken|hamnen|hamn|bron|trappor|ringen|slingan"
    r"|stråket|höjden|udden|viadukten|tunneln|rondellen|korset|motet|bryggan|kanalen|kullen|ängen"
    r"|skolan|gymnasiet|gymnasium|kyrkan|badet|huset|hallen|sjukhuset|sjukhus|terminalen|stationen"
    r"|biblioteket|bibliotek|centrum|gallerian|galleria|macken|garaget|stadion|arenan|fältet"
    r"|kontoret|förvaltningen|förvaltning|nämnden|nämnd|verket|styrelsen|myndigheten|polisen|jouren"
    r"|föreningen|förening|bolaget|byrån|operatören|stugan|villastad|staden|hus"
    r"|ningen|.{1}ning|ingar|heten|het|elser|elsen|else|tionen|tion|skador|fel|arna|erna|orna|ande|ades"
    r"|ligt|ligen|isk|iska|iskt|problem|problemen|personal|personalen|kväll|kvällen|dagen|natten"
    r"|ställe|ställen|kriminalitet|kamera|kameror|grupper|samling|bilar|bilen|båtar|cyklar|mopeder)s?"
)
_SURNAME_LIKE: Final = frozenset(
    {
        "henning",
        "hening",
        "flemming",
        "fleming",
        "kaplan",
        "abrehet",
        "franziska",
        "franciska",
        "fransiska",
        "grande",
    }
)
_ACRONYM_AND_WORD = re.compile(r"[A-ZÅÄÖ]{1,4}[-:][a-zåäö]+")

_WORDS: Final = words(_SPEECH + _THINGS + _PUBLIC) | PLACE_ADJECTIVES | PLACE_KINDS


def is_ordinary(word: str) -> bool:
    """Whether a word is on the list, or built as a street, a public building or a thing is."""
    low = word.lower()
    if low in _WORDS or (low.endswith("s") and low[:-1] in _WORDS):
        return True
    if _ACRONYM_AND_WORD.fullmatch(word):
        return True
    return low.removesuffix("s") not in _SURNAME_LIKE and _SUFFIXES.fullmatch(low) is not None
