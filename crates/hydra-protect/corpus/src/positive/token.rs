//! Lines about secrets that a scheme, a URL or their own shape gives away.

/// A token that is told by itself: nothing beside it says what it is.
pub(crate) const SHAPED: &[&str] = &[
    "«ts» «lvl» «svc» using «v»",
    "«ts» «lvl» [«svc»] «say»: «v»",
    "got «v» from «host»",
    "remote: invalid credential «v»",
    "{\"level\":\"warn\",\"msg\":\"«say» «v»\"}",
    "{\"args\":[\"«v»\",«n»]}",
    "['«v»', None]",
    "«v»",
    "«v» was revoked by «user»",
    "found in commit «hex8»: +  x = \"«v»\"",
    "401 for «v» at «path»",
    "argv[2]=«v»",
    "git clone https://«v»@github.com/acme/«noun».git",
    "https://example.com«path»?x=«v»",
    "(«v»)",
    "\"«v»\",",
    "value is <«v»>.",
    "«noun»:«v»",
];

/// Beside a value that ends in a separator or is glued to its neighbours.
pub(crate) const SHAPED_HARD: &[&str] = &[
    "«noun»_«v»",
    "tried «v», then «v»; gave up",
    "[«v»][«v»]",
    "«v»,«v»,«v»",
    "/files/«v»/download",
    "x=«v»;y=«n»",
    "{\"note\":\"use \\\"«v»\\\" please\"}",
    "b'«v»\\n'",
    "**«v»**",
    "`«v»`",
    "“«v»”",
    "token=«v»…",
];

pub(crate) const WEBHOOK: &[&str] = &[
    "«ts» «lvl» «svc» posting to «v»",
    "SLACK_WEBHOOK_URL=«v»",
    "{\"webhook\":\"«v»\",\"n\":«n»}",
    "POST «v» 200",
    "curl -X POST -d '{}' «v»",
    "webhook_url: «v»",
    "HTTPError: 404 Client Error: Not Found for url: «v»",
    "notify(«v»)",
    "url='«v»'",
];

pub(crate) const BEARER: &[&str] = &[
    "Authorization: Bearer «v»",
    "authorization: bearer «v»",
    "«ts» «lvl» «svc» > Authorization: Bearer «v»",
    "{\"Authorization\":\"Bearer «v»\"}",
    "{\"headers\":{\"authorization\":\"Bearer «v»\",\"accept\":\"*/*\"}}",
    "curl -H 'Authorization: Bearer «v»' https://api.example.com«path»",
    "headers={'Authorization': 'Bearer «v»'}",
    "Headers { \"authorization\": \"Bearer «v»\" }",
    "{Authorization:[Bearer «v»]}",
    "metadata: authorization=Bearer «v»",
    "GET «path» HTTP/1.1\\r\\nHost: example.com\\r\\nAuthorization: Bearer «v»\\r\\n",
    "Proxy-Authorization: Bearer «v»",
    "('authorization', 'Bearer «v»')",
    "Authorization: Token «v»",
    "Authorization: token «v»",
    "Authorization: ApiKey «v»",
    "X-Auth-Token: «v»",
];

pub(crate) const BEARER_HARD: &[&str] = &[
    "sent Bearer «v» to upstream",
    "AUTHORIZATION=Bearer «v»",
    "HTTP_AUTHORIZATION: Bearer «v»",
    "authorization=[Bearer «v»]",
    "Authorization : Bearer   «v»",
    "auth header was 'Bearer «v»', rejected",
    "Authorization%3A%20Bearer%20«v»",
    "{\"headers\":[[\"authorization\",\"Bearer «v»\"]]}",
    "{\"name\":\"Authorization\",\"value\":\"Bearer «v»\"}",
];

pub(crate) const BASIC: &[&str] = &[
    "Authorization: Basic «v»",
    "authorization: basic «v»",
    "{\"Authorization\":\"Basic «v»\"}",
    "headers={'Authorization': 'Basic «v»', 'Accept': '*/*'}",
    "curl -H \"Authorization: Basic «v»\" https://api.example.com«path»",
    "Proxy-Authorization: Basic «v»",
    "«ts» «lvl» «svc» request headers: Authorization: Basic «v», Host: example.com",
    "GET «path» HTTP/1.1\\r\\nAuthorization: Basic «v»\\r\\nHost: x",
    "('Authorization', 'Basic «v»')",
];

pub(crate) const BASIC_HARD: &[&str] = &[
    "sent Basic «v» to upstream",
    "AUTHORIZATION=Basic «v»",
    "authorization=[Basic «v»]",
    "{\"name\":\"Authorization\",\"value\":\"Basic «v»\"}",
    "_auth=«v»",
    "\"auth\": \"«v»\"",
];

/// Pairs of AWS: `«v»` the public half, `«v2»` the secret.
pub(crate) const AWS: &[&str] = &[
    "AWS_ACCESS_KEY_ID=«v» AWS_SECRET_ACCESS_KEY=«v2»",
    "aws_access_key_id = «v»\\naws_secret_access_key = «v2»",
    "{\"AccessKeyId\":\"«v»\",\"SecretAccessKey\":\"«v2»\"}",
    "{\"Credentials\":{\"AccessKeyId\":\"«v»\",\"SecretAccessKey\":\"«v2»\",\"Expiration\":\"«day»T00:00:00Z\"}}",
    "export AWS_SECRET_ACCESS_KEY=«v2»",
    "boto3.client('s3', aws_access_key_id='«v»', aws_secret_access_key='«v2»')",
    "credentials: { accessKeyId: '«v»', secretAccessKey: '«v2»' }",
    "The AWS Access Key Id «v» does not exist in our records",
    "spring.cloud.aws.credentials.secret-key=«v2»",
    "-e AWS_ACCESS_KEY_ID=«v» -e AWS_SECRET_ACCESS_KEY=«v2» acme/«noun»",
    "s3 sync failed for key «v»",
    "Credential=«v»/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host",
];

pub(crate) const AWS_HARD: &[&str] = &[
    "«v»:«v2»",
    "key «v» secret «v2»",
    "aws key «v»/«v2» leaked",
    "BasicAWSCredentials(«v», «v2»)",
    "AKID_«v»_end",
    "access key: «v», secret access key: «v2»",
];

pub(crate) const COOKIE: &[&str] = &[
    "Cookie: session=«v»",
    "Cookie: theme=dark; sessionid=«v»; lang=en",
    "Set-Cookie: JSESSIONID=«v»; Path=/; HttpOnly",
    "set-cookie: connect.sid=«v»; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    "Cookie: PHPSESSID=«v»",
    "{\"cookie\":\"_session_id=«v»; a=b\"}",
    "{\"Set-Cookie\":\"laravel_session=«v»; Secure\"}",
    "curl -b 'session=«v»' https://app.example.com«path»",
    "curl --cookie \"sid=«v»\" https://app.example.com",
    "> Cookie: csrftoken=x; sessionid=«v»",
    "Cookie: ASP.NET_SessionId=«v»",
    "Set-Cookie: .AspNetCore.Cookies=«v»; path=/; secure; samesite=lax",
    "headers={'Cookie': 'session=«v»'}",
    "Cookie: auth_session=«v»; _ga=GA1.2.«d9».«epoch»",
    "\"GET «path» HTTP/1.1\" 200 cookie=\"sid=«v»\"",
    "Cookie: user_session=«v»",
    "session_id=«v»",
    "{\"session_id\":\"«v»\"}",
];

pub(crate) const COOKIE_HARD: &[&str] = &[
    "sessionId: «v»",
    "cookies: {'sessionid': '«v»'}",
    "jar=[Cookie(name='session', value='«v»', domain='x')]",
    "session cookie «v» expired",
    "cookie:session=«v»",
    "«path»;jsessionid=«v»",
    "COOKIE=[sid=«v»]",
    "{\"cookies\":{\"session\":\"«v»\"}}",
];

/// `«v»` is the password of the URL.
pub(crate) const URL: &[&str] = &[
    "postgres://«user»:«v»@«host»:5432/«db»",
    "«ts» «lvl» «svc» connecting to postgresql://«user»:«v»@«host»/«db»?sslmode=require",
    "DATABASE_URL=mysql://«user»:«v»@«host»:3306/«db»",
    "mongodb://«user»:«v»@«host»:27017/«db»?authSource=admin",
    "mongodb+srv://«user»:«v»@cluster0.ab1cd.mongodb.net/«db»",
    "redis://:«v»@«host»:6379/0",
    "rediss://default:«v»@«host»:6380",
    "amqp://«user»:«v»@«host»:5672/%2f",
    "CELERY_BROKER_URL=amqps://«user»:«v»@«host»/vh",
    "https://«user»:«v»@git.example.com/acme/«noun».git",
    "fatal: unable to access 'https://«user»:«v»@github.com/acme/x.git/': 403",
    "ftp://«user»:«v»@«host»/in/«db».csv",
    "smtp://«user»:«v»@mail.example.com:587",
    "http_proxy=http://«user»:«v»@proxy.corp.internal:3128",
    "{\"dsn\":\"postgres://«user»:«v»@«host»/«db»\"}",
    "sqlalchemy.exc.OperationalError: (url: postgresql+psycopg2://«user»:«v»@«host»/«db»)",
    "pip install --index-url https://«user»:«v»@pypi.corp.internal/simple «noun»",
    "kafka+ssl://«user»:«v»@«host»:9093",
    "ldap://«user»:«v»@«host»:389/dc=example",
    "sentry dsn https://«hex32»:«v»@sentry.example.com/7",
    "mssql+pyodbc://«user»:«v»@«host»:1433/«db»?driver=x",
    "clickhouse://«user»:«v»@«ip»:9000/«db»",
    "sftp://«user»:«v»@files.example.com:22/in",
];

pub(crate) const URL_HARD: &[&str] = &[
    "(postgres://«user»:«v»@«host»/«db»)",
    "tried postgres://«user»:«v»@«host»/a and postgres://«user»:«v»@«host»/b",
    "url=<amqp://«user»:«v»@«host»>",
    "jdbc:oracle:thin:«user»/«v»@//«host»:1521/«db»",
    "POSTGRES://«user»:«v»@«host»/«db»",
    "git remote set-url origin https://oauth2:«v»@gitlab.example.com/a/b.git",
    "//«user»:«v»@«host»/share",
];

/// `«v»` is a token in a URL's query.
pub(crate) const URL_TOKEN: &[&str] = &[
    "GET «path»?access_token=«v» HTTP/1.1",
    "GET «path»?token=«v»&x=«n» 200",
    "https://api.example.com«path»?api_key=«v»",
    "https://app.example.com/reset?email=x&token=«v»",
    "https://app.example.com/invite?code=«n»&auth_token=«v»",
    "wss://stream.example.com/ws?token=«v»&v=2",
    "\"GET «path»?apikey=«v»&format=json HTTP/2.0\" 200 «n»",
    "callback https://app.example.com/cb#access_token=«v»&token_type=bearer",
    "redirecting to https://idp.example.com/authorize?client_secret=«v»&scope=all",
    "https://maps.example.com/tile?key=«v»&z=3",
    "https://storage.example.com/o/x?X-Amz-Signature=«v»&X-Amz-Expires=300",
    "https://cdn.example.com/v.mp4?Policy=x&Signature=«v»&Key-Pair-Id=K1",
    "{\"url\":\"https://api.example.com«path»?access_token=«v»\"}",
    "https://hooks.example.com/in?secret=«v»",
    "magic link: https://app.example.com/login?magic_token=«v»",
    "https://example.com/unsubscribe?u=«n»&sig=«v»",
    "Referer: https://app.example.com«path»?session_token=«v»",
    "https://example.com«path»?refresh_token=«v»",
    "https://example.com«path»?id=«n»&password=«v»",
];
