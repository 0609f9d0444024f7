"""The names that fields have, in several languages, without case and separators.

What a field of that name holds.
"""

from firedoor.model.mask import Kind

LIKELY_NAME = "name?"
"""A field that is a name of a person only if its value or its neighbours say so."""
SOMEBODY = "somebody?"
"""A field that says who does something: two words with capitals are a person, unless a product has them."""
LIKELY_ADDRESS = "address?"
LIKELY_KEY = "key?"
"""A field that is a key of something: a credential only if its value can be nothing else."""
CERTAIN = "certain!"
"""A field that holds a credential, however its value looks: of a Secret of Kubernetes, of a private JWK."""
POSTAL_CODE = "postcode?"
"""A field whose value is short, and may be nothing but digits."""

_WORDS = {
    Kind.EMAIL: """
upn userprincipalname emailaddress1 почта 邮箱 メールアドレス
email emailaddress mail mailaddress emailid emailaddr correo correoelectronico courriel adressemail
emailadresse posteo indirizzoemail replyto emails recipientemail usernameemail
""",
    Kind.PHONE: """
telefonkom telkom telemovelnumero puhelin puhelinnumero telefonszam
휴대폰 휴대전화 الهاتف טלפון נייד
연락처 โทร sđt điệnthoại тел τηλέφωνο телефон 电话 手机 手机号 電話番号 携帯電話
전화번호 rufnr mobilephonenumber phonemobile homephone workphone
phone phonenumber phoneno telephone telephonenumber tel telno mobile mobilephone mobilenumber cell
cellphone cellnumber fax faxnumber phones telefon telefonnummer handy handynummer mobilnummer mobil
rufnummer telephoneportable numerotelephone numerodetelephone telefono numerotelefono movil celular
cellulare telefoon telefoonnummer mobiel gsm komorka numertelefonu nrtelefonu telefone telemovel msisdn
whatsapp téléphone teléfono móvil telefonnumber phonework phonehome
""",
    Kind.CARD: """
card cardnumber cardno creditcard creditcardnumber ccnumber ccnum cc pan primaryaccountnumber debitcard
debitcardnumber kreditkarte kreditkartennummer cartebancaire numerocarte numerodecarte tarjeta
numerotarjeta numerodetarjeta cartadicredito numerocarta creditcardnum kartennummer kaartnummer karta
numerkarty nrkarty cartao numerocartao numerodocartao paymentcard
""",
    Kind.IBAN: """
iban ibannumber ibancode ibannr bankaccountiban
""",
    Kind.BANK_ACCOUNT: """
bankaccount bankaccountnumber bankaccountno bankaccountnr bankacct accountnumber accountno accountnr
accountnum acctnumber acctno acctnum acct acctnr beneficiaryaccount payeeaccount debtoraccount
creditoraccount recipientaccount savingsaccount checkingaccount chequeaccount routingnumber routingno
routing aba abanumber abarouting abaroutingnumber routingtransitnumber rtn bankrouting sortcode
banksortcode sc bsb bsbnumber bsbcode transitnumber ifsccode ifsc micr kontonummer kontonr kontono
bankkonto girokonto kontoverbindung bankverbindung bankleitzahl blz rekeningnummer rekeningnr
bankrekening bankrekeningnummer numerocompte numerodecompte comptebancaire numerodecomptebancaire rib
codeguichet numerocuenta numerodecuenta cuentabancaria nrocuenta
cuentacorriente clabe cbu ccc contocorrente
numerodiconto numeroconto contobancario contacorrente contabancaria numerodaconta nib agencia
nrrachunku numerrachunku rachunekbankowy nrkonta numerkonta nrb bankgiro plusgiro postgiro bankkontonummer
registreringsnummer cislouctu číslouctu tilinumero szamlaszam számlaszám номерсчета расчетныйсчет 口座番号
银行账号 계좌번호
""",
    Kind.NATIONAL_ID: """
nokp nokadpengenalan
emiratesid cccd cmnd дрфо numsecu nosecu
utr nip numernip numerofiscal identifiantfiscal numerofiscalde emso nik npwp ird irdnumber nit cnic cedula
ruc rif snils inn rnokpp ипн рнокпп инн снилс егн αφμ αμκα afm mbi medicarebeneficiaryidentifier mrn
medicalrecordnumber patientid patientnumber healthinsurancenumber healthinsuranceid healthcardnumber
insuredid versichertennummer versichertennr kvnr krankenversichertennummer krankenversicherungsnummer
rentenversicherungsnummer rvnr rentenversicherungsnr ein employeridentificationnumber medicarecardnumber
cnpj personnumber personaskods jmbg hkid myid mykad ppsno numerosecu nss numeross asmenskodas rsin
rijksregisternummer henkilotunnus 身份证号 身份证 身份证号码 マイナンバー 個人番号 주민등록번호
주민번호 nif nipc
ssn socialsecuritynumber socialsecurity socialsecurityno itin tin taxid taxpayerid taxnumber
taxidentificationnumber taxidnumber nationalid nationalidnumber nationalidentity nationalidentitynumber
nationalinsurancenumber nationalinsurance nino nin nhs nhsnumber nhsno steuerid steueridnr idnr
steueridentifikationsnummer steuernummer sozialversicherungsnummer svnr personalausweis
personalausweisnummer ausweisnummer nir insee numerosecuritesociale securitesociale
numerodesecuritesociale dni nif nie codicefiscale bsn burgerservicenummer pesel cpf personnummer
fodselsnummer fødselsnummer cpr cprnummer hetu aadhaar aadhaarnumber aadhar pannumber mynumber sin tfn
medicare medicarenumber curp rut rrn ahv ahvnummer niss nationalregisternumber idcard idcardnumber
identitynumber identitycard governmentid govid personalid personalidnumber personalnumber
idnumber tckimlik tckimlikno tckn pps ppsn ppsnumber cuit cuil nric cnp socialinsurancenumber
documentidnational rodnecislo rodnéčíslo oib egn amka teudatzehut kennitala isikukood asmenskodas
""",
    Kind.NAME: """
forename forenames beneficiario adsoyad namn vollstandigername vollstaendigername
الاسم الاسمالكامل שם שםמלא
namalengkap nama hoten họtên imeiprezime піб nimi jméno příjmení ime priimek vardas pavardė
pavarde nume prenume
姓名 氏名 名前 이름 성명 имя фамилия фио όνομα επώνυμο mothersmaidenname mothersname fathersname
accountname nameofaccountholder nameoncard cardname cnname sirname nameofpatient insuredname tenantname
jmeno prijmeni keresztnev vezeteknev etunimi sukunimi fornavn etternavn efternavn fornamn efternamn soyad
firstname lastname fullname givenname givennames surname familyname middlename maidenname customername
clientname patientname employeename contactname contactperson holdername cardholder cardholdername
accountholder accountholdername ownername usernamefull realname personname vorname nachname familienname
kundenname ansprechpartner prenom prénom nomdefamille nomcomplet nomclient apellido apellidos
nombrecompleto nombrecliente cognome nomecompleto nomecliente nomecognome voornaam achternaam
volledigenaam klantnaam imie imię nazwisko imieinazwisko sobrenome apelido nomedocliente nomepaciente
recipientname beneficiary beneficiaryname signatory guardian nextofkin emergencycontact legalname
displaynamefull shippingname billingname titular karteninhaber subscribername fname lname applicantname
membername passengername guestname callername titulaire intestatario
""",
    LIKELY_NAME: """
name customer client user person contact owner requester caller
member guest displayname kunde klant klient nom nombre nome naam cliente
sender holder manager createdby updatedby approvedby subject naamklant benutzer utilisateur usuario utente
applicant subscriber by displaylabel displayvalue nm
""",
    SOMEBODY: """
patient employee assignee reporter author passenger paciente recipient reviewer
reviewers watchers approver oncall commander incidentcommander responder assignedto
pacjent pacjentka patientin payee
""",
    Kind.ADDRESS: """
osoite العنوان כתובת
地址 住所 주소 адрес địachỉ
shipto deliverto billto livesat residesat sendto wohnhaftin adresszeile anschriftzeile dostawado lieferan
streetaddress street streetname addressline addressline1 addressline2 address1 address2 postaladdress
mailingaddress homeaddress shippingaddress billingaddress deliveryaddress residentialaddress fulladdress
customeraddress strasse straße anschrift wohnanschrift postanschrift lieferadresse rechnungsadresse
adressepostale rue calle domicilio direccion dirección direccionpostal indirizzo via residenza straat
adres woonadres ulica adreszamieszkania endereco endereço rua logradouro morada addr1 addr2 streetline1
streetaddress1 wohnhaft
""",
    POSTAL_CODE: """
eircode zip5
postcode postalcode zip zipcode plz postleitzahl codepostal codigopostal cap cep kodpocztowy psc
postnummer postnr postal 邮编 郵便番号
""",
    LIKELY_ADDRESS: """
address addr adresse locationhome residence homeplace adresa adress
""",
    Kind.BIRTH_DATE: """
bday birthts birthtime 生年月日 出生日期 생년월일 датарождения fodelsedatum
fodselsdato syntymaaika datumnarozeni
dob dateofbirth birthdate birthday birthdt borndate born bornon geburtsdatum geburtstag geboren
datenaissance datedenaissance naissance fechanacimiento fechadenacimiento nacimiento datanascita
datadinascita geboortedatum dataurodzenia datanascimento datadenascimento birth nascimento
""",
    Kind.PASSPORT: """
passno passportnum reisepassnr 护照号码 护照号 パスポート番号 旅券番号 여권번호 номерпаспорта паспорт
passport passportnumber passportno passportid reisepass reisepassnummer passnummer passeport
numeropasseport numerodepasseport pasaporte numeropasaporte passaporto numeropassaporto paspoort
paspoortnummer paszport numerpaszportu nrpaszportu passaporte numeropassaporte traveldocument
""",
    Kind.LICENCE: """
cartadeconducao numerocartaconducao patenten driverlicenseid driverslicenseid dlnum licencedeconduire
driverlicense driverslicense driverlicence driverslicence drivinglicence drivinglicense
driverlicensenumber driverslicensenumber drivinglicencenumber drivinglicensenumber licencenumberdriver
dlnumber dlno fuhrerschein führerschein fuehrerschein fuhrerscheinnummer führerscheinnummer
permisdeconduire permisconduire numeropermis carnetconducir licenciaconducir permisoconducir
patentediguida patente rijbewijs rijbewijsnummer prawojazdy numerprawajazdy cnh dl driverlicenceno
driverlicenseno driverslicenseno
""",
    Kind.PASSWORD: """
passord salasana heslo adgangskode jelszo jelszó şifre sifre parola paroladordine palavrapasse пароль
κωδικός κωδικόςπρόσβασης 密码 密碼 口令 パスワード 暗証番号 비밀번호 암호 zaporka lozinka
geslo parool slaptazodis
contrasenya pasahitza wifipass psk wpapsk presharedkey ansiblepassword snmpcommunity totpseed otpseed
otpsecret mfasecret twofactorsecret mfaseed bindpw rootpw adminpw userpw enablesecret unlockcode
authpass ldappassword vncpassword kodpin
password passwd pwd pass passphrase userpassword passwordplain plaintextpassword passwort kennwort
requirepass masterauth ansiblesshpass ansiblebecomepass
motdepasse mdp contrasena contraseña clave senha wachtwoord haslo hasło losenord lösenord pin pincode
passcode newpassword oldpassword rootpassword dbpass dbpassword otp mfacode onetimecode totp totpsecret
cvv cvc cvv2 securitycode pw temppw psw
""",
    Kind.SECRET: """
secretkeybase fernetkey adminkey adminapikey clientkeydata masterkeys tlskey sharedaccesskey
privatekeydata keymaterial hmacsecret saltkey apipassword webhookkey passwordhash passwdhash pwhash
hashedpassword encryptedpassword passworddigest passwordmd5 passwordsha1 passwordsha256 pwmd5 passwdsha1
passwdmd5 nthash lmhash ntlmhash recoverycodes backupcodes pwsha1 pwsha256
secret apikey apisecret apitoken accesskey secretkey accesskeyid secretaccesskey accesstoken refreshtoken
idtoken authtoken authtokens bearertoken sessiontoken securitytoken clientsecret consumersecret
consumerkey sharedsecret signingsecret signingkey encryptionkey privatekey masterkey accountkey
webhooksecret token xapikey authorization auth authkey authorizationheader credential credentials jwt
sessionid sessionkey cookie setcookie hmackey cryptokey deploykey servicekey appkey appsecret
applicationkey licensekey oauthtoken personalaccesstoken pat bottoken botkey sas sastoken storagekey
connectionkey dsnkey csrftoken xsrftoken recoverycode backupcode seedphrase mnemonic apikeyid
proxyauthorization serviceaccountkey subscriptionkey ociapimsubscriptionkey restapikey secrettoken
vaulttoken roottoken registrationtoken fastlykey privatetoken jobtoken deploytoken circletoken
""",
    Kind.CONNECTION_STRING: """
connectionstring connstring connstr connectionuri databaseurl dburl dsn mongourl mongouri redisurl amqpurl
postgresurl mysqlurl jdbcurl databaseuri dbconnection sqlalchemydatabaseuri brokerurl celerybrokerurl
""",
    Kind.IP_ADDRESS: """
ip ipaddress ipaddr clientip remoteip sourceip srcip userip customerip lastloginip signupip registrationip
remoteaddr ipv4 ipv6
""",
    Kind.MAC_ADDRESS: """
mac macaddress macaddr hwaddr hardwareaddress
""",
}
KNOWN = {word: kind for kind, words in _WORDS.items() for word in words.split()}
"""The kind of a field, by its name. Of a name that stands in two lists, the later one counts."""
FIELD_WORDS = tuple(sorted(KNOWN, key=lambda word: (-len(word), word)))

_MODIFIERS = """
account admin alt alternate alternative app applicant application aws azure benutzer billing billing1 bot
business client cliente company contact creditor current customer database datadog db debtor default dev
docker emergency employee ftp gcp github gitlab google guest her his holder home imap insured jenkins
kafka klant klient kunde kunden ldap legal live mail main master member mobile mongo mongodb my mysql new
no npm nr num number office old openai owner parent patient payee payer person personal plain postgres
postgresql primary private prod production proxy rabbitmq raw recipient redis root secondary sender
sendgrid server service shipping slack smtp spouse ssh stage staging stored str string stripe subscriber
temp temporary test text the their twilio user usuario utilisateur value vault web webhook work x your
"""
MODIFIERS = frozenset(_MODIFIERS.split())
"""Words around the name of a field that do not change what it holds: `billingEmail2`, `db_password`."""
_OTHER_THINGS = """
bos cache changed completion continuation continue count cursor dedup endpoint eos expires expiry file
fingerprint foreign hash id idempotency input key_name length limit lookup max min name next object output
page pagination paging partition path policy prev previous primary progress prompt public range reset
routing sort stop sync total type updated uri url usage used
"""
NOT_SECRET = frozenset(_OTHER_THINGS.split())
"""Words before `token`, `key` and the like that make it something else: `next_page_token`, `cache_key`."""
_PRODUCTS = """
account actions admin administrator agent alert and api argo authors automation aws azure backup bank basic
bot build center check cloud cluster corp dashboard data database department deploy deployment engineer
engineering enterprise error for foundation gateway gmbh group health inc infra infrastructure job llc ltd
manager monitor network of on oncall operations ops order package pipeline plan platform policy portal
premium pro product production queue release report request rule security server service services software
staging status summary support system systems team test the ticket worker
"""
PRODUCTS = frozenset(_PRODUCTS.split())
"""Words of which names of services, teams and companies are made, and names of people are not."""
