//! Enters: the text of `policy/places.toml`. Leaves: the places of detention, each with an id of its own.
//! Never: knows a mailbox or a key (that is the directory's).

use crate::calendar::Division;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{PlaceId, Role};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// That a case names a place which the office's list does not have.
pub fn unknown_place(at: &str) -> Fault {
    let cure = "use an id of policy/places.toml, or add the place there";
    Fault::new(at, "place.unknown", "the list of places has no place of this id", cure)
}

/// What sort of place it is: each row of a pack says at which kinds it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// Immigration removal centre.
    Irc,
    Prison,
    /// Short-term holding facility, residential or not.
    Sthf,
    /// Pre-departure accommodation.
    Pda,
    /// A police cell.
    Police,
    Hospital,
}

impl PlaceKind {
    /// Every kind.
    pub const ALL: [PlaceKind; 6] = [
        PlaceKind::Irc,
        PlaceKind::Prison,
        PlaceKind::Sthf,
        PlaceKind::Pda,
        PlaceKind::Police,
        PlaceKind::Hospital,
    ];

    /// The kind as letters print it.
    pub fn short(self) -> &'static str {
        match self {
            PlaceKind::Irc => "IRC",
            PlaceKind::Prison => "prison",
            PlaceKind::Sthf => "STHF",
            PlaceKind::Pda => "PDA",
            PlaceKind::Police => "police station",
            PlaceKind::Hospital => "hospital",
        }
    }

    /// The kind in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            PlaceKind::Irc => "immigration removal centre",
            PlaceKind::Prison => "prison",
            PlaceKind::Sthf => "short-term holding facility",
            PlaceKind::Pda => "pre-departure accommodation",
            PlaceKind::Police => "police station",
            PlaceKind::Hospital => "hospital",
        }
    }

    /// Whether the person is there on the way to somewhere else: no assessment is held at such a place (G12).
    pub fn is_temporary(self) -> bool {
        match self {
            PlaceKind::Irc | PlaceKind::Prison => false,
            PlaceKind::Sthf | PlaceKind::Pda | PlaceKind::Police | PlaceKind::Hospital => true,
        }
    }
}

/// The nation in which a place lies: whoever is responsible for healthcare there differs by nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    England,
    Scotland,
    NorthernIreland,
    Wales,
}

impl Nation {
    /// Whose bank holidays count there.
    pub fn division(self) -> Division {
        match self {
            Nation::England | Nation::Wales => Division::EnglandAndWales,
            Nation::Scotland => Division::Scotland,
            Nation::NorthernIreland => Division::NorthernIreland,
        }
    }
}

/// A team that works at a place and may be written to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    Healthcare,
    /// The Detention Engagement Team of a removal centre.
    Det,
    /// The Operational Support Team of a prison.
    Ost,
    /// Residential short-term holding facilities have no DET: this team does its work (docs/readings.md, "Recipients").
    EscortContractMonitoring,
}

impl Body {
    /// The role of its entry in the directory.
    pub fn role(self) -> Role {
        match self {
            Body::Healthcare => Role::Healthcare,
            Body::Det | Body::EscortContractMonitoring => Role::Det,
            Body::Ost => Role::Ost,
        }
    }

    /// The body in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Body::EscortContractMonitoring => "Escorting Contract Monitoring Team",
            _ => self.role().words(),
        }
    }
}

impl FromStr for Body {
    type Err = serde::de::value::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Body::deserialize(text.into_deserializer())
    }
}

/// A place of detention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: PlaceId,
    /// As letters print it.
    pub name: String,
    pub kind: PlaceKind,
    /// Whose bank holidays count there.
    pub division: Division,
    pub nation: Nation,
    /// Who works there.
    pub bodies: BTreeSet<Body>,
    /// Where this entry comes from.
    pub source: String,
}

impl Place {
    /// Whether a body of this role works there: the Immigration Prison Team wherever the OST that instructs it does (G2).
    pub fn has(&self, role: Role) -> bool {
        let role = if role == Role::Ipt { Role::Ost } else { role };
        self.bodies.iter().any(|body| body.role() == role)
    }
}

/// Every place that the office knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(BTreeMap<PlaceId, Place>);

impl Places {
    /// Reads `policy/places.toml`.
    ///
    /// # Errors
    /// A fault of form, with its line; else every id that stands twice and every blank text.
    pub fn parse(text: &str) -> Result<Places, Vec<Fault>> {
        let settings = Settings::parse("policy/places.toml", text);
        let top = settings.top();
        let mut places = BTreeMap::new();
        for section in top.tables("place") {
            let earlier = read(&section).and_then(|place| places.insert(place.id.clone(), place));
            if let Some(earlier) = earlier {
                let cause = format!("the place `{}` stands here twice", earlier.id);
                section.fault_at("id", "places.twice", cause, "give each place an id of its own");
            }
            section.end();
        }
        top.end();
        settings.finish(Places(places))
    }

    /// The place of this id.
    pub fn get(&self, id: &PlaceId) -> Option<&Place> {
        self.0.get(id)
    }

    /// Every place, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.values()
    }
}

fn read(section: &Section<'_, '_>) -> Option<Place> {
    let id = section.need("id", PlaceId::PATTERN);
    let name = section.sentence("name");
    let kind = section.word("kind");
    let division = section.word("division");
    let nation = section.word::<Nation>("nation");
    if let (Some(division), Some(nation)) = (division, nation)
        && nation.division() != division
    {
        let cause = "the nation has the bank holidays of another division";
        section.fault_at("nation", "places.nation", cause, "correct the nation or the division");
    }
    section.need_any("bodies");
    let bodies = section.list("bodies", "det, ost, healthcare or escort-contract-monitoring").into_iter();
    let source = section.sentence("source");
    Some(Place {
        id: id?,
        name: name?,
        kind: kind?,
        division: division?,
        nation: nation?,
        bodies: bodies.collect(),
        source: source?,
    })
}
