//! Lines of particular programs and protocols: files of settings, command lines, handshakes.

use crate::draw::{BASE64, Draw};
use crate::kind::{Group, Kind};
use crate::line::Secret;
use crate::value::password::{self, PASSWORD, Place};
use crate::value::token::{API_KEY, BASIC, BEARER, COOKIE, base64};
use crate::value::vendor::expand;

const PIN: Kind = Kind::new("PIN_OR_CODE", Group::ApiKey);
const MNEMONIC: Kind = Kind::new("SEED_PHRASE", Group::ApiKey);

/// What stands at `«v»`.
#[derive(Clone, Copy)]
pub(crate) enum Fill {
    /// A password that stands there bare.
    Bare,
    /// A password between quotes.
    Quoted,
    /// A value of a kind, after a shape.
    Shape(Kind, &'static str),
    /// User and password in base64; `\0` is before and between them where true.
    Pair(bool),
    /// Twelve words.
    Words,
}

impl Fill {
    pub(crate) fn make(self, draw: &mut Draw) -> Secret {
        match self {
            Fill::Bare => password::make(draw, Place::Plain),
            Fill::Quoted => password::make(draw, Place::Bare),
            Fill::Shape(kind, shape) => Secret::new(kind, expand(draw, shape)),
            Fill::Pair(nul) => {
                let length = draw.between(8, 20) as usize;
                let secret = draw.alnum(length);
                let pair = if nul {
                    format!("\0svc\0{secret}")
                } else {
                    format!("deploy:{secret}")
                };
                Secret::new(BASIC, base64(pair.as_bytes(), BASE64, true))
            }
            Fill::Words => {
                let words = [
                    "abandon", "ability", "zebra", "legal", "winner", "thank", "year", "wave",
                    "sausage", "worth", "useful", "letter",
                ];
                let phrase: Vec<&str> = (0..12).map(|_| draw.pick(&words)).collect();
                Secret::new(MNEMONIC, phrase.join(" "))
            }
        }
    }
}

/// Templates with what they hold.
pub(crate) const FORMATS: &[(&str, Fill)] = &[
    (
        "//npm.example.org/:_authToken=«v»",
        Fill::Shape(API_KEY, "{U}"),
    ),
    (
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"«user»\" password=\"«v»\";",
        Fill::Quoted,
    ),
    (
        "ansible_host=«host» ansible_user=«user» ansible_password=«v»",
        Fill::Bare,
    ),
    ("ansible_become_pass: «v»", Fill::Bare),
    (
        "-Djavax.net.ssl.keyStorePassword=«v» -Djavax.net.ssl.keyStore=/etc/k.jks",
        Fill::Bare,
    ),
    (
        "ConvertTo-SecureString \"«v»\" -AsPlainText -Force  # password of «user»",
        Fill::Quoted,
    ),
    ("cmdkey /add:«host» /user:«user» /pass:«v»", Fill::Bare),
    (
        "wpa_supplicant: network={ ssid=\"office\" psk=\"«v»\" }",
        Fill::Quoted,
    ),
    ("snmp-server user «user» auth password «v»", Fill::Bare),
    ("username «user» privilege 15 secret «v»", Fill::Bare),
    (
        "resource \"aws_db_instance\" \"«noun»\" { password = \"«v»\" }",
        Fill::Quoted,
    ),
    ("+ master_password = \"«v»\"", Fill::Quoted),
    ("UserName=«user» Password=«v» Domain=CORP", Fill::Bare),
    ("a1 LOGIN «user» «v»  (imap password login)", Fill::Bare),
    ("smtp> AUTH PLAIN «v»", Fill::Pair(true)),
    (
        "{\"auths\":{\"registry.example.com\":{\"auth\":\"«v»\"}}}",
        Fill::Pair(false),
    ),
    ("ldif: userPassword: «v»", Fill::Bare),
    (
        "uri: mongodb://«host»/«db» username: «user» password: «v»",
        Fill::Bare,
    ),
    (
        "Sending request with params {user: «user», password: «v», remember: true}",
        Fill::Bare,
    ),
    ("params[password]=«v»&params[user]=«user»", Fill::Bare),
    ("user[password]=«v»&commit=Sign+in", Fill::Bare),
    (
        "Content-Disposition: form-data; name=\"password\"\\r\\n\\r\\n«v»\\r\\n",
        Fill::Bare,
    ),
    ("[Parameter[@password='«v»' (Type = String)]]", Fill::Quoted),
    (
        "Executing (default): INSERT INTO \"users\" (\"id\",\"password\") VALUES (1,'«v»');",
        Fill::Quoted,
    ),
    (
        "locals: {'self': <App>, 'password': '«v»', 'n': «n1»}",
        Fill::Quoted,
    ),
    ("    password = '«v»'", Fill::Quoted),
    (
        "LoginForm(super=Form@1b2c, user=«user», password=«v», rememberMe=true)",
        Fill::Bare,
    ),
    ("User{id=«id», name='«user»', password='«v»'}", Fill::Quoted),
    ("LoginDto [user=«user», password=«v»]", Fill::Bare),
    ("Login { UserName = «user», Password = «v» }", Fill::Bare),
    (
        "%App.User{name: \"«user»\", password: \"«v»\"}",
        Fill::Quoted,
    ),
    ("{name:«user» password:«v» admin:true}", Fill::Bare),
    (
        "main.Creds{User:\"«user»\", Password:\"«v»\"}",
        Fill::Quoted,
    ),
    ("[(password,«v»),(user,«user»)]", Fill::Bare),
    ("HashMap(password -> «v», user -> «user»)", Fill::Bare),
    ("  \"password\" => \"«v»\",", Fill::Quoted),
    ("$config['db']['password'] = '«v»';", Fill::Quoted),
    ("s:8:\"password\";s:12:\"«v»\";", Fill::Quoted),
    ("PASSWORD «v»", Fill::Bare),
    (
        "Authorization: Digest username=\"«user»\", realm=\"r\", nonce=\"«hex16»\", response=\"«v»\"",
        Fill::Shape(BEARER, "{h32}"),
    ),
    (
        "Authorization: Negotiate «v»",
        Fill::Shape(BEARER, "YII{b120}"),
    ),
    ("Authorization: Api-Key «v»", Fill::Shape(API_KEY, "{A40}")),
    (
        "authorization: SharedKey acct:«v»",
        Fill::Shape(BEARER, "{b43}="),
    ),
    ("Authorization: GenieKey «v»", Fill::Shape(API_KEY, "{U}")),
    ("Authorization: Key «v»", Fill::Shape(API_KEY, "{h32}")),
    ("Authorization: «v»", Fill::Shape(BEARER, "{A40}")),
    (
        "X-Amz-Security-Token: «v»",
        Fill::Shape(BEARER, "FwoGZXIvYXdz{b200}"),
    ),
    ("X-CSRF-Token: «v»", Fill::Shape(API_KEY, "{s43}")),
    ("PRIVATE-TOKEN: «v»", Fill::Shape(API_KEY, "{s20}")),
    (
        "client-key-data: «v»",
        Fill::Shape(API_KEY, "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo{b300}"),
    ),
    (
        "otpauth://totp/Acme:«user»?secret=«v»&issuer=Acme",
        Fill::Shape(API_KEY, "{u32}"),
    ),
    (
        "SAMLResponse=«v»&RelayState=x",
        Fill::Shape(BEARER, "PHNhbWxwOlJlc3BvbnNl{A300}"),
    ),
    (
        "grant_type=authorization_code&client_id=web&client_secret=«v»&redirect_uri=https%3A%2F%2Fx",
        Fill::Shape(API_KEY, "{A40}"),
    ),
    (
        "grant_type=refresh_token&refresh_token=«v»",
        Fill::Shape(API_KEY, "{s64}"),
    ),
    (
        "{\"access_token\":\"«v»\",\"token_type\":\"Bearer\",\"expires_in\":3600}",
        Fill::Shape(API_KEY, "{s64}"),
    ),
    (
        "oauth_consumer_key=web, oauth_token=\"«v»\", oauth_version=\"1.0\"",
        Fill::Shape(API_KEY, "{A32}"),
    ),
    (
        "oauth_signature=\"«v»\", oauth_nonce=\"«hex8»\"",
        Fill::Shape(API_KEY, "{A27}%3D"),
    ),
    ("private_key=0x«v»", Fill::Shape(API_KEY, "{h64}")),
    ("wallet private key: «v»", Fill::Shape(API_KEY, "{h64}")),
    ("mnemonic=\"«v»\"", Fill::Words),
    ("seed phrase: «v»", Fill::Words),
    ("otp=«v»", Fill::Shape(PIN, "{d6}")),
    ("pin: «v»", Fill::Shape(PIN, "{d6}")),
    (
        "{\"cvv\":\"«v»\",\"exp\":\"11/29\"}",
        Fill::Shape(PIN, "{d4}"),
    ),
    ("cvc=«v»&zip=12345", Fill::Shape(PIN, "{d4}")),
    ("{\"pin\":\"«v»\"}", Fill::Shape(PIN, "{d4}")),
    ("SECRET_KEY_BASE=«v»", Fill::Shape(API_KEY, "{h128}")),
    ("APP_KEY=base64:«v»", Fill::Shape(API_KEY, "{b43}=")),
    (
        "wp-config: define( 'AUTH_KEY', '«v»' );",
        Fill::Shape(API_KEY, "{A64}"),
    ),
    ("cookie_secret: \"«v»\"", Fill::Shape(API_KEY, "{b43}=")),
    ("JWT_SECRET=«v»", Fill::Quoted),
    ("fernet key «v»", Fill::Shape(API_KEY, "{s43}=")),
    (
        "Ocp-Apim-Subscription-Key: «v»",
        Fill::Shape(API_KEY, "{h32}"),
    ),
    (
        "InstrumentationKey=«v»;IngestionEndpoint=https://westeurope.in.ai/",
        Fill::Shape(API_KEY, "{U}"),
    ),
    ("Cookie: auth_token=«v»", Fill::Shape(COOKIE, "{h40}")),
    (
        "Cookie: wordpress_logged_in_«hex8»=«v»",
        Fill::Shape(COOKIE, "admin%7C1{d9}%7C{A43}%7C{h64}"),
    ),
    (
        "Set-Cookie: __Host-session=«v»; Path=/; Secure",
        Fill::Shape(COOKIE, "{s64}"),
    ),
    (
        "set-cookie: [\"sid=«v»; HttpOnly\",\"lang=en\"]",
        Fill::Shape(COOKIE, "{s40}"),
    ),
    ("Cookie2: JSESSIONID=\"«v»\"", Fill::Shape(COOKIE, "{H32}")),
    ("PASSWORD_HASH=«v»", Fill::Shape(PASSWORD, "$2b$12${A53}")),
    (
        "«user»:«v»:19000:0:99999:7:::",
        Fill::Shape(PASSWORD, "$6${A8}${A86}"),
    ),
];
