//! The matchers that have a name: one row each, with aliases, what quantifies them and which parameters they take.

/// Which matcher it is, whatever alias was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Id {
    LineFeed,
    CarriageReturn,
    CarriageReturnLineFeed,
    LineData,
    Data,
    SingleQuoted,
    DoubleQuoted,
    CsvSingleQuoted,
    CsvDoubleQuoted,
    Text,
    Posix(Posix),
    Boolean,
    Int,
    Long,
    HexInt,
    HexLong,
    Double,
    CommaDouble,
    Timestamp,
    Iso8601,
    JsonTimestamp,
    HttpDate,
    Ip,
    Ipv4,
    Ipv6,
    Uuid,
    CreditCard,
    Smartscape,
    Bos,
    Eos,
    Mos,
    Enum,
    Json,
    JsonArray,
    JsonValue,
    Pairs,
    Array,
    Structure,
    Xml,
    XmlPlain,
    XmlVerbose,
    Extension(Extension),
    Regex,
}

/// Matchers of weir's own, written with `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extension {
    Cef,
    Cidr,
    Domain,
    Email,
    Hash,
    Leef,
    Mac,
    Path,
    Syslog,
    Url,
    Uuid,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posix {
    Alnum,
    Alpha,
    Any,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    NotSpace,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

/// Which quantifiers a matcher takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Counts {
    /// Every form; the numbers are the default.
    Any(usize, usize),
    /// `*` (the value may be missing) and `+` (it may not).
    Nullable,
    /// `+`, and only as a member of a JSON object.
    Mandatory,
    Never,
    /// Every form, and one is required.
    Required,
    /// Every form; up to 128 pairs if none is given.
    Pairs,
}

/// What may stand in braces behind the name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Braces {
    Never,
    /// Members with names; the braces may be absent.
    Members,
    /// One matcher; the braces may be absent.
    Element,
    /// A sequence of matchers, required.
    Matchers,
    /// Keys with numbers, required.
    Keys,
    /// One quoted text, required.
    Text,
}

#[derive(Debug)]
pub(crate) struct MatcherInfo {
    /// The first is the one messages print.
    pub names: &'static [&'static str],
    pub id: Id,
    pub counts: Counts,
    pub braces: Braces,
    pub params: &'static [&'static str],
}

/// The open end of a quantifier.
pub(crate) const COUNT_MAX: usize = 4096;
/// The most elements of ARRAY and pairs of KVP.
pub(crate) const ELEMENTS_MAX: usize = 32_768;
/// Pairs of KVP without a quantifier.
pub(crate) const PAIRS_DEFAULT: usize = 128;

const TEXT: &[&str] = &["charset", "locale"];
const NUMBER: &[&str] = &["min", "max"];
const TIME: &[&str] = &["format", "timezone", "tz", "locale", "charset"];
/// Of times whose format is fixed.
const FIXED_TIME: &[&str] = &["timezone", "tz", "locale", "charset"];
const JSON: &[&str] = &["strict", "maxlen", "greedy", "flat", "charset", "locale"];
const JSON_ARRAY: &[&str] = &["strict", "maxlen", "typed", "charset", "locale"];
const XML: &[&str] = &["rootTag", "excludeRoot", "ignoreNamespace", "maxlen", "charset", "locale"];
/// Parameters of groups in parentheses.
pub(crate) const GROUP: &[&str] = &["fs", "charset", "locale"];

const ONCE: Counts = Counts::Any(1, 1);
const RUN: Counts = Counts::Any(1, COUNT_MAX);

const fn plain(names: &'static [&'static str], id: Id, counts: Counts, params: &'static [&'static str]) -> MatcherInfo {
    MatcherInfo { names, id, counts, braces: Braces::Never, params }
}

const fn braced(
    name: &'static [&'static str],
    id: Id,
    counts: Counts,
    braces: Braces,
    params: &'static [&'static str],
) -> MatcherInfo {
    MatcherInfo { names: name, id, counts, braces, params }
}

static MATCHERS: &[MatcherInfo] = &[
    plain(&["ALNUM"], Id::Posix(Posix::Alnum), RUN, TEXT),
    plain(&["ALPHA"], Id::Posix(Posix::Alpha), RUN, TEXT),
    braced(&["ARRAY"], Id::Array, Counts::Required, Braces::Matchers, TEXT),
    plain(&["ASCII"], Id::Posix(Posix::Ascii), RUN, TEXT),
    plain(&["BLANK"], Id::Posix(Posix::Blank), RUN, TEXT),
    plain(&["BOOLEAN", "BOOL"], Id::Boolean, Counts::Nullable, &[]),
    plain(&["BOS", "BOF"], Id::Bos, Counts::Never, &[]),
    plain(&["CDOUBLE"], Id::CommaDouble, Counts::Nullable, NUMBER),
    plain(&["CFLOAT"], Id::CommaDouble, Counts::Nullable, NUMBER),
    plain(&["CNTRL"], Id::Posix(Posix::Cntrl), RUN, TEXT),
    plain(&["CR"], Id::CarriageReturn, ONCE, &[]),
    plain(&["CREDITCARD"], Id::CreditCard, Counts::Nullable, &[]),
    plain(&["CSVDQS"], Id::CsvDoubleQuoted, RUN, TEXT),
    plain(&["CSVSQS"], Id::CsvSingleQuoted, RUN, TEXT),
    plain(&["DATA"], Id::Data, RUN, TEXT),
    plain(&["DIGIT"], Id::Posix(Posix::Digit), RUN, TEXT),
    plain(&["DOUBLE"], Id::Double, Counts::Nullable, NUMBER),
    plain(&["DQS"], Id::DoubleQuoted, RUN, TEXT),
    braced(&["ENUM"], Id::Enum, Counts::Mandatory, Braces::Keys, &["cis", "charset", "locale"]),
    plain(&["EOL", "LF"], Id::LineFeed, ONCE, &[]),
    plain(&["EOLWIN", "WINEOL"], Id::CarriageReturnLineFeed, Counts::Never, &[]),
    plain(&["EOS", "EOF"], Id::Eos, Counts::Never, &[]),
    plain(&["FLOAT"], Id::Double, Counts::Nullable, NUMBER),
    plain(&["GRAPH"], Id::Posix(Posix::Graph), RUN, TEXT),
    plain(&["HEXINT"], Id::HexInt, Counts::Nullable, NUMBER),
    plain(&["HEXLONG"], Id::HexLong, Counts::Nullable, NUMBER),
    plain(&["HTTPDATE"], Id::HttpDate, Counts::Nullable, FIXED_TIME),
    plain(&["INT", "INTEGER"], Id::Int, Counts::Nullable, NUMBER),
    plain(&["IPADDR", "IP"], Id::Ip, Counts::Nullable, &[]),
    plain(&["IPV4", "IPV4ADDR"], Id::Ipv4, Counts::Nullable, &[]),
    plain(&["IPV6", "IPV6ADDR"], Id::Ipv6, Counts::Nullable, &[]),
    plain(&["ISO8601"], Id::Iso8601, Counts::Nullable, FIXED_TIME),
    braced(&["JSON", "JSON_OBJECT"], Id::Json, Counts::Mandatory, Braces::Members, JSON),
    plain(&["JSONTIMESTAMP"], Id::JsonTimestamp, Counts::Nullable, FIXED_TIME),
    braced(&["JSON_ARRAY"], Id::JsonArray, Counts::Mandatory, Braces::Element, JSON_ARRAY),
    braced(&["JSON_VALUE"], Id::JsonValue, Counts::Mandatory, Braces::Element, JSON_ARRAY),
    braced(&["KVP"], Id::Pairs, Counts::Pairs, Braces::Matchers, TEXT),
    plain(&["LD", "LDATA"], Id::LineData, RUN, TEXT),
    plain(&["LONG"], Id::Long, Counts::Nullable, NUMBER),
    plain(&["LOWER"], Id::Posix(Posix::Lower), RUN, TEXT),
    plain(&["MOS", "MOF"], Id::Mos, Counts::Never, &[]),
    plain(&["NSPACE"], Id::Posix(Posix::NotSpace), RUN, TEXT),
    plain(&["PRINT"], Id::Posix(Posix::Print), RUN, TEXT),
    plain(&["PUNCT"], Id::Posix(Posix::Punct), RUN, TEXT),
    plain(&["SMARTSCAPEID"], Id::Smartscape, Counts::Nullable, &[]),
    plain(&["SPACE"], Id::Posix(Posix::Space), RUN, TEXT),
    plain(&["SQS"], Id::SingleQuoted, RUN, TEXT),
    plain(&["STRING"], Id::Text, RUN, TEXT),
    braced(&["STRUCTURE"], Id::Structure, Counts::Mandatory, Braces::Matchers, &[]),
    plain(&["TIMESTAMP", "TIME"], Id::Timestamp, Counts::Nullable, TIME),
    plain(&["UPPER"], Id::Posix(Posix::Upper), RUN, TEXT),
    plain(&["UUIDSTRING"], Id::Uuid, Counts::Nullable, &[]),
    plain(&["WORD"], Id::Posix(Posix::Word), RUN, TEXT),
    plain(&["XDIGIT"], Id::Posix(Posix::Xdigit), RUN, TEXT),
    plain(&["XML"], Id::Xml, Counts::Mandatory, XML),
    plain(&["XML_PLAIN"], Id::XmlPlain, Counts::Mandatory, XML),
    plain(&["XML_VERBOSE"], Id::XmlVerbose, Counts::Mandatory, XML),
];

/// What precedes the name of an extension. Nothing else in the language starts with it, so that a name of the original, of today or
/// to come, never means something of ours.
pub(crate) const EXTENSION_SIGN: &str = "@";

const fn extension(names: &'static [&'static str], extension: Extension, counts: Counts) -> MatcherInfo {
    plain(names, Id::Extension(extension), counts, &[])
}

static EXTENSIONS: &[MatcherInfo] = &[
    extension(&["@CEF"], Extension::Cef, Counts::Mandatory),
    extension(&["@CIDR"], Extension::Cidr, Counts::Nullable),
    extension(&["@DOMAIN"], Extension::Domain, Counts::Nullable),
    extension(&["@EMAIL"], Extension::Email, Counts::Nullable),
    extension(&["@HASH"], Extension::Hash, Counts::Nullable),
    extension(&["@LEEF"], Extension::Leef, Counts::Mandatory),
    extension(&["@MAC"], Extension::Mac, Counts::Nullable),
    extension(&["@PATH"], Extension::Path, Counts::Nullable),
    braced(&["@REGEX"], Id::Regex, Counts::Nullable, Braces::Text, &[]),
    extension(&["@SYSLOG"], Extension::Syslog, Counts::Mandatory),
    extension(&["@URL"], Extension::Url, Counts::Nullable),
    extension(&["@UUID"], Extension::Uuid, Counts::Nullable),
];

static ANY: MatcherInfo = plain(&["[:any:]"], Id::Posix(Posix::Any), RUN, TEXT);

/// The matcher of that name or alias, in any letter case.
pub(crate) fn find(name: &str) -> Option<&'static MatcherInfo> {
    MATCHERS.iter().find(|info| info.names.iter().any(|have| have.eq_ignore_ascii_case(name)))
}

/// The extension of that name, written without the sign, in any letter case.
pub(crate) fn find_extension(name: &str) -> Option<&'static MatcherInfo> {
    let named = |info: &&MatcherInfo| info.names[0][EXTENSION_SIGN.len()..].eq_ignore_ascii_case(name);
    EXTENSIONS.iter().find(named)
}

/// The class of a name such as `alpha`, for use inside a set of characters.
pub(crate) fn posix(name: &str) -> Option<Posix> {
    match find_posix(name)?.id {
        Id::Posix(Posix::NotSpace) => None,
        Id::Posix(posix) => Some(posix),
        _ => None,
    }
}

/// The matcher of a bracket class such as `[:alpha:]` or `[!:space:]`, written without the brackets and colons.
pub(crate) fn find_posix(name: &str) -> Option<&'static MatcherInfo> {
    match name.to_ascii_lowercase().as_str() {
        "any" => Some(&ANY),
        "!space" | "^space" => find("NSPACE"),
        name => find(name).filter(|info| matches!(info.id, Id::Posix(posix) if posix != Posix::NotSpace)),
    }
}

/// Every extension with its sign, for hints and completion.
pub(crate) fn extension_names() -> impl Iterator<Item = &'static str> {
    EXTENSIONS.iter().map(|info| info.names[0])
}

/// Every name and alias of the language proper, for hints and completion.
pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
    MATCHERS.iter().flat_map(|info| info.names.iter().copied())
}

/// True for a second name of a matcher.
#[cfg(test)]
pub(crate) fn is_alias(name: &str) -> bool {
    MATCHERS.iter().any(|info| info.names[1..].contains(&name))
}

/// The name that is printed for a matcher.
pub(crate) fn print(info: &MatcherInfo) -> &'static str {
    info.names[0]
}
