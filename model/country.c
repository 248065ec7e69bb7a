/* model/country.c - the world's countries: code, names, middle and reach. */
#include "model/country.h"

#include <math.h>
#include <pthread.h>

/* ISO 3166-1 alpha-2 codes (and XK, which its users assigned), sorted. Middles and reaches are rounded
 * by hand; a reach is generous: islands far away are inside where people live on them. */
static const struct country rows[] = {
    {"AD", "Andorra", "Andorre", 42.5F, 1.6F, 20.0F},
    {"AE", "United Arab Emirates", "Émirats arabes unis", 24.0F, 54.0F, 300.0F},
    {"AF", "Afghanistan", "Afghanistan", 33.9F, 67.7F, 750.0F},
    {"AG", "Antigua and Barbuda", "Antigua-et-Barbuda", 17.2F, -61.8F, 50.0F},
    {"AI", "Anguilla", "Anguilla", 18.2F, -63.1F, 20.0F},
    {"AL", "Albania", "Albanie", 41.1F, 20.1F, 190.0F},
    {"AM", "Armenia", "Arménie", 40.2F, 45.0F, 190.0F},
    {"AO", "Angola", "Angola", -12.3F, 17.5F, 950.0F},
    {"AQ", "Antarctica", "Antarctique", -82.9F, -135.0F, 2800.0F},
    {"AR", "Argentina", "Argentine", -35.4F, -65.2F, 2250.0F},
    {"AS", "American Samoa", "Samoa américaines", -14.3F, -170.7F, 130.0F},
    {"AT", "Austria", "Autriche", 47.6F, 14.1F, 370.0F},
    {"AU", "Australia", "Australie", -25.7F, 134.5F, 2300.0F},
    {"AW", "Aruba", "Aruba", 12.5F, -70.0F, 20.0F},
    {"AX", "Åland Islands", "Îles Åland", 60.2F, 20.0F, 60.0F},
    {"AZ", "Azerbaijan", "Azerbaïdjan", 40.3F, 47.6F, 290.0F},
    {"BA", "Bosnia and Herzegovina", "Bosnie-Herzégovine", 44.2F, 17.8F, 190.0F},
    {"BB", "Barbados", "Barbade", 13.2F, -59.6F, 20.0F},
    {"BD", "Bangladesh", "Bangladesh", 23.9F, 90.3F, 400.0F},
    {"BE", "Belgium", "Belgique", 50.6F, 4.6F, 160.0F},
    {"BF", "Burkina Faso", "Burkina Faso", 12.3F, -1.7F, 480.0F},
    {"BG", "Bulgaria", "Bulgarie", 42.8F, 25.2F, 290.0F},
    {"BH", "Bahrain", "Bahreïn", 26.0F, 50.5F, 40.0F},
    {"BI", "Burundi", "Burundi", -3.4F, 29.9F, 140.0F},
    {"BJ", "Benin", "Bénin", 9.6F, 2.3F, 380.0F},
    {"BL", "Saint Barthélemy", "Saint-Barthélemy", 17.9F, -62.8F, 10.0F},
    {"BM", "Bermuda", "Bermudes", 32.3F, -64.8F, 20.0F},
    {"BN", "Brunei", "Brunei", 4.5F, 114.7F, 80.0F},
    {"BO", "Bolivia", "Bolivie", -16.7F, -64.7F, 850.0F},
    {"BQ", "Bonaire, Sint Eustatius and Saba", "Bonaire, Saint-Eustache et Saba", 12.2F, -68.3F, 850.0F},
    {"BR", "Brazil", "Brésil", -10.8F, -53.1F, 2500.0F},
    {"BS", "Bahamas", "Bahamas", 24.3F, -76.6F, 500.0F},
    {"BT", "Bhutan", "Bhoutan", 27.4F, 90.4F, 170.0F},
    {"BV", "Bouvet Island", "Île Bouvet", -54.4F, 3.4F, 10.0F},
    {"BW", "Botswana", "Botswana", -22.2F, 23.8F, 560.0F},
    {"BY", "Belarus", "Biélorussie", 53.5F, 28.0F, 350.0F},
    {"BZ", "Belize", "Belize", 17.2F, -88.7F, 150.0F},
    {"CA", "Canada", "Canada", 56.1F, -98.0F, 3200.0F},
    {"CC", "Cocos Islands", "Îles Cocos", -12.2F, 96.8F, 20.0F},
    {"CD", "Congo, Democratic Republic of the", "Congo, République démocratique du", -2.9F, 23.6F, 1300.0F},
    {"CF", "Central African Republic", "République centrafricaine", 6.6F, 20.5F, 700.0F},
    {"CG", "Congo", "Congo", -0.8F, 15.2F, 620.0F},
    {"CH", "Switzerland", "Suisse", 46.8F, 8.2F, 190.0F},
    {"CI", "Ivory Coast", "Côte d’Ivoire", 7.6F, -5.6F, 440.0F},
    {"CK", "Cook Islands", "Îles Cook", -21.2F, -159.8F, 1300.0F},
    {"CL", "Chile", "Chili", -35.7F, -71.4F, 2250.0F},
    {"CM", "Cameroon", "Cameroun", 5.7F, 12.7F, 720.0F},
    {"CN", "China", "Chine", 36.6F, 103.8F, 2700.0F},
    {"CO", "Colombia", "Colombie", 3.9F, -73.1F, 1000.0F},
    {"CR", "Costa Rica", "Costa Rica", 10.0F, -84.2F, 250.0F},
    {"CU", "Cuba", "Cuba", 21.6F, -79.0F, 650.0F},
    {"CV", "Cape Verde", "Cap-Vert", 16.0F, -24.0F, 170.0F},
    {"CW", "Curaçao", "Curaçao", 12.2F, -69.0F, 40.0F},
    {"CX", "Christmas Island", "Île Christmas", -10.4F, 105.7F, 20.0F},
    {"CY", "Cyprus", "Chypre", 35.0F, 33.2F, 130.0F},
    {"CZ", "Czechia", "Tchéquie", 49.7F, 15.3F, 260.0F},
    {"DE", "Germany", "Allemagne", 51.1F, 10.4F, 500.0F},
    {"DJ", "Djibouti", "Djibouti", 11.7F, 42.6F, 130.0F},
    {"DK", "Denmark", "Danemark", 56.0F, 10.0F, 370.0F},
    {"DM", "Dominica", "Dominique", 15.4F, -61.4F, 30.0F},
    {"DO", "Dominican Republic", "République dominicaine", 18.9F, -70.5F, 210.0F},
    {"DZ", "Algeria", "Algérie", 28.2F, 2.6F, 1200.0F},
    {"EC", "Ecuador", "Équateur", -1.4F, -78.8F, 1400.0F},
    {"EE", "Estonia", "Estonie", 58.7F, 25.5F, 210.0F},
    {"EG", "Egypt", "Égypte", 26.5F, 29.9F, 800.0F},
    {"EH", "Western Sahara", "Sahara occidental", 24.2F, -12.2F, 560.0F},
    {"ER", "Eritrea", "Érythrée", 15.4F, 38.8F, 510.0F},
    {"ES", "Spain", "Espagne", 40.2F, -3.6F, 1900.0F},
    {"ET", "Ethiopia", "Éthiopie", 8.6F, 39.6F, 850.0F},
    {"FI", "Finland", "Finlande", 64.5F, 26.3F, 680.0F},
    {"FJ", "Fiji", "Fidji", -17.4F, 178.6F, 330.0F},
    {"FK", "Falkland Islands", "Îles Malouines", -51.7F, -59.4F, 150.0F},
    {"FM", "Micronesia", "Micronésie", 7.5F, 153.2F, 1700.0F},
    {"FO", "Faroe Islands", "Îles Féroé", 62.1F, -6.9F, 70.0F},
    {"FR", "France", "France", 46.6F, 2.5F, 800.0F},
    {"GA", "Gabon", "Gabon", -0.6F, 11.8F, 400.0F},
    {"GB", "United Kingdom", "Royaume-Uni", 54.1F, -2.9F, 750.0F},
    {"GD", "Grenada", "Grenade", 12.1F, -61.7F, 40.0F},
    {"GE", "Georgia", "Géorgie", 42.2F, 43.5F, 310.0F},
    {"GF", "French Guiana", "Guyane française", 3.9F, -53.2F, 250.0F},
    {"GG", "Guernsey", "Guernesey", 49.5F, -2.6F, 40.0F},
    {"GH", "Ghana", "Ghana", 8.0F, -1.2F, 410.0F},
    {"GI", "Gibraltar", "Gibraltar", 36.1F, -5.3F, 10.0F},
    {"GL", "Greenland", "Groenland", 74.7F, -41.4F, 1700.0F},
    {"GM", "Gambia", "Gambie", 13.5F, -15.4F, 200.0F},
    {"GN", "Guinea", "Guinée", 10.4F, -10.9F, 470.0F},
    {"GP", "Guadeloupe", "Guadeloupe", 16.2F, -61.4F, 60.0F},
    {"GQ", "Equatorial Guinea", "Guinée équatoriale", 1.7F, 10.3F, 570.0F},
    {"GR", "Greece", "Grèce", 39.0F, 22.9F, 600.0F},
    {"GS", "South Georgia", "Géorgie du Sud", -54.5F, -36.4F, 600.0F},
    {"GT", "Guatemala", "Guatemala", 15.7F, -90.4F, 270.0F},
    {"GU", "Guam", "Guam", 13.4F, 144.8F, 40.0F},
    {"GW", "Guinea-Bissau", "Guinée-Bissau", 12.0F, -15.1F, 190.0F},
    {"GY", "Guyana", "Guyana", 4.8F, -58.9F, 460.0F},
    {"HK", "Hong Kong", "Hong Kong", 22.3F, 114.2F, 40.0F},
    {"HM", "Heard Island and McDonald Islands", "Îles Heard-et-MacDonald", -53.1F, 73.5F, 30.0F},
    {"HN", "Honduras", "Honduras", 14.8F, -86.6F, 400.0F},
    {"HR", "Croatia", "Croatie", 45.1F, 16.4F, 330.0F},
    {"HT", "Haiti", "Haïti", 18.9F, -72.7F, 200.0F},
    {"HU", "Hungary", "Hongrie", 47.2F, 19.4F, 280.0F},
    {"ID", "Indonesia", "Indonésie", -2.2F, 117.3F, 2700.0F},
    {"IE", "Ireland", "Irlande", 53.2F, -8.1F, 260.0F},
    {"IL", "Israel", "Israël", 31.5F, 35.0F, 240.0F},
    {"IM", "Isle of Man", "Île de Man", 54.2F, -4.5F, 40.0F},
    {"IN", "India", "Inde", 22.9F, 79.6F, 1700.0F},
    {"IO", "British Indian Ocean Territory", "Territoire britannique de l’océan Indien", -7.3F, 72.4F, 120.0F},
    {"IQ", "Iraq", "Irak", 33.0F, 43.7F, 570.0F},
    {"IR", "Iran", "Iran", 32.6F, 54.3F, 1200.0F},
    {"IS", "Iceland", "Islande", 65.0F, -18.6F, 290.0F},
    {"IT", "Italy", "Italie", 42.8F, 12.1F, 750.0F},
    {"JE", "Jersey", "Jersey", 49.2F, -2.1F, 20.0F},
    {"JM", "Jamaica", "Jamaïque", 18.2F, -77.3F, 130.0F},
    {"JO", "Jordan", "Jordanie", 31.2F, 36.8F, 290.0F},
    {"JP", "Japan", "Japon", 37.6F, 138.0F, 1900.0F},
    {"KE", "Kenya", "Kenya", 0.6F, 37.8F, 620.0F},
    {"KG", "Kyrgyzstan", "Kirghizstan", 41.5F, 74.6F, 500.0F},
    {"KH", "Cambodia", "Cambodge", 12.7F, 104.9F, 300.0F},
    {"KI", "Kiribati", "Kiribati", 0.9F, -180.0F, 3400.0F},
    {"KM", "Comoros", "Comores", -11.9F, 43.7F, 110.0F},
    {"KN", "Saint Kitts and Nevis", "Saint-Kitts-et-Nevis", 17.3F, -62.7F, 40.0F},
    {"KP", "North Korea", "Corée du Nord", 40.2F, 127.2F, 390.0F},
    {"KR", "South Korea", "Corée du Sud", 36.4F, 127.8F, 410.0F},
    {"KW", "Kuwait", "Koweït", 29.3F, 47.6F, 120.0F},
    {"KY", "Cayman Islands", "Îles Caïmans", 19.4F, -80.9F, 150.0F},
    {"KZ", "Kazakhstan", "Kazakhstan", 48.2F, 67.3F, 1550.0F},
    {"LA", "Laos", "Laos", 18.5F, 103.8F, 560.0F},
    {"LB", "Lebanon", "Liban", 33.9F, 35.9F, 120.0F},
    {"LC", "Saint Lucia", "Sainte-Lucie", 13.9F, -61.0F, 30.0F},
    {"LI", "Liechtenstein", "Liechtenstein", 47.1F, 9.5F, 20.0F},
    {"LK", "Sri Lanka", "Sri Lanka", 7.6F, 80.7F, 240.0F},
    {"LR", "Liberia", "Liberia", 6.5F, -9.3F, 310.0F},
    {"LS", "Lesotho", "Lesotho", -29.6F, 28.2F, 140.0F},
    {"LT", "Lithuania", "Lituanie", 55.3F, 23.9F, 200.0F},
    {"LU", "Luxembourg", "Luxembourg", 49.8F, 6.1F, 50.0F},
    {"LV", "Latvia", "Lettonie", 56.9F, 24.9F, 240.0F},
    {"LY", "Libya", "Libye", 27.0F, 18.0F, 1000.0F},
    {"MA", "Morocco", "Maroc", 29.9F, -8.5F, 1000.0F},
    {"MC", "Monaco", "Monaco", 43.7F, 7.4F, 10.0F},
    {"MD", "Moldova", "Moldavie", 47.2F, 28.5F, 190.0F},
    {"ME", "Montenegro", "Monténégro", 42.8F, 19.2F, 100.0F},
    {"MF", "Saint Martin", "Saint-Martin", 18.1F, -63.1F, 20.0F},
    {"MG", "Madagascar", "Madagascar", -19.4F, 46.7F, 850.0F},
    {"MH", "Marshall Islands", "Îles Marshall", 7.0F, 170.3F, 900.0F},
    {"MK", "North Macedonia", "Macédoine du Nord", 41.6F, 21.7F, 120.0F},
    {"ML", "Mali", "Mali", 17.3F, -3.5F, 1050.0F},
    {"MM", "Myanmar", "Myanmar", 21.2F, 96.5F, 1250.0F},
    {"MN", "Mongolia", "Mongolie", 46.8F, 103.1F, 1250.0F},
    {"MO", "Macao", "Macao", 22.2F, 113.5F, 10.0F},
    {"MP", "Northern Mariana Islands", "Îles Mariannes du Nord", 15.8F, 145.6F, 550.0F},
    {"MQ", "Martinique", "Martinique", 14.7F, -61.0F, 40.0F},
    {"MR", "Mauritania", "Mauritanie", 20.3F, -10.3F, 850.0F},
    {"MS", "Montserrat", "Montserrat", 16.7F, -62.2F, 10.0F},
    {"MT", "Malta", "Malte", 35.9F, 14.4F, 30.0F},
    {"MU", "Mauritius", "Maurice", -20.3F, 57.6F, 1050.0F},
    {"MV", "Maldives", "Maldives", 3.7F, 73.2F, 500.0F},
    {"MW", "Malawi", "Malawi", -13.2F, 34.3F, 460.0F},
    {"MX", "Mexico", "Mexique", 23.9F, -102.5F, 1800.0F},
    {"MY", "Malaysia", "Malaisie", 3.8F, 109.7F, 1150.0F},
    {"MZ", "Mozambique", "Mozambique", -17.3F, 35.5F, 1100.0F},
    {"NA", "Namibia", "Namibie", -22.1F, 17.2F, 850.0F},
    {"NC", "New Caledonia", "Nouvelle-Calédonie", -21.3F, 165.7F, 350.0F},
    {"NE", "Niger", "Niger", 17.4F, 9.4F, 950.0F},
    {"NF", "Norfolk Island", "Île Norfolk", -29.0F, 167.9F, 10.0F},
    {"NG", "Nigeria", "Nigeria", 9.6F, 8.1F, 750.0F},
    {"NI", "Nicaragua", "Nicaragua", 12.8F, -85.0F, 280.0F},
    {"NL", "Netherlands", "Pays-Bas", 52.1F, 5.3F, 200.0F},
    {"NO", "Norway", "Norvège", 64.5F, 13.0F, 1050.0F},
    {"NP", "Nepal", "Népal", 28.2F, 83.9F, 460.0F},
    {"NR", "Nauru", "Nauru", -0.5F, 166.9F, 10.0F},
    {"NU", "Niue", "Niue", -19.1F, -169.9F, 20.0F},
    {"NZ", "New Zealand", "Nouvelle-Zélande", -41.8F, 171.5F, 1000.0F},
    {"OM", "Oman", "Oman", 20.6F, 56.1F, 650.0F},
    {"PA", "Panama", "Panama", 8.5F, -80.1F, 330.0F},
    {"PE", "Peru", "Pérou", -9.2F, -74.4F, 1150.0F},
    {"PF", "French Polynesia", "Polynésie française", -14.7F, -144.9F, 1600.0F},
    {"PG", "Papua New Guinea", "Papouasie-Nouvelle-Guinée", -6.5F, 145.2F, 1250.0F},
    {"PH", "Philippines", "Philippines", 11.8F, 122.9F, 1000.0F},
    {"PK", "Pakistan", "Pakistan", 29.9F, 69.3F, 1000.0F},
    {"PL", "Poland", "Pologne", 52.1F, 19.4F, 420.0F},
    {"PM", "Saint Pierre and Miquelon", "Saint-Pierre-et-Miquelon", 46.9F, -56.3F, 30.0F},
    {"PN", "Pitcairn", "Pitcairn", -24.4F, -128.3F, 350.0F},
    {"PR", "Puerto Rico", "Porto Rico", 18.2F, -66.5F, 150.0F},
    {"PS", "Palestine", "Palestine", 31.9F, 35.2F, 110.0F},
    {"PT", "Portugal", "Portugal", 39.6F, -8.5F, 1900.0F},
    {"PW", "Palau", "Palaos", 7.3F, 134.4F, 600.0F},
    {"PY", "Paraguay", "Paraguay", -23.2F, -58.4F, 620.0F},
    {"QA", "Qatar", "Qatar", 25.3F, 51.2F, 100.0F},
    {"RE", "Réunion", "La Réunion", -21.1F, 55.5F, 40.0F},
    {"RO", "Romania", "Roumanie", 45.9F, 25.0F, 400.0F},
    {"RS", "Serbia", "Serbie", 44.2F, 20.8F, 260.0F},
    {"RU", "Russia", "Russie", 61.9F, 96.7F, 4700.0F},
    {"RW", "Rwanda", "Rwanda", -2.0F, 29.9F, 130.0F},
    {"SA", "Saudi Arabia", "Arabie saoudite", 24.1F, 44.5F, 1250.0F},
    {"SB", "Solomon Islands", "Îles Salomon", -8.9F, 159.6F, 900.0F},
    {"SC", "Seychelles", "Seychelles", -4.7F, 55.5F, 1150.0F},
    {"SD", "Sudan", "Soudan", 16.0F, 29.9F, 1050.0F},
    {"SE", "Sweden", "Suède", 62.8F, 16.7F, 880.0F},
    {"SG", "Singapore", "Singapour", 1.4F, 103.8F, 30.0F},
    {"SH", "Saint Helena, Ascension and Tristan da Cunha", "Sainte-Hélène, Ascension et Tristan da Cunha", -12.4F, -9.5F, 2800.0F},
    {"SI", "Slovenia", "Slovénie", 46.1F, 14.8F, 140.0F},
    {"SJ", "Svalbard and Jan Mayen", "Svalbard et Jan Mayen", 78.8F, 18.4F, 1100.0F},
    {"SK", "Slovakia", "Slovaquie", 48.7F, 19.5F, 230.0F},
    {"SL", "Sierra Leone", "Sierra Leone", 8.6F, -11.8F, 190.0F},
    {"SM", "San Marino", "Saint-Marin", 43.9F, 12.5F, 10.0F},
    {"SN", "Senegal", "Sénégal", 14.4F, -14.5F, 380.0F},
    {"SO", "Somalia", "Somalie", 4.8F, 45.7F, 950.0F},
    {"SR", "Suriname", "Suriname", 4.1F, -55.9F, 290.0F},
    {"SS", "South Sudan", "Soudan du Sud", 7.3F, 30.2F, 680.0F},
    {"ST", "Sao Tome and Principe", "Sao Tomé-et-Principe", 0.4F, 6.7F, 170.0F},
    {"SV", "El Salvador", "Salvador", 13.7F, -88.9F, 140.0F},
    {"SX", "Sint Maarten", "Saint-Martin (partie néerlandaise)", 18.0F, -63.1F, 10.0F},
    {"SY", "Syria", "Syrie", 35.0F, 38.5F, 430.0F},
    {"SZ", "Eswatini", "Eswatini", -26.6F, 31.5F, 100.0F},
    {"TC", "Turks and Caicos Islands", "Îles Turques-et-Caïques", 21.8F, -71.9F, 90.0F},
    {"TD", "Chad", "Tchad", 15.3F, 18.6F, 960.0F},
    {"TF", "French Southern Territories", "Terres australes françaises", -46.0F, 65.0F, 2700.0F},
    {"TG", "Togo", "Togo", 8.5F, 1.0F, 300.0F},
    {"TH", "Thailand", "Thaïlande", 15.1F, 101.0F, 1050.0F},
    {"TJ", "Tajikistan", "Tadjikistan", 38.5F, 71.0F, 380.0F},
    {"TK", "Tokelau", "Tokelau", -9.1F, -171.8F, 120.0F},
    {"TL", "Timor-Leste", "Timor oriental", -8.8F, 125.8F, 170.0F},
    {"TM", "Turkmenistan", "Turkménistan", 39.1F, 59.4F, 600.0F},
    {"TN", "Tunisia", "Tunisie", 34.1F, 9.6F, 450.0F},
    {"TO", "Tonga", "Tonga", -20.4F, -174.8F, 550.0F},
    {"TR", "Turkey", "Turquie", 39.1F, 35.2F, 850.0F},
    {"TT", "Trinidad and Tobago", "Trinité-et-Tobago", 10.5F, -61.3F, 110.0F},
    {"TV", "Tuvalu", "Tuvalu", -7.5F, 178.7F, 450.0F},
    {"TW", "Taiwan", "Taïwan", 23.8F, 121.0F, 300.0F},
    {"TZ", "Tanzania", "Tanzanie", -6.3F, 34.8F, 750.0F},
    {"UA", "Ukraine", "Ukraine", 49.0F, 31.4F, 750.0F},
    {"UG", "Uganda", "Ouganda", 1.3F, 32.4F, 370.0F},
    {"UM", "United States Minor Outlying Islands", "Îles mineures éloignées des États-Unis", 6.0F, -165.0F, 5200.0F},
    {"US", "United States", "États-Unis", 39.8F, -98.6F, 2700.0F},
    {"UY", "Uruguay", "Uruguay", -32.8F, -56.0F, 330.0F},
    {"UZ", "Uzbekistan", "Ouzbékistan", 41.8F, 63.1F, 850.0F},
    {"VA", "Vatican City", "Cité du Vatican", 41.9F, 12.5F, 10.0F},
    {"VC", "Saint Vincent and the Grenadines", "Saint-Vincent-et-les-Grenadines", 13.2F, -61.2F, 70.0F},
    {"VE", "Venezuela", "Venezuela", 7.1F, -66.2F, 850.0F},
    {"VG", "British Virgin Islands", "Îles Vierges britanniques", 18.5F, -64.5F, 50.0F},
    {"VI", "U.S. Virgin Islands", "Îles Vierges des États-Unis", 18.0F, -64.8F, 50.0F},
    {"VN", "Vietnam", "Viêt Nam", 16.6F, 106.3F, 950.0F},
    {"VU", "Vanuatu", "Vanuatu", -16.2F, 167.7F, 500.0F},
    {"WF", "Wallis and Futuna", "Wallis-et-Futuna", -13.9F, -177.4F, 160.0F},
    {"WS", "Samoa", "Samoa", -13.8F, -172.2F, 90.0F},
    {"XK", "Kosovo", "Kosovo", 42.6F, 20.9F, 100.0F},
    {"YE", "Yemen", "Yémen", 15.9F, 47.6F, 900.0F},
    {"YT", "Mayotte", "Mayotte", -12.8F, 45.1F, 40.0F},
    {"ZA", "South Africa", "Afrique du Sud", -29.0F, 25.1F, 1000.0F},
    {"ZM", "Zambia", "Zambie", -13.5F, 27.8F, 780.0F},
    {"ZW", "Zimbabwe", "Zimbabwe", -19.0F, 29.9F, 500.0F},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* Place + 1 of each two-letter code in rows, made once. */
static uint16_t codes[26 * 26];

static void index_codes(void)
{
    for (size_t i = 0; i < ROWS; i++)
        codes[(rows[i].code[0] - 'A') * 26 + (rows[i].code[1] - 'A')] = (uint16_t)(i + 1);
}

static const struct country *by_code(struct str code)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned first = (unsigned char)str_lower_char(code.p[0]) - 'a', second = (unsigned char)str_lower_char(code.p[1]) - 'a';
    (void)pthread_once(&once, index_codes);
    uint16_t at = first < 26 && second < 26 ? codes[first * 26 + second] : 0;
    return at ? &rows[at - 1] : NULL;
}

const struct country *country_of(struct str text)
{
    if (text.n == 2)
        return by_code(text);
    for (size_t i = 0; i < ROWS && text.n > 2; i++)
        if (str_eqi(text, str_of(rows[i].name)))
            return &rows[i];
    return NULL;
}

unsigned country_number(const struct country *c)
{
    return (unsigned)(c - rows);
}

const struct country *country_at(unsigned number)
{
    return number < ROWS ? &rows[number] : NULL;
}

struct str country_name(const struct country *c, enum language language)
{
    return str_of(language == FRENCH ? c->french : c->name);
}

struct str country_code(const struct country *c)
{
    return (struct str){c->code, 2};
}

static double radians(double degrees)
{
    return degrees * 3.14159265358979323846 / 180.0;
}

double country_km(double latitude1, double longitude1, double latitude2, double longitude2)
{
    double a = radians(latitude1), b = radians(latitude2);
    double x = sin((b - a) / 2), y = sin(radians(longitude2 - longitude1) / 2);
    double h = x * x + cos(a) * cos(b) * y * y;
    return 2 * 6371.0 * asin(sqrt(h < 1 ? h : 1));
}

double country_gap_km(const struct country *a, const struct country *b)
{
    double gap = country_km(a->latitude, a->longitude, b->latitude, b->longitude) - a->radius_km - b->radius_km;
    return a != b && gap > 0 ? gap : 0;
}
