"""Made-up reports as people write them, with no personal data: the screen must let them through.

Places, streets, agencies, shops, numbers, times and references of the kind that reports hold, and
every bad habit of writing that a phone invites. None was taken from a real report.
"""

from typing import Final

NARRATIVES: Final = tuple(
    line.strip()
    for line in """
Tre lampor i rad är släckta längs Hornsbergs strand, mellan bryggan och parken.
Lampan vid trappan ned mot Fridhemsplan blinkar sedan i måndags.
Mörkt på gångvägen genom Kronobergsparken, fem stolpar lyser inte alls.
Belysningen i gångtunneln under Drottningholmsvägen är trasig igen.
Stolpe 4417 vid Lindhagensgatan är påkörd och lutar.
Gatlyktan utanför Fleminggatan 23 är trasig, polisen har fått veta.
Väldigt mörkt vid Rålambshovsparken efter kl 22. Folk undviker genvägen.
Överfulla papperskorgar vid Thorildsplan hela helgen.
Skräp, glas och engångsgrillar i Rålambshovsparken efter midsommar.
Någon har dumpat fem däck och en soffa bakom återvinningen på Kristinebergs Strand.
Kanyler i buskaget vid Stadshagens IP, ca 10-15 stycken.
Sprutor och fimpar på lekplatsen i Kristinebergsparken. Barn leker där varje dag.
Råttor vid grovsoprummet, Hantverkargatan 12.
Klotter på väggen mot Sankt Eriksgatan, ungefär 3 x 2 meter.
Klottrat på Kungsholmens gymnasium och på väggen mot Pontonjärparken.
Taggar på hela fasaden vid Västermalmsgallerian och Fridhemsplans tunnelbanestation.
En bänk är söndersparkad i Fredhällsparken.
Rutan i busskuren på S:t Eriksplan är krossad, buss 3 och 4.
Hög musik och cirka 40 ungdomar vid Hornsbergs strand mellan 22.00-01.30.
Folksamling med högtalare vid Lilla Essingen, på klippan nedanför Primusgatan.
Stökigt utanför Hornsbergs gård varje fredag och lördag, oftast 23-02.
Fest på Kungsholms Strand till kl. 03:15, flaskor i vattnet.
Berusade personer på bänkarna utanför Systembolaget på Fridhemsplan.
Tio personer drack öl vid Kungsholmstorg, en av dem skrek åt förbipasserande.
Bråk mellan två gäng utanför Burger King vid Fridhemsplan, cirka 20 personer.
Slagsmål vid Rådhuset T-bana, uppgången mot Bergsgatan.
Ungdomar skriker och kastar sten mot bussar på Drottningholmsvägen.
Obehöriga i trapphuset, de sover på översta planet. Kristineberg.
Flera har sovit i källaren hos oss på Alströmergatan. Porten går inte i lås.
Porten på Industrigatan 5 står öppen dygnet runt.
Öppen handel med något i påsar vid tunnelbanans uppgång, Fridhemsplan.
Langning misstänks bakom Coop på Fridhemsgatan, varje dag runt 16.
Cykelstölder vid Rådhuset, minst 6 cyklar sedan vecka 23.
Två cyklar försvann från cykelstället vid Stadshagens T-bana den 3 juni.
Ficktjuvar på buss 1 och 56 i rusningen.
Snatteri i ICA Kungsholmstorg flera gånger i veckan.
Personrån vid Thorildsplan enligt Polisens notis 2026-06-01.
Bilar kör i 70 på Norr Mälarstrand, skyltat 40.
Elsparkcyklar från Voi och Bolt ligger tvärs över trottoaren på Hantverkargatan.
Felparkerade bilar blockerar övergångsstället vid Fridhemsgatan / Sankt Göransgatan.
Moped kör fort på gångbanan i Kristineberg, tidigt på morgonen.
Farligt övergångsställe vid Lindhagensplan, bilarna stannar inte.
Vattenskotrar nära badande vid Smedsuddsbadet 14:30-16.
Folk badar från bryggan vid Hornsberg trots strömmen. Livbojen saknas.
Barn hoppar från Västerbron. Jättefarligt!
Äldre blir uppringda av någon som säger sig vara från banken.
Eleverna vågar inte gå förbi Kristinebergsskolan efter mörkrets inbrott.
Otryggt på vägen mellan Stadshagen och S:t Görans sjukhus.
Det känns otryggt vid Kristineberg T-bana på kvällen, ingen personal syns till.
Buskarna skymmer sikten vid Geijerssonsparken och längs Mariebergsgatan.
Häcken mot Essingeleden är så hög att man inte ser gången.
Fallna grenar på gångvägen i Fredhäll efter stormen.
Eldning i papperskorg på lekplatsen, Brandförsvaret var på plats 21.40.
Brand i container vid Stadshagsplan i natt ca 02.20.
Lördag 13 juni är det Stockholm Marathon, räkna med mycket folk på Norr Mälarstrand.
Demonstration på Kungsholmstorg den 6 juni kl 13, 500 personer väntas.
Samma sak som förra veckan, se Dnr KS 2026/1234.
Vårt ärende AM-2026-00123, er referens D-17.
Anmält till Trafikkontoret den 2026-05-28, inget har hänt.
Ärendenummer 20260528-114 hos Trafik Stockholm.
Se vårt dnr 5000-K123456-26 om samma plats.
Trafikkontoret och Stadsdelsförvaltningen är informerade.
Ordningsvakter från Avarn avvisade två grupper.
SL har stängt rulltrappan mot Sankt Eriksgatan sedan maj.
MTR och Securitas patrullerar nu Fridhemsplan mellan 15 och 24.
Polisen Norrmalm har haft insats där i natt.
Västermalms församling och Röda Korset delar ut kaffe vid Fridhemsplan.
Svenska Kyrkan har natt­vandrare i Kronobergsparken på fredagar.
Fältassistenterna var ute 18-23 och mötte ca 60 ungdomar.
Vi har pratat med Kungsholmens Västra Gymnasium och Stockholms stad.
Kontrollera gärna Pressbyrån, 7-Eleven och McDonalds vid Fridhemsplan.
Vid Max Hamburgare samlas folk efter stängning.
Trasig hiss på Stadshagens station, upp mot Mariedalsvägen.
Plats: Hornsbergs strand. Tid: fredag 22-02. Problem: hög musik.
- Trasig bänk
- Full papperskorg
1. Lampan vid bron
2. Skylten vid parken
OBS! Mycket glas på lekplatsen.
MYCKET MÖRKT VID FRIDHEMSPLAN. INGEN BELYSNING ALLS PÅ HELA STRÄCKAN.
HÖG MUSIK HELA NATTEN, POLISEN KOM INTE. GÖR NÅGOT!
Det är HELT MÖRKT i tunneln vid Kristineberg.
AKUT: glas på hela gångbanan.
Hej! Jag undrar när lamporna vid Stadshagen ska lagas? Tack på förhand!
Hej, Lampan är trasig. Tack.
Mvh Bostadsrättsföreningen
Vänliga hälsningar, Trafikkontoret
lampan på hornsbergs strand är trasig o det är jättemörkt
ungdomar som bråkar o kastar saker vid fridhemsplan varje kväll typ 20 pers
massa skräp överallt i kronobergsparken nån borde städa
Vi var 3 @ torget. Folk sprang.
Musik @ 22:30 varje kväll, slutar @02.
Störningar ca 2 ggr/vecka, mest tors/fre/lör.
Kostnaden blev 12 500 kr för nytt glas, förra gången 1 250 000 kr för fasaden.
Skadorna uppgår till 125 000:- enligt Skolfastigheter.
Position 59.3405, 18.0078 ungefär.
Ligger vid 59.33213 N 18.02913 E.
Koordinater SWEREF 99 TM: 6581234, 672345.
Syns på bild IMG_2041.jpg och IMG_2042.jpg.
Bil med trasig ruta på Igeldammsgatan 22, mörkblå kombi.
BMW 320 med dunkande musik på Lindhagensgatan.
En svart Volvo och en vit Range Rover stod på tomgång.
EU-moped utan ljus, kör på Norr Mälarstrand mot Stadshuset.
Lägenhetsinbrott i området enligt Polisens karta, 3 st i maj.
Lägenheter på bottenplan får marschaller kastade på balkongen.
Trappan till Kungsholms Hamnplan saknar räcke, 2 trappsteg är trasiga.
Ca 30 meter från porten till parkeringen är helt mörkt.
Port 80 är stängd av brandväggen, sa supporten.
Linje 4 stannar inte vid Mariebergsgatan. Buss 40 och 65 är också inställda.
Bergsgatan 20 till 28: alla lampor är släckta.
Kungsholmsgatan 37, vid T-banan: glaskross.
Övergångsstället Hantverkargatan/Scheelegatan saknar belysning.
Vid Norra Bantorget och Gamla Stan är det bättre numera.
Samma ungdomar har setts på Södermalm och i Solna Centrum.
Gänget åker Tunnelbana till Alvik och Brommaplan efteråt.
Vid Lilla Hornsberg och Stora Essingen är det också stökigt.
Norra sidan av Kristinebergs slott används som toalett.
Stora Essingens båtklubb har haft tre inbrott.
Vi i Brf Lindhagen 4 är trötta på ljudet.
Förskolan Blå Kråkan hittade kanyler i sandlådan.
Restaurang Mälarpaviljongen stänger 01.00 och då blir det stökigt.
Utanför Carl Eldhs ateljémuseum är det lugnt.
Selma Lagerlöfs torg är inte här, men problemet är detsamma som där.
Vid Per Albin Hanssons väg gjorde man om belysningen, gör så här också!
Skylten på Hjalmar Söderbergs Väg är nedriven.
Gustav Adolfs torg har fått kameror. Kan vi få det?
Birger Jarlsgatan fick nya lampor 2025.
Hundratals personer på Kungsholmens dag, Trygg i City-värdarna var på plats.
I Kristineberg är det lugnt. I Stadshagen är det stökigt.
Kl 18 på Valborg blir det eld vid Hornsberg.
På Nationaldagen och Midsommarafton behövs fler vakter.
Värst är det i juni och juli, måndag till torsdag.
Under Ramadan samlas familjer i parken, helt lugnt.
Loud music every night at Hornsbergs strand until 2 am.
Broken street light near Fridhemsplan, please fix.
The park is full of litter after the weekend.
Trygghetsvandringen den 14/10 kl 17.30-19.00 noterade samma sak (punkt 12 B).
Punkt 3 a i protokollet gäller Fridhemsplan.
Se bilaga 2 B och protokoll 2026-05-12.
Skolan har klass 9 B på utflykt i parken på fredag.
Zon A och Zon B är fulla, bilar står på gräset.
Hus A vid S:t Görans sjukhus har mörk entré.
Plan B är att sätta upp bom. Alternativ A är vakter.
Detta är typ D-märkt avfall. Vitamin D fanns det ingen brist på.
Krossat glas. Samma plats som i april. Inga poliser syntes till.
Det luktar rök, t.ex. vid Kungsholms kyrka, bl.a. på söndagar.
Störande ljud fr.o.m. kl. 23 t.o.m. 04 på morgonen.
Rulltrappan stod still kl. 7.45-9.10 den 12/5-26.
Det har blivit värre sedan 2024/25 enligt de boende.
Väktare och Ordningsvakter fick hot riktade mot sig.
Kvinna ropade på hjälp, 112 larmades kl 01.12.
Kontakta Kontaktcenter eller Tyck till-appen, säger de.
Felanmälan via stockholm.se fungerar inte, säger flera.
Ring 11414 gav lång kö. 08-nummer funkar inte heller.
Samlad bedömning: behov av mer närvaro.
Grannskapet är oroligt. Barnet på bilden är anonymiserat.
Flera Lyktstolpar saknas vid Ekelundsparken.
Gungan på lekplatsen bredvid Luxparken är av, tack för snabb hjälp.
Hundägare plockar inte upp, särskilt vid Kungsholms Strandstig.
Vi som bor i Lux hör bas från båtar hela nätterna i juli.
Återkom gärna! Tack! Återkoppling önskas per telefon.
Det sitter klistermärken från Hammarby Fanatics på varje stolpe längs Hantverkargatan.
Taxibilar står på tomgång utanför Clarion Hotel Amaranten.
Trottoaren vid Sankt Eriksbron är isig och osandad.
Ett gäng 15-16 åringar eldar i Stadshagsparken efter kl 21.
Nyårsraketer sköts mot fönster på Flemminggatan, klockan 00:10.
Cyklister kör mot rött vid korsningen Hantverkargatan/Pilgatan.
Glaset i hissen vid Rådhuset, entré Parkgatan, är krossat.
Papperskorgarna utanför Espresso House är överfulla. Måsar drar ut allt.
Sågs av personal från Capio S:t Göran.
Vid Kungsbron och Blekholmsterrassen sover folk i tält.
Tält och brasor i skogsdungen bakom Kristinebergs slott.
Bilen står kvar utanför Stadshagens Fastighets kontor.
Gångtunneln vid Thorildsplan: lampor 3, 4 och 7 är sönder (räknat från Drottningholmsvägen).
Händelsen filmades, se film nr 2.
Det var 3-4 killar i 20-årsåldern, svarta jackor från North Face.
Två män på elsparkcykel, en med röd Adidas-jacka.
Kontanter och Rolex-klocka togs, enligt polisens hemsida.
Gäller hela sträckan Kungsholmstorg - Rålambshovsparken.
Snöröjningen på Mariebergsgatan funkar inte, framkomligheten är dålig med rullator.
Ängsliga äldre på Serafens äldreboende vågar inte gå ut.
Personal på Kungsholmens Bibliotek fick hot, larm skickades 16:42.
Biblioteket i Fredhäll stänger tidigare pga stök.
Ljudnivån 85 dB uppmättes 12/6 kl 00.30 av Miljöförvaltningen.
Vägbulor behövs på Disponentgatan och Luxgatan, Lilla Essingen.
Stora Essingens torg: mopeder kör i cirklar. Det är så varje onsdag.
Sprängämnesfynd? Nej, bara smällare enligt Räddningstjänsten.
En person skrek "Allahu Akbar" och sprang.
Skylt med texten "Fritt Fram" uppsatt på staketet.
Klotter med texten "Bajen" och "AIK" på Hornsbergs bryggor.
Byggarbetsplatsen vid Lindhagensterrassen är olåst, barn går in.
Ställningen vid Fleminggatan 48 är lätt att klättra på.
Ombyggnaden av Fridhemsplans bussterminal gör att ingen ser något.
Snälla sätt upp en kamera vid Igeldammsgatan!!!
Hej Trafikkontoret! Nu har bommen vid Ekelundsvägen varit trasig i 3 veckor.
Hej igen. Återkommer i samma ärende, KS-2026-0456.
Enligt mail 2026-05-03 från Exploateringskontoret skulle det vara klart.
Jag heter inget här, vill vara anonym.
Tre män och en kvinna sålde rosor utanför Galleria Västermalm.
Såg fyra ungdomar på taket till Kungsholmens Grundskola.
Skejtare i Rålis stör boende på Smedsuddsvägen.
Vakterna på Kvarnen sa att det började på Söder.
Festen på M/S Riddarholmen hördes till Lilla Essingen.
Kajen vid Norr Mälarstrand, höjd med nr 76, saknar stege.
Cykelbanan under Traneberg är mörk. Tranebergsbron likaså.
Ruset från Ulvsunda vidare in mot Kristineberg pågår nattetid.
Fimpar i rabatterna vid Landstingshuset och Pipersgatan.
Tre bilinbrott på Wargentinsgatan natten mot tisdag.
En drönare flög över Polishuset och Kronobergshäktet.
Elskåp 1142-B står öppet vid Svarvargatan.
Kommer Eriksdalsbadet att stänga hinner ingen träna, ungdomarna hänger här i stället.
På Facebook skriver många att det är värst vid Alviksbron.
Skolstarten i augusti blir kaos vid Norrbackagatan.
Pojkarna var inte dumma, bara högljudda. Flickorna likaså.
Bengt hälsar att allt är lugnt.
Ordningsvakterna Tryggve Säkerhet AB svarar inte.
Röd Toyota Corolla körde på stolpen vid Essingetorget.
Stockholm Vatten och Avfall bör tömma oftare, container 3.
Det finns bilder, skickar dem om ni vill.
Kan ni ordna bättre ljus på Sankt Göransplan?
Sopbilen från Ragn-Sells blockerar utryckningsvägen.
Kungsholmsrunt går den 5 september, vägarna stängs av.
Pride-flaggan vid Medborgarhuset är nedriven.
Mvh Orolig granne
Vänligen, Styrelsen i Brf Örnen
Hälsningar Förskolan Pilen
/Boende på Pontonjärgatan
""".strip().splitlines()
)
