// The pieces that attacks are made of, and that make a family look around: an expression, for `include!`.
&[
    "'", "\"", "`", ";", "|", "&", "$", "{", "}", "{{", "(", ")", "[", "]", "<", ">", "#", "--",
    "/*", "*/", "%27", "%00", "&lt;", "&#", "\\u0027", "\\x", "\r\n", " or ", " or 1", "1=1",
    "union", "union ", " select ", "from", "script", "<!entity ", "<script ", "onerror=", "<a on",
    "javascript:", "../", "..%2f", "%c0%ae", "etc/passwd", "/etc/passwd", "cat ", ";cat ", "id",
    "; id", "${jndi:", "${", "$ne", "[$", "*)(", "=", "嘊", "7*7", "a",
]
