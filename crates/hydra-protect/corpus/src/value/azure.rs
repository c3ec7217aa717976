//! Keys of Azure and tokens of Vault, with the texts that hold them.

use crate::draw::{BASE64, Draw};
use crate::kind::{Group, Kind};
use crate::line::{Draft, Secret};
use crate::value::vendor::expand;

pub(crate) const STORAGE: Kind = Kind::new("AZURE_STORAGE_KEY", Group::Azure);
pub(crate) const SAS: Kind = Kind::new("AZURE_SAS", Group::Azure);
pub(crate) const CLIENT: Kind = Kind::new("AZURE_CLIENT_SECRET", Group::Azure);
pub(crate) const BUS: Kind = Kind::new("AZURE_SHARED_ACCESS_KEY", Group::Azure);
pub(crate) const DEVOPS: Kind = Kind::new("AZURE_DEVOPS_PAT", Group::Azure);
pub(crate) const VAULT: Kind = Kind::new("VAULT_TOKEN", Group::Vault);

/// The text that one of these keys stands in.
pub(crate) fn carrier(draw: &mut Draw, kind: Kind, draft: &mut Draft) -> &'static str {
    let name = draw.from("abcdefghijklmnopqrstuvwxyz", 8);
    match kind.name {
        "AZURE_STORAGE_KEY" => {
            let key = Secret::new(kind, draw.from(BASE64, 86) + "==");
            let (before, after) = match draw.below(3) {
                0 => (
                    format!("DefaultEndpointsProtocol=https;AccountName={name};AccountKey="),
                    ";EndpointSuffix=core.windows.net",
                ),
                1 => (format!("AccountName={name};AccountKey="), ""),
                _ => ("AZURE_STORAGE_KEY=".to_owned(), ""),
            };
            surround(draft, &before, key, after);
            "AccountKey=…"
        }
        "AZURE_SAS" => {
            let signature = draw.from(BASE64, 43) + "=";
            let written = signature
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D");
            draft.text(&format!("https://{name}.blob.core.windows.net/data/x.csv?sv=2022-11-02&se=2027-01-01T00%3A00%3A00Z&sr=b&sp=r&sig="));
            draft.written(Secret::new(kind, signature), written);
            if draw.chance(30) {
                draft.text("&spr=https");
            }
            "SAS url"
        }
        "AZURE_CLIENT_SECRET" => {
            let key = Secret::new(kind, expand(draw, "{A3}8Q~{s34}"));
            let before = draw.pick(&[
                "AZURE_CLIENT_SECRET=",
                "client_secret=",
                "clientSecret: ",
                "az login --service-principal -u app -p ",
                "secret value ",
            ]);
            surround(draft, before, key, "");
            "Azure client secret"
        }
        "AZURE_SHARED_ACCESS_KEY" => {
            let key = Secret::new(kind, draw.from(BASE64, 43) + "=");
            surround(
                draft,
                &format!(
                    "Endpoint=sb://{name}.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey="
                ),
                key,
                draw.pick(&["", ";EntityPath=orders"]),
            );
            "SharedAccessKey=…"
        }
        _ => {
            let key = Secret::new(kind, draw.from("abcdefghijklmnopqrstuvwxyz234567", 52));
            let before = draw.pick(&[
                "AZURE_DEVOPS_EXT_PAT=",
                "SYSTEM_ACCESSTOKEN=",
                "pat: ",
                "personal access token ",
            ]);
            surround(draft, before, key, "");
            "Azure DevOps PAT"
        }
    }
}

/// A token of Vault, old or new.
pub(crate) fn vault(draw: &mut Draw) -> Secret {
    let shape = draw.pick(&[
        "hvs.{s90}",
        "hvs.CAES{s87}",
        "hvb.{s138}",
        "s.{A24}",
        "hvr.{s90}",
    ]);
    Secret::new(VAULT, expand(draw, shape))
}

fn surround(draft: &mut Draft, before: &str, secret: Secret, after: &str) {
    draft.text(before);
    draft.value(secret);
    draft.text(after);
}
