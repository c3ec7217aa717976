//! What is redacted and how, as the command line says it.

use clap::ValueEnum;
use hydra_protect::{Action, Redactor};

use crate::failure::Failure;

/// The shortest key, in bytes.
const SHORTEST_KEY: usize = 16;

/// What names a key that was given no name.
const KEY_ID: &str = "k1";

#[derive(Debug, clap::Args)]
pub(super) struct Policy {
    /// Detectors, separated by commas: default, all, names; -NAME leaves one out
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    detectors: Vec<String>,
    /// A detector of your own; a group (?<value>…) is taken out alone
    #[arg(long = "pattern", value_name = "NAME=REGEX", value_parser = pair)]
    patterns: Vec<(String, String)>,
    /// What becomes of what is found
    #[arg(long, value_enum, value_name = "ACTION", default_value = "replace")]
    action: Word,
    /// What becomes of what one detector finds
    #[arg(long = "action-for", value_name = "DETECTOR=ACTION", value_parser = action_for)]
    actions: Vec<(String, Word)>,
    /// The environment variable that holds the key for hash, encrypt and --reveal, and a name for the
    /// key [default name: k1]; the first one hashes and encrypts
    #[arg(long = "key-env", value_name = "[NAME=]VAR")]
    keys: Vec<String>,
    /// A text that is left as it is
    #[arg(long, value_name = "TEXT")]
    allow: Vec<String>,
    /// Leave what this matches whole
    #[arg(long, value_name = "REGEX")]
    allow_pattern: Vec<String>,
    /// One more name whose values are taken out: badge takes 7 out of badge=7
    #[arg(long = "key", value_name = "NAME")]
    names: Vec<String>,
    /// Look into base64, too, and take it out whole when something is in it
    #[arg(long)]
    decode_base64: bool,
}

/// What becomes of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Word {
    /// [REDACTED:EMAIL]
    Replace,
    /// **** and the last four, but no more than a quarter
    Mask,
    /// Nothing stays
    Remove,
    /// [EMAIL:k1:…], equal for equal values
    Hash,
    /// [EMAIL:enc:k1:…], which --reveal shows again
    Encrypt,
}

impl From<Word> for Action {
    fn from(word: Word) -> Action {
        match word {
            Word::Replace => Action::Replace,
            Word::Mask => Action::Mask { keep: 4 },
            Word::Remove => Action::Remove,
            Word::Hash => Action::Hash,
            Word::Encrypt => Action::Encrypt,
        }
    }
}

impl Policy {
    /// The redactor; `reveals` when it must have a key to reveal with.
    pub(super) fn redactor(&self, reveals: bool) -> Result<Redactor, Failure> {
        let mut builder = Redactor::builder()
            .action(self.action.into())
            .decode_base64(self.decode_base64);
        for (name, pattern) in &self.patterns {
            builder = builder.custom(name, pattern);
        }
        if !self.detectors.is_empty() {
            builder = builder.detectors(self.detectors.iter().map(|name| name.trim()));
        }
        for (name, action) in &self.actions {
            builder = builder.action_for(name, (*action).into());
        }
        for text in &self.allow {
            builder = builder.allow(text);
        }
        for pattern in &self.allow_pattern {
            builder = builder.allow_pattern(pattern);
        }
        for name in &self.names {
            builder = builder.sensitive_key(name);
        }
        for (index, named) in self.keys.iter().enumerate() {
            let (id, key) = key(named)?;
            builder = builder.encryption_key(&id, &key);
            if index == 0 {
                builder = builder.hash_key(id, &key);
            }
        }
        if self.keys.is_empty() {
            self.needs_no_key(reveals)?;
        }
        let built = builder.build();
        built.map_err(|error| Failure::Usage(error.to_string()))
    }

    fn needs_no_key(&self, reveals: bool) -> Result<(), Failure> {
        let mut actions = self.actions.iter().map(|(_, action)| *action);
        let keyed = |action: &Word| matches!(action, Word::Hash | Word::Encrypt);
        let what = if reveals {
            "--reveal"
        } else if keyed(&self.action) || actions.any(|action| keyed(&action)) {
            "the actions hash and encrypt"
        } else {
            return Ok(());
        };
        let verb = if reveals { "needs" } else { "need" };
        Err(Failure::Usage(format!(
            "{what} {verb} a key: name the environment variable that holds it by --key-env VAR"
        )))
    }
}

/// A key's name and the key, out of its environment variable.
fn key(named: &str) -> Result<(String, Vec<u8>), Failure> {
    let (id, variable) = named.split_once('=').unwrap_or((KEY_ID, named));
    let wrong = |what: &str| {
        Failure::Usage(format!(
            "--key-env takes the name of an environment variable, and {variable} {what}; a key has at \
             least {SHORTEST_KEY} bytes: export LOG_KEY=$(openssl rand -hex 32)"
        ))
    };
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if variable.is_empty() || !variable.bytes().all(fits) {
        // It may be the key itself: it is not repeated.
        return Err(Failure::Usage(
            "--key-env takes the name of an environment variable, never the key: letters, digits and _"
                .to_owned(),
        ));
    }
    let value = std::env::var_os(variable).ok_or_else(|| wrong("is not set"))?;
    let key = value.into_encoded_bytes();
    if key.len() < SHORTEST_KEY {
        return Err(wrong("holds a shorter one"));
    }
    Ok((id.to_owned(), key))
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, rest) = text
        .split_once('=')
        .ok_or("write NAME=REGEX, as in badge=B-[0-9]{4}")?;
    Ok((name.to_owned(), rest.to_owned()))
}

fn action_for(text: &str) -> Result<(String, Word), String> {
    let (name, action) = text
        .split_once('=')
        .ok_or("write DETECTOR=ACTION, as in credit_card=mask")?;
    let word = Word::from_str(action, true)
        .map_err(|_| "the action is replace, mask, remove, hash or encrypt")?;
    Ok((name.to_owned(), word))
}
