"""Given and family names in many alphabets, to be combined into people who do not exist. Performs no I/O.

A name in another alphabet carries its Latin spelling behind a slash, from which
logins are made.
"""

from dataclasses import dataclass
from unicodedata import combining, normalize

_PLAIN = str.maketrans(
    {
        "ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "đ": "d", "Đ": "D",
        "ł": "l", "Ł": "L", "þ": "th", "Þ": "Th", "ð": "d", "ı": "i", "ħ": "h", "ə": "e",
    }
)  # fmt: skip

# The language and how common it is among a hundred or so people; an underscore stands for a space inside a name.
_LANGUAGES = """
Dutch: 46
given: Daan Sem Lieke Fenna Bram Jurre Maud Tess Stijn Noor Jelle Sanne
    Wout Femke Gijs Roos Thijs Anouk Ruben Iris Marijn Hidde Lotte Floor
    Koen Jasmijn Sjoerd Maaike Teun Eline Wessel Fleur Niels Puck Casper
    Merel
family: Appelboom Blauwvoet van_Damhof Eikenaar de_Grachter Haverkist
    van_der_Kadijk Kromwijk Lindeveld ter_Molenhoek Noorderlicht
    Ooievaar Polderman Rietveen Schuitenaar van_Sloterbeek Tulpenstein
    Uiterwaard Vlierboom den_Waterkant Wilgenhof IJsbrand Zandvoorter
    Zeegers van_'t_Zuideinde Ganzevoort Kwikstaart Duinkerk Klaverblad
    Brouwerij Steenuil Hazelaar

Frisian: 3
given: Sytske Bouke Nynke Durk Wytze Jildou
family: Sinnema_Fjild Hoekstrân Wâldsjer Dykmeier Grûnstra

German: 4
given: Jürgen Käthe Björn Änne Günther Ulrike Sören Gesine Rüdiger Maike
family: Müllerbach Weißkopf Großhans Schönfelder Krähwinkel Füllhorn
    Löwenzahn Straßburger-Ott

Nordic: 4
given: Åse Søren Øyvind Håkan Linnéa Märta Þórdís Ævar Sigríður Jørgen
    Päivi Väinö
family: Ångsjö Bjørkedal Ødegårdsvik Nørrelund Sjöstrandh Fjällby
    Mäkiharju Hallgrímsdal Skærbækholm

French: 4
given: Aurélie François Noëlle Gaëtan Hélène Loïc Zélie Benoît Maëlys
    Cédric
family: Beaupréau Châtelroux Dufrêne L'Écuyer Montégut Bœufmont
    Saint-Aurèle Garçonnet

Iberian: 5
given: Íñigo Begoña João Conceição Núria Martín Inês Ramón Lucía Tomé
    Xurxo Àngels
family: Muñozar Ibáñez-Prado Gonçalvim Peñalosa Magalhãeira Cigüeña
    d'Avellà Ordóñigo Falcão_Brás

Polish: 4
given: Łukasz Żaneta Małgorzata Święcisław Bożena Grzegorz Jędrzej Zofia
family: Wiśniarek Dąbrowiecki Żółtowąs Ślimaczyk Krzyżanek Łabędzki
    Gęśnicka

Czech: 4
given: Tomáš Jiří Ľubica Žofie Ondřej Šárka Radůza Zdeněk Květa
family: Dvořáček Šťastník Křivohlávek Černobýl Růžičný Hůlkovec
    Ďurčanský Novotňák

Balkan: 3
given: Đorđe Željka Čedomir Škodran Ștefania Ionuț Gjergj Țâna
family: Đurković-Brdo Šćepanić Țurcanescu Brânzariu Ćosićev Žabarić
    Mălăieș Hëna

Hungarian: 2
given: Gyöngyi Ödön Tünde Zsófi Jenő Ágnes
family: Kővágó Szűcsné Fehérvári-Tóka Őszibarack Hűvösvölgyi

Baltic: 2
given: Ģirts Ķērsta Rūta Žydrūnas Õnne Jüri
family: Bērziņkalns Šķēle Gintarėlis Kõrvemaa Pääsuke Ąžuolas

Turkish: 5
given: İpek Çağlar Gülşen Ömer Şule Iğdır Tuğba Özgür Hülya Işıl
family: Yıldırımer Çiçekoğlu Gümüşay Şahinbaş Öztürkmen Değirmenci
    Kılıçaslan Aydınlık

Vietnamese: 3
given: Hương Đức Thủy Quỳnh Tuấn Ngọc Ánh Dũng
family: Nguyễn-Lâm Trần-Đỗ Phạm-Hồ Đặng-Vũ Lưu-Bảo Bùi-Thạch

Gaelic: 2
given: Aoibheann Séamas Gráinne Pádraig Siôn Llŷr
family: Ó_Dálaighre Mac_Ghiolla-Úr Ní_Bhriainín ap_Gwŷnlliw

Maghrebi: 3
given: Amina Yacine Nadia Khalil Soraya Idriss Leïla
family: Benhaddou El_Amrani-Saïd Tazi-Ourti Ziani Bouâzza

Surinamese: 3
given: Shanti Orlando Radjin Melissa Cherida Anand
family: Ramdjanee Kanhaiya-Lo Tjon-A-Koi Sowirono Esajaskia

West African: 2
given: Abẹ́ní Kwabena Ọlá Adjoa Babatúndé Ɛfua/Efua
family: Ògúnlàyé Asantewa-Boa Ẹ̀kùndayọ̀ Ńkrùmasi Dialloba

Greek: 3
given: Νεφέλη/Nefeli Αλέξανδρος/Alexandros Χρυσούλα/Chrysoula
    Θεόδωρος/Theodoros Ιφιγένεια/Ifigeneia Στέφανος/Stefanos
family: Παπαλουκάς/Papaloukas Θαλασσινός/Thalassinos Ξυλούρης/Xylouris
    Ελαιώνας/Elaionas Ψαρουδάκης/Psaroudakis

Cyrillic: 4
given: Юлія/Yuliia Богдан/Bohdan Ярослава/Yaroslava Щедрин/Shchedrin
    Людмила/Liudmila Ґеорґій/Georgii Джорђе/Dzhordje
family: Жайворонок/Zhaivoronok Черешня/Chereshnia Лѣсной/Lesnoi
    Соловьянов/Solovyanov Їжаченко/Yizhachenko Љубичић/Ljubicic

Arabic: 3
given: ليلى/Layla يوسف/Yusuf مريم/Maryam طارق/Tariq نور/Nour سلمى/Salma
family: النجفاوي/Alnajfawi الزيتوني/Alzaytuni الحدادين/Alhaddadin
    البستاني/Albustani الياسمين/Alyasmin

Hebrew: 2
given: נועה/Noa איתן/Eitan תמר/Tamar אורי/Uri הדס/Hadas
family: גלבועי/Gilboi שקדיה/Shkedia תמרוני/Tamroni אלונים/Alonim

Persian: 1
given: پریسا/Parisa کیوان/Keyvan گلناز/Golnaz
family: چنارانی/Chenarani ژاله‌زاد/Zhalezad گلستانپور/Golestanpur

Chinese: 2
given: 明月/Mingyue 思远/Siyuan 雨桐/Yutong 浩然/Haoran 若曦/Ruoxi
family: 歐陽/Ouyang 諸葛/Zhuge 司徒/Situ 慕容/Murong 上官/Shangguan

Japanese: 2
given: さくら/Sakura 翔太/Shota ユミ/Yumi 健一/Kenichi 千尋/Chihiro
family: 空山/Sorayama 雪ノ下/Yukinoshita 星川原/Hoshikawara 竹ヶ丘/Takegaoka
    海月/Mizuki

Korean: 1
given: 하늘/Haneul 지우/Jiwoo 서연/Seoyeon 도윤/Doyun
family: 선우/Seonwoo 남궁/Namgung 제갈/Jegal 황보/Hwangbo

Hindi: 1
given: आरव/Aarav मीरा/Meera काव्या/Kavya
family: कमलवाला/Kamalwala पर्वतकर/Parvatkar चंदनपुरी/Chandanpuri

Tamil: 1
given: தமிழ்/Tamil கயல்/Kayal மாறன்/Maran
family: மலையன்/Malaiyan கடலரசன்/Kadalarasan

Bengali: 1
given: প্রিয়া/Priya অনিক/Anik
family: নদীয়ার/Nadiyar মেঘনাদী/Meghnadi

Georgian: 1
given: თამარი/Tamari ნინო/Nino ლევანი/Levani
family: მთვარიძე/Mtvaridze ვარსკვლავიშვილი/Varskvlavishvili

Armenian: 1
given: Արմեն/Armen Անահիտ/Anahit
family: Լուսնյան/Lusnyan Ծովինարյան/Tsovinaryan

Thai: 1
given: ดาริกา/Darika สมชัย/Somchai มาลี/Malee
family: ทะเลทอง/Thalethong ภูผาใหญ่/Phuphayai จันทร์ฉาย/Chanchai
"""


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, and in plain ASCII."""

    written: str
    ascii: str


@dataclass(frozen=True, slots=True)
class Language:
    """The names of one language; ``weight`` says how common it is among the sample's people."""

    title: str
    weight: int
    given: tuple[Name, ...]
    family: tuple[Name, ...]


def plain(text: str) -> str:
    """Return Latin text without accents; what has no plain form is dropped. Pure."""
    decomposed = normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in decomposed if not combining(letter)).encode("ascii", "ignore").decode()


def _name(written: str) -> Name:
    native, _, latin = written.replace("_", " ").partition("/")
    return Name(normalize("NFC", native), plain(latin or native))


def _names(line: str) -> tuple[Name, ...]:
    return tuple(_name(written) for written in line.partition(":")[2].split())


def _language(block: str) -> Language:
    head, given, family = block.replace("\n   ", "").strip().splitlines()
    title, _, weight = head.partition(":")
    return Language(title, int(weight), _names(given), _names(family))


LANGUAGES = tuple(map(_language, _LANGUAGES.strip().split("\n\n")))
