//! Lines about people: how to reach them, what they pay with, who they are.

pub(crate) const CARD: &[&str] = &[
    "«ts» «lvl» «svc» charge failed for card «v»",
    "card_number=«v» exp=12/29",
    "{\"card\":{\"number\":\"«v»\",\"exp\":\"12/29\"}}",
    "{\"pan\":\"«v»\",\"amount\":«money»}",
    "payment of «money» EUR with «v» declined",
    "«v»",
    "customer typed «v» into the chat",
    "INSERT INTO cards VALUES («id», '«v»', '12/29')",
    "Payment(card='«v»', amount=«money»)",
    "cc: «v», cvv hidden",
    "«id»,«name»,«v»,«money»",
    "number=«v»&exp_month=4",
    "<CardNumber>«v»</CardNumber>",
    "refund to «v».",
    "PAN «v» tokenised in «ms» ms",
    "order «id» paid by «v» («n1» items)",
    "{\"msg\":\"declined «v»\",\"ts\":«epoch»}",
];

pub(crate) const CARD_HARD: &[&str] = &[
    "card_«v»_exp",
    "card#«v»",
    "tried «v» and «v»",
    "txn«n1»:«v»:«n»",
    "[«v»]",
    "x«v»x card",
    "{\"n\":«v»}",
    "{\"card\":{\"number\":«v»}}",
    "CARD=«v»;EXP=1229",
    "%B«v»^«name»/A^2912101000000000?",
    ";«v»=29121010000000000000?",
    "/pay/«v»/confirm",
];

pub(crate) const MAIL: &[&str] = &[
    "«ts» «lvl» «svc» user «v» logged in",
    "email=«v»",
    "{\"email\":\"«v»\",\"id\":«id»}",
    "sent invoice to <«v»>",
    "From: «name» <«v»>",
    "mailto:«v»",
    "To: «v», Cc: «v»",
    "«v» bounced: 550 no such user",
    "<a href=\"mailto:«v»?subject=hi\">write</a>",
    "SELECT * FROM users WHERE email = '«v»'",
    "User(email='«v»', active=True)",
    "('«v»', «id»)",
    "password reset email sent to «v»",
    "Author: «name» <«v»>",
    "contact «v».",
    "recipients: [«v», «v»]",
    "MAIL FROM:<«v»> SIZE=«n»",
    "«id»;«v»;«name»",
    "postfix/smtp[«pid»]: «UP6»: to=<«v»>, relay=mx, status=sent",
    "login?user=«v»&next=/",
    "notify(«v»)",
    "«path»/users/«v»/edit",
    "duplicate key value: (email)=(«v») already exists.",
];

pub(crate) const MAIL_HARD: &[&str] = &[
    "email:«v»|id:«id»",
    "user=«v»/«n»",
    "xmpp:«v»",
    "\"\"\"«v»\"\"\"",
    "mails=«v»;«v»;«v»",
    "…«v»…",
    "{\"to\":[{\"address\":\"«v»\"}]}",
    "`«v»`",
    "re:«v»!",
    "acct:«v»",
];

pub(crate) const IBAN: &[&str] = &[
    "«ts» «lvl» «svc» transfer to «v» accepted",
    "iban=«v»",
    "{\"iban\":\"«v»\",\"amount\":«money»}",
    "IBAN: «v»",
    "<IBAN>«v»</IBAN>",
    "debit from «v» of «money» EUR",
    "account «v» not found",
    "«id»;«v»;«money»",
    "Transfer(iban='«v»', amount=«money»)",
    "beneficiary «name», «v», «money»",
    "«v»",
    "('«v»', «money»)",
];

pub(crate) const IBAN_HARD: &[&str] = &[
    "iban_«v»_eur",
    "pay «v»,«v»",
    "[«v»]",
    "IBAN«n1»:«v»;BIC:X",
    "/accounts/«v»/balance",
    "debtor=«v»|creditor=«v»",
];

/// With a name beside it.
pub(crate) const SSN_NAMED: &[&str] = &[
    "ssn=«v»",
    "SSN: «v»",
    "{\"ssn\":\"«v»\",\"id\":«id»}",
    "social security number «v» already on file",
    "Applicant(ssn='«v»')",
    "<SSN>«v»</SSN>",
    "social_security_number: «v»",
    "{\"employee\":{\"socialSecurityNumber\":\"«v»\"}}",
];

/// Without a name: only the dashed form.
pub(crate) const SSN: &[&str] = &[
    "«ts» «lvl» «svc» applicant «v» approved",
    "verify «v» against registry",
    "«id»,«name»,«v»",
    "{\"value\":\"«v»\"}",
    "duplicate record for «v».",
    "('«v»', «id»)",
    "employee «name» («v») hired",
    "tax form for «v» rejected",
];

pub(crate) const SSN_HARD: &[&str] = &[
    "ssn_«v»_x",
    "applicants «v»,«v»",
    "[«v»]",
    "/people/«v»/edit",
    "SSN#«v»",
    "ssn:«v»;dob:x",
];

/// With a word that says it is a telephone.
pub(crate) const PHONE_NAMED: &[&str] = &[
    "phone=«v»",
    "phone: «v»",
    "{\"phone\":\"«v»\",\"id\":«id»}",
    "{\"phoneNumber\":\"«v»\"}",
    "mobile «v» verified for «name»",
    "call «name» at «v» tomorrow",
    "Tel. «v»",
    "tel:«v»",
    "fax: «v»",
    "Contact(name='«name»', phone='«v»')",
    "SMS to «v» failed: 30003",
    "<phone>«v»</phone>",
    "customer cell number «v»",
    "whatsapp «v»",
    "telephone=«v», city=x",
    "msisdn=«v»",
];

/// National forms, which only such a word tells from other numbers.
pub(crate) const PHONE_NATIONAL: &[&str] = &[
    "phone=«v»",
    "phone: «v»",
    "{\"phone\":\"«v»\",\"id\":«id»}",
    "{\"phoneNumber\":\"«v»\"}",
    "mobile «v» verified for «name»",
    "Tel. «v»",
    "tel: «v»",
    "fax: «v»",
    "Contact(name='«name»', phone='«v»')",
    "<phone>«v»</phone>",
    "customer phone number is «v»",
    "telephone=«v», city=x",
    "mobile_number=«v»",
];

/// Without such a word.
pub(crate) const PHONE: &[&str] = &[
    "«ts» «lvl» «svc» sent code to «v»",
    "dialing «v»",
    "to=«v» status=delivered",
    "{\"to\":\"«v»\",\"status\":\"queued\"}",
    "('«v»', «id»)",
    "contact: «name», «v»",
    "«id»;«name»;«v»",
    "caller «v» hung up after «n» s",
    "verification started for «v».",
];

pub(crate) const PHONE_HARD: &[&str] = &[
    "phone_«v»_home",
    "numbers: «v», «v»",
    "[phone «v»]",
    "tel=«v»;ext=«n»",
    "sms://«v»",
    "phones=[«v»; «v»]",
    "«v»/phone",
];

pub(crate) const BIRTH: &[&str] = &[
    "dob=«v»",
    "DOB: «v»",
    "{\"date_of_birth\":\"«v»\",\"id\":«id»}",
    "{\"birthDate\":\"«v»\"}",
    "born on «v» in «name»",
    "date of birth: «v»",
    "patient «name», born «v»",
    "birthday=«v»",
    "User(name='«name»', dob='«v»')",
    "<BirthDate>«v»</BirthDate>",
    "birth_date: '«v»'",
    "customer's birth date is «v»",
    "DateOfBirth=«v», city=x",
];

pub(crate) const PASSPORT: &[&str] = &[
    "passport=«v»",
    "passport number: «v»",
    "{\"passport_number\":\"«v»\"}",
    "passport no. «v» expired",
    "Traveller(name='«name»', passport='«v»')",
    "passportNo=«v»",
    "checked in «name» with passport «v»",
    "<PassportNumber>«v»</PassportNumber>",
];

/// `«word»` names the document.
pub(crate) const DOCUMENT: &[&str] = &[
    "«word»=«v»",
    "«word»: «v»",
    "{\"«word»\":\"«v»\"}",
    "customer «word» «v» verified",
    "«name», «word» «v»",
    "Person(name='«name»', «word»='«v»')",
    "invalid «word»: «v»",
];

/// Addresses of hosts; each mark is an address by itself.
pub(crate) const ADDRESS: &[&str] = &[
    "«ts» «lvl» «svc» connection from «v» closed",
    "client=«v»",
    "{\"remote_addr\":\"«v»\",\"status\":200}",
    "X-Forwarded-For: «v», «v»",
    "Failed password for root from «v» port «port» ssh2",
    "blocked «v» after «n1» attempts",
    "src=«v» dst=«v» proto=tcp",
    "peer («v») timed out",
    "«v» - - «ts» \"GET «path» HTTP/1.1\" 200 «n»",
    "ping «v»: no answer",
    "'«v»'",
    "rhost=«v» user=root",
];

/// With a port or a prefix, which an address of version 6 writes in brackets.
pub(crate) const V4: &[&str] = &[
    "listening on «v»:«port»",
    "http://«v»:«port»«path»",
    "route «v»/24 via «v»",
    "tcp://«v»:«port»",
    "/«v»:«port»",
];
pub(crate) const V6: &[&str] = &[
    "listening on [«v»]:«port»",
    "http://[«v»]:«port»«path»",
    "route «v»/64 dev eth0",
    "«v»%eth0 is up",
];
pub(crate) const HARDWARE: &[&str] = &[
    "«ts» «host» dhcpd: DHCPACK to «v» via eth0",
    "mac=«v»",
    "{\"mac\":\"«v»\"}",
    "wlan0: associated with «v»",
    "neighbour «v» is stale",
];
