"""Names of economies and sectors, and which economy belongs where, for the built-in worlds."""

COUNTRY = {
    "AGO": "Angola", "ARE": "United Arab Emirates", "ARG": "Argentina", "AUS": "Australia", "AUT": "Austria",
    "BEL": "Belgium", "BGD": "Bangladesh", "BGR": "Bulgaria", "BLR": "Belarus", "BRA": "Brazil", "BRN": "Brunei",
    "CAN": "Canada", "CHE": "Switzerland", "CHL": "Chile", "CHN": "China", "CIV": "Côte d'Ivoire", "CMR": "Cameroon",
    "COD": "Democratic Republic of the Congo", "COL": "Colombia", "CRI": "Costa Rica", "CYP": "Cyprus",
    "CZE": "Czechia", "DEU": "Germany", "DNK": "Denmark", "EGY": "Egypt", "ESP": "Spain", "EST": "Estonia",
    "FIN": "Finland", "FRA": "France", "GBR": "United Kingdom", "GRC": "Greece", "HKG": "Hong Kong", "HRV": "Croatia",
    "HUN": "Hungary", "IDN": "Indonesia", "IND": "India", "IRL": "Ireland", "ISL": "Iceland", "ISR": "Israel",
    "ITA": "Italy", "JOR": "Jordan", "JPN": "Japan", "KAZ": "Kazakhstan", "KHM": "Cambodia", "KOR": "South Korea",
    "LAO": "Laos", "LTU": "Lithuania", "LUX": "Luxembourg", "LVA": "Latvia", "MAR": "Morocco", "MEX": "Mexico",
    "MLT": "Malta", "MMR": "Myanmar", "MYS": "Malaysia", "NGA": "Nigeria", "NLD": "Netherlands", "NOR": "Norway",
    "NZL": "New Zealand", "PAK": "Pakistan", "PER": "Peru", "PHL": "Philippines", "POL": "Poland", "PRT": "Portugal",
    "ROU": "Romania", "ROW": "Rest of the world", "RUS": "Russia", "SAU": "Saudi Arabia", "SEN": "Senegal",
    "SGP": "Singapore", "STP": "São Tomé and Príncipe", "SVK": "Slovakia", "SVN": "Slovenia", "SWE": "Sweden",
    "THA": "Thailand", "TUN": "Tunisia", "TUR": "Türkiye", "TWN": "Taiwan", "UKR": "Ukraine", "USA": "United States",
    "VNM": "Vietnam", "ZAF": "South Africa",
}

EU = ("AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN "
      "SWE").split()

# Services of the WIOD 2016 release as in the 2014 tables: code, name.
SERVICES = [
    ("D35", "Electricity and gas"), ("E36", "Water supply"), ("E37-E39", "Sewerage and waste"), ("F", "Construction"),
    ("G45", "Trade and repair of motor vehicles"), ("G46", "Wholesale trade"), ("G47", "Retail trade"),
    ("H49", "Land transport"), ("H50", "Water transport"), ("H51", "Air transport"),
    ("H52", "Auxiliary transport services"), ("H53", "Postal and courier"), ("I", "Accommodation and food"),
    ("J58", "Publishing"), ("J59_J60", "Media services"), ("J61", "Telecommunications"),
    ("J62_J63", "Computer and information services"), ("K64", "Financial services"), ("K65_K66", "Insurance"),
    ("L68", "Real estate"), ("M69_M70", "Legal and accounting"), ("M71_M73-M75", "Business services"),
    ("M72", "Research and development"), ("N", "Administrative and support services"), ("O84", "Public administration"),
    ("P85", "Education"), ("Q", "Health and social work"), ("R-U", "Other services and households"),
]

# Goods of the 2014 tables.
GOODS_2014 = [
    ("A01", "Crops and animals"), ("A02", "Forestry and logging"), ("A03", "Fishing and aquaculture"),
    ("B", "Mining and quarrying"), ("C10-C12", "Food, beverages and tobacco"), ("C13-C15", "Textiles, apparel, leather"),
    ("C16", "Wood and cork"), ("C17", "Paper"), ("C18", "Printing and recorded media"),
    ("C19", "Coke and refined petroleum"), ("C20", "Chemicals"), ("C21", "Pharmaceuticals"),
    ("C22", "Rubber and plastics"), ("C23", "Other non-metallic minerals"), ("C24", "Basic metals"),
    ("C25", "Fabricated metal"), ("C26", "Electronics and optical products"), ("C27", "Electrical equipment"),
    ("C28_C33", "Machinery and equipment, repair"), ("C29", "Motor vehicles"), ("C30", "Other transport equipment"),
    ("C31_C32", "Furniture and other manufacturing"),
]

# Goods of the 2022 world.
GOODS_2022 = [
    ("A01_02", "Agriculture and forestry"), ("A03", "Fishing and aquaculture"), ("B05_06", "Coal, oil and gas"),
    ("B07_08", "Metal ores and other mining"), ("B09", "Mining support services"),
    ("C10T12", "Food, beverages and tobacco"), ("C13T15", "Textiles, apparel, leather"), ("C16", "Wood and cork"),
    ("C17_18", "Paper and printing"), ("C19", "Coke and refined petroleum"), ("C20", "Chemicals"),
    ("C21", "Pharmaceuticals"), ("C22", "Rubber and plastics"), ("C23", "Other non-metallic minerals"),
    ("C24", "Basic metals"), ("C25", "Fabricated metal"), ("C26", "Electronics and optical products"),
    ("C27", "Electrical equipment"), ("C28", "Machinery and equipment"), ("C29", "Motor vehicles"),
    ("C30", "Other transport equipment"), ("C31T33", "Furniture, other manufacturing, repair"),
]

# Published sets of trade elasticities by their short names, the default of world-2022 first.
ELASTICITY_SETS = {
    "FGO": "Fontagné, Guimbard and Orefice (2022)", "CP": "Caliendo and Parro (2015)",
    "BSY": "Bagwell, Staiger and Yurukoglu (2021)", "GYY": "Giri, Yi and Yilmazkuday (2021)",
    "Shap": "Shapiro (2016)", "LL": "Lashkaripour and Lugovskyy (2023)", "IS": "in-sample estimates", "U4": "4 everywhere",
}

# Economies whose technology and services of 2014 stand in for one that has no table of its own: its neighbours
# in geography and kind; the 2014 rest of the world (of which it was a part) where no neighbour has a table.
NEIGHBOURS = {
    "BRA MEX": "ARG CHL COL CRI PER", "IDN IND": "BGD KHM LAO MMR PAK PHL", "IDN KOR TWN": "MYS THA VNM",
    "JPN KOR TWN": "HKG SGP", "AUS": "NZL", "DNK FIN NOR SWE": "ISL", "CYP GRC TUR": "EGY ISR JOR MAR TUN",
    "BGR ROU RUS": "BLR KAZ UKR", "ROW": "AGO ARE BRN CIV CMR COD NGA SAU SEN STP ZAF ROW",
}
DONORS = {code: donors.split() for donors, codes in NEIGHBOURS.items() for code in codes.split()}


def donors(code):
    """The economies of the 2014 tables that tell about `code`: itself where it has a table."""
    return DONORS.get(code, [code])
